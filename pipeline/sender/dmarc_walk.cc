#include "pipeline/sender/dmarc_walk.h"

#include "pipeline/sender/domain_name.h"

namespace postern::pipeline {

std::string DmarcWalk::organizational_domain() const {
  for (const DmarcWalkStep& step : found) {
    if (step.record.psd == DmarcPsd::kNo) return step.domain;
    if (step.record.psd == DmarcPsd::kYes && step.domain != start) {
      return last_labels(start, count_labels(step.domain) + 1);
    }
  }
  return found.empty() ? start : found.back().domain;
}

const DmarcRecord* DmarcWalk::record_at(const std::string& domain) const {
  for (const DmarcWalkStep& step : found) {
    if (step.domain == domain) return &step.record;
  }
  return nullptr;
}

std::vector<std::string> walk_names(const std::string& domain, std::uint32_t queries_max) {
  std::vector<std::string> names;
  if (queries_max == 0) return names;
  names.push_back(domain);
  // After the name itself, a long one is cut so that the rest of the walk ends at the root within the limit.
  std::size_t labels = count_labels(domain);
  labels = labels < queries_max ? labels - 1 : queries_max - 1;
  for (; labels > 0; --labels) names.push_back(last_labels(domain, labels));
  return names;
}

core::Task<DmarcWalk> walk_tree(net::DnsResolver& resolver, std::string domain, DmarcLimits limits, core::Deadline by) {
  DmarcWalk walk;
  walk.start = domain;
  const std::vector<std::string> names = walk_names(domain, limits.queries_max);
  for (const std::string& name : names) {
    const std::string owner = "_dmarc." + name;
    if (!is_dns_name(owner)) continue;
    ++walk.queries;
    net::DnsQuestion question(owner, net::DnsType::kTxt);
    const net::DnsAnswer answer = co_await resolver.query(std::move(question), by);
    if (answer.is_transient_failure()) {
      walk.has_failed = true;
      break;
    }
    std::optional<DmarcRecord> record = select_dmarc_record(answer.txt(), limits.record_bytes_max);
    if (!record) continue;
    walk.found.push_back({name, *record});
    if (record->psd != DmarcPsd::kUnsaid) break;
  }
  co_return walk;
}

}  // namespace postern::pipeline
