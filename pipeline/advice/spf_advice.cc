// SPF: the domain's record passes mail from this server (RFC 7208), shown by evaluating the live record for each address.
#include <algorithm>

#include "core/encoding.h"
#include "pipeline/advice/records.h"
#include "pipeline/advice/spf_budget.h"
#include "pipeline/advice/spf_merge.h"
#include "pipeline/sender/spf.h"
#include "pipeline/sender/spf_record.h"

namespace postern::pipeline {
namespace {

constexpr std::size_t kRecordBytesSafe = 450;  // RFC 7208 section 3.4: with the rest of the answer it fits into 512

// DNS as it would be with another SPF record at one name: for trying what we are about to advise.
class WithRecord final : public net::DnsResolver {
 public:
  WithRecord(net::DnsResolver& behind, std::string domain, const std::string& record)
      : behind_(behind), domain_(std::move(domain)) {
    answer_.status = net::DnsStatus::kOk;
    std::string rdata;
    for (std::size_t at = 0; at < record.size(); at += 255) {
      const std::string piece = record.substr(at, 255);
      rdata += static_cast<char>(piece.size());
      rdata += piece;
    }
    answer_.rdata.push_back(std::move(rdata));
  }
  core::Task<net::DnsAnswer> query(net::DnsQuestion question, core::Deadline by) override {
    if (question.type == net::DnsType::kTxt && net::normalize_name(question.name) == domain_) co_return answer_;
    co_return co_await behind_.query(std::move(question), by);
  }

 private:
  net::DnsResolver& behind_;
  std::string domain_;
  net::DnsAnswer answer_;
};

struct Evaluation {
  std::vector<std::string> passed;
  std::vector<std::string> refused;         // "192.0.2.1 (softfail)"
  std::vector<std::string> refused_bare;    // "192.0.2.1"
  std::string reason;                       // of a permanent error
  bool is_certain = true;
};

// The replies of one address each through the record, as a receiver would.
core::Task<Evaluation> evaluate(const AdviceRun& run, net::DnsResolver& resolver) {
  Evaluation out;
  SpfChecker checker(resolver, run.clock, SpfLimits{});
  EmailAddress sender;
  sender.local = run.subject.sender_local;
  sender.domain = run.subject.domain;
  for (const net::IpAddress& address : run.addresses) {
    SpfQuery query(address.to_string(), run.subject.hostname, sender);
    const SpfVerdict verdict = co_await checker.check(std::move(query), run.by);
    const std::string text = address.to_string();
    if (verdict.result == AuthResult::kPass) {
      out.passed.push_back(text);
      continue;
    }
    out.is_certain = out.is_certain && verdict.result != AuthResult::kTempError;
    out.refused.push_back(text + " (" + std::string(to_string(verdict.result)) + ")");
    out.refused_bare.push_back(text);
    if (verdict.result == AuthResult::kPermError) out.reason = verdict.reason;
  }
  co_return out;
}

std::vector<std::string> own_terms(const AdviceRun& run, const std::vector<std::string>& addresses) {
  std::vector<std::string> out;
  for (const std::string& address : addresses) {
    out.push_back((address.find(':') == std::string::npos ? "ip4:" : "ip6:") + address);
  }
  if (out.empty()) out.push_back("a:" + run.subject.hostname);
  return out;
}

std::vector<std::string> all_addresses(const AdviceRun& run) {
  std::vector<std::string> out;
  for (const net::IpAddress& address : run.addresses) out.push_back(address.to_string());
  return out;
}

void publish(const AdviceRun& run, RecordAdvice& record, std::string text) {
  RecordAdvice made = run.start(record.purpose, record.publish.owner, "TXT", std::move(text), record.why);
  record.publish = std::move(made.publish);
}

void note_left_out(const SpfMerge& merged, RecordAdvice& record) {
  if (merged.left_out.empty()) return;
  record.notes.push_back("Left out, because it is not valid or never reached: " + join(merged.left_out, " ") + ".");
}

// The record with our addresses in it, at the place where they pass.
core::Task<void> propose(const AdviceRun& run, std::vector<std::string> addresses, RecordAdvice& record) {
  const std::vector<std::string> terms = own_terms(run, addresses);
  SpfMerge merged = merge_spf(record.found, terms, SpfPlace::kBeforeAll);
  if (!run.addresses.empty()) {
    WithRecord changed(run.resolver, run.subject.domain, merged.text);
    const Evaluation tried = co_await evaluate(run, changed);
    if (!tried.refused.empty() && tried.is_certain) {
      merged = merge_spf(record.found, own_terms(run, all_addresses(run)), SpfPlace::kFirst);
      record.notes.push_back("Our terms come first, so that the mechanisms behind them cannot refuse or outspend our mail.");
    }
  }
  note_left_out(merged, record);
  publish(run, record, merged.text);
}

// What is weak about a record that passes our mail; the first is the sentence of the state.
std::vector<std::string> weaknesses(const SpfRecord& parsed, const SpfBudget& budget) {
  std::vector<std::string> out;
  bool has_all = false;
  for (const SpfTerm& term : parsed.terms) {
    if (term.mechanism != SpfMechanism::kAll) continue;
    has_all = true;
    if (term.qualifier == '+') out.push_back("the record ends in \"+all\", so that anybody may send as the domain");
    break;
  }
  if (!has_all && !parsed.redirect) out.push_back("the record has no \"all\", so that it refuses nobody");
  if (budget.lookups > budget.lookups_max) {
    out.push_back("the record needs " + std::to_string(budget.lookups) + (budget.is_complete ? "" : " or more") +
                  " DNS look-ups, and receivers give up after " + std::to_string(budget.lookups_max));
  }
  if (budget.void_lookups > budget.void_lookups_max) {
    out.push_back(std::to_string(budget.void_lookups) + " look-ups of the record find nothing, and receivers give up after " +
                  std::to_string(budget.void_lookups_max));
  }
  for (const SpfCost& cost : budget.terms) {
    if (!cost.problem.empty() && out.size() < 8) out.push_back("\"" + cost.term + "\" " + cost.problem);
  }
  return out;
}

core::Task<void> judge_passing(const AdviceRun& run, const SpfRecord& parsed, const std::vector<std::string>& passed, SpfAdvice& out) {
  RecordAdvice& record = out.record;
  const std::string& live = record.found[0];
  std::vector<std::string> weak = weaknesses(parsed, out.budget);
  if (live.size() > kRecordBytesSafe) {
    record.notes.push_back("The record is " + std::to_string(live.size()) +
                           " bytes long: some receivers fail on answers above 512 bytes.");
  }
  if (weak.empty()) {
    publish(run, record, live);
    settle(record, AdviceState::kOk, "the record passes mail from " + join(passed) + " and needs " +
                                                std::to_string(out.budget.lookups) + " of " +
                                                std::to_string(out.budget.lookups_max) + " DNS look-ups");
    co_return;
  }
  const SpfMerge merged = merge_spf(record.found, {}, SpfPlace::kBeforeAll);
  WithRecord changed(run.resolver, run.subject.domain, merged.text);
  const Evaluation tried = co_await evaluate(run, changed);
  if (tried.refused.empty()) {
    note_left_out(merged, record);
    publish(run, record, merged.text);
  } else {  // what is weak about the record is all that lets our mail pass
    co_await propose(run, tried.refused_bare, record);
  }
  for (std::size_t i = 1; i < weak.size(); ++i) record.notes.push_back("Also: " + weak[i] + ".");
  settle(record, AdviceState::kWarning, "the record passes our mail, but " + weak[0]);
}

// One valid record is published.
core::Task<void> judge_record(const AdviceRun& run, SpfAdvice& out) {
  RecordAdvice& record = out.record;
  const SpfRecord parsed = *parse_spf_record(record.found[0]);
  out.budget = co_await count_spf_lookups(run, run.subject.domain, record.found[0]);
  if (run.addresses.empty()) {
    const SpfMerge merged = merge_spf(record.found, own_terms(run, {}), SpfPlace::kBeforeAll);
    publish(run, record, merged.text);
    settle(record, AdviceState::kUnknown,
           "no address of " + run.subject.hostname + " is known, so that the record cannot be tried");
    co_return;
  }
  const Evaluation now = co_await evaluate(run, run.resolver);
  out.refused = now.refused;
  out.is_certain = now.is_certain;
  if (!now.is_certain) {
    publish(run, record, record.found[0]);
    settle(record, AdviceState::kUnknown, "DNS did not answer while the record was tried; try again");
  } else if (now.refused.empty()) {
    co_await judge_passing(run, parsed, now.passed, out);
  } else {
    co_await propose(run, now.refused_bare, record);
    settle(record, AdviceState::kDifferent,
           now.reason.empty() ? "the record does not pass mail from " + join(now.refused)
                              : "receivers end with an error (" + now.reason + "), so that mail from " +
                                    join(now.refused_bare) + " does not pass");
  }
}

}  // namespace

core::Task<SpfAdvice> advise_spf(const AdviceRun& run) {
  SpfAdvice out;
  RecordAdvice& record = out.record;
  const std::string& domain = run.subject.domain;
  record = run.start("spf", domain, "TXT", merge_spf({}, own_terms(run, all_addresses(run)), SpfPlace::kFirst).text,
                     "Says which servers send mail of the domain.");
  const net::DnsAnswer answer = co_await run.ask(domain, net::DnsType::kTxt);
  if (answer.is_transient_failure()) {
    settle(record, AdviceState::kUnknown, failure_sentence(answer, domain));
    co_return out;
  }
  for (std::string& text : answer.txt()) {
    if (is_spf_record(text)) record.found.push_back(std::move(text));
  }
  cut_to(record.found, run.limits.found_max);
  if (record.found.empty()) {
    out.is_certain = true;
    out.refused = all_addresses(run);
    record.notes.push_back("Add your other senders before \"~all\".");
    settle(record, AdviceState::kMissing, "no SPF record is published at " + domain);
  } else if (record.found.size() > 1) {
    out.is_certain = true;
    out.refused = all_addresses(run);
    co_await propose(run, all_addresses(run), record);
    settle(record, AdviceState::kDifferent, std::to_string(record.found.size()) +
                                                " SPF records are published, which receivers answer with an error; replace all "
                                                "by one");
  } else if (!parse_spf_record(record.found[0])) {
    out.is_certain = true;
    out.refused = all_addresses(run);
    co_await propose(run, all_addresses(run), record);
    settle(record, AdviceState::kDifferent, "the record has a syntax error, which receivers answer with an error");
  } else {
    co_await judge_record(run, out);
  }
  co_return out;
}

}  // namespace postern::pipeline
