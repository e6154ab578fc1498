#pragma once
// web/api/domain_shapes.h: advice on a domain's DNS records as JSON, for the API and the command line.
#include "pipeline/api/domain_advice.h"
#include "web/api/json.h"

namespace postern::web {

json::object record_advice_json(const pipeline::RecordAdvice& record);
json::object spf_budget_json(const pipeline::SpfBudget& budget);
json::object forecast_json(const pipeline::AlignmentForecast& forecast);
json::object domain_advice_json(const pipeline::DomainAdvice& advice);
// The domain as a list shows it: its state and the kinds of records that are not right.
json::object domain_summary_json(const pipeline::DomainAdvice& advice);

}  // namespace postern::web
