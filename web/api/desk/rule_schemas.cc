// Schemas of macros, triggers and automations; see web/api/schemas.h.
#include "web/api/desk/tables.h"

namespace postern::web {
namespace {

using Need = SchemaField::Need;
using Type = FieldType;

constexpr SchemaField kMeta[] = {{"has_more", Type::kFlag, {}}, {"after_cursor", Type::kText, {}, Need::kNullable}};
constexpr SchemaField kLinks[] = {{"next", Type::kText, {}, Need::kNullable}};
// A value is a text, or a list of texts.
constexpr SchemaField kCondition[] = {{"field", Type::kText, {}, Need::kRequired}, {"operator", Type::kText, {}}, {"value", Type::kAny, {}}};
constexpr SchemaField kConditions[] = {{"all", Type::kObjects, "RuleCondition"}, {"any", Type::kObjects, "RuleCondition"}};
constexpr SchemaField kAction[] = {{"field", Type::kText, {}, Need::kRequired}, {"value", Type::kAny, {}}};
constexpr SchemaField kChoice[] = {{"value", Type::kText, {}}, {"title", Type::kText, {}}, {"enabled", Type::kFlag, {}}};
constexpr SchemaField kOperator[] = {{"value", Type::kText, {}}, {"title", Type::kText, {}}, {"terminal", Type::kFlag, {}}};
constexpr SchemaField kSubject[] = {{"title", Type::kText, {}},   {"subject", Type::kText, {}},   {"type", Type::kText, {}},
                                    {"group", Type::kText, {}},   {"nullable", Type::kFlag, {}},  {"repeatable", Type::kFlag, {}},
                                    {"operators", Type::kObjects, "RuleOperator"}, {"values", Type::kObjects, "RuleChoice"}};
constexpr SchemaField kDefinitions[] = {{"actions", Type::kObjects, "RuleSubject"}, {"conditions_all", Type::kObjects, "RuleSubject"}, {"conditions_any", Type::kObjects, "RuleSubject"}};
constexpr SchemaField kDefinitionsAnswer[] = {{"definitions", Type::kObject, "RuleDefinitions"}};
constexpr SchemaField kActionsAnswer[] = {{"actions", Type::kObjects, "RuleSubject"}};
constexpr SchemaField kPlaceholder[] = {{"name", Type::kText, {}}, {"title", Type::kText, {}}};
constexpr SchemaField kPlaceholdersAnswer[] = {{"count", Type::kInteger, {}}, {"placeholders", Type::kObjects, "RulePlaceholder"}};

constexpr SchemaField kRestriction[] = {{"type", Type::kText, "User,Group", Need::kRequired}, {"id", Type::kInteger, {}}, {"ids", Type::kIntegers, {}}};
constexpr SchemaField kMacro[] = {{"url", Type::kText, {}, Need::kReadOnly},        {"id", Type::kInteger, {}, Need::kReadOnly},
                                  {"title", Type::kText, {}},                       {"raw_title", Type::kText, {}, Need::kReadOnly},
                                  {"description", Type::kText, {}, Need::kNullable}, {"active", Type::kFlag, {}},
                                  {"position", Type::kInteger, {}},                 {"restriction", Type::kObject, "MacroRestriction", Need::kNullable},
                                  {"actions", Type::kObjects, "RuleAction"},        {"default", Type::kFlag, {}, Need::kReadOnly},
                                  {"usage_1h", Type::kInteger, {}, Need::kReadOnly}, {"usage_24h", Type::kInteger, {}, Need::kReadOnly},
                                  {"usage_7d", Type::kInteger, {}, Need::kReadOnly}, {"usage_30d", Type::kInteger, {}, Need::kReadOnly},
                                  {"usage_total", Type::kInteger, {}, Need::kReadOnly}, {"loops", Type::kInteger, {}, Need::kReadOnly},
                                  {"created_at", Type::kTime, {}, Need::kReadOnly},  {"updated_at", Type::kTime, {}, Need::kReadOnly}};
constexpr SchemaField kTiming[] = {{"samples", Type::kInteger, {}}, {"mean_us", Type::kNumber, {}}, {"slowest_us", Type::kNumber, {}}};
// `all` and `any` may stand inside "conditions" or beside it.
constexpr SchemaField kRule[] = {{"url", Type::kText, {}, Need::kReadOnly},         {"id", Type::kInteger, {}, Need::kReadOnly},
                                 {"title", Type::kText, {}},                        {"raw_title", Type::kText, {}, Need::kReadOnly},
                                 {"description", Type::kText, {}},                  {"active", Type::kFlag, {}},
                                 {"position", Type::kInteger, {}},                  {"conditions", Type::kObject, "RuleConditions"},
                                 {"actions", Type::kObjects, "RuleAction"},         {"default", Type::kFlag, {}, Need::kReadOnly},
                                 {"usage_1h", Type::kInteger, {}, Need::kReadOnly}, {"usage_24h", Type::kInteger, {}, Need::kReadOnly},
                                 {"usage_7d", Type::kInteger, {}, Need::kReadOnly}, {"usage_30d", Type::kInteger, {}, Need::kReadOnly},
                                 {"usage_total", Type::kInteger, {}, Need::kReadOnly}, {"loops", Type::kInteger, {}, Need::kReadOnly},
                                 {"created_at", Type::kTime, {}, Need::kReadOnly},  {"updated_at", Type::kTime, {}, Need::kReadOnly},
                                 {"all", Type::kObjects, "RuleCondition"},          {"any", Type::kObjects, "RuleCondition"},
                                 {"revision", Type::kInteger, {}, Need::kReadOnly}, {"timing", Type::kObject, "RuleTiming", Need::kNullable},
                                 {"trigger_id", Type::kInteger, {}, Need::kReadOnly}, {"author_id", Type::kInteger, {}, Need::kNullable}};
// Automations have none of the last four.
constexpr std::span<const SchemaField> kTimed = std::span(kRule).first(std::size(kRule) - 4);
// The fields of a ticket, all or those that it changes, and the comment to be sent.
constexpr SchemaField kResult[] = {{"ticket", Type::kAny, {}}, {"cannot_do", Type::kTexts, {}}};
constexpr SchemaField kResultAnswer[] = {{"result", Type::kObject, "MacroResult"}};
constexpr SchemaField kHeld[] = {{"condition", Type::kText, {}}, {"list", Type::kText, "all,any"}, {"holds", Type::kFlag, {}}};
constexpr SchemaField kWouldChange[] = {{"field", Type::kText, {}}, {"before", Type::kAny, {}}, {"after", Type::kAny, {}}};
constexpr SchemaField kReview[] = {{"ticket_id", Type::kInteger, {}}, {"as", Type::kText, "create,change"},       {"would_fire", Type::kFlag, {}},
                                   {"conditions", Type::kObjects, "HeldCondition"}, {"changes", Type::kObjects, "WouldChange"}, {"would_do", Type::kTexts, {}},
                                   {"cannot_do", Type::kTexts, {}},  {"note", Type::kText, {}, Need::kNullable}, {"trigger_id", Type::kInteger, {}},
                                   {"active", Type::kFlag, {}}};
constexpr SchemaField kDryRunBody[] = {{"trigger", Type::kObject, "Trigger", Need::kRequired}, {"last", Type::kInteger, {}}};
constexpr SchemaField kDryRunAnswer[] = {{"tickets_looked_at", Type::kInteger, {}}, {"tickets_firing", Type::kInteger, {}}, {"count", Type::kInteger, {}}, {"results", Type::kObjects, "TriggerReview"}};
constexpr SchemaField kExplanationAnswer[] = {{"explanation", Type::kObject, "TriggerReview"}};

#define POSTERN_RULE_PAGE(plural, of)                                                                               \
  {{plural, Type::kObjects, of},                 {"count", Type::kInteger, {}},                                     \
   {"meta", Type::kObject, "RulePageMeta"},      {"links", Type::kObject, "RulePageLinks"},                         \
   {"next_page", Type::kText, {}, Need::kNullable}, {"previous_page", Type::kText, {}, Need::kNullable}}
constexpr SchemaField kMacros[] = POSTERN_RULE_PAGE("macros", "Macro");
constexpr SchemaField kTriggers[] = POSTERN_RULE_PAGE("triggers", "Trigger");
constexpr SchemaField kRevisions[] = POSTERN_RULE_PAGE("trigger_revisions", "Trigger");
constexpr SchemaField kAutomations[] = POSTERN_RULE_PAGE("automations", "Automation");
#undef POSTERN_RULE_PAGE
constexpr SchemaField kMacroOne[] = {{"macro", Type::kObject, "Macro", Need::kRequired}};
constexpr SchemaField kTriggerOne[] = {{"trigger", Type::kObject, "Trigger", Need::kRequired}};
constexpr SchemaField kRevisionOne[] = {{"trigger_revision", Type::kObject, "Trigger"}};
constexpr SchemaField kAutomationOne[] = {{"automation", Type::kObject, "Automation", Need::kRequired}};
constexpr SchemaField kCategories[] = {{"categories", Type::kTexts, {}}};
constexpr SchemaField kMacroOrder[] = {{"macro_ids", Type::kIntegers, {}, Need::kRequired}};
constexpr SchemaField kTriggerOrder[] = {{"trigger_ids", Type::kIntegers, {}, Need::kRequired}};
constexpr SchemaField kAutomationOrder[] = {{"automation_ids", Type::kIntegers, {}, Need::kRequired}};

constexpr SchemaField kDueTicket[] = {{"ticket_id", Type::kInteger, {}}, {"due_at", Type::kTime, {}}};
constexpr SchemaField kDueTickets[] = {{"due", Type::kObjects, "AutomationDue"}, {"meta", Type::kAny, {}}, {"links", Type::kAny, {}}};
constexpr SchemaField kTimedDryRunBody[] = {{"automation", Type::kObject, "Automation", Need::kRequired}, {"last", Type::kInteger, {}}};
constexpr SchemaField kTimedDryRunAnswer[] = {{"tickets_looked_at", Type::kInteger, {}}, {"tickets_firing", Type::kInteger, {}}, {"count", Type::kInteger, {}},
                                              {"results", Type::kObjects, "TriggerReview"}, {"due", Type::kObjects, "AutomationDue"}};
constexpr Schema kSchemas[] = {{"AutomationDryRunBody", kTimedDryRunBody}, {"AutomationDryRunAnswer", kTimedDryRunAnswer}, {"AutomationDue", kDueTicket}, {"AutomationsDueAnswer", kDueTickets},
                               
    {"RulePageMeta", kMeta},         {"RulePageLinks", kLinks},          {"RuleCondition", kCondition},
    {"RuleConditions", kConditions}, {"RuleAction", kAction},            {"RuleChoice", kChoice},
    {"RuleOperator", kOperator},     {"RuleSubject", kSubject},          {"RuleDefinitions", kDefinitions},
    {"RuleTiming", kTiming},         {"RuleDefinitionsAnswer", kDefinitionsAnswer}, {"RuleActionsAnswer", kActionsAnswer},
    {"RulePlaceholder", kPlaceholder}, {"RulePlaceholdersAnswer", kPlaceholdersAnswer},
    {"MacroRestriction", kRestriction}, {"Macro", kMacro},               {"MacroAnswer", kMacroOne},
    {"MacroBody", kMacroOne},        {"MacrosAnswer", kMacros},          {"MacroCategoriesAnswer", kCategories},
    {"MacroOrderBody", kMacroOrder},
    {"MacroResult", kResult},        {"MacroResultAnswer", kResultAnswer},
    {"Trigger", kRule},              {"TriggerAnswer", kTriggerOne},     {"TriggerBody", kTriggerOne},
    {"TriggersAnswer", kTriggers},   {"TriggerOrderBody", kTriggerOrder}, {"TriggerRevisionsAnswer", kRevisions},
    {"TriggerRevisionAnswer", kRevisionOne}, {"HeldCondition", kHeld},   {"WouldChange", kWouldChange},
    {"TriggerReview", kReview},      {"TriggerExplanationAnswer", kExplanationAnswer}, {"TriggerDryRunBody", kDryRunBody},
    {"TriggerDryRunAnswer", kDryRunAnswer},
    {"Automation", kTimed},          {"AutomationAnswer", kAutomationOne}, {"AutomationBody", kAutomationOne},
    {"AutomationsAnswer", kAutomations}, {"AutomationOrderBody", kAutomationOrder},
};

}  // namespace

std::span<const Schema> rule_schemas() { return kSchemas; }

}  // namespace postern::web
