// Routes of what stands beside a ticket, and of fields, forms and statuses.
#include "web/api/desk/tables.h"
#include "web/api/desk/ticket_handlers.h"
#include "web/api/route_words.h"

namespace postern::web {
namespace {

using auth::Permission;
using route_words::aside;
using route_words::change;
using route_words::costly;
using route_words::get;
using route_words::or_with;
using route_words::replaying;
using route_words::speaks;
using route_words::versioned;
using route_words::within;

constexpr auto kRead = Permission::kTicketsRead;
constexpr auto kWrite = Permission::kTicketsWrite;
constexpr auto kManage = Permission::kSettingsManage;

constexpr Route read(std::string_view pattern, Handler handler, std::string_view summary, std::string_view answer, std::string_view query = {}) {
  return speaks(within(get(pattern, kRead, handler, summary, query)), answer);
}
constexpr Route tags(Verb verb, Handler handler, std::string_view summary) {
  return speaks(within(change(verb, "/api/v2/tickets/{id}/tags", kWrite, Body::kJson, handler, summary)), "TagsBody", "TagsBody");
}
// Definitions belong to no inbox: whoever works anywhere reads them.
constexpr Route definitions(std::string_view pattern, Handler handler, std::string_view summary, std::string_view answer) {
  return speaks(aside(get(pattern, kRead, handler, summary)), answer);
}
constexpr Route define(Verb verb, std::string_view pattern, Handler handler, std::string_view summary, std::string_view answer, std::string_view body) {
  const Route route = aside(change(verb, pattern, kManage, Body::kJson, handler, summary));
  return speaks(pattern.ends_with("{id}") ? versioned(route) : route, answer, body);
}
constexpr Route end_definition(std::string_view pattern, Handler handler, std::string_view summary) {
  return versioned(aside(change(Verb::kDelete, pattern, kManage, Body::kNone, handler, summary)));
}

constexpr Route kRoutes[] = {
    speaks(within(replaying(change(Verb::kPost, "/api/v2/tickets", kWrite, Body::kJson, api::create_ticket,
                                   "Open a ticket for somebody; a public comment is mailed to him"))),
           "TicketAnswer", "TicketBody"),
    read("/api/v2/tickets/show_many", api::show_many_tickets, "Tickets by number, up to 100", "TicketsAnswer", "ids,include"),
    read("/api/v2/tickets/{id}/incidents", api::list_incidents, "The incidents of a problem", "TicketsAnswer", "include"),
    read("/api/v2/tickets/{id}/related", api::show_related, "What it is related to", "TicketRelatedAnswer"),
    costly(read("/api/v2/tickets/{id}/redactions", api::show_ticket_redactions, "What was hidden in its comments: counts by rule and comment, never a value",
                "TicketRedactionsAnswer")),
    read("/api/v2/tickets/{id}/collaborators", api::list_email_ccs, "Who is copied on public answers", {}),
    read("/api/v2/tickets/{id}/email_ccs", api::list_email_ccs, "The same", {}),
    read("/api/v2/tickets/{id}/followers", api::list_followers, "Agents who are told of everything", {}),
    read("/api/v2/tickets/{id}/audits", api::list_ticket_audits, "What happened, in Zendesk's shape", "TicketAuditsAnswer", "page[size],page[after]"),
    read("/api/v2/tickets/{id}/tags", api::list_ticket_tags, "Its tags", "TagsBody"),
    tags(Verb::kPost, api::set_ticket_tags, "These tags and no others"),
    tags(Verb::kPut, api::add_ticket_tags, "These tags too"),
    tags(Verb::kDelete, api::remove_ticket_tags, "Not these tags"),
    speaks(get("/api/v2/tags", kRead, api::list_tags, "Tags with how many tickets have them, most used first", "page[size],page[after]"), "TagCountsAnswer"),
    speaks(change(Verb::kPost, "/api/v2/tags/rename", kManage, Body::kJson, api::rename_tag,
                  "Another name for a tag, as a job on up to 100 open tickets; has_more: call it again when the job has ended"),
           "TagRenameAnswer", "TagRenameBody"),
    speaks(get("/api/v2/autocomplete/tags", kRead, api::complete_tags, "Tags that begin so", "name"), "TagCompletionAnswer"),

    definitions("/api/v2/ticket_fields", api::list_ticket_fields, "Fields of tickets: built in, then custom", "TicketFieldsAnswer"),
    definitions("/api/v2/ticket_fields/count", api::count_ticket_fields, "How many", {}),
    definitions("/api/v2/ticket_fields/{id}", api::show_ticket_field, "One field", "TicketFieldAnswer"),
    define(Verb::kPost, "/api/v2/ticket_fields", api::create_ticket_field, "Add a custom field", "TicketFieldAnswer", "TicketFieldBody"),
    define(Verb::kPut, "/api/v2/ticket_fields/{id}", api::update_ticket_field, "Change it: what is named", "TicketFieldAnswer", "TicketFieldBody"),
    define(Verb::kPut, "/api/v2/ticket_fields/reorder", api::reorder_ticket_fields, "The order of custom fields", "TicketFieldsAnswer", "TicketFieldOrder"),
    end_definition("/api/v2/ticket_fields/{id}", api::delete_ticket_field, "End it; tickets keep its values, hidden"),
    definitions("/api/v2/ticket_fields/{id}/options", api::list_field_options, "Options of a dropdown or multiselect", "FieldOptionsAnswer"),
    define(Verb::kPost, "/api/v2/ticket_fields/{id}/options", api::put_field_option, "Add an option, or change the one of that id or value",
           "FieldOptionAnswer", "FieldOptionBody"),
    definitions("/api/v2/ticket_fields/{id}/options/{option_id}", api::show_field_option, "One option", "FieldOptionAnswer"),
    aside(change(Verb::kDelete, "/api/v2/ticket_fields/{id}/options/{option_id}", kManage, Body::kNone, api::delete_field_option, "Take an option away")),

    definitions("/api/v2/ticket_forms", api::list_ticket_forms, "Forms: which fields a ticket asks for", "TicketFormsAnswer"),
    definitions("/api/v2/ticket_forms/{id}", api::show_ticket_form, "One form", "TicketFormAnswer"),
    define(Verb::kPost, "/api/v2/ticket_forms", api::create_ticket_form, "Add a form", "TicketFormAnswer", "TicketFormBody"),
    define(Verb::kPut, "/api/v2/ticket_forms/{id}", api::update_ticket_form, "Change it: what is named", "TicketFormAnswer", "TicketFormBody"),
    define(Verb::kPut, "/api/v2/ticket_forms/reorder", api::reorder_ticket_forms, "The order of forms", "TicketFormsAnswer", "TicketFormOrder"),
    end_definition("/api/v2/ticket_forms/{id}", api::delete_ticket_form, "End it; its tickets have the default one"),

    definitions("/api/v2/custom_statuses", api::list_custom_statuses, "Statuses: built in, then those of the workspace", "CustomStatusesAnswer"),
    definitions("/api/v2/custom_statuses/{id}", api::show_custom_status, "One status", "CustomStatusAnswer"),
    define(Verb::kPost, "/api/v2/custom_statuses", api::create_custom_status, "Add a status to a category", "CustomStatusAnswer", "CustomStatusBody"),
    define(Verb::kPut, "/api/v2/custom_statuses/{id}", api::update_custom_status, "Change it: what is named", "CustomStatusAnswer", "CustomStatusBody"),
    define(Verb::kPut, "/api/v2/custom_statuses/reorder", api::reorder_custom_statuses, "Their order", "CustomStatusesAnswer", "CustomStatusOrder"),
    end_definition("/api/v2/custom_statuses/{id}", api::delete_custom_status, "End it; its tickets have the built-in one of the category"),
};

}  // namespace

std::span<const Route> ticket_routes() { return kRoutes; }

}  // namespace postern::web
