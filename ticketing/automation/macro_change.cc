#include "ticketing/automation/macro_change.h"

#include <algorithm>

namespace postern::ticketing {
namespace {

template <class T>
std::vector<T> those_without(const std::vector<T>& all, const std::vector<T>& others) {
  std::vector<T> out;
  for (const T& each : all) {
    if (std::ranges::find(others, each) == others.end()) out.push_back(each);
  }
  return out;
}

std::vector<PersonWish> people_changes(const std::vector<core::UserId>& before, const std::vector<core::UserId>& after) {
  std::vector<PersonWish> out;
  for (const core::UserId each : those_without(after, before)) out.push_back({each, {}, {}, false});
  for (const core::UserId each : those_without(before, after)) out.push_back({each, {}, {}, true});
  return out;
}

std::vector<FieldValue> field_changes(const std::vector<FieldValue>& before, const std::vector<FieldValue>& after) {
  std::vector<FieldValue> out = those_without(after, before);
  for (const FieldValue& each : before) {
    if (std::ranges::find(after, each.field, &FieldValue::field) == after.end()) out.push_back({each.field, {}});
  }
  return out;
}

template <class T>
std::optional<T> if_other(const T& before, const T& after) {
  return before == after ? std::optional<T>() : std::optional<T>(after);
}

}  // namespace

Tickets::Update change_of_macro(const Macros::Applied& applied) {
  const Ticket& before = applied.before;
  const Ticket& after = applied.after;
  Tickets::Update out;
  TicketWishes& wishes = out.wishes;
  out.assignee = if_other(before.assignee, after.assignee);
  wishes.subject = if_other(before.subject, after.subject);
  wishes.type = if_other(before.type, after.type);
  wishes.priority = if_other(before.priority, after.priority);
  wishes.group = if_other(before.group, after.group);
  wishes.form = if_other(before.form, after.form);
  wishes.due_unix_ms = if_other(before.due_unix_ms, after.due_unix_ms);
  wishes.custom_status = if_other(before.custom_status, after.custom_status);
  if (wishes.custom_status == std::uint64_t{0}) wishes.custom_status.reset();  // the default one: the status says which
  if (!wishes.custom_status && (before.status != after.status || before.custom_status != after.custom_status)) out.status = after.status;
  wishes.added_tags = those_without(after.tags, before.tags);
  wishes.removed_tags = those_without(before.tags, after.tags);
  wishes.cc_changes = people_changes(before.ccs, after.ccs);
  wishes.follower_changes = people_changes(before.followers, after.followers);
  wishes.fields = field_changes(before.fields, after.fields);
  if (!applied.comment.empty()) out.text = applied.comment;
  if (!applied.comment_html.empty()) out.html = applied.comment_html;
  out.is_public = applied.is_public.value_or(true);
  return out;
}

}  // namespace postern::ticketing
