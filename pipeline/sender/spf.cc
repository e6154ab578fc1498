#include "pipeline/sender/spf.h"

#include <algorithm>

#include "pipeline/sender/domain_name.h"
#include "pipeline/sender/resolve_all.h"
#include "pipeline/sender/spf_evaluator.h"
#include "pipeline/sender/spf_macro.h"
#include "pipeline/sender/spf_run.h"

namespace postern::pipeline {
namespace {

// The domain to evaluate, or empty when the identity cannot have a record (RFC 7208 section 4.3).
std::string domain_of_identity(const std::string& text) {
  if (text.empty() || text.front() == '[') return {};
  const std::string name = to_a_labels(text).value_or(text);
  return is_dns_name(name) && count_labels(name) >= 2 ? name : std::string();
}

std::string reason_of(AuthResult result) {
  switch (result) {
    case AuthResult::kNone: return "domain publishes no SPF record";
    case AuthResult::kTempError: return "DNS did not answer";
    case AuthResult::kPermError: return "record cannot be evaluated";
    default: return {};
  }
}

// What one evaluation and the run's own findings say together.
void conclude(const SpfRun& run, AuthResult evaluated, SpfVerdict& verdict) {
  if (run.has_permanent_error()) {
    verdict.result = AuthResult::kPermError;
    verdict.reason = run.permanent_error();
    return;
  }
  verdict.result = run.has_temporary_error() ? AuthResult::kTempError
                   : !run.has_record()       ? AuthResult::kNone
                                             : evaluated;
  verdict.reason = reason_of(verdict.result);
}

core::Task<void> fetch(net::DnsResolver& resolver, std::vector<net::DnsQuestion> missing, SpfDnsTable& table,
                       core::Deadline by) {
  std::vector<net::DnsAnswer> answers = co_await resolve_all(resolver, missing, by);
  for (std::size_t i = 0; i < missing.size(); ++i) table.add(missing[i], std::move(answers[i]));
}

// What the explanation of a "fail" is made of.
struct ExplanationSource {
  std::string name;    // where the text is published
  std::string domain;  // of the record that names it
};

// Fetches and expands the publisher's explanation; empty when anything is odd (section 6.2).
core::Task<std::string> explain(net::DnsResolver& resolver, const SpfSubject& subject, ExplanationSource source,
                                SpfDnsTable& table, const SpfLimits& limits, std::string unix_time, core::Deadline by) {
  if (!is_dns_name(source.name)) co_return std::string();
  net::DnsQuestion question(source.name, net::DnsType::kTxt);
  const net::DnsAnswer answer = co_await resolver.query(std::move(question), by);
  const std::vector<std::string> texts = answer.txt();
  if (!answer.is_ok() || texts.size() != 1 || texts[0].size() > limits.record_bytes_max) co_return std::string();
  if (!is_macro_string(texts[0], SpfMacroUse::kExplanation)) co_return std::string();
  SpfMacroValues values = SpfRun(subject, table, limits).macro_values(source.domain);
  values.unix_time = std::move(unix_time);
  if (uses_ptr_macro(texts[0])) {
    // The first round asks for the names, the second for their addresses.
    for (int round = 0; round < 3; ++round) {
      SpfRun run(subject, table, limits);
      if (const std::optional<std::string> name = run.validated_name(source.domain)) {
        values.ptr = *name;
        break;
      }
      std::vector<net::DnsQuestion> missing = run.missing();
      co_await fetch(resolver, std::move(missing), table, by);
    }
  }
  std::string text = expand_macros(texts[0], values);
  const bool is_printable = std::all_of(text.begin(), text.end(), [](char c) { return c >= 0x20 && c <= 0x7e; });
  if (!is_printable || text.size() > limits.explanation_bytes_max) co_return std::string();
  co_return text;
}

}  // namespace

core::Task<SpfVerdict> SpfChecker::check(SpfQuery query, core::Deadline by) {
  by = by.earlier_of(core::Deadline::after(limits_.time_max, clock_));
  const bool has_sender = !query.mail_from.empty();
  SpfVerdict verdict;
  verdict.identity = has_sender ? "mailfrom" : "helo";
  verdict.domain = domain_of_identity(has_sender ? query.mail_from.domain : query.helo);
  const auto ip = net::IpAddress::parse(query.client_ip);
  if (verdict.domain.empty() || !ip) {
    verdict.reason = "no domain to check";
    co_return verdict;
  }
  SpfSubject subject;
  subject.ip = *ip;
  subject.helo = query.helo;
  subject.local = query.mail_from.local.empty() ? "postmaster" : query.mail_from.local;
  subject.domain = verdict.domain;

  SpfDnsTable table;
  std::size_t asked = 0;
  for (std::uint32_t round = 0; round < limits_.rounds_max; ++round) {
    SpfRun run(subject, table, limits_);
    const AuthResult evaluated = evaluate_spf(run, subject.ip);
    std::vector<net::DnsQuestion> missing = run.missing();
    if (missing.empty()) {
      conclude(run, evaluated, verdict);
      if (verdict.result == AuthResult::kFail && !run.explanation_name().empty()) {
        ExplanationSource source{run.explanation_name(), run.explanation_domain()};
        std::string now = std::to_string(core::to_unix_ms(clock_.wall_now()) / 1000);
        verdict.explanation =
            co_await explain(resolver_, subject, std::move(source), table, limits_, std::move(now), by);
      }
      co_return verdict;
    }
    asked += missing.size();
    if (asked > limits_.questions_max || by.has_passed(clock_)) break;
    co_await fetch(resolver_, std::move(missing), table, by);
  }
  verdict.result = by.has_passed(clock_) ? AuthResult::kTempError : AuthResult::kPermError;
  verdict.reason = by.has_passed(clock_) ? "DNS took too long" : "too many DNS questions";
  co_return verdict;
}

}  // namespace postern::pipeline
