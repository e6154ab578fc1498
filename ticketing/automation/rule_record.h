#pragma once
// ticketing/automation/rule_record.h: what triggers and automations have in common as records: typed texts pass the redactor and
// are checked, what they do is counted and told.
// Thread-safety: pure, apart from the transaction.
// Errors: Errc::kInvalid, whose context begins with the field and repeats nothing that was typed.
#include <string>
#include <vector>

#include "auth/principal.h"
#include "storage/schema/conditions.pb.h"
#include "ticketing/automation/action_run.h"
#include "ticketing/conditions/condition.h"
#include "ticketing/conditions/stored_facts.h"

namespace postern::ticketing {

// One line or several, redacted. kInvalid "title: …" when it is empty and must not be, or too long.
core::Result<std::string> clean_rule_text(const RuleParts& parts, core::WorkspaceId workspace, std::string_view field, const std::string& text,
                                          std::size_t bytes_max, bool is_required);
void redact_conditions(const RuleParts& parts, core::WorkspaceId workspace, schema::Conditions& conditions);
// A title, a description, conditions for the context and actions of the kind, all of them redacted and checked.
template <class Record>
core::Result<void> prepare_rule(const RuleParts& parts, core::WorkspaceId workspace, RuleKind kind, ConditionContext context, Record& rule) {
  POSTERN_TRY(const std::string title, clean_rule_text(parts, workspace, "title", rule.title(), parts.limits.title_bytes_max, true));
  rule.set_title(title);
  POSTERN_TRY(const std::string description, clean_rule_text(parts, workspace, "description", rule.description(), parts.limits.description_bytes_max, false));
  rule.set_description(description);
  redact_conditions(parts, workspace, *rule.mutable_conditions());
  POSTERN_CHECK(CompiledConditions::compile(rule.conditions(), context));
  POSTERN_CHECK(redact_actions(parts, workspace, *rule.mutable_actions()));
  return check_actions(parts, workspace, kind, rule.actions());
}

std::string describe(const schema::Condition& condition);  // "status less_than solved"
// For the audit log: what the rule is made of, without the texts it sends.
std::vector<std::pair<std::string, std::string>> shown_rule(bool is_active, const schema::Conditions* conditions, const Actions& actions);

// "12 Title", then a line each of why, of what was done and of what could not be done. `held`: of each condition.
std::string told(std::uint64_t rule, std::string_view title, const schema::Conditions& conditions, const std::vector<bool>& held,
                 const RuleEffects& effects, std::size_t bytes_max);

GroupsOf groups_for_conditions(const RuleParts& parts);

// Counts one firing in this hour, this day and ever: counters merge and never conflict.
void count_rule_use(const RuleParts& parts, storage::Transaction& transaction, core::WorkspaceId workspace, std::uint64_t rule);
struct RuleUse {
  std::uint64_t last_hour = 0, last_day = 0, last_week = 0, last_month = 0, ever = 0;  // in whole hours and days
  std::uint64_t loops = 0;  // that were noticed
};
core::Result<RuleUse> rule_use(const RuleParts& parts, core::WorkspaceId workspace, std::uint64_t rule);
// Counters that nothing asks for any more; how many were erased.
core::Result<std::size_t> erase_old_uses(const RuleParts& parts, storage::Transaction& transaction, core::WorkspaceId workspace);

}  // namespace postern::ticketing
