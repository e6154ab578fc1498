#include "tests/smtp/server/edge_fixture.h"

#include <boost/asio/co_spawn.hpp>
#include <filesystem>

#include "core/errc.h"
#include "core/file.h"
#include "core/log.h"
#include "core/random.h"
#include "net/errc.h"
#include "tests/support/run_task.h"

namespace postern::test {

core::Task<pipeline::SmtpVerdict> RecordingIntake::take(pipeline::Envelope envelope,
                                                        std::shared_ptr<const pipeline::Message> message,
                                                        core::Deadline) {
  if (works_for.count() > 0) co_await clock_.sleep_for(works_for);
  if (throws) throw std::runtime_error("intake failed");
  const std::string bytes(message->bytes());
  std::size_t header_end = bytes.find("\r\n");
  while (header_end != std::string::npos && bytes.compare(header_end + 2, 1, "\t") == 0) {
    header_end = bytes.find("\r\n", header_end + 2);
  }
  Taken one{std::move(envelope), bytes, bytes.substr(header_end + 2)};
  taken.push_back(std::move(one));
  if (holds) held.push_back(message);
  co_return verdict;
}

core::Result<pipeline::Recipient> FixedDirectory::resolve(const pipeline::EmailAddress& address) const {
  const std::string local = pipeline::EmailAddress{address.local, ""}.canonical();
  if (!is_local_domain(address.domain_lower())) return core::fail(core::Errc::kInvalid, "directory");
  if (local == "busy@") return core::fail_transient(core::Errc::kOverloaded, "directory");
  const std::string name = local.substr(0, local.find_first_of("+@"));
  const bool is_numbered = name.size() > 1 && name.front() == 'u' && name.find_first_not_of("0123456789", 1) == std::string::npos;
  if (name != "support" && name != "sales" && name != "postmaster" && name != "grüße" && name != "odd name" && !is_numbered) {
    return core::fail(core::Errc::kInvalid, "directory");
  }
  pipeline::Recipient found;
  found.address = address;
  found.workspace = core::WorkspaceId{address.domain_lower() == "example.org" ? 2U : 1U};
  found.inbox = core::InboxId{1};
  if (const auto plus = address.local.find('+'); plus != std::string::npos) {
    found.reply_token = address.local.substr(plus + 1);
  }
  return found;
}

bool FixedDirectory::is_local_domain(std::string_view domain) const {
  return domain == "example.test" || domain == "example.org";
}

std::shared_ptr<net::ReloadableTls> test_tls() {
  static const std::shared_ptr<net::ReloadableTls> tls = [] {
    const auto folder = std::filesystem::temp_directory_path() / ("postern-smtp-" + core::random_token(8));
    std::filesystem::create_directories(folder);
    const net::SelfSigned pair = net::make_self_signed({"mx.example.test"}, 1).value();
    net::TlsServerOptions options;
    options.certificate_file = folder / "certificate.pem";
    options.key_file = folder / "key.pem";
    core::write_file(options.certificate_file, pair.certificate_pem).value();
    core::write_file(options.key_file, pair.key_pem).value();
    auto loaded = net::ReloadableTls::load(options).value();
    std::filesystem::remove_all(folder);
    return loaded;
  }();
  return tls;
}

// A context that has run out of work stays stopped until it is restarted.
template <class T>
T EdgeFixture::run(core::Task<T> task) {
  io_.restart();
  return run_task(io_, std::move(task));
}

EdgeFixture::EdgeFixture(Setup setup)
    : intake(clock), is_healthy(setup.is_healthy), ids_(clock, 1), sessions_("test.sessions", clock) {
  core::log::set_level(core::log::Level::kOff);
  auto directory = [this]() -> std::shared_ptr<const pipeline::RecipientDirectory> {
    if (!has_directory) return nullptr;
    return std::make_shared<FixedDirectory>();
  };
  server_ = std::make_unique<smtp::Server>(setup.options, intake, directory, setup.has_tls ? test_tls() : nullptr, ids_,
                                           clock);
  server_->set_healthy([this] { return is_healthy; });
  server_->blocks()->set_listed(setup.blocks).value();
  SimPair pair = make_sim_pair(io_.get_executor(), clock, setup.sim);
  client_ = std::move(pair.first);
  if (!setup.early.empty()) run(client_->write_all(setup.early, core::Deadline::never())).value();
  sessions_.spawn(io_.get_executor(), server_->run_session(std::move(pair.second)));
}

EdgeFixture::~EdgeFixture() {
  client_->close();
  sessions_.cancel();
  poll();
}

void EdgeFixture::poll() {
  io_.restart();
  io_.poll();
}

std::string EdgeFixture::read() {
  poll();
  std::string said;
  while (client_->has_pending_input()) {
    std::array<char, 4096> piece;
    const std::size_t count = run(client_->read_some(piece, core::Deadline::never())).value();
    said.append(piece.data(), count);
  }
  return said;
}

std::string EdgeFixture::exchange(std::string_view bytes) {
  poll();
  // A peer that has closed reads nothing; the test sees that in is_closed().
  if (!run(client_->write_all(bytes, core::Deadline::never()))) has_ended_ = true;
  return read();
}

std::string EdgeFixture::advance(core::Duration by) {
  poll();
  clock.advance(by);
  return read();
}

std::string EdgeFixture::begin(std::string_view rcpt) {
  return exchange("MAIL FROM:<ann@sender.example>\r\nRCPT TO:<" + std::string(rcpt) + ">\r\n");
}

bool EdgeFixture::is_closed() {
  poll();
  if (client_->has_pending_input()) return false;
  std::array<char, 1> piece;
  const auto got = run(client_->read_some(piece, core::Deadline(clock.now())));
  return !got && got.error() == net::Errc::kClosed;
}

void EdgeFixture::hang_up() {
  client_->close();
  poll();
}

}  // namespace postern::test
