#include "auth/audit_trail/shipping/wire.h"

#include <array>

#include "core/errc.h"
#include "core/random.h"
#include "net/acknowledged.h"
#include "net/datagram.h"
#include "net/errc.h"

namespace postern::auth {
namespace {

constexpr std::size_t kMessageIdBytes = 8;  // of chunked GELF

// All addresses of the receiver. /etc/hosts is not looked at.
core::Task<core::Result<std::vector<net::Endpoint>>> find_endpoints(std::shared_ptr<const ShipMeans> means, core::Deadline by) {
  const ShipTarget& target = means->target;
  std::vector<net::Endpoint> out;
  std::string host = target.host;
  if (host == "localhost") host = "127.0.0.1";
  if (const auto address = net::IpAddress::parse(host)) {
    out.push_back({*address, target.port});
    co_return out;
  }
  for (const net::DnsType type : {net::DnsType::kAaaa, net::DnsType::kA}) {
    net::DnsQuestion question(host, type);
    const net::DnsAnswer answer = co_await means->resolver.query(std::move(question), by);
    for (const net::IpAddress& address : answer.addresses()) out.push_back({address, target.port});
  }
  if (out.empty()) co_return core::fail_transient(net::Errc::kConnect, target.host + ": no address in DNS");
  co_return out;
}

// A connection and what its reader has seen. Receivers of logs say nothing; what they send is thrown away.
struct Line {
  explicit Line(std::unique_ptr<net::Stream> opened) : stream(std::move(opened)) {}
  std::unique_ptr<net::Stream> stream;
  bool is_gone = false;
};

core::Task<void> watch_line(std::shared_ptr<Line> line) {
  std::array<char, 512> ignored{};
  for (;;) {
    const core::Result<std::size_t> count = co_await line->stream->read_some(ignored, core::Deadline::never());
    if (!count) break;
  }
  line->is_gone = true;
}

class StreamWire final : public ShipWire {
 public:
  StreamWire(std::shared_ptr<const ShipMeans> means, core::TaskGroup& tasks) : means_(std::move(means)), tasks_(tasks) {}
  ~StreamWire() override { hang_up(); }
  void close() override { hang_up(); }
  core::Task<core::Result<void>> send(std::shared_ptr<const ShipLoad> load) override {
    core::Result<void> sent = co_await try_to_send(std::move(load));
    if (!sent) hang_up();
    co_return sent;
  }

 private:
  void hang_up() {
    if (line_) line_->stream->close();
    line_.reset();
  }
  core::Task<core::Result<void>> try_to_send(std::shared_ptr<const ShipLoad> load) {
    if (line_ && line_->is_gone) hang_up();
    if (!line_) {
      POSTERN_CO_TRY(auto stream, co_await detail::open_ship_stream(means_, core::Deadline::after(means_->options.connect_max, means_->clock)));
      line_ = std::make_shared<Line>(std::move(stream));
      tasks_.spawn(line_->stream->executor(), watch_line(line_));
    }
    const std::shared_ptr<Line> line = line_;
    std::string bytes;
    for (const std::string& message : load->messages) {
      if (means_->target.format == ShipFormat::kSyslog) {
        bytes += octet_counted(message);
      } else {
        bytes += message;
        bytes += '\0';
      }
    }
    const core::Deadline by = core::Deadline::after(means_->options.send_max, means_->clock);
    POSTERN_CO_CHECK(co_await line->stream->write_all(bytes, by));
    // Written is not received: what waits in our socket when the receiver dies is lost. Neither protocol answers, so that
    // TCP's acknowledgement is the best there is.
    for (;;) {
      const std::optional<std::size_t> waiting = net::unacknowledged_bytes(*line->stream);
      if (line->is_gone || !waiting) co_return core::fail_transient(net::Errc::kClosed, "the receiver closed the connection");
      if (*waiting == 0) co_return core::Result<void>();
      if (by.has_passed(means_->clock)) co_return core::fail_transient(core::Errc::kTimedOut, "the receiver does not take what it is sent");
      co_await means_->clock.sleep_for(means_->options.confirm_step);
    }
  }

  const std::shared_ptr<const ShipMeans> means_;
  core::TaskGroup& tasks_;
  std::shared_ptr<Line> line_;
};

class DatagramWire final : public ShipWire {
 public:
  explicit DatagramWire(std::shared_ptr<const ShipMeans> means) : means_(std::move(means)) {}
  void close() override { sender_.reset(); }
  core::Task<core::Result<void>> send(std::shared_ptr<const ShipLoad> load) override {
    if (!sender_) {
      const core::Deadline by = core::Deadline::after(means_->options.connect_max, means_->clock);
      POSTERN_CO_TRY(const std::vector<net::Endpoint> endpoints, co_await find_endpoints(means_, by));
      const auto executor = co_await boost::asio::this_coro::executor;
      POSTERN_CO_TRY(sender_, net::DatagramSender::connect(executor, endpoints.front()));
    }
    for (const std::string& message : load->messages) {
      const bool is_gelf = means_->target.format == ShipFormat::kGelf;
      const std::vector<std::string> datagrams = is_gelf ? gelf_datagrams(message, core::random_bytes(kMessageIdBytes)) : std::vector<std::string>{message};
      for (const std::string& each : datagrams) {
        core::Result<void> sent = co_await sender_->send(each);
        if (!sent) {
          sender_.reset();
          co_return sent;
        }
      }
    }
    co_return core::Result<void>();
  }

 private:
  const std::shared_ptr<const ShipMeans> means_;
  std::unique_ptr<net::DatagramSender> sender_;
};

}  // namespace

namespace detail {

core::Task<core::Result<std::unique_ptr<net::Stream>>> open_ship_stream(std::shared_ptr<const ShipMeans> means, core::Deadline by) {
  POSTERN_CO_TRY(const std::vector<net::Endpoint> endpoints, co_await find_endpoints(means, by));
  core::Result<std::unique_ptr<net::Stream>> stream = core::fail_transient(net::Errc::kConnect);
  for (const net::Endpoint& each : endpoints) {
    stream = co_await net::connect_tcp(each, by, means->clock);
    if (stream) break;
  }
  if (!stream) co_return stream.error();
  if (means->target.is_encrypted()) {
    POSTERN_CO_CHECK(co_await (*stream)->start_tls_client(means->tls, means->target.host, by));
  }
  co_return std::move(*stream);
}

}  // namespace detail

std::string ship_message(const ShipMeans& means, core::WorkspaceId workspace, const AuditEntry& entry) {
  auto written = [&](const AuditEntry& which) {
    switch (means.target.format) {
      case ShipFormat::kSyslog: return syslog_message(workspace, which, means.options.hostname);
      case ShipFormat::kGelf: return gelf_message(workspace, which, means.options.hostname);
      case ShipFormat::kJson: break;
    }
    return json_message(workspace, which);
  };
  std::string out = written(entry);
  if (means.target.transport == ShipTransport::kUdp && out.size() > kDatagramBytesMax) out = written(cut_for_datagram(entry));
  return out;
}

std::unique_ptr<ShipWire> make_wire(std::shared_ptr<const ShipMeans> means, core::TaskGroup& tasks) {
  switch (means->target.transport) {
    case ShipTransport::kUdp: return std::make_unique<DatagramWire>(std::move(means));
    case ShipTransport::kHttp:
    case ShipTransport::kHttps: return detail::make_http_wire(std::move(means));
    case ShipTransport::kTcp:
    case ShipTransport::kTls: break;
  }
  return std::make_unique<StreamWire>(std::move(means), tasks);
}

}  // namespace postern::auth
