// Routes of macros, triggers and automations. They belong to no inbox; what is said of a ticket is said within its reach.
#include "web/api/desk/rule_handlers.h"
#include "web/api/desk/tables.h"
#include "web/api/route_words.h"

namespace postern::web {
namespace {

using auth::Permission;
using route_words::aside;
using route_words::change;
using route_words::costly;
using route_words::get;
using route_words::or_with;
using route_words::speaks;
using route_words::versioned;
using route_words::within;
using Need = SchemaField::Need;
using Type = FieldType;

constexpr auto kRead = Permission::kTicketsRead;
constexpr auto kManage = Permission::kSettingsManage;
constexpr auto kWrite = Permission::kTicketsWrite;
constexpr auth::PermissionSet kManagers{Permission::kSettingsManage};
constexpr std::string_view kListQuery = "active,include,page[size],page[after],page,per_page";
constexpr std::string_view kSearchQuery = "query,active,include,page[size],page[after],page,per_page";
constexpr std::string_view kMacroQuery = "active,access,category,query,include,page[size],page[after],page,per_page";

constexpr Route kRoutes[] = {
    speaks(aside(get("/api/v2/macros", kRead, api::list_macros, "Macros that one may use", kMacroQuery)), "MacrosAnswer"),
    speaks(aside(get("/api/v2/macros/active", kRead, api::list_active_macros, "The active ones", kMacroQuery)), "MacrosAnswer"),
    speaks(aside(get("/api/v2/macros/search", kRead, api::search_macros, "Those with words in their title", kMacroQuery)), "MacrosAnswer"),
    speaks(aside(get("/api/v2/macros/categories", kRead, api::list_macro_categories, "What stands before \"::\" in their titles")), "MacroCategoriesAnswer"),
    speaks(aside(get("/api/v2/macros/definitions", kRead, api::show_macro_definitions, "What a macro can do")), "RuleDefinitionsAnswer"),
    speaks(aside(get("/api/v2/macros/actions", kRead, api::list_macro_actions, "The same, as a list of actions")), "RuleActionsAnswer"),
    speaks(aside(get("/api/v2/macros/placeholders", kRead, api::list_placeholders, "What can stand in texts of macros, triggers and automations")), "RulePlaceholdersAnswer"),
    speaks(aside(get("/api/v2/macros/{id}", kRead, api::show_macro, "One macro")), "MacroAnswer"),
    speaks(aside(or_with(change(Verb::kPost, "/api/v2/macros", kWrite, Body::kJson, api::create_macro, "A macro of one's own; a shared one needs settings:manage"), kManagers)),
           "MacroAnswer", "MacroBody"),
    speaks(aside(or_with(versioned(change(Verb::kPut, "/api/v2/macros/{id}", kWrite, Body::kJson, api::update_macro, "Change it: what is named")), kManagers)), "MacroAnswer",
           "MacroBody"),
    aside(or_with(versioned(change(Verb::kDelete, "/api/v2/macros/{id}", kWrite, Body::kNone, api::delete_macro, "Delete it")), kManagers)),
    speaks(change(Verb::kPut, "/api/v2/macros/reorder", kManage, Body::kJson, api::reorder_macros, "All of them in a new order"), "MacrosAnswer", "MacroOrderBody"),
    speaks(aside(get("/api/v2/macros/{id}/apply", kRead, api::apply_macro, "What it would set; nothing is stored")), "MacroResultAnswer"),
    speaks(within(get("/api/v2/tickets/{id}/macros/{macro_id}/apply", kRead, api::apply_macro_to_ticket, "The ticket as it would be; nothing is stored")), "MacroResultAnswer"),

    speaks(aside(get("/api/v2/triggers", kRead, api::list_triggers, "Triggers in their order", kListQuery)), "TriggersAnswer"),
    speaks(aside(get("/api/v2/triggers/active", kRead, api::list_active_triggers, "The active ones", kListQuery)), "TriggersAnswer"),
    speaks(aside(get("/api/v2/triggers/search", kRead, api::search_triggers, "Those with words in their title", kSearchQuery)), "TriggersAnswer"),
    speaks(aside(get("/api/v2/triggers/definitions", kRead, api::show_trigger_definitions, "What they can ask and do")), "RuleDefinitionsAnswer"),
    speaks(aside(get("/api/v2/triggers/{id}", kRead, api::show_trigger, "One trigger, how often it fired and how long it takes")), "TriggerAnswer"),
    speaks(change(Verb::kPost, "/api/v2/triggers", kManage, Body::kJson, api::create_trigger, "A new one, behind the others"), "TriggerAnswer", "TriggerBody"),
    speaks(versioned(change(Verb::kPut, "/api/v2/triggers/{id}", kManage, Body::kJson, api::update_trigger, "Change it: what is named")), "TriggerAnswer", "TriggerBody"),
    versioned(change(Verb::kDelete, "/api/v2/triggers/{id}", kManage, Body::kNone, api::delete_trigger, "Delete it, with its revisions")),
    speaks(change(Verb::kPut, "/api/v2/triggers/reorder", kManage, Body::kJson, api::reorder_triggers, "All of them in a new order"), "TriggersAnswer", "TriggerOrderBody"),
    speaks(aside(get("/api/v2/triggers/{id}/revisions", kRead, api::list_trigger_revisions, "What it was, newest first", "page[size],page[after],page,per_page")),
           "TriggerRevisionsAnswer"),
    speaks(aside(get("/api/v2/triggers/{id}/revisions/{revision}", kRead, api::show_trigger_revision, "One of them")), "TriggerRevisionAnswer"),
    speaks(within(get("/api/v2/triggers/{id}/explain", kRead, api::explain_trigger, "Whether it would fire for a ticket now, condition by condition", "ticket_id,as")),
           "TriggerExplanationAnswer"),
    speaks(costly(change(Verb::kPost, "/api/v2/triggers/dry_run", kManage, Body::kJson, api::dry_run_trigger, "What one would do to the newest tickets; nothing is stored")),
           "TriggerDryRunAnswer", "TriggerDryRunBody"),

    speaks(aside(get("/api/v2/automations", kRead, api::list_automations, "Automations in their order", kListQuery)), "AutomationsAnswer"),
    speaks(aside(get("/api/v2/automations/active", kRead, api::list_active_automations, "The active ones", kListQuery)), "AutomationsAnswer"),
    speaks(aside(get("/api/v2/automations/search", kRead, api::search_automations, "Those with words in their title", kSearchQuery)), "AutomationsAnswer"),
    speaks(aside(get("/api/v2/automations/definitions", kRead, api::show_automation_definitions, "What they can ask and do")), "RuleDefinitionsAnswer"),
    speaks(get("/api/v2/automations/due", kManage, api::list_due_tickets, "When tickets are looked at next, soonest first", "page[size],page[after]"), "AutomationsDueAnswer"),
    speaks(costly(change(Verb::kPost, "/api/v2/automations/dry_run", kManage, Body::kJson, api::dry_run_automation, "What one would do to the newest tickets that are not closed, and when it looks at the others; nothing is stored")),
           "AutomationDryRunAnswer", "AutomationDryRunBody"),
    speaks(aside(get("/api/v2/automations/{id}", kRead, api::show_automation, "One automation and how often it fired")), "AutomationAnswer"),
    speaks(change(Verb::kPost, "/api/v2/automations", kManage, Body::kJson, api::create_automation, "A new one, behind the others"), "AutomationAnswer", "AutomationBody"),
    speaks(versioned(change(Verb::kPut, "/api/v2/automations/{id}", kManage, Body::kJson, api::update_automation, "Change it: what is named")), "AutomationAnswer", "AutomationBody"),
    versioned(change(Verb::kDelete, "/api/v2/automations/{id}", kManage, Body::kNone, api::delete_automation, "Delete it")),
    speaks(change(Verb::kPut, "/api/v2/automations/reorder", kManage, Body::kJson, api::reorder_automations, "All of them in a new order"), "AutomationsAnswer",
           "AutomationOrderBody"),
};

}  // namespace

std::span<const Route> rule_routes() { return kRoutes; }

}  // namespace postern::web
