// Batches by POST: a JSON array of entries, one request a connection. What makes a receiver sure of us: a bearer token, and a
// signature over time and body, so that neither a body nor an old request passes for a new one.
#include <fmt/format.h>

#include "auth/audit_trail/shipping/wire.h"
#include "core/encoding.h"
#include "core/errc.h"
#include "net/http_exchange.h"

namespace postern::auth::detail {
namespace {

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
    net::HttpAnswerLimits limits;
    limits.head_bytes_max = means_->options.reply_bytes_max;
    POSTERN_CO_TRY(const net::HttpAnswer answer, co_await net::http_exchange(*stream, means_->clock, core::view(head), body, limits, by));
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

  const std::shared_ptr<const ShipMeans> means_;
  core::Duration asked_to_wait_ = core::Duration::zero();
};

}  // namespace

std::unique_ptr<ShipWire> make_http_wire(std::shared_ptr<const ShipMeans> means) { return std::make_unique<HttpWire>(std::move(means)); }

}  // namespace postern::auth::detail
