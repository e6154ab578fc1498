#pragma once
// pipeline/sender/authenticator.h: who a message really comes from: iprev, HELO, DNS lists, SPF, DKIM, ARC and DMARC over
// one resolver, before any byte of the message is rewritten.
// Thread-safety: authenticate() from any executor, many at a time.  Ownership: borrows resolver, clock and pool.
// Errors: none; what DNS could not tell is kTempError in the verdict concerned.  Limits: AuthOptions.
#include <memory>
#include <string>
#include <string_view>

#include "core/clock.h"
#include "core/deadline.h"
#include "core/task.h"
#include "net/dns.h"
#include "pipeline/api/envelope.h"
#include "pipeline/api/message.h"
#include "pipeline/api/verdict.h"
#include "pipeline/sender/options.h"

namespace postern::core {
class WorkPool;
}

namespace postern::pipeline {

class DnsLists;

class SenderAuthenticator {
 public:
  // `cpu`: where large bodies are hashed (DkimLimits::inline_bytes_max); nullptr: on the caller's thread.
  SenderAuthenticator(net::DnsResolver& resolver, core::Clock& clock, AuthOptions options,
                      core::WorkPool* cpu = nullptr);
  ~SenderAuthenticator();
  SenderAuthenticator(const SenderAuthenticator&) = delete;

  // All but DMARC run side by side; DMARC follows from them. `receiver` in macros of explanations is our HELO name.
  core::Task<AuthVerdicts> authenticate(Envelope envelope, std::shared_ptr<const Message> message, core::Deadline by);

 private:
  net::DnsResolver& resolver_;
  core::Clock& clock_;
  AuthOptions options_;
  core::WorkPool* cpu_;
  std::unique_ptr<DnsLists> lists_;
};

// The Authentication-Results field (RFC 8601) with its final CRLF, folded below 78 columns. Values that came from
// the peer are reduced to what the grammar allows, so they cannot forge a result.
std::string authentication_results_header(const AuthVerdicts& verdicts, std::string_view authserv_id);

}  // namespace postern::pipeline
