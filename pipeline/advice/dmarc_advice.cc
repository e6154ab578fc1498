// DMARC: the policy that applies to the domain (RFC 9989), the next step towards "reject", and the permission that other
// organisations must publish before they may be sent reports (RFC 9990 section 4).
#include <algorithm>
#include <iterator>

#include "core/encoding.h"
#include "pipeline/advice/records.h"
#include "pipeline/reports/destinations.h"
#include "pipeline/sender/dkim_tags.h"
#include "pipeline/sender/dmarc_walk.h"

namespace postern::pipeline {
namespace {

bool is_weaker(DmarcPolicy a, DmarcPolicy b) { return static_cast<int>(a) < static_cast<int>(b); }

bool says_dmarc(const std::string& text) { return parse_dmarc_record(text).has_value(); }

// The record with p= replaced, and without what would keep it from taking effect: t=y, and pct= of RFC 7489.
std::string with_policy(const std::string& text, std::string_view policy) {
  std::string out = "v=DMARC1; p=" + std::string(policy);
  bool is_first = true;
  for (const std::string& tag : split_list(text, ';')) {
    const std::string name = core::to_lower_ascii(core::trim_ascii(std::string_view(tag).substr(0, tag.find('='))));
    const bool is_dropped = is_first || tag.empty() || name == "p" || name == "t" || name == "pct";
    is_first = false;
    if (!is_dropped) out += "; " + tag;
  }
  return out;
}

void publish(const AdviceRun& run, RecordAdvice& record, std::string text) {
  RecordAdvice made = run.start(record.purpose, record.publish.owner, "TXT", std::move(text), record.why);
  record.publish = std::move(made.publish);
}

void add_notes(const AdviceRun& run, const std::string& text, const DmarcRecord& policy, RecordAdvice& record) {
  if (!policy.has_report_address) {
    record.notes.push_back("Without rua= nobody tells you who sends as the domain; add rua=mailto:" + run.report_address() + ".");
  }
  if (policy.policy && policy.subdomain_policy && is_weaker(*policy.subdomain_policy, *policy.policy)) {
    record.notes.push_back("Subdomains are protected less than the domain: sp=" +
                           std::string(to_string(*policy.subdomain_policy)) + ".");
  }
  if (policy.policy && policy.nonexistent_policy && is_weaker(*policy.nonexistent_policy, *policy.policy)) {
    record.notes.push_back("Subdomains that do not exist are protected less than the domain: np=" +
                           std::string(to_string(*policy.nonexistent_policy)) + ".");
  }
  if (find_dmarc_tag(text, "pct")) record.notes.push_back("pct= is no longer read (RFC 9989); t=y is the way to test a policy.");
}

// The domain's own record, which is one and has a policy.
void judge_own(const AdviceRun& run, const std::string& text, const DmarcRecord& policy, RecordAdvice& record) {
  add_notes(run, text, policy, record);
  const DmarcPolicy applies = *policy.effective_policy();
  publish(run, record, text);
  if (!policy.policy) {
    publish(run, record, with_policy(text, "none"));
    return settle(record, AdviceState::kWarning, "p= is missing or not valid, so that receivers take it for \"none\"");
  }
  if (policy.is_testing && applies != DmarcPolicy::kNone) {
    publish(run, record, with_policy(text, to_string(applies)));
    return settle(record, AdviceState::kWarning,
                  "t=y asks receivers to apply less than p=" + std::string(to_string(applies)) + "; remove it when the reports look right");
  }
  switch (applies) {
    case DmarcPolicy::kNone:
      if (!policy.has_report_address) {
        publish(run, record, "v=DMARC1; p=none; rua=mailto:" + run.report_address());
        return settle(record, AdviceState::kWarning, "p=none without a mailto: address in rua= protects nothing and tells nothing; ask for reports");
      }
      publish(run, record, with_policy(text, "quarantine"));
      return settle(record, AdviceState::kWarning,
                    "p=none only watches: forged mail is delivered; go on to quarantine when the reports show that yours passes");
    case DmarcPolicy::kQuarantine:
      record.notes.push_back("The last step, when the reports show that all of your mail passes: " + with_policy(text, "reject"));
      return settle(record, AdviceState::kOk, "policy quarantine is published");
    case DmarcPolicy::kReject: return settle(record, AdviceState::kOk, "policy reject is published");
  }
}

// What applies to a name below the organisational domain that has no record of its own.
DmarcPolicy inherited(const DmarcRecord& record) {
  return record.subdomain_policy.value_or(record.effective_policy().value_or(DmarcPolicy::kNone));
}

void judge(const AdviceRun& run, const DmarcWalk& walk, DmarcAdvice& out) {
  RecordAdvice& record = out.records[0];
  const auto keep = [&](const DmarcRecord& policy, DmarcPolicy applies) {
    out.policy = to_string(applies);
    out.is_spf_strict = policy.is_spf_strict;
    out.is_dkim_strict = policy.is_dkim_strict;
  };
  std::vector<std::string> own;
  std::copy_if(record.found.begin(), record.found.end(), std::back_inserter(own), says_dmarc);
  if (own.size() > 1) {
    publish(run, record, own.front());
    return settle(record, AdviceState::kDifferent,
                  std::to_string(own.size()) + " DMARC records are published, and receivers ignore all of them; keep one");
  }
  if (own.size() == 1) {
    const DmarcRecord policy = *parse_dmarc_record(own[0]);
    if (policy.effective_policy()) {
      keep(policy, *policy.effective_policy());
      return judge_own(run, own[0], policy, record);
    }
    return settle(record, AdviceState::kDifferent, "the record has neither a valid p= nor a valid rua=, so that receivers ignore it");
  }
  const std::string organization = walk.organizational_domain();
  const DmarcRecord* above = walk.record_at(organization);
  if (above != nullptr && above->effective_policy()) {
    const DmarcPolicy applies = inherited(*above);
    keep(*above, applies);
    publish(run, record, "v=DMARC1; p=" + std::string(to_string(applies)) + "; rua=mailto:" + run.report_address());
    const std::string sentence = "the policy of " + organization + " applies: " + std::string(to_string(applies));
    const bool is_none = applies == DmarcPolicy::kNone;
    return settle(record, is_none ? AdviceState::kWarning : AdviceState::kOk,
                  is_none ? sentence + ", which only watches" : sentence);
  }
  if (record.found.empty()) {
    record.notes.push_back("\"none\" changes nothing for your mail and brings reports; quarantine and reject come after them.");
    return settle(record, AdviceState::kMissing, "no DMARC record is published for the domain or above it");
  }
  settle(record, AdviceState::kDifferent, "what is published is no DMARC record: it must begin with \"v=DMARC1\"");
}

core::Task<void> add_permissions(const AdviceRun& run, DmarcAdvice& out) {
  const std::string& domain = run.subject.domain;
  const ReportDestinations targets =
      co_await find_destinations(run.resolver, domain, run.limits.report_uris_max, DmarcLimits{}, run.by);
  for (const RefusedDestination& refused : targets.refused) {
    const EmailAddress address = split_address(refused.address);
    const std::string owner = domain + "._report._dmarc." + address.domain_lower();
    RecordAdvice record = run.start("dmarc_report", owner, "TXT", "v=DMARC1;",
                                    "Lets " + address.domain_lower() + " be sent the reports of " + domain + ".");
    record.is_required = false;
    record.notes.push_back("The operator of " + address.domain_lower() + " publishes it.");
    settle(record, AdviceState::kMissing, "no reports reach " + refused.address + ": " + refused.reason);
    out.records.push_back(std::move(record));
  }
}

}  // namespace

core::Task<DmarcAdvice> advise_dmarc(const AdviceRun& run) {
  DmarcAdvice out;
  const std::string owner = "_dmarc." + run.subject.domain;
  out.records.push_back(run.start("dmarc", owner, "TXT", "v=DMARC1; p=none; rua=mailto:" + run.report_address(),
                                  "Tells receivers what to do with mail that only pretends to be from the domain."));
  const DmarcWalk walk = co_await walk_tree(run.resolver, run.subject.domain, DmarcLimits{}, run.by);
  if (walk.has_failed) {
    settle(out.records[0], AdviceState::kUnknown, "DNS did not answer for the policy of " + run.subject.domain + "; try again");
    co_return out;
  }
  const net::DnsAnswer answer = co_await run.ask(owner, net::DnsType::kTxt);
  out.records[0].found = answer.txt();
  cut_to(out.records[0].found, run.limits.found_max);
  judge(run, walk, out);
  co_await add_permissions(run, out);
  co_return out;
}

}  // namespace postern::pipeline
