#pragma once
// pipeline/sender/dmarc.h: DMARC (RFC 9989): policy discovery and organisational domains by DNS tree walk, alignment
// of SPF and DKIM results with the author's domain, and the disposition that follows.
// Thread-safety: evaluate() from any executor, many at a time.  Ownership: borrows the resolver.
// Errors: none; several author domains are kPermError, no domain or no policy kNone, DNS trouble kTempError.  Limits:
// DmarcLimits.
#include <string>
#include <vector>

#include "core/deadline.h"
#include "core/task.h"
#include "net/dns.h"
#include "pipeline/api/verdict.h"
#include "pipeline/sender/dmarc_walk.h"
#include "pipeline/sender/options.h"

namespace postern::pipeline {

class DmarcEvaluator {
 public:
  DmarcEvaluator(net::DnsResolver& resolver, DmarcLimits limits) : resolver_(resolver), limits_(limits) {}
  // `from_domains`: the distinct domains of the From field(s), A-labels in lower case.
  core::Task<DmarcVerdict> evaluate(std::vector<std::string> from_domains, SpfVerdict spf,
                                    std::vector<DkimVerdict> dkim, core::Deadline by);
  // The same of one author domain whose walk was taken before.
  core::Task<DmarcVerdict> evaluate_walk(DmarcWalk walk, SpfVerdict spf, std::vector<DkimVerdict> dkim, core::Deadline by);

 private:
  net::DnsResolver& resolver_;
  DmarcLimits limits_;
};

}  // namespace postern::pipeline
