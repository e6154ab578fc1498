#include "ticketing/views/view_shape.h"

#include <algorithm>

#include "ticketing/conditions/compiled_condition.h"
#include "ticketing/errc.h"

namespace postern::ticketing {
namespace {

using Field = ConditionField;

// Fields of which a view has to name at least one in `all`, as Zendesk demands it: a view without them lists nearly everything.
bool narrows(Field field) {
  return field == Field::kStatus || field == Field::kCustomStatus || field == Field::kType || field == Field::kGroup ||
         field == Field::kAssignee || field == Field::kRequester;
}

bool is_personal(const schema::Condition& condition) {
  return std::ranges::any_of(condition.values(), [](const std::string& value) { return value == "current_user" || value == "current_groups"; });
}

// A condition on the current user or his groups says in which list a ticket stands: "is" only, and nothing else beside it.
bool is_list_condition(const schema::Condition& condition) { return condition.values().size() == 1 && (condition.op() == "is" || condition.op() == "includes"); }

bool has_personal(const google::protobuf::RepeatedPtrField<schema::Condition>& conditions) { return std::ranges::any_of(conditions, is_personal); }

void check_personal(const google::protobuf::RepeatedPtrField<schema::Condition>& conditions, const std::string& where,
                    std::vector<ConditionProblem>& problems) {
  for (int i = 0; i < conditions.size(); ++i) {
    if (!is_personal(conditions[i]) || is_list_condition(conditions[i])) continue;
    problems.push_back({where + "[" + std::to_string(i) + "].operator",
                        "of current_user and current_groups a view can say 'is' only, one value at a time"});
  }
}

const ViewColumnRow* sortable(const std::string& name, bool for_groups) {
  const auto found = find_view_column(name);
  if (!found || !(for_groups ? found->row->can_group : found->row->can_sort)) return nullptr;
  return found->row;
}

std::string offered_columns(bool for_groups) {
  std::string out;
  for (const ViewColumnRow& row : view_columns()) {
    if (for_groups ? row.can_group : row.can_sort) out += (out.empty() ? "" : ", ") + std::string(row.name);
  }
  return "one of " + out;
}

bool has_narrowing(const schema::Conditions& conditions) {
  return std::ranges::any_of(conditions.all(), [](const schema::Condition& each) {
    const auto found = find_condition_field(each.field());
    return found && narrows(found->row->field);
  });
}

// Takes those on the current user out of the list.
schema::Conditions without_personal(const google::protobuf::RepeatedPtrField<schema::Condition>& from, bool is_any,
                                    std::vector<Field>& users, bool& has_group) {
  schema::Conditions rest;
  for (const schema::Condition& each : from) {
    if (!is_personal(each)) {
      *(is_any ? rest.add_any() : rest.add_all()) = each;
    } else if (each.values(0) == "current_groups") {
      has_group = true;
    } else {
      users.push_back(find_condition_field(each.field())->row->field);
    }
  }
  return rest;
}

}  // namespace

std::vector<ConditionProblem> view_problems(const schema::ViewShape& shape, const ViewLimits& limits) {
  ConditionLimits of_conditions;
  of_conditions.conditions_max = limits.conditions_max;
  const schema::Conditions& conditions = shape.conditions();
  std::vector<ConditionProblem> problems = condition_problems(conditions, ConditionContext::kView, of_conditions);
  check_personal(conditions.all(), "all", problems);
  check_personal(conditions.any(), "any", problems);
  if (has_personal(conditions.all()) && has_personal(conditions.any())) {
    problems.push_back({"any", "current_user and current_groups stand in `all` or in `any`, not in both"});
  }
  if (!has_narrowing(conditions)) {
    problems.push_back({"all", "at least one condition on status, type, group_id, assignee_id or requester_id"});
  }
  if (!shape.group_by().empty() && sortable(shape.group_by(), true) == nullptr) problems.push_back({"group_by", offered_columns(true)});
  if (!shape.sort_by().empty() && sortable(shape.sort_by(), false) == nullptr) problems.push_back({"sort_by", offered_columns(false)});
  return problems;
}

core::Result<CompiledView> CompiledView::compile(const schema::ViewShape& shape, const ViewLimits& limits) {
  const std::vector<ConditionProblem> problems = view_problems(shape, limits);
  if (!problems.empty()) return core::fail(Errc::kInvalid, problems.front().where + ": " + problems.front().what);
  CompiledView out;
  const schema::Conditions all = without_personal(shape.conditions().all(), false, out.required_users_, out.is_group_required_);
  const schema::Conditions any = without_personal(shape.conditions().any(), true, out.offered_users_, out.is_group_offered_);
  ConditionLimits of_conditions;
  of_conditions.conditions_max = limits.conditions_max;
  POSTERN_TRY(out.all_, CompiledConditions::compile(all, ConditionContext::kView, of_conditions));
  POSTERN_TRY(out.any_, CompiledConditions::compile(any, ConditionContext::kView, of_conditions));
  out.has_any_ = !any.any().empty();
  out.parts_ = out.all_.parts() | out.any_.parts() | part_of(Field::kInbox) | kPartDeleted;
  for (const Field field : out.required_users_) out.parts_ |= part_of(field);
  for (const Field field : out.offered_users_) out.parts_ |= part_of(field);
  if (out.asks_for_groups()) out.parts_ |= part_of(Field::kGroup);
  if (!shape.group_by().empty()) {
    out.group_by_ = sortable(shape.group_by(), true)->column;
    out.parts_ |= parts_of_column(*out.group_by_);
  }
  if (!shape.sort_by().empty()) out.sort_by_ = sortable(shape.sort_by(), false)->column;
  out.parts_ |= parts_of_column(out.sort_by_);
  out.is_group_descending_ = shape.group_descending();
  out.is_descending_ = shape.sort_descending();
  return out;
}

// Of `any`: whoever one of these conditions names has the ticket in a list; nobody has it in two of his.
std::vector<ViewList> CompiledView::offered_lists(const schema::Ticket& ticket) const {
  std::vector<ViewList> out;
  for (const Field field : offered_users_) {
    const ViewList list{number_of(ticket, field), 0};
    if (list.user != 0 && std::ranges::find(out, list) == out.end()) out.push_back(list);
  }
  if (!is_group_offered_ || ticket.group() == 0) return out;
  const std::size_t users = out.size();
  out.push_back({0, ticket.group()});
  for (std::size_t i = 0; i < users; ++i) out.push_back({out[i].user, ticket.group()});  // counted, not listed
  return out;
}

core::Result<ViewPosition> CompiledView::position_of(const schema::Ticket& ticket, std::int64_t now_ms) const {
  ViewPosition out;
  if (ticket.deleted_unix_ms() != 0) return out;
  TicketFacts facts;
  facts.after = &ticket;
  facts.now_ms = now_ms;
  POSTERN_TRY(const bool holds, all_.holds(facts));
  if (!holds) return out;
  bool is_offered_to_all = !has_any_ && offered_users_.empty() && !is_group_offered_;
  if (has_any_) {
    POSTERN_TRY(is_offered_to_all, any_.holds(facts));
  }
  if (!is_offered_to_all) {
    out.lists = offered_lists(ticket);
    if (out.lists.empty()) return out;
  } else {
    ViewList list;
    for (const Field field : required_users_) {
      const std::uint64_t user = number_of(ticket, field);
      if (user == 0 || (list.user != 0 && list.user != user)) return out;
      list.user = user;
    }
    if (is_group_required_) {
      list.group = ticket.group();
      if (list.group == 0) return out;
    }
    out.lists.push_back(list);
  }
  const auto in_order = [](std::uint64_t value, bool is_descending) { return is_descending ? ~value : value; };
  out.inbox = ticket.inbox();
  out.group_key = group_by_ ? in_order(sort_value(ticket, *group_by_), is_group_descending_) : 0;
  out.sort_key = in_order(sort_value(ticket, sort_by_), is_descending_);
  out.ticket_key = in_order(ticket.id(), is_descending_);
  return out;
}

std::optional<std::int64_t> CompiledView::next_flip(const schema::Ticket& ticket, std::int64_t now_ms) const {
  TicketFacts facts;
  facts.after = &ticket;
  facts.now_ms = now_ms;
  const auto first = all_.next_flip(facts);
  const auto second = any_.next_flip(facts);
  if (!first || !second) return first ? first : second;
  return std::min(*first, *second);
}

std::vector<ViewList> CompiledView::lists_of(core::UserId user, const std::vector<std::uint64_t>& groups) const {
  std::vector<ViewList> out;
  const bool is_offered = !offered_users_.empty() || is_group_offered_;
  if (is_offered) {
    out.push_back({});
    if (!offered_users_.empty() && user) out.push_back({user.value, 0});
    for (const std::uint64_t group : groups) {
      if (is_group_offered_) out.push_back({0, group});
    }
    return out;
  }
  const std::uint64_t list_user = required_users_.empty() ? 0 : user.value;
  if (!is_group_required_) return {{list_user, 0}};
  for (const std::uint64_t group : groups) out.push_back({list_user, group});
  return out;
}

std::vector<ViewList> CompiledView::doubles_of(core::UserId user, const std::vector<std::uint64_t>& groups) const {
  std::vector<ViewList> out;
  if (offered_users_.empty() || !is_group_offered_ || !user) return out;
  for (const std::uint64_t group : groups) out.push_back({user.value, group});
  return out;
}

}  // namespace postern::ticketing
