#include "app/imports/leave_out.h"

namespace postern::app {

std::string leave_out(ticketing::ImportedTicket& ticket, const std::string& context) {
  ticketing::TicketWishes& wishes = ticket.wishes;
  const std::string field = context.substr(0, context.find(':'));
  if (field == "organization_id" && wishes.organization) return wishes.organization.reset(), field;
  if (field.starts_with("group") && wishes.group) return wishes.group.reset(), field;
  if (field.starts_with("assignee") && ticket.assignee) return ticket.assignee = {}, field;
  if (field == "email_ccs" && wishes.ccs) return wishes.ccs.reset(), field;
  if (field == "followers" && wishes.followers) return wishes.followers.reset(), field;
  if (field == "due_at" && wishes.due_unix_ms) return wishes.due_unix_ms.reset(), field;
  if (field == "tags" && wishes.tags) return wishes.tags.reset(), field;
  if (field == "external_id" && wishes.external_id) return wishes.external_id.reset(), field;
  if (field == "custom_fields" && !wishes.fields.empty()) {  // the one that is named; without a name all of them
    const auto is_named = [&context](const ticketing::FieldValue& each) { return context.find("field " + std::to_string(each.field) + " ") != std::string::npos; };
    if (std::erase_if(wishes.fields, is_named) == 0) wishes.fields.clear();
    return field;
  }
  return {};
}

}  // namespace postern::app
