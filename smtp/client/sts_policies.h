#pragma once
// smtp/client/sts_policies.h: MTA-STS policies of the domains that we write to, found and kept (RFC 8461 sections 3 and 5). A policy
// that was read holds until its max_age is over, also while its domain announces none or cannot be asked: whoever is between us and
// the domain cannot talk us out of it. In memory: after a restart it is read again with the first message.
// Thread-safety: any thread.  Ownership: borrows resolver and clock, which outlive it.
// Errors: none; what cannot be found is no policy.
// Limits: kStsPoliciesMax domains, of which the ones that end first go; a failed reading is not repeated for kStsRetry.
#include <functional>
#include <map>
#include <mutex>

#include "net/dns.h"
#include "smtp/client/sts_policy.h"

namespace postern::smtp {

inline constexpr std::size_t kStsPoliciesMax = 4096;
inline constexpr std::chrono::minutes kStsRetry{5};

class StsPolicies {
 public:
  // The text at an https URL, from a host whose certificate was verified; without following redirects.
  using Fetch = std::function<core::Task<core::Result<std::string>>(std::string url)>;
  // `fetch` empty: there are no policies.
  StsPolicies(net::DnsResolver& resolver, core::Clock& clock, Fetch fetch) : resolver_(resolver), clock_(clock), fetch_(std::move(fetch)) {}

  // `domain`: as DNS has it.
  core::Task<std::optional<StsPolicy>> of(std::string domain, core::Deadline by);

 private:
  struct Known {
    std::string id;
    std::optional<StsPolicy> policy;  // nothing: it could not be read
    core::Instant until;              // of a failure: when it is tried again
  };
  std::optional<Known> known(const std::string& domain) const;
  void keep(const std::string& domain, Known what);

  net::DnsResolver& resolver_;
  core::Clock& clock_;
  const Fetch fetch_;
  mutable std::mutex mutex_;
  std::map<std::string, Known> known_;
};

}  // namespace postern::smtp
