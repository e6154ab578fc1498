#pragma once
// pipeline/sender/arc_verifier.h: ARC (RFC 8617 section 5.2): whether the chain of a message holds, who sealed it last,
// and what a sealer that the operator trusts had found of the author's domain. Reading of fields, keys and
// canonicalisation are DKIM's.
// A trusted verdict needs more than a chain that passes: the newest seal is of a trusted sealer, and the newest
// ARC-Message-Signature covers From and all that readers see of the fields it names. Of the sets, only an unbroken run
// of trusted ones from the newest down is asked: whoever stood below may have written anything.
// Thread-safety: verify() from any executor, many at a time.  Ownership: borrows resolver, clock and pool.
// Errors: none; kTempError in the verdict when a key cannot be had now or the pool is full.
// Limits: ArcLimits, DkimLimits; at most sets_checked_max + 1 key names are asked for.
#include <memory>
#include <string>
#include <vector>

#include "core/clock.h"
#include "core/deadline.h"
#include "core/task.h"
#include "net/dns.h"
#include "pipeline/api/message.h"
#include "pipeline/api/verdict.h"
#include "pipeline/sender/options.h"

namespace postern::core {
class WorkPool;
}

namespace postern::pipeline {

struct ArcChain;
struct ArcCheck;
struct DkimCandidate;

class ArcVerifier {
 public:
  // `trusted_sealers`: domains; their subdomains are trusted too. `cpu`: as for DkimVerifier.
  ArcVerifier(net::DnsResolver& resolver, core::Clock& clock, DkimLimits dkim, ArcLimits arc,
              std::vector<std::string> trusted_sealers, core::WorkPool* cpu = nullptr);
  ~ArcVerifier();
  ArcVerifier(const ArcVerifier&) = delete;
  // `author_domain`: of From, A-labels in lower case; empty when it is not one domain: nothing is then said of it.
  core::Task<ArcVerdict> verify(std::shared_ptr<const Message> message, std::string author_domain, core::Deadline by);

 private:
  core::Task<ArcCheck> check(std::shared_ptr<const Message> message, std::shared_ptr<const ArcChain> chain,
                             std::vector<DkimCandidate> candidates);
  bool trusts(const std::string& sealer) const;
  AuthResult sealed_dmarc(const Message& message, const ArcChain& chain, const std::string& author_domain) const;

  net::DnsResolver& resolver_;
  core::Clock& clock_;
  DkimLimits dkim_;
  ArcLimits arc_;
  std::vector<std::string> trusted_sealers_;
  core::WorkPool* cpu_;
};

}  // namespace postern::pipeline
