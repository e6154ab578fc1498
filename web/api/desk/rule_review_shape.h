#pragma once
// web/api/desk/rule_review_shape.h: what a rule would do to a ticket, as JSON: condition by condition, and what would change.
// Thread-safety: pure.
#include <optional>

#include "ticketing/automation/trigger_review.h"
#include "web/api/desk/rule_shapes.h"
#include "web/api/json.h"

namespace postern::web {

json::object rule_review_json(const ticketing::TriggerReview& review);

// {"trigger": {…}, "last": 50}: a rule as it would be saved, and over how many tickets. `refused`: the body is not of its form.
template <class Rule>
struct DryRunWish {
  DryRunWish(const json::object& body, std::string_view word, const Request& request) {
    Form outer(body, "");
    if (!outer.has(word)) outer.refuse(word, "BlankValue", "cannot be blank");
    const json::object object = outer.object(word);
    last = outer.id("last").value_or(last);
    Form form(object, std::string(word));
    read_rule_head(form, rule);
    read_rule_conditions(form, object, *rule.mutable_conditions());
    read_rule_actions(form, object, *rule.mutable_actions());
    form.adopt(outer);
    if (rule.title().empty()) rule.set_title("dry run");
    if (!form.ok()) refused = form.response(request);
  }
  Rule rule;
  std::uint64_t last = 50;
  std::optional<Response> refused;
};

}  // namespace postern::web
