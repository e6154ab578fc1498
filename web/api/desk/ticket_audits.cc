// A ticket's history as Zendesk's audits: what one person did at one moment is one audit with its events. Ours are at
// /events, one by one; an audit has the number of its first.
#include "web/api/desk/ticket_handlers.h"
#include "web/api/shapes.h"

namespace postern::web::api {
namespace {

struct FieldWord {
  std::string_view kind;   // of an event
  std::string_view field;  // as Zendesk names it
};
constexpr std::array kFieldWords{FieldWord{"status", "status"},           FieldWord{"assignee", "assignee_id"},
                                 FieldWord{"subject", "subject"},         FieldWord{"type", "type"},
                                 FieldWord{"priority", "priority"},       FieldWord{"group", "group_id"},
                                 FieldWord{"organization", "organization_id"}, FieldWord{"external_id", "external_id"},
                                 FieldWord{"due", "due_at"},              FieldWord{"problem", "problem_id"},
                                 FieldWord{"form", "ticket_form_id"},     FieldWord{"custom_status", "custom_status_id"},
                                 FieldWord{"requester", "requester_id"},  FieldWord{"tags", "tags"},
                                 FieldWord{"ccs", "collaborator_ids"},    FieldWord{"followers", "follower_ids"},
                                 FieldWord{"satisfaction", "satisfaction_score"}, FieldWord{"sla_policy", "sla_policy_id"},
                                 FieldWord{"group_sla_policy", "group_sla_policy_id"}};

// "open -> solved"; of what was typed the arrow begins a line.
std::pair<json::value, json::value> before_and_after(const std::string& detail) {
  constexpr std::size_t kArrow = 4;  // bytes of either
  std::size_t at = detail.find("\n-> ");
  if (at == std::string::npos) at = detail.find(" -> ");
  if (at == std::string::npos) return {nullptr, json::value(detail)};
  const auto value = [](std::string text) { return text.empty() || text == "0" ? json::value() : json::value(std::move(text)); };
  return {value(detail.substr(0, at)), value(detail.substr(at + kArrow))};
}

core::Result<json::object> audit_event(const Request& request, Context& context, core::TicketId ticket, const ticketing::Event& event) {
  json::object out;
  const bool is_comment = event.comment && (event.kind == "comment" || event.kind == "created");
  if (is_comment) {
    const auto comment = context.services.tickets.comment(request.who(), ticket, event.comment);
    if (comment) out = comment_json(ticket, *comment, context.options, request.who());
    out["type"] = "Comment";
    out["comment_id"] = event.comment.value;
    out["id"] = event.number;
    return out;
  }
  out["id"] = event.number;
  const auto* word = std::ranges::find(kFieldWords, event.kind, &FieldWord::kind);
  if (word == kFieldWords.end() && event.kind != "field") {
    out["type"] = "Notification";  // none of Zendesk's kinds: shown as it is
    out["kind"] = event.kind;
    out["body"] = event.detail;
    return out;
  }
  out["type"] = "Change";
  std::string detail = event.detail;
  if (event.kind == "field") {  // "123: before\n-> after"
    const std::size_t colon = std::min(detail.find(": "), detail.size());
    out["field_name"] = detail.substr(0, colon);
    detail.erase(0, colon + 2);
  } else {
    out["field_name"] = word->field;
  }
  auto [before, after] = before_and_after(detail);
  out["previous_value"] = std::move(before);
  out["value"] = std::move(after);
  return out;
}

}  // namespace

Answer list_ticket_audits(Request& request, Context& context) {
  const auto ticket = id_param<core::TicketId>(request, "id");
  POSTERN_CO_TRY(const NumberPage page, read_number_page(request, context.options));
  // The page counts events; an audit that may go on behind it is left to the next page, unless it is the only one.
  POSTERN_CO_TRY(const ticketing::EventPage found, context.services.tickets.event_page(request.who(), ticket, page.after, page.size));
  json::array audits;
  std::uint64_t last = page.after;
  for (std::size_t at = 0; at < found.events.size();) {
    const ticketing::Event& first = found.events[at];
    std::size_t end = at;
    while (end < found.events.size() && found.events[end].at_unix_ms == first.at_unix_ms && found.events[end].actor == first.actor) ++end;
    const bool may_go_on = end == found.events.size() && found.has_more && at > 0;
    if (may_go_on) break;
    json::array events;
    for (std::size_t i = at; i < end; ++i) {
      POSTERN_CO_TRY(json::object event, audit_event(request, context, ticket, found.events[i]));
      if (first.kind == "created" && event["type"] == "Change") event["type"] = "Create";
      events.push_back(std::move(event));
    }
    json::object audit;
    audit["id"] = first.number;
    audit["ticket_id"] = ticket.value;
    audit["author_id"] = id_or_null(first.actor.value);
    audit["created_at"] = timestamp(first.at_unix_ms);
    audit["via"] = json::object{{"channel", first.kind == "created" && first.detail.starts_with("mail") ? "email" : "api"}};
    audit["metadata"] = json::object{{"system", json::object()}, {"custom", json::object()}};
    audit["events"] = std::move(events);
    audits.push_back(std::move(audit));
    last = found.events[end - 1].number;
    at = end;
  }
  json::object out;
  out["audits"] = std::move(audits);
  const bool has_more = found.has_more || (!found.events.empty() && found.events.back().number > last);
  add_page(out, request, has_more, std::to_string(last), page.size);
  co_return json_response(200, out);
}

}  // namespace postern::web::api
