// STARTTLS (RFC 3207) and the handshake of implicit TLS (RFC 8314). Whatever was said in plaintext is forgotten.
#include "core/log.h"
#include "smtp/server/session.h"

namespace postern::smtp {

core::Task<Answer> Session::starttls() {
  if (!offers_starttls()) co_return refuse(503, "5.5.1", "TLS is not offered here", Refusal::kSequence);
  if (!context_.tls->current()) co_return refuse(454, "4.7.0", "TLS not available now", Refusal::kTls);
  say(Answer{220, "2.0.0", "Ready to start TLS"});
  if (!co_await flush()) co_return hang_up();
  input_.discard();  // check_row refused anything that had arrived; nothing can be left
  if (!co_await handshake()) co_return hang_up();
  end_transaction();
  helo_.clear();
  is_esmtp_ = false;
  framer_ = LineFramer();
  co_return said_already();
}

core::Task<bool> Session::handshake() {
  const std::shared_ptr<const net::TlsContext> tls = context_.tls ? context_.tls->current() : nullptr;
  if (!tls) {
    core::log::error("smtp.no_certificate", {{"session", id_.value}});
    co_return false;
  }
  const auto by = core::Deadline::after(options_.tls_handshake_max, context_.clock);
  const core::Result<void> done = co_await stream_.start_tls_server(tls, by);
  if (!done) {
    context_.metrics.tls_failures.add();
    core::log::info("smtp.tls_failed", {{"session", id_.value}, {"client", client_ip_.to_string()}});
    co_return false;
  }
  context_.metrics.tls_sessions.add();
  co_return true;
}

}  // namespace postern::smtp
