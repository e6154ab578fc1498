#pragma once
// pipeline/sender/dmarc_walk.h: the DNS tree walk of RFC 9989 section 4.10 and the organisational domain it finds.
// Thread-safety: free functions, any executor.  Limits: DmarcLimits::queries_max a walk.
#include <optional>
#include <string>
#include <vector>

#include "core/deadline.h"
#include "core/task.h"
#include "net/dns.h"
#include "pipeline/sender/dmarc_record.h"
#include "pipeline/sender/options.h"

namespace postern::pipeline {

struct DmarcWalkStep {
  std::string domain;
  DmarcRecord record;
};

struct DmarcWalk {
  std::string start;
  std::vector<DmarcWalkStep> found;  // records met, from the longest name to the shortest
  bool has_failed = false;           // a question ended in a transient failure: nothing is certain
  std::uint32_t queries = 0;

  // Section 4.10.2; the start itself when the walk found nothing.
  std::string organizational_domain() const;
  const DmarcRecord* record_at(const std::string& domain) const;
};

// The names a walk from `domain` asks for, in order, at most `queries_max`.
std::vector<std::string> walk_names(const std::string& domain, std::uint32_t queries_max);

core::Task<DmarcWalk> walk_tree(net::DnsResolver& resolver, std::string domain, DmarcLimits limits, core::Deadline by);

}  // namespace postern::pipeline
