// MX: mail for the domain comes here, and what else takes it (RFC 5321 section 5, RFC 7505).
#include <algorithm>

#include "pipeline/advice/records.h"

namespace postern::pipeline {
namespace {

std::string name_of(const net::DnsAnswer::Mx& mx) {
  return mx.exchange + " (" + std::to_string(mx.preference) + ")";
}

void judge(const AdviceRun& run, const std::vector<net::DnsAnswer::Mx>& all, RecordAdvice& record) {
  const std::string ours = net::normalize_name(run.subject.hostname);
  const auto is_ours = [&](const net::DnsAnswer::Mx& mx) { return net::normalize_name(mx.exchange) == ours; };
  if (all.size() == 1 && all[0].exchange.empty()) {
    return settle(record, AdviceState::kDifferent, "the domain declares that it takes no mail (null MX, RFC 7505)");
  }
  std::vector<std::string> others, before;
  const auto own = std::find_if(all.begin(), all.end(), is_ours);
  for (const net::DnsAnswer::Mx& mx : all) {
    if (is_ours(mx)) continue;
    others.push_back(name_of(mx));
    if (own != all.end() && mx.preference < own->preference) before.push_back(name_of(mx));
  }
  cut_to(others, run.limits.found_max);
  if (own == all.end()) {
    record.notes.push_back("If that is meant, and mail for single addresses is forwarded here, nothing needs to change.");
    return settle(record, AdviceState::kDifferent,
                  "mail for the domain goes to " + join(others) + ", and none of it comes to " + run.subject.hostname);
  }
  if (!before.empty()) {
    return settle(record, AdviceState::kWarning,
                  "senders try " + join(before) + " first and come here only when that does not answer");
  }
  if (others.empty()) return settle(record, AdviceState::kOk, "mail for the domain comes here");
  settle(record, AdviceState::kWarning,
         "mail comes here, but " + join(others) + " takes it too and must pass on to this server whatever it accepts");
}

}  // namespace

core::Task<RecordAdvice> advise_mx(const AdviceRun& run) {
  RecordAdvice record = run.start("mx", run.subject.domain, "MX", "10 " + run.subject.hostname + ".",
                                  "Brings mail for the domain to this server.");
  const net::DnsAnswer answer = co_await run.ask(run.subject.domain, net::DnsType::kMx);
  if (ends_here(answer, run.subject.domain, record)) {
    if (answer.status == net::DnsStatus::kNxDomain) record.explanation = run.subject.domain + " does not exist in DNS";
    co_return record;
  }
  const std::vector<net::DnsAnswer::Mx> all = answer.mx();
  for (const net::DnsAnswer::Mx& mx : all) record.found.push_back(std::to_string(mx.preference) + " " + mx.exchange + ".");
  cut_to(record.found, run.limits.found_max);
  judge(run, all, record);
  co_return record;
}

}  // namespace postern::pipeline
