#include "ticketing/conditions/condition_fields.h"

#include <algorithm>
#include <array>
#include <charconv>

#include "core/encoding.h"
#include "ticketing/tickets.h"

namespace postern::ticketing {
namespace {

using enum ConditionOperator;
using Field = ConditionField;
using Value = ConditionValue;

constexpr std::uint32_t bits() { return 0; }
template <class... Rest>
constexpr std::uint32_t bits(ConditionOperator first, Rest... rest) {
  return (1U << static_cast<unsigned>(first)) | bits(rest...);
}

constexpr std::uint32_t kEquality = bits(kIs, kIsNot);
constexpr std::uint32_t kOrder = bits(kIs, kIsNot, kLessThan, kGreaterThan);
constexpr std::uint32_t kSet = bits(kIncludes, kNotIncludes);
constexpr std::uint32_t kAmount = bits(kIs, kLessThan, kGreaterThan);
constexpr std::uint32_t kWordOperators = bits(kIncludes, kNotIncludes, kIs, kIsNot);
constexpr std::uint32_t kPresence = bits(kPresent, kNotPresent);
constexpr std::uint32_t kChanges = bits(kChanged, kNotChanged, kChangedTo, kNotChangedTo, kChangedFrom, kNotChangedFrom);

constexpr std::uint8_t places() { return 0; }
template <class... Rest>
constexpr std::uint8_t places(ConditionContext first, Rest... rest) {
  return static_cast<std::uint8_t>(static_cast<unsigned>(first) | places(rest...));
}
using enum ConditionContext;
constexpr std::uint8_t kAll = places(kView, kTrigger, kAutomation, kSla);
constexpr std::uint8_t kOfChange = places(kTrigger);
constexpr std::uint8_t kOfTime = places(kView, kAutomation);
constexpr std::uint8_t kOfPromises = places(kView, kTrigger, kAutomation);  // not in policies, which make them

constexpr std::uint32_t word(Status status) { return static_cast<std::uint32_t>(status); }
constexpr ConditionFieldRow hours(Field field, std::string_view name, std::string_view title) {
  return {field, name, title, Value::kHours, kAmount, 0, kOfTime, 0, false};
}
constexpr ConditionFieldRow sla_hours(Field field, std::string_view name, std::string_view title) {
  return {field, name, title, Value::kHours, kAmount, 0, kOfPromises, 0, false};
}
constexpr ConditionFieldRow hours_in(Status status, std::string_view name, std::string_view title) {
  return {Field::kHoursInStatus, name, title, Value::kHours, kAmount, 0, kOfTime, word(status), false};
}
constexpr ConditionFieldRow verdict(Field field, std::string_view name, std::string_view title) {
  return {field, name, title, Value::kAuthResult, kEquality, 0, kOfChange, 0, false};
}
constexpr ConditionFieldRow metric(Field field, std::string_view name, std::string_view title) {
  return {field, name, title, Value::kNumber, kAmount, 0, kAll, 0, false};
}

constexpr std::array kRows = {
    ConditionFieldRow{Field::kStatus, "status", "Status", Value::kStatus, kOrder | kSet, kChanges, kAll, 0, false},
    ConditionFieldRow{Field::kCustomStatus, "custom_status_id", "Ticket status", Value::kId, kEquality | kSet, kChanges, kAll, 0, true},
    ConditionFieldRow{Field::kType, "type", "Type", Value::kType, kEquality | kSet, kChanges, kAll, 0, true},
    ConditionFieldRow{Field::kPriority, "priority", "Priority", Value::kPriority, kOrder | kSet, kChanges, kAll, 0, true},
    ConditionFieldRow{Field::kGroup, "group_id", "Group", Value::kGroup, kEquality | kSet, kChanges, kAll, 0, true},
    ConditionFieldRow{Field::kAssignee, "assignee_id", "Assignee", Value::kUser, kEquality | kSet, kChanges, kAll, 0, true},
    ConditionFieldRow{Field::kRequester, "requester_id", "Requester", Value::kUser, kEquality | kSet, kChanges, kAll, 0, true},
    ConditionFieldRow{Field::kOrganization, "organization_id", "Organization", Value::kId, kEquality | kSet, kChanges, kAll, 0, true},
    ConditionFieldRow{Field::kForm, "ticket_form_id", "Form", Value::kId, kEquality | kSet, kChanges, kAll, 0, true},
    ConditionFieldRow{Field::kInbox, "brand_id", "Inbox", Value::kId, kEquality | kSet, 0, kAll, 0, false},
    ConditionFieldRow{Field::kRecipient, "recipient", "Received at", Value::kAddress, kEquality, 0, places(kTrigger, kAutomation), 0, false},
    ConditionFieldRow{Field::kTags, "current_tags", "Tags", Value::kTags, kSet | kPresence, 0, kAll, 0, false},
    ConditionFieldRow{Field::kCustomField, "custom_fields_", "Custom field", Value::kText,
                      kOrder | bits(kLessOrEqual, kGreaterOrEqual) | kSet | kPresence, kChanges, kAll, 0, true},
    ConditionFieldRow{Field::kSubject, "subject_includes_word", "Subject text", Value::kWords, kWordOperators, 0, kAll, 0, false},
    ConditionFieldRow{Field::kComment, "comment_includes_word", "Comment text", Value::kWords, kWordOperators, 0, kOfChange, 0, false},
    ConditionFieldRow{Field::kCommentPublic, "comment_is_public", "Comment", Value::kCommentPublic, kEquality, 0, kOfChange, 0, false},
    ConditionFieldRow{Field::kAttachment, "attachment", "Attachment", Value::kNone, kPresence, 0, kOfChange, 0, false},
    ConditionFieldRow{Field::kUpdateType, "update_type", "Ticket is", Value::kUpdateType, kEquality, 0, kOfChange, 0, false},
    ConditionFieldRow{Field::kVia, "via_id", "Channel", Value::kVia, kEquality, 0, places(kTrigger, kAutomation), 0, false},
    ConditionFieldRow{Field::kUpdateVia, "current_via_id", "Update via", Value::kVia, kEquality, 0, kOfChange, 0, false},
    ConditionFieldRow{Field::kRole, "role", "Current user", Value::kRole, kEquality, 0, kOfChange, 0, false},
    ConditionFieldRow{Field::kCurrentUser, "current_user", "Current user", Value::kUser, kEquality, 0, kOfChange, 0, false},
    ConditionFieldRow{Field::kRequesterRole, "requester_role", "Requester role", Value::kRole, kEquality, 0, places(kTrigger, kAutomation), 0, false},
    ConditionFieldRow{Field::kSatisfaction, "satisfaction_score", "Satisfaction", Value::kSatisfaction, kOrder, kChanges, kAll, 0, false},
    metric(Field::kReopens, "reopens", "Reopens"),
    metric(Field::kReplies, "replies", "Agent replies"),
    metric(Field::kAssigneeStations, "agent_stations", "Assignees"),
    metric(Field::kGroupStations, "group_stations", "Groups it was in"),
    hours_in(Status::kNew, "NEW", "Hours since new"),
    hours_in(Status::kOpen, "OPEN", "Hours since open"),
    hours_in(Status::kPending, "PENDING", "Hours since pending"),
    hours_in(Status::kHold, "HOLD", "Hours since on-hold"),
    hours_in(Status::kSolved, "SOLVED", "Hours since solved"),
    hours_in(Status::kClosed, "CLOSED", "Hours since closed"),
    hours(Field::kHoursSinceCreated, "created_at", "Hours since created"),
    hours(Field::kHoursSinceAssigned, "assigned_at", "Hours since assigned"),
    hours(Field::kHoursSinceUpdate, "updated_at", "Hours since update"),
    hours(Field::kHoursSinceRequesterUpdate, "requester_updated_at", "Hours since requester update"),
    hours(Field::kHoursSinceAssigneeUpdate, "assignee_updated_at", "Hours since assignee update"),
    hours(Field::kHoursSinceDue, "due_date", "Hours since due date"),
    hours(Field::kHoursUntilDue, "until_due_date", "Hours until due date"),
    sla_hours(Field::kHoursSinceBreach, "sla_next_breach_at", "Hours since last SLA breach"),
    sla_hours(Field::kHoursUntilBreach, "until_sla_next_breach_at", "Hours until next SLA breach"),
    ConditionFieldRow{Field::kSlaPolicy, "sla_policy", "SLA policy", Value::kId, kEquality | kSet, kChanges, kOfPromises, 0, true},
    ConditionFieldRow{Field::kGroupSlaPolicy, "group_sla_policy", "Group SLA policy", Value::kId, kEquality | kSet, kChanges, kOfPromises, 0, true},
    ConditionFieldRow{Field::kSlaState, "sla_state", "SLA state", Value::kSlaState, kEquality | kSet, kChanges, kOfPromises, 0, false},
    verdict(Field::kAuthSpf, "auth_spf", "SPF of the mail"),
    verdict(Field::kAuthDkim, "auth_dkim", "DKIM of the mail"),
    verdict(Field::kAuthDmarc, "auth_dmarc", "DMARC of the mail"),
    verdict(Field::kAuthArc, "auth_arc", "ARC of the mail"),
};

constexpr std::array<std::pair<std::string_view, std::string_view>, 11> kOtherNames = {{
    {"ASSIGNED", "assigned_at"}, {"UPDATED", "updated_at"}, {"REQUESTER_UPDATED", "requester_updated_at"},
    {"ASSIGNEE_UPDATED", "assignee_updated_at"}, {"CREATED", "created_at"}, {"inbox_id", "brand_id"}, {"tags", "current_tags"},
    {"sla_policy_id", "sla_policy"}, {"group_sla_policy_id", "group_sla_policy"}, {"hours_since_sla_breach", "sla_next_breach_at"}, {"hours_until_sla_breach", "until_sla_next_breach_at"},
}};

constexpr std::array<std::string_view, 16> kOperatorWords = {
    "is", "is_not", "less_than", "greater_than", "less_than_equal", "greater_than_equal", "includes", "not_includes", "present",
    "not_present", "changed", "not_changed", "value", "not_value", "value_previous", "not_value_previous"};
constexpr std::array<std::pair<std::string_view, ConditionOperator>, 4> kOtherOperators = {{
    {"changed_to", kChangedTo}, {"not_changed_to", kNotChangedTo}, {"changed_from", kChangedFrom}, {"not_changed_from", kNotChangedFrom}}};

}  // namespace

std::string_view to_string(ConditionOperator op) { return kOperatorWords[static_cast<std::size_t>(op)]; }

std::optional<ConditionOperator> parse_condition_operator(std::string_view given) {
  const auto known = std::ranges::find(kOperatorWords, given);
  if (known != kOperatorWords.end()) return static_cast<ConditionOperator>(known - kOperatorWords.begin());
  for (const auto& [name, op] : kOtherOperators) {
    if (name == given) return op;
  }
  return {};
}

std::span<const ConditionFieldRow> condition_fields() { return kRows; }

std::optional<FoundConditionField> find_condition_field(std::string_view name) {
  for (const auto& [other, canonical] : kOtherNames) {
    if (other == name) name = canonical;
  }
  for (const ConditionFieldRow& row : kRows) {
    if (row.field != Field::kCustomField && row.name == name) return FoundConditionField{&row, 0};
  }
  for (const std::string_view prefix : {std::string_view("custom_fields_"), std::string_view("ticket_fields_")}) {
    if (!name.starts_with(prefix)) continue;
    const std::string_view digits = name.substr(prefix.size());
    std::uint64_t id = 0;
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), id);
    if (error != std::errc() || end != digits.data() + digits.size() || id == 0) return {};
    return FoundConditionField{&*std::ranges::find(kRows, Field::kCustomField, &ConditionFieldRow::field), id};
  }
  return {};
}

bool is_offered(const ConditionFieldRow& row, ConditionContext context) {
  return (row.contexts & static_cast<std::uint8_t>(context)) != 0;
}

std::uint32_t operators_in(const ConditionFieldRow& row, ConditionContext context) {
  return row.operators | (context == ConditionContext::kTrigger ? row.trigger_operators : 0U);
}

bool takes_value(ConditionOperator op) { return op != kPresent && op != kNotPresent && op != kChanged && op != kNotChanged; }

std::vector<std::string_view> condition_words(ConditionValue value) {
  switch (value) {
    case Value::kStatus: return {"new", "open", "pending", "hold", "solved", "closed"};
    case Value::kType: return {"question", "incident", "problem", "task"};
    case Value::kPriority: return {"low", "normal", "high", "urgent"};
    case Value::kSatisfaction: return {"unoffered", "offered", "bad", "bad_with_comment", "good", "good_with_comment"};
    case Value::kBool: return {"true", "false"};
    case Value::kCommentPublic: return {"true", "false", "not_relevant"};
    case Value::kUpdateType: return {"Create", "Change"};
    case Value::kVia: return {"mail", "api", "web", "rule", "system"};
    case Value::kSlaState: return {"none", "active", "paused", "breached", "achieved"};
    case Value::kRole: return {"end_user", "agent", "admin", "owner"};
    case Value::kAuthResult: return {"none", "pass", "fail", "softfail", "neutral", "policy", "temperror", "permerror"};
    default: return {};
  }
}

}  // namespace postern::ticketing
