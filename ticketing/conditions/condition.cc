#include "ticketing/conditions/condition.h"

#include <algorithm>

#include "ticketing/conditions/compiled_condition.h"
#include "ticketing/service_levels/clocks.h"
#include "ticketing/tickets.h"

namespace postern::ticketing {
namespace {

using Field = ConditionField;

constexpr unsigned kFirstCustomPart = 48;
constexpr unsigned kCustomParts = 16;

// Fields that are numbers; the others are compared one by one.
constexpr Field kNumberFields[] = {Field::kStatus, Field::kCustomStatus, Field::kType, Field::kPriority, Field::kGroup, Field::kAssignee,
                                   Field::kRequester, Field::kOrganization, Field::kForm, Field::kInbox, Field::kSatisfaction,
                                   Field::kReopens, Field::kReplies, Field::kAssigneeStations, Field::kGroupStations, Field::kSlaPolicy,
                                   Field::kGroupSlaPolicy, Field::kSlaState};
ConditionParts changed_fields(const schema::Ticket& before, const schema::Ticket& after) {
  const auto same = [](const schema::FieldValue& a, const schema::FieldValue& b) {
    return a.field() == b.field() && std::ranges::equal(a.values(), b.values());
  };
  if (std::ranges::equal(before.fields(), after.fields(), same)) return 0;
  ConditionParts parts = 0;
  const auto add = [&](const schema::Ticket& one, const schema::Ticket& other) {
    for (const schema::FieldValue& each : one.fields()) {
      const bool is_same = std::ranges::any_of(other.fields(), [&](const schema::FieldValue& known) { return same(each, known); });
      if (!is_same) parts |= part_of(Field::kCustomField, each.field());
    }
  };
  add(before, after);
  add(after, before);
  return parts;
}

}  // namespace

ConditionParts part_of(ConditionField field, std::uint64_t custom) {
  if (field == Field::kCustomField) return ConditionParts{1} << (kFirstCustomPart + custom % kCustomParts);
  if (field == Field::kRecipient) field = Field::kInbox;
  if (field == Field::kHoursUntilDue) field = Field::kHoursSinceDue;
  if (field == Field::kHoursSinceBreach) field = Field::kHoursUntilBreach;
  return ConditionParts{1} << static_cast<unsigned>(field);
}

ConditionParts promise_parts() {
  return part_of(Field::kSlaPolicy) | part_of(Field::kGroupSlaPolicy) | part_of(Field::kSlaState) | part_of(Field::kHoursUntilBreach);
}

std::uint64_t number_of(const schema::Ticket& ticket, ConditionField field) {
  switch (field) {
    case Field::kStatus: return ticket.status();
    case Field::kCustomStatus:  // a built-in one has the number of its category; closed tickets show that of solved
      return ticket.custom_status() != 0 ? ticket.custom_status() : std::min(ticket.status(), static_cast<std::uint32_t>(Status::kSolved));
    case Field::kType: return ticket.type();
    case Field::kPriority: return ticket.priority();
    case Field::kGroup: return ticket.group();
    case Field::kAssignee: return ticket.assignee();
    case Field::kRequester: return ticket.requester();
    case Field::kOrganization: return ticket.organization();
    case Field::kForm: return ticket.form();
    case Field::kInbox: return ticket.inbox();
    case Field::kSatisfaction: return ticket.satisfaction();
    case Field::kReopens: return ticket.metrics().reopens();
    case Field::kReplies: return ticket.metrics().replies();
    case Field::kAssigneeStations: return ticket.metrics().assignee_stations();
    case Field::kGroupStations: return ticket.metrics().group_stations();
    case Field::kSlaPolicy: return ticket.service().policy();
    case Field::kGroupSlaPolicy: return ticket.service().group_policy();
    case Field::kSlaState: return static_cast<std::uint64_t>(promise_state(ticket.service()));
    default: return 0;
  }
}

std::optional<std::int64_t> time_of(const schema::Ticket& ticket, ConditionField field, std::uint32_t status) {
  const schema::TicketMetrics& metrics = ticket.metrics();
  const auto known = [](std::int64_t at) { return at == 0 ? std::optional<std::int64_t>() : at; };
  switch (field) {
    case Field::kHoursInStatus:
      if (ticket.status() != status) return {};
      return known(metrics.status_since());
    case Field::kHoursSinceCreated: return known(ticket.created_unix_ms());
    case Field::kHoursSinceAssigned: return ticket.assignee() == 0 ? std::optional<std::int64_t>() : known(metrics.assigned());
    case Field::kHoursSinceUpdate: return known(ticket.updated_unix_ms());
    case Field::kHoursSinceRequesterUpdate: return known(metrics.requester_updated());
    case Field::kHoursSinceAssigneeUpdate: return known(metrics.assignee_updated());
    case Field::kHoursSinceDue:
    case Field::kHoursUntilDue: return known(ticket.due_unix_ms());
    case Field::kHoursSinceBreach: return known(ticket.service().last_breach_unix_ms());
    case Field::kHoursUntilBreach: return next_breach(ticket.service());
    default: return {};
  }
}

ConditionParts changed_parts(const schema::Ticket& before, const schema::Ticket& after) {
  ConditionParts parts = changed_fields(before, after);
  for (const Field field : kNumberFields) {
    if (number_of(before, field) != number_of(after, field)) parts |= part_of(field);
  }
  const auto note = [&parts](Field field, std::int64_t then, std::int64_t now) {
    if (then != now) parts |= part_of(field);
  };
  const schema::TicketMetrics& was = before.metrics();
  const schema::TicketMetrics& is = after.metrics();
  note(Field::kHoursSinceCreated, before.created_unix_ms(), after.created_unix_ms());
  note(Field::kHoursSinceUpdate, before.updated_unix_ms(), after.updated_unix_ms());
  note(Field::kHoursSinceDue, before.due_unix_ms(), after.due_unix_ms());
  note(Field::kHoursSinceAssigned, was.assigned(), is.assigned());
  note(Field::kHoursSinceAssigned, static_cast<std::int64_t>(before.assignee()), static_cast<std::int64_t>(after.assignee()));
  note(Field::kHoursSinceRequesterUpdate, was.requester_updated(), is.requester_updated());
  note(Field::kHoursSinceAssigneeUpdate, was.assignee_updated(), is.assignee_updated());
  note(Field::kHoursInStatus, before.status(), after.status());
  note(Field::kHoursInStatus, was.status_since(), is.status_since());
  note(Field::kHoursInStatus, was.solved(), is.solved());
  note(Field::kHoursUntilBreach, before.service().last_breach_unix_ms(), after.service().last_breach_unix_ms());
  note(Field::kHoursUntilBreach, earliest_breach(before.service()).value_or(0), earliest_breach(after.service()).value_or(0));
  note(Field::kHoursUntilBreach, next_breach(before.service()).value_or(0), next_breach(after.service()).value_or(0));
  if (before.subject() != after.subject()) parts |= part_of(Field::kSubject);
  if (!std::ranges::equal(before.tags(), after.tags())) parts |= part_of(Field::kTags);
  if ((before.deleted_unix_ms() != 0) != (after.deleted_unix_ms() != 0)) parts |= kPartDeleted;
  return parts;
}

CompiledConditions::CompiledConditions() = default;

core::Result<bool> CompiledConditions::holds(const TicketFacts& facts) const {
  if (state_ == nullptr) return true;
  for (const CompiledCondition& each : state_->all) {
    POSTERN_TRY(const bool one, evaluate_condition(each, facts));
    if (!one) return false;
  }
  if (state_->any.empty()) return true;
  for (const CompiledCondition& each : state_->any) {
    POSTERN_TRY(const bool one, evaluate_condition(each, facts));
    if (one) return true;
  }
  return false;
}

core::Result<std::vector<bool>> CompiledConditions::each(const TicketFacts& facts) const {
  std::vector<bool> out;
  if (state_ == nullptr) return out;
  for (const auto* list : {&state_->all, &state_->any}) {
    for (const CompiledCondition& one : *list) {
      POSTERN_TRY(const bool outcome, evaluate_condition(one, facts));
      out.push_back(outcome);
    }
  }
  return out;
}

bool CompiledConditions::depends_on_time() const { return state_ != nullptr && state_->depends_on_time; }

std::optional<std::int64_t> CompiledConditions::next_flip(const TicketFacts& facts) const {
  std::optional<std::int64_t> earliest;
  if (!depends_on_time()) return earliest;
  for (const auto* list : {&state_->all, &state_->any}) {
    for (const CompiledCondition& one : *list) keep_earliest_flip(one, facts, earliest);
  }
  return earliest;
}

ConditionParts CompiledConditions::parts() const { return state_ == nullptr ? 0 : state_->parts; }

bool CompiledConditions::empty() const { return state_ == nullptr || (state_->all.empty() && state_->any.empty()); }

}  // namespace postern::ticketing
