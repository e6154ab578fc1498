#include "smtp/client/sts_policies.h"

#include <algorithm>

#include "core/log.h"

namespace postern::smtp {

std::optional<StsPolicies::Known> StsPolicies::known(const std::string& domain) const {
  const std::lock_guard lock(mutex_);
  const auto found = known_.find(domain);
  if (found == known_.end() || found->second.until <= clock_.now()) return std::nullopt;
  return found->second;
}

void StsPolicies::keep(const std::string& domain, Known what) {
  const std::lock_guard lock(mutex_);
  known_[domain] = std::move(what);
  if (known_.size() <= kStsPoliciesMax) return;
  known_.erase(std::ranges::min_element(known_, {}, [](const auto& each) { return each.second.until; }));
}

core::Task<std::optional<StsPolicy>> StsPolicies::of(std::string domain, core::Deadline by) {
  if (!fetch_) co_return std::nullopt;
  net::DnsQuestion question("_mta-sts." + domain, net::DnsType::kTxt);
  const net::DnsAnswer answer = co_await resolver_.query(std::move(question), by);
  const std::optional<std::string> id = sts_id(answer.txt());
  const std::optional<Known> before = known(domain);
  if (before && (!id || *id == before->id)) co_return before->policy;
  if (!id) co_return std::nullopt;
  const core::Result<std::string> text = co_await fetch_("https://mta-sts." + domain + "/.well-known/mta-sts.txt");
  std::optional<StsPolicy> policy = text ? parse_sts_policy(*text) : std::nullopt;
  if (!policy) {
    core::log::warn("delivery.mta_sts", {{"domain", core::log::hashed(domain)}, {"what", text ? "not a policy" : text.error().code().message()}});
    // One that is known and announced anew, but cannot be read, goes on to hold.
    if (before) co_return before->policy;
    keep(domain, {*id, std::nullopt, clock_.now() + kStsRetry});
    co_return std::nullopt;
  }
  keep(domain, {*id, policy, clock_.now() + policy->max_age});
  co_return policy;
}

}  // namespace postern::smtp
