#pragma once
// ticketing/automation/action_table.h: what macros, triggers and automations can do, as a table: which rules may do it and what
// values it takes. Names and values are Zendesk's.
// Thread-safety: constants and pure functions.
// Errors: check_actions(): Errc::kInvalid, whose context is "actions[2].value: …" and repeats nothing that was typed.
#include <google/protobuf/repeated_ptr_field.h>

#include <span>
#include <string_view>

#include "storage/schema/automation.pb.h"
#include "ticketing/automation/rule_parts.h"

namespace postern::ticketing {

enum class RuleKind : std::uint8_t { kMacro = 1, kTrigger = 2, kAutomation = 4 };  // bits
std::string_view to_string(RuleKind kind);  // "macro" …

// What an action takes.
enum class ActionTakes : std::uint8_t {
  kWord,          // one of the words
  kGroup,         // its id, "current_groups" or nothing: no group
  kAgent,         // an id, "current_user" or nothing: nobody
  kPerson,        // an id or "current_user"
  kTags,          // separated by blanks
  kCustomField,   // what the field takes
  kCustomStatus,  // its id
  kText,
  kDue,           // "days_from_now" or "hours_from_now", and how many
  kFlag,          // "true" or "false"
  kMail,          // whom, subject, text
  kGroupMail,     // a group's id or "group_id", subject, text
  kWebhook,       // its id, body
};

struct ActionSpec {
  std::string_view field;  // "custom_fields_" goes on with an id
  std::string_view title;
  std::string_view group;  // "ticket", "comment", "notification"
  ActionTakes takes = ActionTakes::kWord;
  std::string_view words;  // by comma: of kWord; of the others those that may stand for an id
  unsigned rules = 0;      // RuleKinds
};

using Actions = google::protobuf::RepeatedPtrField<schema::RuleAction>;

std::span<const ActionSpec> action_specs();
const ActionSpec* find_action(std::string_view field);  // null: there is none
// Behind "custom_fields_"; 0 for other fields.
std::uint64_t custom_field_of(std::string_view field);
bool is_word_of(std::string_view words, std::string_view word);
std::vector<std::string_view> rule_words(std::string_view text, char separator);  // none of them empty
std::uint64_t rule_number(std::string_view digits);  // 0: it is none

// Whether a rule of that kind in that workspace can do all this: fields, values, and what they refer to.
core::Result<void> check_actions(const RuleParts& parts, core::WorkspaceId workspace, RuleKind kind, const Actions& actions);
// Typed values after the redactor.
core::Result<void> redact_actions(const RuleParts& parts, core::WorkspaceId workspace, Actions& actions);
// "priority high; notify requester_id": for logs of what a rule did and for the audit log. Texts are not shown.
std::string describe(const schema::RuleAction& action);

}  // namespace postern::ticketing
