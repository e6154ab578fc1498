#pragma once
// ticketing/conditions/condition_fields.h: the table of what conditions can ask: each field's name, operators, values and
// places. Conditions are checked against it, and /views/definitions, /triggers/definitions … are made of it.
// Thread-safety: constants and pure functions.
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "ticketing/conditions/condition.h"

namespace postern::ticketing {

enum class ConditionField : std::uint8_t {
  kStatus, kCustomStatus, kType, kPriority, kGroup, kAssignee, kRequester, kOrganization, kForm, kInbox, kRecipient, kTags,
  kCustomField, kSubject, kComment, kCommentPublic, kAttachment, kUpdateType, kVia, kUpdateVia, kRole, kCurrentUser,
  kRequesterRole, kSatisfaction, kReopens, kReplies, kAssigneeStations, kGroupStations, kHoursInStatus, kHoursSinceCreated,
  kHoursSinceAssigned, kHoursSinceUpdate, kHoursSinceRequesterUpdate, kHoursSinceAssigneeUpdate, kHoursSinceDue,
  kHoursUntilDue, kAuthSpf, kAuthDkim, kAuthDmarc, kAuthArc, kSlaPolicy, kHoursSinceBreach, kHoursUntilBreach,
  kGroupSlaPolicy, kSlaState,
};

enum class ConditionOperator : std::uint8_t {
  kIs, kIsNot, kLessThan, kGreaterThan, kLessOrEqual, kGreaterOrEqual, kIncludes, kNotIncludes, kPresent, kNotPresent,
  kChanged, kNotChanged, kChangedTo, kNotChangedTo, kChangedFrom, kNotChangedFrom,
};
std::string_view to_string(ConditionOperator op);  // Zendesk's words: "is", "less_than", "value_previous" …
std::optional<ConditionOperator> parse_condition_operator(std::string_view word);  // "changed_to" and the like, too

// What its values are.
enum class ConditionValue : std::uint8_t {
  kStatus, kType, kPriority, kSatisfaction, kId, kUser, kGroup, kTags, kText, kWords, kBool, kNumber, kHours, kUpdateType,
  kVia, kRole, kAuthResult, kAddress, kCommentPublic, kSlaState, kNone,
};

struct ConditionFieldRow {
  ConditionField field;
  std::string_view name;   // "status"; of custom fields "custom_fields_"
  std::string_view title;
  ConditionValue value;
  std::uint32_t operators = 0;         // bits: 1 << ConditionOperator
  std::uint32_t trigger_operators = 0; // in triggers also these
  std::uint8_t contexts = 0;           // bits of ConditionContext
  std::uint32_t status = 0;            // of kHoursInStatus: which
  bool is_nullable = false;            // "" stands for none
};

std::span<const ConditionFieldRow> condition_fields();

// A custom field is named with its id: "custom_fields_12", also "ticket_fields_12".
struct FoundConditionField {
  const ConditionFieldRow* row = nullptr;
  std::uint64_t custom = 0;
};
std::optional<FoundConditionField> find_condition_field(std::string_view name);

bool is_offered(const ConditionFieldRow& row, ConditionContext context);
std::uint32_t operators_in(const ConditionFieldRow& row, ConditionContext context);
bool takes_value(ConditionOperator op);
// Fixed words that a value may be; empty: there is no list of them (ids, texts, numbers).
std::vector<std::string_view> condition_words(ConditionValue value);

}  // namespace postern::ticketing
