#pragma once
// pipeline/sender/spf.h: SPF (RFC 7208): which identity is judged, and the verdict with its reason and explanation.
// Thread-safety: check() from any executor, many at a time.  Ownership: borrows resolver and clock.
// Errors: none; see SpfVerdict.  Limits: SpfLimits.
#include <string>

#include "core/deadline.h"
#include "core/task.h"
#include "net/dns.h"
#include "pipeline/api/address.h"
#include "pipeline/api/verdict.h"
#include "pipeline/sender/options.h"

namespace postern::pipeline {

struct SpfQuery {
  SpfQuery(std::string ip, std::string helo_name, EmailAddress from)
      : client_ip(std::move(ip)), helo(std::move(helo_name)), mail_from(std::move(from)) {}
  std::string client_ip;
  std::string helo;
  EmailAddress mail_from;  // empty: the HELO identity is checked (RFC 7208 section 2.4)
};

class SpfChecker {
 public:
  SpfChecker(net::DnsResolver& resolver, core::Clock& clock, SpfLimits limits)
      : resolver_(resolver), clock_(clock), limits_(limits) {}
  core::Task<SpfVerdict> check(SpfQuery query, core::Deadline by);

 private:
  net::DnsResolver& resolver_;
  core::Clock& clock_;
  SpfLimits limits_;
};

}  // namespace postern::pipeline
