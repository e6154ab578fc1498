#pragma once
// smtp/client/sts_policies.h: MTA-STS policies of the domains that we write to, found and kept (RFC 8461 sections 3 and 5). A policy
// that was read holds until its max_age is over, also while its domain announces none or cannot be asked: whoever is between us and
// the domain cannot talk us out of it. One that is in use is read again well before it ends (section 3.3), each kStsRefresh or at half
// its age: who keeps the text from us at one moment gains nothing. In memory; take_changes() and restore() are for whoever keeps them over a restart.
// Thread-safety: any thread.  Ownership: borrows resolver and clock, which outlive it.
// Errors: none; what cannot be found is no policy.
// Limits: kStsPoliciesMax domains, of which the ones that end first go; a failed reading is not repeated for kStsRetry.
#include <functional>
#include <map>
#include <mutex>
#include <set>

#include "net/dns.h"
#include "smtp/client/sts_policy.h"

namespace postern::smtp {

inline constexpr std::size_t kStsPoliciesMax = 4096;
inline constexpr std::chrono::minutes kStsRetry{5};
inline constexpr std::chrono::hours kStsRefresh{24};

// What a question for a policy came to.
struct StsFinding {
  std::optional<StsPolicy> policy;  // nothing: the domain has none, or none that can be had
  std::string trouble;              // a result type of RFC 8460: it was announced and could not be read, now or a moment ago
  std::string why;                  // for people
};

// A policy as it is kept over restarts.
struct KeptStsPolicy {
  std::string domain;
  std::string id;
  StsPolicy policy;
  core::WallTime until;
};
struct StsChanges {
  std::vector<KeptStsPolicy> kept;
  std::vector<std::string> gone;  // domains: nothing is known of them any more
};

class StsPolicies {
 public:
  // The text at an https URL, from a host whose certificate was verified; without following redirects.
  using Fetch = std::function<core::Task<core::Result<std::string>>(std::string url)>;
  // `fetch` empty: there are no policies.
  StsPolicies(net::DnsResolver& resolver, core::Clock& clock, Fetch fetch) : resolver_(resolver), clock_(clock), fetch_(std::move(fetch)) {}

  // `domain`: as DNS has it.
  core::Task<StsFinding> find(std::string domain, core::Deadline by);
  core::Task<std::optional<StsPolicy>> of(std::string domain, core::Deadline by);

  // As if it had been read before; longer than its max_age from now it never holds. One that is over is told by take_changes() as gone.
  void restore(const KeptStsPolicy& from);
  // Since the last call. What could not be kept is given back, to be told again.
  StsChanges take_changes();
  void give_back(const StsChanges& changes);

 private:
  struct Known {
    std::string id;
    std::optional<StsPolicy> policy;  // nothing: it could not be read
    core::Instant until;              // of a failure: when it is tried again
    core::Instant fresh_until;        // from then on it is read again, and holds whatever that comes to
    std::string unread_id = {};       // announced since, and not to be read: not tried before fresh_until either
    StsFinding failure = {};          // why there is no policy; without one in it
  };
  std::optional<Known> known(const std::string& domain) const;
  void keep(const std::string& domain, Known what);
  void look_later(const std::string& domain, std::string id);
  void note_change(const std::string& domain);  // under the lock

  net::DnsResolver& resolver_;
  core::Clock& clock_;
  const Fetch fetch_;
  mutable std::mutex mutex_;
  std::map<std::string, Known> known_;
  std::set<std::string> changed_;  // domains; beyond twice kStsPoliciesMax changes are not kept
};

}  // namespace postern::smtp
