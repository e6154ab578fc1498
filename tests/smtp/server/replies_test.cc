// RFC 2920 section 3.2: the replies to one pipelined group go out in one write.
#include <gtest/gtest.h>

#include "tests/smtp/server/edge_fixture.h"
#include "tests/support/run_task.h"

namespace postern::test {
namespace {

// A server's end that keeps what each single write said.
class WatchedStream final : public net::Stream {
 public:
  WatchedStream(std::unique_ptr<net::Stream> inner, std::vector<std::string>& writes)
      : inner_(std::move(inner)), writes_(writes) {}
  boost::asio::any_io_executor executor() override { return inner_->executor(); }
  core::Task<core::Result<std::size_t>> read_some(std::span<char> into, core::Deadline by) override {
    return inner_->read_some(into, by);
  }
  core::Task<core::Result<void>> write_all(std::string_view bytes, core::Deadline by) override {
    writes_.emplace_back(bytes);
    return inner_->write_all(bytes, by);
  }
  core::Task<core::Result<void>> start_tls_server(std::shared_ptr<const net::TlsContext> tls, core::Deadline by) override {
    return inner_->start_tls_server(std::move(tls), by);
  }
  core::Task<core::Result<void>> start_tls_client(std::shared_ptr<const net::TlsContext> tls, std::string host,
                                                  core::Deadline by) override {
    return inner_->start_tls_client(std::move(tls), std::move(host), by);
  }
  bool is_tls() const override { return inner_->is_tls(); }
  net::TlsInfo tls_info() const override { return inner_->tls_info(); }
  net::Endpoint remote() const override { return inner_->remote(); }
  net::Endpoint local() const override { return inner_->local(); }
  bool has_pending_input() override { return inner_->has_pending_input(); }
  void close() override { inner_->close(); }

 private:
  std::unique_ptr<net::Stream> inner_;
  std::vector<std::string>& writes_;
};

core::Task<void> two_messages(net::Stream& client) {
  std::array<char, 4096> said;
  for (const char* step : {"EHLO client.test\r\n", "MAIL FROM:<a@sender.example>\r\nRCPT TO:<u1@example.test>\r\nDATA\r\n",
                           "x\r\n.\r\nMAIL FROM:<a@sender.example>\r\nRCPT TO:<u1@example.test>\r\nDATA\r\n",
                           "y\r\n.\r\nQUIT\r\n"}) {
    const auto before = co_await client.read_some(said, core::Deadline::never());
    CO_ASSERT_TRUE(before);
    const auto sent = co_await client.write_all(step, core::Deadline::never());
    CO_ASSERT_TRUE(sent);
  }
}

TEST(Replies, OneWriteForOneGroup) {
  boost::asio::io_context io;
  core::ManualClock clock;
  core::IdSource ids(clock, 1);
  RecordingIntake intake(clock);
  const auto directory = std::make_shared<const FixedDirectory>();
  smtp::Server server(EdgeSetup().options, intake, [&] { return directory; }, nullptr, ids, clock);
  std::vector<std::string> writes;
  auto [client, served] = make_sim_pair(io.get_executor(), clock);
  core::TaskGroup group("test.replies", clock);
  group.spawn(io.get_executor(), server.run_session(std::make_unique<WatchedStream>(std::move(served), writes)));
  run_task(io, two_messages(*client));
  io.restart();
  io.poll();
  ASSERT_EQ(writes.size(), 5U);
  EXPECT_TRUE(writes[2].starts_with("250 2.1.0 Ok\r\n250 2.1.5 Ok\r\n354 ")) << writes[2];
  EXPECT_TRUE(writes[3].starts_with("250 2.0.0 Accepted")) << writes[3];
  EXPECT_NE(writes[3].find("\r\n354 "), std::string::npos) << writes[3];
  EXPECT_NE(writes[4].find("\r\n221 "), std::string::npos) << writes[4];
  EXPECT_EQ(intake.taken.size(), 2U);
}

}  // namespace
}  // namespace postern::test
