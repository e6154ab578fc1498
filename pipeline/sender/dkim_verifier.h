#pragma once
// pipeline/sender/dkim_verifier.h: DKIM (RFC 6376, 8301, 8463). Our parser reads and judges each signature and key
// record first; only what is sound reaches the cryptographic check, and no DNS happens inside that.
// Thread-safety: verify() from any executor, many at a time.  Ownership: borrows resolver, clock and pool.
// Errors: none; one DkimVerdict a signature field, from the top; kTempError when the pool is full.  Limits: DkimLimits.
#include <memory>
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

struct DkimCandidate;
struct DkimOutcome;

class DkimVerifier {
 public:
  // `cpu`: where messages of inline_bytes_max and more are hashed; nullptr: on the caller's thread.
  DkimVerifier(net::DnsResolver& resolver, core::Clock& clock, DkimLimits limits, core::WorkPool* cpu = nullptr);
  ~DkimVerifier();
  DkimVerifier(const DkimVerifier&) = delete;
  core::Task<std::vector<DkimVerdict>> verify(std::shared_ptr<const Message> message, core::Deadline by);

 private:
  core::Task<std::vector<DkimOutcome>> check(std::shared_ptr<const Message> message,
                                             std::vector<DkimCandidate> candidates);

  net::DnsResolver& resolver_;
  core::Clock& clock_;
  DkimLimits limits_;
  core::WorkPool* cpu_;
};

}  // namespace postern::pipeline
