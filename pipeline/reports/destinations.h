#pragma once
// pipeline/reports/destinations.h: where the reports about a domain may go: its rua= addresses, those in other
// organisations only where these agree (RFC 9990 section 4), so that nobody can be flooded with reports by a stranger.
// Thread-safety: free function, any executor.  Ownership: borrows the resolver.
// Errors: none; DNS trouble is `has_failed`: ask again later.  Limits: ReportOptions::destinations_max, DmarcLimits.
#include <string>
#include <vector>

#include "core/deadline.h"
#include "core/task.h"
#include "net/dns.h"
#include "pipeline/reports/rua.h"
#include "pipeline/sender/options.h"

namespace postern::pipeline {

struct RefusedDestination {
  std::string address;
  std::string reason;  // for people
};

struct ReportDestinations {
  std::vector<ReportUri> accepted;
  std::vector<RefusedDestination> refused;
  bool has_record = false;  // the domain still publishes a policy record
  bool has_failed = false;  // a question ended in a transient failure: `accepted` may lack some
};

// `policy_domain`: where the policy record was found, A-labels in lower case.
core::Task<ReportDestinations> find_destinations(net::DnsResolver& resolver, std::string policy_domain, std::size_t most,
                                                 DmarcLimits limits, core::Deadline by);

}  // namespace postern::pipeline
