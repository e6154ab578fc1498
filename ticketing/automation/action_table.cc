#include "ticketing/automation/action_table.h"

#include <algorithm>
#include <array>
#include <charconv>

#include "ticketing/automation/placeholders.h"
#include "ticketing/detail/header_text.h"
#include "ticketing/detail/ticket_draft.h"
#include "ticketing/fields/ticket_fields.h"
#include "ticketing/people/groups.h"
#include "ticketing/webhooks/webhooks.h"

namespace postern::ticketing {
namespace {

constexpr unsigned kMacros = static_cast<unsigned>(RuleKind::kMacro);
constexpr unsigned kTriggers = static_cast<unsigned>(RuleKind::kTrigger);
constexpr unsigned kAutomations = static_cast<unsigned>(RuleKind::kAutomation);
constexpr unsigned kRules = kTriggers | kAutomations;  // run by themselves
constexpr unsigned kAll = kMacros | kRules;
constexpr std::string_view kCustomPrefix = "custom_fields_";
constexpr std::string_view kWhom = "requester_id,assignee_id,current_user,requester_and_ccs,all_agents";

constexpr std::array kSpecs{
    ActionSpec{"status", "Status", "ticket", ActionTakes::kWord, "open,pending,hold,solved,closed", kAll},
    ActionSpec{"custom_status_id", "Ticket status", "ticket", ActionTakes::kCustomStatus, {}, kAll},
    ActionSpec{"type", "Type", "ticket", ActionTakes::kWord, "question,incident,problem,task", kAll},
    ActionSpec{"priority", "Priority", "ticket", ActionTakes::kWord, "low,normal,high,urgent", kAll},
    ActionSpec{"group_id", "Group", "ticket", ActionTakes::kGroup, "current_groups", kAll},
    ActionSpec{"assignee_id", "Assignee", "ticket", ActionTakes::kAgent, "current_user", kAll},
    ActionSpec{"set_tags", "Set tags", "ticket", ActionTakes::kTags, {}, kAll},
    ActionSpec{"current_tags", "Add tags", "ticket", ActionTakes::kTags, {}, kAll},
    ActionSpec{"remove_tags", "Remove tags", "ticket", ActionTakes::kTags, {}, kAll},
    ActionSpec{"custom_fields_", "Ticket field", "ticket", ActionTakes::kCustomField, {}, kAll},
    ActionSpec{"follower", "Add follower", "ticket", ActionTakes::kAgent, "current_user", kAll},
    ActionSpec{"cc", "Add CC", "ticket", ActionTakes::kPerson, "current_user", kAll},
    ActionSpec{"subject", "Set subject", "ticket", ActionTakes::kText, {}, kMacros},
    ActionSpec{"due_date", "Due date of a task", "ticket", ActionTakes::kDue, "days_from_now,hours_from_now", kAll},
    // Of triggers and automations always an internal note: what customers get by mail are notifications.
    ActionSpec{"comment_value", "Comment", "comment", ActionTakes::kText, {}, kAll},
    ActionSpec{"comment_value_html", "Comment (HTML)", "comment", ActionTakes::kText, {}, kAll},
    ActionSpec{"comment_mode_is_public", "Comment is public", "comment", ActionTakes::kFlag, "true,false", kMacros},
    ActionSpec{"notification_user", "Mail to people", "notification", ActionTakes::kMail, kWhom, kRules},
    ActionSpec{"notification_group", "Mail to a group", "notification", ActionTakes::kGroupMail, "group_id", kRules},
    ActionSpec{"notification_webhook", "Call a webhook", "notification", ActionTakes::kWebhook, {}, kRules},
};

core::Error invalid(std::string what) { return core::fail(Errc::kInvalid, std::move(what)); }

// Checks one action; says of the value only what is wrong with it.
class ActionCheck {
 public:
  ActionCheck(const RuleParts& parts, core::WorkspaceId workspace, RuleKind kind) : parts_(parts), workspace_(workspace), kind_(kind) {}
  core::Result<void> check(const schema::RuleAction& action);

 private:
  core::Result<void> check_value(const ActionSpec& spec, const schema::RuleAction& action);
  core::Result<void> check_count(const ActionSpec& spec, const schema::RuleAction& action) const;
  core::Result<void> check_group(std::string_view value);
  core::Result<void> check_agent(std::string_view value);
  core::Result<void> check_tags(const schema::RuleAction& action) const;
  core::Result<void> check_due(const schema::RuleAction& action) const;
  core::Result<void> check_field(const schema::RuleAction& action);
  core::Result<void> check_custom_status(std::string_view value);
  core::Result<void> check_webhook(const schema::RuleAction& action);
  core::Result<void> check_texts(const schema::RuleAction& action, int first) const;
  bool knows_user() const { return kind_ != RuleKind::kAutomation; }

  const RuleParts& parts_;
  core::WorkspaceId workspace_;
  RuleKind kind_;
};

core::Result<void> ActionCheck::check(const schema::RuleAction& action) {
  const ActionSpec* spec = find_action(action.field());
  if (spec == nullptr) return invalid("field: there is no such action");
  if ((spec->rules & static_cast<unsigned>(kind_)) == 0) return invalid("field: not in a " + std::string(to_string(kind_)));
  if (static_cast<std::size_t>(action.values_size()) > parts_.limits.action_values_max) return invalid("value: too many");
  for (const std::string& value : action.values()) {
    if (value.size() > parts_.limits.action_bytes_max) return invalid("value: too long");
    if (value == "current_user" && !knows_user()) return invalid("value: an automation has no current user");
  }
  POSTERN_CHECK(check_count(*spec, action));
  return check_value(*spec, action);
}

core::Result<void> ActionCheck::check_count(const ActionSpec& spec, const schema::RuleAction& action) const {
  const int count = action.values_size();
  switch (spec.takes) {
    case ActionTakes::kMail:
    case ActionTakes::kGroupMail: return count == 3 ? core::Result<void>() : invalid("value: whom, subject and text");
    case ActionTakes::kDue: return count == 2 ? core::Result<void>() : invalid("value: days_from_now or hours_from_now, and a number");
    case ActionTakes::kWebhook: return count == 1 || count == 2 ? core::Result<void>() : invalid("value: a webhook and a body");
    case ActionTakes::kText: return count == 1 || count == 2 ? core::Result<void>() : invalid("value: cannot be blank");
    case ActionTakes::kTags:
    case ActionTakes::kCustomField: return {};
    default: return count == 1 ? core::Result<void>() : invalid("value: one");
  }
}

core::Result<void> ActionCheck::check_value(const ActionSpec& spec, const schema::RuleAction& action) {
  const std::string_view first = action.values_size() == 0 ? std::string_view() : std::string_view(action.values(0));
  switch (spec.takes) {
    case ActionTakes::kWord:
    case ActionTakes::kFlag:
      return is_word_of(spec.words, first) ? core::Result<void>() : invalid("value: one of " + std::string(spec.words));
    case ActionTakes::kGroup: return first == "current_groups" && knows_user() ? core::Result<void>() : check_group(first);
    case ActionTakes::kAgent: return is_word_of(spec.words, first) ? core::Result<void>() : check_agent(first);
    case ActionTakes::kPerson: {
      if (is_word_of(spec.words, first)) return {};
      POSTERN_TRY(const auto user, parts_.with.accounts.find(workspace_, core::UserId{rule_number(first)}));
      return user ? core::Result<void>() : invalid("value: there is nobody of this id");
    }
    case ActionTakes::kTags: return check_tags(action);
    case ActionTakes::kCustomField: return check_field(action);
    case ActionTakes::kCustomStatus: return check_custom_status(first);
    case ActionTakes::kText: return check_texts(action, 0);
    case ActionTakes::kDue: return check_due(action);
    case ActionTakes::kMail:
      if (!is_word_of(spec.words, first)) POSTERN_CHECK(check_agent(first));
      if (first.empty()) return invalid("value: whom");
      return check_texts(action, 1);
    case ActionTakes::kGroupMail:
      if (first.empty()) return invalid("value: which group");
      if (!is_word_of(spec.words, first)) POSTERN_CHECK(check_group(first));
      return check_texts(action, 1);
    case ActionTakes::kWebhook: return check_webhook(action);
  }
  return {};
}

core::Result<void> ActionCheck::check_group(std::string_view value) {
  if (value.empty()) return {};
  if (parts_.groups == nullptr) return invalid("value: there are no groups");
  const auto group = parts_.groups->find(workspace_, rule_number(value));
  if (group) return {};
  return group.error() == Errc::kNotFound ? invalid("value: there is no such group") : group.error();
}

core::Result<void> ActionCheck::check_agent(std::string_view value) {
  if (value.empty()) return {};
  POSTERN_TRY(const auto user, parts_.with.accounts.find(workspace_, core::UserId{rule_number(value)}));
  if (!user || user->role < auth::Role::kAgent || user->is_disabled) return invalid("value: is not an active agent");
  return {};
}

core::Result<void> ActionCheck::check_tags(const schema::RuleAction& action) const {
  std::size_t count = 0;
  for (const std::string& value : action.values()) {
    for (const std::string_view each : rule_words(value, ' ')) {
      if (!is_tag(normal_tag(each))) return invalid("value: a tag has no blanks, commas or quotes, and is not too long");
      ++count;
    }
  }
  if (count == 0 && action.field() != "set_tags") return invalid("value: cannot be blank");
  return {};
}

core::Result<void> ActionCheck::check_due(const schema::RuleAction& action) const {
  if (!is_word_of("days_from_now,hours_from_now", action.values(0))) return invalid("value: days_from_now or hours_from_now, and a number");
  const std::uint64_t count = rule_number(action.values(1));
  return count >= 1 && count <= 10'000 ? core::Result<void>() : invalid("value: 1 to 10000");
}

core::Result<void> ActionCheck::check_field(const schema::RuleAction& action) {
  if (parts_.fields == nullptr) return invalid("field: there are no custom fields");
  storage::Transaction transaction = parts_.with.store.begin();
  const FieldValue wish{custom_field_of(action.field()), {action.values().begin(), action.values().end()}};
  const auto values = parts_.fields->check_values(transaction, workspace_, wish);
  if (values) return {};
  return values.error() == Errc::kInvalid ? invalid("value: " + values.error().context()) : values.error();
}

core::Result<void> ActionCheck::check_custom_status(std::string_view value) {
  if (parts_.fields == nullptr) return invalid("field: there are no custom statuses");
  storage::Transaction transaction = parts_.with.store.begin();
  const auto category = parts_.fields->category_of(transaction, workspace_, rule_number(value));
  if (category) return {};
  return category.error() == Errc::kInvalid ? invalid("value: there is no such status") : category.error();
}

core::Result<void> ActionCheck::check_webhook(const schema::RuleAction& action) {
  if (parts_.webhooks == nullptr) return invalid("field: there are no webhooks");
  const auto webhook = parts_.webhooks->find(workspace_, rule_number(action.values(0)));
  if (!webhook) return webhook.error() == Errc::kNotFound ? invalid("value: there is no such webhook") : webhook.error();
  return action.values_size() > 1 ? check_placeholders(action.values(1)) : core::Result<void>();
}

core::Result<void> ActionCheck::check_texts(const schema::RuleAction& action, int first) const {
  for (int i = first; i < action.values_size(); ++i) {
    if (clean_line(action.values(i)).empty()) return invalid("value: cannot be blank");
    const auto known = check_placeholders(action.values(i));
    if (!known) return invalid("value: " + known.error().context());
  }
  return {};
}

}  // namespace

std::string_view to_string(RuleKind kind) {
  switch (kind) {
    case RuleKind::kMacro: return "macro";
    case RuleKind::kTrigger: return "trigger";
    case RuleKind::kAutomation: return "automation";
  }
  return "rule";
}

std::span<const ActionSpec> action_specs() { return kSpecs; }

std::uint64_t custom_field_of(std::string_view field) {
  return field.starts_with(kCustomPrefix) ? rule_number(field.substr(kCustomPrefix.size())) : 0;
}

const ActionSpec* find_action(std::string_view field) {
  if (custom_field_of(field) != 0) field = kCustomPrefix;
  const auto found = std::ranges::find(kSpecs, field, &ActionSpec::field);
  return found == kSpecs.end() ? nullptr : &*found;
}

std::vector<std::string_view> rule_words(std::string_view text, char separator) {
  std::vector<std::string_view> out;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find(separator), text.size());
    if (end > 0) out.push_back(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return out;
}

std::uint64_t rule_number(std::string_view digits) {
  std::uint64_t out = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), out);
  return error == std::errc() && end == digits.data() + digits.size() ? out : 0;
}

bool is_word_of(std::string_view words, std::string_view word) {
  const auto all = rule_words(words, ',');
  return std::ranges::find(all, word) != all.end();
}

core::Result<void> check_actions(const RuleParts& parts, core::WorkspaceId workspace, RuleKind kind, const Actions& actions) {
  if (actions.empty()) return invalid("actions: cannot be blank");
  if (static_cast<std::size_t>(actions.size()) > parts.limits.actions_max) return invalid("actions: too many");
  ActionCheck check(parts, workspace, kind);
  for (int i = 0; i < actions.size(); ++i) {
    const auto checked = check.check(actions.Get(i));
    if (checked) continue;
    if (!(checked.error() == Errc::kInvalid)) return checked.error();
    return invalid("actions[" + std::to_string(i) + "]." + checked.error().context());
  }
  return {};
}

core::Result<void> redact_actions(const RuleParts& parts, core::WorkspaceId workspace, Actions& actions) {
  for (schema::RuleAction& action : actions) {
    for (std::string& value : *action.mutable_values()) {
      value = parts.redactor.redact_text(value, {"rule", workspace, {}}).text();
    }
  }
  return {};
}

std::string describe(const schema::RuleAction& action) {
  const ActionSpec* spec = find_action(action.field());
  std::string out = action.field();
  if (spec == nullptr || spec->takes == ActionTakes::kText || spec->takes == ActionTakes::kCustomField) return out;
  const bool is_message = spec->takes == ActionTakes::kMail || spec->takes == ActionTakes::kGroupMail || spec->takes == ActionTakes::kWebhook;
  const int shown = is_message ? std::min(1, action.values_size()) : action.values_size();
  for (int i = 0; i < shown; ++i) out += " " + action.values(i);
  return out;
}

}  // namespace postern::ticketing
