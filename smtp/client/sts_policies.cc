#include "smtp/client/sts_policies.h"

#include <algorithm>
#include <utility>

#include "core/errc.h"
#include "core/log.h"
#include "net/errc.h"
#include "smtp/client/tls_result.h"

namespace postern::smtp {
namespace {

StsFinding unread(const core::Result<std::string>& text) {
  if (text) return {std::nullopt, std::string(tls_result::kStsInvalid), "not a policy"};
  const core::Error& error = text.error();
  const bool is_certificate = error == net::Errc::kTls || error == net::Errc::kCertificate;
  const bool has_words = is_certificate || error == core::Errc::kInvalid;  // others' contexts are for the log
  return {std::nullopt, std::string(is_certificate ? tls_result::kStsWebPki : tls_result::kStsFetch),
          has_words ? error.context() : error.code().message()};
}

core::Duration fresh_for(const StsPolicy& policy) { return std::min<core::Duration>(kStsRefresh, core::Duration(policy.max_age) / 2); }

}  // namespace

std::optional<StsPolicies::Known> StsPolicies::known(const std::string& domain) const {
  const std::lock_guard lock(mutex_);
  const auto found = known_.find(domain);
  if (found == known_.end() || found->second.until <= clock_.now()) return std::nullopt;
  return found->second;
}

void StsPolicies::keep(const std::string& domain, Known what) {
  const std::lock_guard lock(mutex_);
  note_change(domain);
  known_[domain] = std::move(what);
  if (known_.size() <= kStsPoliciesMax) return;
  const auto first = std::ranges::min_element(known_, {}, [](const auto& each) { return each.second.until; });
  note_change(first->first);
  known_.erase(first);
}

void StsPolicies::look_later(const std::string& domain, std::string id) {
  const std::lock_guard lock(mutex_);
  const auto found = known_.find(domain);
  if (found == known_.end()) return;
  found->second.fresh_until = clock_.now() + kStsRetry;
  found->second.unread_id = std::move(id);
}

void StsPolicies::note_change(const std::string& domain) {
  if (changed_.size() < 2 * kStsPoliciesMax) changed_.insert(domain);
}

void StsPolicies::restore(const KeptStsPolicy& from) {
  const core::Duration left = std::min<core::Duration>(from.until - clock_.wall_now(), from.policy.max_age);
  const std::lock_guard lock(mutex_);
  if (left <= core::Duration::zero() || known_.size() >= kStsPoliciesMax) return note_change(from.domain);
  const core::Instant until = clock_.now() + left;
  known_.insert_or_assign(from.domain, Known{from.id, from.policy, until, until - from.policy.max_age + fresh_for(from.policy)});
}

StsChanges StsPolicies::take_changes() {
  StsChanges out;
  const std::lock_guard lock(mutex_);
  for (const std::string& domain : std::exchange(changed_, {})) {
    const auto found = known_.find(domain);
    if (found == known_.end() || !found->second.policy) {
      out.gone.push_back(domain);
    } else {
      const Known& known = found->second;
      out.kept.push_back({domain, known.id, *known.policy, clock_.wall_now() + (known.until - clock_.now())});
    }
  }
  return out;
}

void StsPolicies::give_back(const StsChanges& changes) {
  const std::lock_guard lock(mutex_);
  for (const KeptStsPolicy& each : changes.kept) note_change(each.domain);
  for (const std::string& domain : changes.gone) note_change(domain);
}

core::Task<std::optional<StsPolicy>> StsPolicies::of(std::string domain, core::Deadline by) {
  StsFinding found = co_await find(std::move(domain), by);
  co_return std::move(found.policy);
}

core::Task<StsFinding> StsPolicies::find(std::string domain, core::Deadline by) {
  if (!fetch_) co_return StsFinding();
  net::DnsQuestion question("_mta-sts." + domain, net::DnsType::kTxt);
  const net::DnsAnswer answer = co_await resolver_.query(std::move(question), by);
  const std::optional<std::string> id = sts_id(answer.txt());
  const std::optional<Known> before = known(domain);
  const bool is_known = before && (!id || *id == before->id || *id == before->unread_id);
  if (is_known && (!id || clock_.now() < before->fresh_until)) {
    StsFinding kept = before->failure;
    kept.policy = before->policy;
    co_return kept;
  }
  if (!id) co_return StsFinding();
  const core::Result<std::string> text = co_await fetch_("https://mta-sts." + domain + "/.well-known/mta-sts.txt");
  std::optional<StsPolicy> policy = text ? parse_sts_policy(*text) : std::nullopt;
  if (!policy) {
    core::log::warn("delivery.mta_sts", {{"domain", core::log::hashed(domain)}, {"what", text ? "not a policy" : text.error().code().message()}});
    StsFinding failure = unread(text);
    // One that is known and announced anew, but cannot be read, goes on to hold.
    if (before) {
      look_later(domain, *id);
      failure.policy = before->policy;
      co_return failure;
    }
    const core::Instant retry = clock_.now() + kStsRetry;
    keep(domain, {*id, std::nullopt, retry, retry, {}, failure});
    co_return failure;
  }
  keep(domain, {*id, policy, clock_.now() + policy->max_age, clock_.now() + fresh_for(*policy)});
  co_return StsFinding{std::move(policy), {}, {}};
}

}  // namespace postern::smtp
