#include "web/api/domain_shapes.h"

namespace postern::web {
namespace {

json::array texts(const std::vector<std::string>& values) {
  json::array out;
  for (const std::string& value : values) out.emplace_back(value);
  return out;
}

json::object path_json(const pipeline::AlignmentForecast::Path& path) {
  json::object out;
  out["passes"] = path.passes;
  out["certain"] = path.is_certain;
  out["domain"] = path.domain;
  out["reason"] = path.reason;
  return out;
}

}  // namespace

json::object record_advice_json(const pipeline::RecordAdvice& record) {
  json::object out;
  out["purpose"] = record.purpose;
  out["state"] = to_string(record.state);
  out["required"] = record.is_required;
  out["owner"] = record.publish.owner;
  out["host"] = record.publish.host;
  out["type"] = record.publish.type;
  out["ttl"] = record.publish.ttl_seconds;
  out["value"] = record.publish.value;
  out["zone_text"] = record.publish.zone_text;
  out["why"] = record.why;
  out["explanation"] = record.explanation;
  out["found"] = texts(record.found);
  out["notes"] = texts(record.notes);
  return out;
}

json::object spf_budget_json(const pipeline::SpfBudget& budget) {
  json::array terms;
  for (const pipeline::SpfCost& cost : budget.terms) {
    json::object term;
    term["depth"] = cost.depth;
    term["term"] = cost.term;
    term["lookups"] = cost.lookups;
    term["void"] = cost.is_void;
    term["problem"] = cost.problem;
    terms.push_back(std::move(term));
  }
  json::object out;
  out["lookups"] = budget.lookups;
  out["lookups_max"] = budget.lookups_max;
  out["void_lookups"] = budget.void_lookups;
  out["void_lookups_max"] = budget.void_lookups_max;
  out["complete"] = budget.is_complete;
  out["terms"] = std::move(terms);
  return out;
}

json::object forecast_json(const pipeline::AlignmentForecast& forecast) {
  json::object out;
  out["from"] = forecast.from;
  out["state"] = to_string(forecast.state);
  out["summary"] = forecast.summary;
  out["spf"] = path_json(forecast.spf);
  out["dkim"] = path_json(forecast.dkim);
  return out;
}

json::object domain_summary_json(const pipeline::DomainAdvice& advice) {
  json::array problems;
  for (const pipeline::RecordAdvice& record : advice.records) {
    const bool is_wrong = record.is_required && record.state != pipeline::AdviceState::kOk;
    const json::value word(record.purpose);
    if (is_wrong && (problems.empty() || problems.back() != word)) problems.push_back(word);
  }
  json::object out;
  out["state"] = to_string(advice.state());
  out["problems"] = std::move(problems);
  out["reply"] = advice.reply.summary;
  out["checked_at"] = core::to_rfc3339(advice.checked_at);
  return out;
}

json::object domain_advice_json(const pipeline::DomainAdvice& advice) {
  json::array records;
  for (const pipeline::RecordAdvice& record : advice.records) records.push_back(record_advice_json(record));
  json::object out;
  out["domain"] = advice.domain;
  out["hostname"] = advice.hostname;
  out["zone"] = advice.zone;
  out["state"] = to_string(advice.state());
  out["checked_at"] = core::to_rfc3339(advice.checked_at);
  out["records"] = std::move(records);
  out["spf_budget"] = spf_budget_json(advice.spf_budget);
  out["reply"] = forecast_json(advice.reply);
  out["mta_sts_policy"] = advice.mta_sts_policy;
  out["notes"] = texts(advice.notes);
  return out;
}

}  // namespace postern::web
