#pragma once
// web/api/desk/ticket_handlers.h: handlers of what stands beside a ticket: tags, people, relations, its history in Zendesk's
// shape; and of what a workspace sets up for tickets: fields, forms, statuses.
#include "web/api/handlers.h"

namespace postern::web::api {

// ticket_relations.cc
Answer show_many_tickets(Request& request, Context& context);
Answer list_incidents(Request& request, Context& context);
Answer show_related(Request& request, Context& context);
Answer show_ticket_redactions(Request& request, Context& context);
Answer list_email_ccs(Request& request, Context& context);
Answer list_followers(Request& request, Context& context);
// ticket_tags.cc
Answer list_ticket_tags(Request& request, Context& context);
Answer set_ticket_tags(Request& request, Context& context);
Answer add_ticket_tags(Request& request, Context& context);
Answer remove_ticket_tags(Request& request, Context& context);
Answer list_tags(Request& request, Context& context);
Answer complete_tags(Request& request, Context& context);
Answer rename_tag(Request& request, Context& context);
// ticket_audits.cc
Answer list_ticket_audits(Request& request, Context& context);
// ticket_fields.cc
Answer list_ticket_fields(Request& request, Context& context);
Answer count_ticket_fields(Request& request, Context& context);
Answer show_ticket_field(Request& request, Context& context);
Answer create_ticket_field(Request& request, Context& context);
Answer update_ticket_field(Request& request, Context& context);
Answer delete_ticket_field(Request& request, Context& context);
Answer reorder_ticket_fields(Request& request, Context& context);
// field_options.cc
Answer list_field_options(Request& request, Context& context);
Answer show_field_option(Request& request, Context& context);
Answer put_field_option(Request& request, Context& context);
Answer delete_field_option(Request& request, Context& context);
// ticket_forms.cc
Answer list_ticket_forms(Request& request, Context& context);
Answer show_ticket_form(Request& request, Context& context);
Answer create_ticket_form(Request& request, Context& context);
Answer update_ticket_form(Request& request, Context& context);
Answer delete_ticket_form(Request& request, Context& context);
Answer reorder_ticket_forms(Request& request, Context& context);
// custom_statuses.cc
Answer list_custom_statuses(Request& request, Context& context);
Answer show_custom_status(Request& request, Context& context);
Answer create_custom_status(Request& request, Context& context);
Answer update_custom_status(Request& request, Context& context);
Answer delete_custom_status(Request& request, Context& context);
Answer reorder_custom_statuses(Request& request, Context& context);

}  // namespace postern::web::api
