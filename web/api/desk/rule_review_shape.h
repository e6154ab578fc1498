#pragma once
// web/api/desk/rule_review_shape.h: what a rule would do to a ticket, as JSON: condition by condition, and what would change.
// Thread-safety: pure.
#include "ticketing/automation/trigger_review.h"
#include "web/api/json.h"

namespace postern::web {

json::object rule_review_json(const ticketing::TriggerReview& review);

}  // namespace postern::web
