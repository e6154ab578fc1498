#include "pipeline/sender/spf.h"

#include "pipeline/sender/domain_name.h"
#include "pipeline/sender/spf_evaluation.h"

namespace postern::pipeline {
namespace {

// The domain to evaluate, or empty when the identity cannot have a record (RFC 7208 section 4.3).
std::string domain_of_identity(const std::string& text) {
  if (text.empty() || text.front() == '[') return {};
  const std::string name = to_a_labels(text).value_or(text);
  return is_dns_name(name) && count_labels(name) >= 2 ? name : std::string();
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
  subject.unix_time = std::to_string(core::to_unix_ms(clock_.wall_now()) / 1000);

  SpfEvaluation evaluation(resolver_, std::move(subject), limits_, by);
  verdict.result = co_await evaluation.check();
  verdict.reason = evaluation.reason();
  if (verdict.result == AuthResult::kNone) verdict.reason = "domain publishes no SPF record";
  if (verdict.result == AuthResult::kTempError && by.has_passed(clock_)) verdict.reason = "DNS took too long";
  if (verdict.result == AuthResult::kFail) verdict.explanation = co_await evaluation.explanation();
  co_return verdict;
}

}  // namespace postern::pipeline
