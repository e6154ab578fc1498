#include "pipeline/sender/dmarc.h"

#include <map>

#include "pipeline/sender/dmarc_walk.h"
#include "pipeline/sender/domain_name.h"

namespace postern::pipeline {
namespace {

// The record that governs mail from a domain, and where it stands.
struct Governing {
  std::string domain;
  DmarcRecord record;
  DmarcPolicy policy = DmarcPolicy::kNone;
  bool is_inherited = false;  // published above the author domain: sp= and np= apply
};

// Section 4.10.1: the record of the author domain, else of its organisational domain, else of the public suffix.
std::optional<Governing> find_governing(const DmarcWalk& walk) {
  const auto usable = [&](const std::string& domain) -> std::optional<Governing> {
    const DmarcRecord* record = walk.record_at(domain);
    if (record == nullptr || !record->effective_policy()) return std::nullopt;
    return Governing{domain, *record, *record->effective_policy(), domain != walk.start};
  };
  if (std::optional<Governing> own = usable(walk.start)) return own;
  const std::string organizational = walk.organizational_domain();
  if (std::optional<Governing> above = usable(organizational)) return above;
  for (const DmarcWalkStep& step : walk.found) {
    if (step.record.psd == DmarcPsd::kYes) return usable(step.domain);
  }
  return std::nullopt;
}

std::string word_of(const std::optional<DmarcPolicy>& policy) {
  return policy ? std::string(to_string(*policy)) : std::string();
}

DmarcPublished published_by(const DmarcRecord& record) {
  return {record.is_spf_strict,    record.is_dkim_strict,           record.is_testing,
          word_of(record.policy), word_of(record.subdomain_policy), word_of(record.nonexistent_policy)};
}

DmarcPolicy one_step_down(DmarcPolicy policy) {
  return policy == DmarcPolicy::kReject ? DmarcPolicy::kQuarantine : DmarcPolicy::kNone;
}

// An identifier that another mechanism authenticated, or could not check.
struct Identifier {
  std::string mechanism;
  std::string domain;
  bool is_strict = false;
  bool is_unknown = false;  // its mechanism ended in a temporary error
};

std::vector<Identifier> collect(const SpfVerdict& spf, const std::vector<DkimVerdict>& dkim,
                                const DmarcRecord& record) {
  std::vector<Identifier> all;
  const auto add = [&](std::string mechanism, const std::string& domain, AuthResult result, bool is_strict) {
    if (result != AuthResult::kPass && result != AuthResult::kTempError) return;
    const std::optional<std::string> name = to_a_labels(domain);
    if (name) all.push_back({std::move(mechanism), *name, is_strict, result == AuthResult::kTempError});
  };
  add("spf", spf.domain, spf.result, record.is_spf_strict);
  for (const DkimVerdict& verdict : dkim) add("dkim", verdict.domain, verdict.result, record.is_dkim_strict);
  return all;
}

// Finds organisational domains, each name walked once.
class OrganizationalDomains {
 public:
  OrganizationalDomains(net::DnsResolver& resolver, DmarcLimits limits, const DmarcWalk& author)
      : resolver_(resolver), limits_(limits) {
    known_.emplace(author.start, author.organizational_domain());
  }
  // Empty when DNS could not tell.
  core::Task<std::string> of(std::string domain, core::Deadline by) {
    if (const auto it = known_.find(domain); it != known_.end()) co_return it->second;
    const DmarcWalk walk = co_await walk_tree(resolver_, domain, limits_, by);
    std::string found = walk.has_failed ? std::string() : walk.organizational_domain();
    known_.emplace(std::move(domain), found);
    co_return found;
  }

 private:
  net::DnsResolver& resolver_;
  DmarcLimits limits_;
  std::map<std::string, std::string> known_;
};

enum class Alignment { kAligned, kApart, kUnknown };

core::Task<Alignment> align(Identifier identifier, std::string author, OrganizationalDomains& organizations,
                            core::Deadline by) {
  if (identifier.domain == author) co_return Alignment::kAligned;
  if (identifier.is_strict) co_return Alignment::kApart;
  // Names that share no ancestor below the root cannot share an organisation: no look-up needed.
  if (last_labels(identifier.domain, 1) != last_labels(author, 1)) co_return Alignment::kApart;
  const std::string own = co_await organizations.of(author, by);
  // An organisation holds the names at and below it, so one of another tree cannot be aligned.
  if (!is_same_or_subdomain(identifier.domain, own)) co_return Alignment::kApart;
  const std::string other = co_await organizations.of(identifier.domain, by);
  if (other.empty()) co_return Alignment::kUnknown;
  co_return own == other ? Alignment::kAligned : Alignment::kApart;
}

void add_once(std::vector<std::string>& list, const std::string& word) {
  for (const std::string& other : list) {
    if (other == word) return;
  }
  list.push_back(word);
}

}  // namespace

core::Task<DmarcVerdict> DmarcEvaluator::evaluate(std::vector<std::string> from_domains, SpfVerdict spf,
                                                  std::vector<DkimVerdict> dkim, core::Deadline by) {
  DmarcVerdict verdict;
  if (from_domains.size() != 1) {
    verdict.result = from_domains.empty() ? AuthResult::kNone : AuthResult::kPermError;
    verdict.reason = from_domains.empty() ? "no author domain in From" : "From names several domains";
    co_return verdict;
  }
  DmarcWalk walk = co_await walk_tree(resolver_, from_domains[0], limits_, by);
  co_return co_await evaluate_walk(std::move(walk), std::move(spf), std::move(dkim), by);
}

core::Task<DmarcVerdict> DmarcEvaluator::evaluate_walk(DmarcWalk walk, SpfVerdict spf, std::vector<DkimVerdict> dkim, core::Deadline by) {
  DmarcVerdict verdict;
  verdict.domain = walk.start;
  if (walk.has_failed) {
    verdict.result = AuthResult::kTempError;
    verdict.reason = "policy could not be fetched";
    co_return verdict;
  }
  std::optional<Governing> governing = find_governing(walk);
  if (!governing) {
    verdict.reason = "domain publishes no policy";
    co_return verdict;
  }
  verdict.policy_domain = governing->domain;
  verdict.policy = governing->policy;
  verdict.published = published_by(governing->record);
  if (governing->is_inherited) {
    verdict.policy = governing->record.subdomain_policy.value_or(governing->policy);
    if (governing->record.nonexistent_policy) {
      net::DnsQuestion question(verdict.domain, net::DnsType::kA);
      const net::DnsAnswer answer = co_await resolver_.query(std::move(question), by);
      if (answer.status == net::DnsStatus::kNxDomain) verdict.policy = *governing->record.nonexistent_policy;
    }
  }
  OrganizationalDomains organizations(resolver_, limits_, walk);
  bool is_unsure = false;
  const std::vector<Identifier> identifiers = collect(spf, dkim, governing->record);
  for (const Identifier& identifier : identifiers) {
    const Alignment alignment = co_await align(identifier, verdict.domain, organizations, by);
    if (alignment == Alignment::kAligned && !identifier.is_unknown) add_once(verdict.aligned_by, identifier.mechanism);
    if (alignment != Alignment::kApart && identifier.is_unknown) is_unsure = true;
    if (alignment == Alignment::kUnknown) is_unsure = true;
  }
  if (!verdict.aligned_by.empty()) {
    verdict.result = AuthResult::kPass;
    co_return verdict;
  }
  if (is_unsure) {
    verdict.result = AuthResult::kTempError;
    verdict.reason = "an aligned identifier could not be checked";
    co_return verdict;
  }
  verdict.result = AuthResult::kFail;
  verdict.reason = "no aligned identifier passed";
  verdict.disposition = governing->record.is_testing ? one_step_down(verdict.policy) : verdict.policy;
  if (verdict.disposition != verdict.policy) verdict.overridden_by = "policy_test_mode";
  co_return verdict;
}

}  // namespace postern::pipeline
