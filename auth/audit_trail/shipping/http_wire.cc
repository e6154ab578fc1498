// Batches by POST: a JSON array of entries, one request a connection. What makes a receiver sure of us: a bearer token, and a
// signature over time and body, so that neither a body nor an old request passes for a new one.
#include <fmt/format.h>

#include <array>
#include <charconv>

#include "auth/audit_trail/shipping/wire.h"
#include "core/encoding.h"
#include "core/errc.h"
#include "net/errc.h"

namespace postern::auth::detail {
namespace {

struct HttpAnswer {
  int status = 0;
  std::chrono::seconds retry_after{0};
};

// The status line and Retry-After in seconds (RFC 9110 sections 15, 10.2.3); nullopt when it is no HTTP answer.
std::optional<HttpAnswer> parse_answer(std::string_view head) {
  HttpAnswer out;
  if (!head.starts_with("HTTP/1.") || head.size() < 12 || head[8] != ' ') return std::nullopt;
  const auto [end, wrong] = std::from_chars(head.data() + 9, head.data() + 12, out.status);
  if (wrong != std::errc() || end != head.data() + 12 || out.status < 100) return std::nullopt;
  while (!head.empty()) {
    const std::string_view line = head.substr(0, head.find("\r\n"));
    head.remove_prefix(std::min(head.size(), line.size() + 2));
    const std::size_t colon = line.find(':');
    if (colon == std::string_view::npos || !core::equals_ignoring_case(line.substr(0, colon), "retry-after")) continue;
    const std::string_view value = core::trim_ascii(line.substr(colon + 1));
    std::uint32_t seconds = 0;
    const auto parsed = std::from_chars(value.data(), value.data() + value.size(), seconds);
    if (parsed.ec == std::errc() && parsed.ptr == value.data() + value.size()) out.retry_after = std::chrono::seconds(seconds);
  }
  return out;
}

class HttpWire final : public ShipWire {
 public:
  explicit HttpWire(std::shared_ptr<const ShipMeans> means) : means_(std::move(means)) {}
  void close() override {}
  core::Duration asked_to_wait() const override { return asked_to_wait_; }
  core::Task<core::Result<void>> send(std::shared_ptr<const ShipLoad> load) override {
    asked_to_wait_ = core::Duration::zero();
    const core::Deadline connect_by = core::Deadline::after(means_->options.connect_max, means_->clock);
    POSTERN_CO_TRY(const std::unique_ptr<net::Stream> stream, co_await open_ship_stream(means_, connect_by));
    const core::Deadline by = core::Deadline::after(means_->options.send_max, means_->clock);
    const std::string body = body_of(*load);
    core::SecretBuffer head = head_of(*load, body);
    POSTERN_CO_CHECK(co_await stream->write_all(core::view(head), by));
    POSTERN_CO_CHECK(co_await stream->write_all(body, by));
    POSTERN_CO_TRY(const HttpAnswer answer, co_await read_answer(*stream, by));
    stream->close();
    if (answer.status >= 200 && answer.status < 300) co_return core::Result<void>();
    asked_to_wait_ = answer.retry_after;
    co_return core::fail_transient(core::Errc::kIo, fmt::format("the receiver answered {}", answer.status));
  }

 private:
  static std::string body_of(const ShipLoad& load) {
    std::string out = "[";
    for (const std::string& message : load.messages) {
      if (out.size() > 1) out += ",\n";
      out += message;
    }
    return out + "]";
  }

  // Holds the token: wiped with its buffer.
  core::SecretBuffer head_of(const ShipLoad& load, const std::string& body) const {
    const ShipTarget& target = means_->target;
    const std::string host = target.host.find(':') == std::string::npos ? target.host : "[" + target.host + "]";
    std::string fixed = fmt::format(
        "POST {} HTTP/1.1\r\nHost: {}:{}\r\nUser-Agent: postern\r\nContent-Type: application/json\r\nContent-Length: {}\r\n"
        "Connection: close\r\nIdempotency-Key: {}-{}-{}\r\n",
        target.path, host, target.port, body.size(), load.workspace.value, load.first, load.last);
    if (!means_->hmac_key.empty()) {
      const std::string at = std::to_string(core::to_unix_ms(means_->clock.wall_now()) / 1000);
      fixed += fmt::format("X-Postern-Signature: t={},v1={}\r\n", at, core::to_hex(core::hmac_sha256(core::view(means_->hmac_key), at + "." + body)));
    }
    core::SecretBuffer out = core::to_secret(fixed);
    if (!means_->token.empty()) {
      constexpr std::string_view kAuthorization = "Authorization: Bearer ";
      out.insert(out.end(), kAuthorization.begin(), kAuthorization.end());
      out.insert(out.end(), means_->token.begin(), means_->token.end());
      out.insert(out.end(), {'\r', '\n'});
    }
    out.insert(out.end(), {'\r', '\n'});
    return out;
  }

  // `stream` outlives the call.
  core::Task<core::Result<HttpAnswer>> read_answer(net::Stream& stream, core::Deadline by) {
    std::string head;
    std::array<char, 1024> piece{};
    for (;;) {
      const std::size_t end = head.find("\r\n\r\n");
      if (end != std::string::npos) {
        const std::optional<HttpAnswer> answer = parse_answer(head);
        if (!answer) break;
        if (answer->status >= 200) co_return *answer;
        head.erase(0, end + 4);  // 1xx: the answer is still to come (RFC 9110 section 15.2)
        continue;
      }
      if (head.size() >= means_->options.reply_bytes_max) break;
      POSTERN_CO_TRY(const std::size_t count, co_await stream.read_some(piece, by));
      head.append(piece.data(), count);
    }
    co_return core::fail_transient(net::Errc::kClosed, "the receiver's answer is not HTTP");
  }

  const std::shared_ptr<const ShipMeans> means_;
  core::Duration asked_to_wait_ = core::Duration::zero();
};

}  // namespace

std::unique_ptr<ShipWire> make_http_wire(std::shared_ptr<const ShipMeans> means) { return std::make_unique<HttpWire>(std::move(means)); }

}  // namespace postern::auth::detail
