#include "web/api/desk/rule_review_shape.h"

#include "web/api/desk/rule_shapes.h"
#include "web/api/shapes.h"

namespace postern::web {
namespace {

void add_change(json::array& out, std::string_view field, const json::value& before, const json::value& after) {
  if (before != after) out.push_back(json::object{{"field", field}, {"before", before}, {"after", after}});
}

json::array changes_json(const ticketing::Ticket& before, const ticketing::Ticket& after) {
  json::array out;
  add_change(out, "status", json::value(to_string(before.status)), json::value(to_string(after.status)));
  add_change(out, "priority", json::value(to_string(before.priority)), json::value(to_string(after.priority)));
  add_change(out, "type", json::value(to_string(before.type)), json::value(to_string(after.type)));
  add_change(out, "group_id", id_or_null(before.group), id_or_null(after.group));
  add_change(out, "assignee_id", id_or_null(before.assignee.value), id_or_null(after.assignee.value));
  add_change(out, "custom_status_id", id_or_null(before.custom_status), id_or_null(after.custom_status));
  add_change(out, "tags", texts_json(before.tags), texts_json(after.tags));
  const auto values = [](const ticketing::Ticket& of, std::uint64_t field) {
    for (const ticketing::FieldValue& each : of.fields) {
      if (each.field == field) return texts_json(each.values);
    }
    return json::array();
  };
  for (const ticketing::FieldValue& each : after.fields) {
    add_change(out, "custom_fields_" + std::to_string(each.field), values(before, each.field), values(after, each.field));
  }
  return out;
}

}  // namespace

json::object rule_review_json(const ticketing::TriggerReview& review) {
  json::object out;
  out["ticket_id"] = review.ticket.value;
  out["as"] = review.as == ticketing::ReviewAs::kCreate ? "create" : "change";
  out["would_fire"] = review.would_fire;
  json::array conditions;
  for (const ticketing::ConditionAnswer& each : review.conditions) {
    conditions.push_back(json::object{{"condition", each.words}, {"list", each.is_any ? "any" : "all"}, {"holds", each.holds}});
  }
  out["conditions"] = std::move(conditions);
  out["changes"] = changes_json(review.before, review.after);
  out["would_do"] = texts_json(review.effects.done);
  out["cannot_do"] = texts_json(review.effects.skipped);
  out["note"] = review.effects.comment.empty() ? json::value() : json::value(review.effects.comment);
  return out;
}

}  // namespace postern::web
