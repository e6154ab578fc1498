#include "web/api/ticket_shaper.h"

#include <algorithm>

#include "ticketing/fields/ticket_fields.h"
#include "ticketing/helpdesk.h"
#include "ticketing/ticket_links.h"

namespace postern::web {

json::value field_value_json(const schema::TicketField& field, const std::vector<std::string>& values) {
  using ticketing::FieldKind;
  const auto kind = static_cast<FieldKind>(field.kind());
  if (kind == FieldKind::kMultiselect) return json::array(values.begin(), values.end());
  if (values.empty()) return nullptr;
  if (kind == FieldKind::kCheckbox) return values.front() == "true";
  return json::value(values.front());
}

TicketShaper::TicketShaper(const Request& request, Context& context)
    : who_(&request.who()), context_(&context), directory_(context.services.directory()) {}

core::Result<TicketShaper> TicketShaper::make(const Request& request, Context& context) {
  TicketShaper out(request, context);
  ticketing::Helpdesk* desk = context.services.desk;
  if (desk == nullptr) return out;
  const core::WorkspaceId workspace = request.who().workspace;
  POSTERN_TRY(out.fields_, desk->fields().fields().all(workspace));
  POSTERN_TRY(out.statuses_, desk->fields().statuses().all(workspace));
  POSTERN_TRY(const auto forms, desk->fields().forms().all(workspace));
  for (const schema::TicketForm& each : *forms) {
    if (each.is_default()) out.default_form_ = each.id();
  }
  return out;
}

json::array TicketShaper::custom_fields(const ticketing::Ticket& ticket) const {
  json::array out;
  if (!fields_) return out;
  for (const schema::TicketField& field : *fields_) {
    const auto value = std::ranges::find(ticket.fields, field.id(), &ticketing::FieldValue::field);
    const bool has_value = value != ticket.fields.end();
    if (!has_value && !field.is_active()) continue;
    out.push_back(json::object{{"id", field.id()}, {"value", field_value_json(field, has_value ? value->values : std::vector<std::string>())}});
  }
  return out;
}

json::object TicketShaper::operator()(const ticketing::Ticket& ticket) const {
  json::object out = ticket_json(ticket, directory_.get());
  json::array fields = custom_fields(ticket);
  out["fields"] = fields;
  out["custom_fields"] = std::move(fields);
  out["ticket_form_id"] = id_or_null(ticket.form != 0 ? ticket.form : default_form_);
  const bool has_status = statuses_ && std::ranges::any_of(*statuses_, [&ticket](const schema::CustomStatus& each) { return each.id() == ticket.custom_status; });
  if (has_status) out["custom_status_id"] = ticket.custom_status;
  if (ticket.type == ticketing::TicketType::kProblem && context_->services.desk != nullptr) {
    const auto incidents = context_->services.desk->links().incidents_of(who_->workspace, ticket.id);
    out["has_incidents"] = incidents && !incidents->empty();
  }
  return out;
}

core::Result<json::object> TicketShaper::whole(const ticketing::Ticket& ticket) const {
  json::object out = (*this)(ticket);
  POSTERN_TRY(const ticketing::CommentPage first, context_->services.tickets.comment_page(*who_, ticket.id, {}, 1, 1));
  if (first.comments.empty()) return out;
  const ticketing::Comment& comment = first.comments.front();
  out["description"] = cut_text(comment.text, context_->options.plain_body_bytes_max);
  out["via"] = json::object{{"channel", comment.via == "mail" ? "email" : comment.via}};
  if (!comment.is_public && ticket.comment_count == 1) out["is_public"] = false;
  return out;
}

json::array TicketShaper::list(const std::vector<ticketing::Ticket>& tickets) const {
  json::array out;
  for (const ticketing::Ticket& each : tickets) out.push_back((*this)(each));
  return out;
}

}  // namespace postern::web
