// Deny lists that are fetched (requirement C-09): over real TLS on loopback, and what is not believed.
#include "app/block_feed_task.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>

#include "net/zone_resolver.h"
#include "storage/memory_store.h"
#include "tests/net/loopback.h"

namespace postern::test {
namespace {

using ::testing::HasSubstr;

struct ListHost {
  std::shared_ptr<const net::TlsContext> tls;
  std::string body;
  std::string status = "200 OK";
  bool has_length = true;
  std::string got;
  int connections = 0;
};

core::Task<void> serve_list(std::unique_ptr<net::Stream> stream, ListHost* host) {
  const core::Deadline by = core::Deadline::after(std::chrono::seconds(10), core::system_clock());
  ++host->connections;
  if (!co_await stream->start_tls_server(host->tls, by)) co_return;
  std::array<char, 4096> piece{};
  host->got.clear();
  while (host->got.find("\r\n\r\n") == std::string::npos) {
    const auto count = co_await stream->read_some(piece, by);
    if (!count) co_return;
    host->got.append(piece.data(), *count);
  }
  std::string answer = "HTTP/1.1 " + host->status + "\r\n";
  if (host->has_length) answer += "Content-Length: " + std::to_string(host->body.size()) + "\r\n";
  (void)co_await stream->write_all(answer + "\r\n" + host->body, by);
  stream->close();
}

class BlockFeedTest : public ::testing::Test {
 protected:
  BlockFeedTest() {
    host.tls = net::TlsContext::server(files.options()).value();
    listener =
        net::Listener::bind(io, "list", net::Endpoint::parse("127.0.0.1:0").value(), 8, core::system_clock()).value();
    listener->start([this](std::unique_ptr<net::Stream> stream) { return serve_list(std::move(stream), &host); });
    zone.add_a("lists.example.com", "127.0.0.1");
    options.process.data = files.certificate().parent_path();
    options.feeds.networks = {net::IpNetwork::parse("127.0.0.0/8").value()};
    url = "https://lists.example.com:" + std::to_string(listener->local().port) + "/drop.txt?key=s3cret";
    options.web_listen.block_feeds = {url};
    run_task(io, vault.ensure_workspace(core::WorkspaceId{0})).value();
    host.body = "; a list\n198.51.100.0/24 ; SBL1\n2001:db8:bad::/48\n";
    restart();
  }
  ~BlockFeedTest() override { run_task(io, listener->drain(core::Deadline())); }

  void restart() {
    task.reset();
    desk = std::make_unique<app::BlockDesk>(*store, vault, ids, core::system_clock(), auth::Options());
    desk->load_listed_if_possible(options);
    auto tls = net::TlsContext::client(true, files.certificate()).value();
    task = std::make_unique<app::BlockFeedTask>(
        *desk, app::HttpCaller(zone, core::system_clock(), options.feeds, std::move(tls)), core::system_clock(), pace);
  }
  std::size_t fetch() { return run_task(io, task->fetch_due()); }
  bool blocks(const char* address, net::Door door = net::Door::kWeb) const {
    return desk->list()->find(net::IpAddress::parse(address).value(), door).has_value();
  }
  net::BlockFeedState state() const { return desk->feed_states().at(0); }

  boost::asio::io_context io;
  CertificateFiles files{"lists.example.com"};
  ListHost host;
  std::unique_ptr<net::Listener> listener;
  net::ZoneResolver zone;
  conf::GatewayOptions options;
  std::string url;
  core::IdSource ids{core::system_clock(), 1};
  std::unique_ptr<storage::Store> store = storage::make_memory_store(core::system_clock());
  storage::Vault vault{*store, core::SecretBuffer(32, 'k')};
  app::BlockFeedOptions pace{std::chrono::minutes(0), std::chrono::minutes(0), std::chrono::seconds(30)};
  std::unique_ptr<app::BlockDesk> desk;
  std::unique_ptr<app::BlockFeedTask> task;
};

TEST_F(BlockFeedTest, C_09_AListThatIsFetchedIsInForceAtItsDoor) {
  EXPECT_FALSE(blocks("198.51.100.7"));
  EXPECT_FALSE(state().fetched);
  EXPECT_EQ(fetch(), 1U);
  EXPECT_TRUE(blocks("198.51.100.7") && blocks("2001:db8:bad::1"));
  EXPECT_FALSE(blocks("198.51.100.7", net::Door::kMail));
  EXPECT_TRUE(host.got.starts_with("GET /drop.txt?key=s3cret HTTP/1.1\r\n")) << host.got;
  EXPECT_EQ(state().networks, 2U);
  EXPECT_TRUE(state().fetched);
  EXPECT_EQ(state().url.find("s3cret"), std::string::npos);
}

TEST_F(BlockFeedTest, TheLastGoodCopyHoldsWhateverComesAfterItAndOverARestart) {
  ASSERT_EQ(fetch(), 1U);
  const std::pair<const char*, const char*> bad[] = {{"", "no network"},
                                                     {"<html>", "line 1"},
                                                     {"0.0.0.0/0\n", "too much"},
                                                     {"::/4\n", "too much"},
                                                     {"192.0.2.0/24\nnonsense\n", "line 2"}};
  for (const auto& [body, why] : bad) {
    host.body = body;
    EXPECT_EQ(fetch(), 0U) << body;
    EXPECT_THAT(state().problem, HasSubstr(why));
    EXPECT_TRUE(blocks("198.51.100.7"));
  }
  host.body = "203.0.113.0/24\n";
  host.status = "500 Oops";
  EXPECT_EQ(fetch(), 0U);
  EXPECT_THAT(state().problem, HasSubstr("500"));
  host.status = "200 OK";
  host.has_length = false;
  EXPECT_EQ(fetch(), 0U) << "an answer that may have broken off";
  host.has_length = true;
  host.body = std::string(app::BlockDesk::kFetchedBytesMax + 1, '#');
  EXPECT_EQ(fetch(), 0U) << "too long";
  restart();
  EXPECT_TRUE(blocks("198.51.100.7"));
  EXPECT_EQ(state().problem, "");
  host.body = "203.0.113.0/24\n";
  EXPECT_EQ(fetch(), 1U);
  EXPECT_FALSE(blocks("198.51.100.7"));
  EXPECT_TRUE(blocks("203.0.113.9"));
}

TEST_F(BlockFeedTest, IsFetchedOnceAnInterval) {
  pace = app::BlockFeedOptions();
  restart();
  EXPECT_EQ(fetch(), 1U);
  EXPECT_EQ(fetch(), 0U);
  restart();  // the copy is young
  EXPECT_EQ(fetch(), 0U);
  EXPECT_EQ(host.connections, 1);
  std::filesystem::remove_all(files.certificate().parent_path() / "feeds");
  host.status = "500 Oops";
  restart();
  EXPECT_EQ(fetch(), 0U);
  EXPECT_EQ(fetch(), 0U) << "nor again at once after a failure";
  EXPECT_EQ(host.connections, 2);
}

TEST_F(BlockFeedTest, OnlyHttpsToPublicAddresses) {
  EXPECT_TRUE(app::block_feed_complaints(options).empty());
  conf::GatewayOptions wrong = options;
  for (const char* each : {"http://lists.example.com/", "https://127.0.0.1/", "https://[::1]/x",
                           "ftp://lists.example.com/", "https://user@lists.example.com/"}) {
    wrong.feeds.networks.clear();
    wrong.smtp_listen.block_feeds = {each};
    EXPECT_EQ(app::block_feed_complaints(wrong).size(), 1U) << each;
  }
  options.feeds.networks.clear();
  restart();
  EXPECT_EQ(fetch(), 0U);
  EXPECT_EQ(host.connections, 0) << "the name leads inside";
}

TEST_F(BlockFeedTest, AFileBesideItStaysAsItWas) {
  core::write_file(files.certificate().parent_path() / "own.txt", "192.0.2.0/24\n", 0600).value();
  options.smtp_listen.block_feeds = {"own.txt", url};
  ASSERT_TRUE(desk->load_listed(options));
  EXPECT_EQ(fetch(), 1U);
  EXPECT_TRUE(blocks("192.0.2.1", net::Door::kMail) && blocks("198.51.100.7", net::Door::kMail) &&
              blocks("198.51.100.7"));
  options.web_listen.block_feeds = {"nowhere.txt"};
  EXPECT_FALSE(desk->load_listed(options));
  EXPECT_TRUE(blocks("198.51.100.7")) << "with an error everything stays as it was";
}

}  // namespace
}  // namespace postern::test
