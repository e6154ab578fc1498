// A whole server session over any bytes, cut as the first byte says. Whatever is sent: replies are printable lines, a
// message that is taken has recipients and no bare line ends, and all memory is given back.
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <cstdint>
#include <cstring>
#include <exception>

#include "core/assert.h"
#include "core/errc.h"
#include "core/log.h"
#include "core/manual_clock.h"
#include "net/errc.h"
#include "smtp/proto/content.h"
#include "smtp/server/server.h"

namespace {

namespace core = postern::core;
namespace net = postern::net;
namespace pipeline = postern::pipeline;
namespace smtp = postern::smtp;

// Gives out the input in pieces that grow with each read, then ends.
class ScriptStream final : public net::Stream {
 public:
  ScriptStream(boost::asio::any_io_executor executor, std::string_view script, std::size_t piece, std::string& said)
      : executor_(std::move(executor)), script_(script), piece_(piece), said_(said) {}
  boost::asio::any_io_executor executor() override { return executor_; }
  core::Task<core::Result<std::size_t>> read_some(std::span<char> into, core::Deadline) override {
    if (script_.empty() || is_closed_) co_return core::fail(net::Errc::kClosed, "script");
    const std::size_t count = std::min({into.size(), script_.size(), piece_++});
    std::memcpy(into.data(), script_.data(), count);
    script_.erase(0, count);
    co_return count;
  }
  core::Task<core::Result<void>> write_all(std::string_view bytes, core::Deadline) override {
    said_ += bytes;
    co_return core::Result<void>();
  }
  core::Task<core::Result<void>> start_tls_server(std::shared_ptr<const net::TlsContext>, core::Deadline) override {
    co_return core::fail(net::Errc::kTls, "script");
  }
  core::Task<core::Result<void>> start_tls_client(std::shared_ptr<const net::TlsContext>, std::string,
                                                  core::Deadline) override {
    co_return core::fail(net::Errc::kTls, "script");
  }
  bool is_tls() const override { return false; }
  net::TlsInfo tls_info() const override { return {}; }
  net::Endpoint remote() const override { return net::Endpoint::parse("192.0.2.1:40000").value(); }
  net::Endpoint local() const override { return net::Endpoint::parse("192.0.2.25:25").value(); }
  bool has_pending_input() override { return false; }
  void close() override { is_closed_ = true; }

 private:
  boost::asio::any_io_executor executor_;
  std::string script_;
  std::size_t piece_;
  std::string& said_;
  bool is_closed_ = false;
};

class CheckingIntake final : public pipeline::MessageIntake {
 public:
  core::Task<pipeline::SmtpVerdict> take(pipeline::Envelope envelope, std::shared_ptr<const pipeline::Message> message,
                                         core::Deadline) override {
    POSTERN_ASSERT(!envelope.rcpts.empty() && !envelope.helo.empty());
    POSTERN_ASSERT(message->bytes().starts_with("Received: from "));
    smtp::LineEndCheck check;
    check.feed(message->bytes());
    check.finish();
    POSTERN_ASSERT(!check.has_bare());
    pipeline::SmtpVerdict verdict{250, "2.0.0", "Accepted", "accept"};
    co_return verdict;
  }
};

class OpenDirectory final : public pipeline::RecipientDirectory {
 public:
  core::Result<pipeline::Recipient> resolve(const pipeline::EmailAddress& address) const override {
    if (address.local.size() > 20) return core::fail(core::Errc::kInvalid);
    pipeline::Recipient found;
    found.address = address;
    return found;
  }
  bool is_local_domain(std::string_view domain) const override { return domain.size() < 10; }
};

core::Task<void> run_session(smtp::Server& server, std::unique_ptr<net::Stream> stream) {
  co_await server.run_session(std::move(stream));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  if (size < 2) return 0;
  core::log::set_level(core::log::Level::kOff);
  const std::string_view script(reinterpret_cast<const char*>(bytes) + 1, size - 1);
  boost::asio::io_context io;
  core::ManualClock clock;
  core::IdSource ids(clock, 1);
  CheckingIntake intake;
  const auto directory = std::make_shared<const OpenDirectory>();
  smtp::ServerOptions options;
  options.message_bytes_max = 2000;
  options.text_line_bytes_max = 500;
  options.discard_bytes_max = 10'000;
  options.errors_soft_max = options.errors_hard_max = 50;  // nobody moves the clock: no delays
  options.xclient_peers.push_back(net::IpNetwork::parse("192.0.2.0/24").value());
  smtp::Server server(options, intake, [&] { return directory; }, nullptr, ids, clock);
  std::string said;
  bool has_ended = false;
  auto stream = std::make_unique<ScriptStream>(io.get_executor(), script, 1 + bytes[0], said);
  boost::asio::co_spawn(io, run_session(server, std::move(stream)), [&](std::exception_ptr failure) {
    POSTERN_ASSERT(!failure);
    has_ended = true;
  });
  io.run();
  POSTERN_ASSERT(has_ended && server.sessions() == 0 && server.memory()->in_use() == 0);
  for (char c : said) POSTERN_ASSERT(c == '\r' || c == '\n' || (c >= 0x20 && c < 0x7f));
  return 0;
}
