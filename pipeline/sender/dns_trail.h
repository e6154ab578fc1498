#pragma once
// pipeline/sender/dns_trail.h: a resolver that remembers what one check of one message asked and what came back, so that
// a verdict can be explained by the records that made it (issue of a mail admin: "why is this a fail?").
// Thread-safety: query() from any executor, many at a time; take() when the check has ended.  Ownership: borrows the
// resolver.  Errors: none.  Limits: TrailLimits; what is beyond them is answered and not remembered.
#include <mutex>
#include <string>
#include <vector>

#include "net/dns.h"
#include "pipeline/api/verdict.h"
#include "pipeline/sender/options.h"

namespace postern::pipeline {

class DnsTrail final : public net::DnsResolver {
 public:
  // `method` as in DnsStep.
  DnsTrail(net::DnsResolver& resolver, std::string method, TrailLimits limits)
      : resolver_(resolver), method_(std::move(method)), limits_(limits) {}
  core::Task<net::DnsAnswer> query(net::DnsQuestion question, core::Deadline by) override;
  // The steps in the order of their answers, each question once. Card numbers in names and records are masked.
  std::vector<DnsStep> take();

 private:
  void remember(const net::DnsQuestion& question, const net::DnsAnswer& answer);

  net::DnsResolver& resolver_;
  std::string method_;
  TrailLimits limits_;
  std::mutex mutex_;
  std::vector<DnsStep> steps_;
};

}  // namespace postern::pipeline
