#include "web/api/desk/webhook_body.h"

#include "storage/schema/webhooks.pb.h"
#include "ticketing/errc.h"
#include "ticketing/webhooks/webhooks.h"
#include "web/api/shapes.h"

namespace postern::web {
namespace {

constexpr std::string_view kEventVersion = "2022-11-06";  // of Zendesk's event schema

struct Sources {
  const ticketing::Tickets& tickets;
  std::function<std::shared_ptr<const ticketing::Directory>()> directory;
  WebOptions options;
};

json::value text_or_null(const std::string& text) { return text.empty() ? json::value() : json::value(text); }

json::object happened(const schema::WebhookDelivery& delivery) {
  const schema::WebhookEvent& event = delivery.event();
  json::object out;
  out["actor_id"] = id_or_null(event.actor());
  out["via"] = event.via();
  json::array changes;
  const std::string kind = ticketing::webhook_event_of(delivery.kind());
  for (const schema::WebhookDifference& each : event.changes()) {
    if (each.field() == ticketing::webhook_field_of(kind)) {
      out["previous"] = text_or_null(each.before());
      out["current"] = text_or_null(each.after());
    }
    json::object change{{"field", each.field()}, {"previous", text_or_null(each.before())}, {"current", text_or_null(each.after())}};
    changes.push_back(std::move(change));
  }
  out["changes"] = std::move(changes);
  if (event.rule() != 0) out["rule_id"] = event.rule();
  return out;
}

void add_comments(json::object& event, const schema::WebhookDelivery& delivery, const Sources& from, core::WorkspaceId workspace) {
  auth::Principal nobody;  // sees what every agent sees
  nobody.workspace = workspace;
  nobody.role = auth::Role::kAgent;
  json::array comments;
  for (const std::uint64_t id : delivery.event().comments()) {
    const core::TicketId ticket{delivery.event().ticket()};
    const auto comment = from.tickets.comment(workspace, ticket, core::CommentId{id});
    if (comment) comments.push_back(comment_json(ticket, *comment, from.options, nobody));
  }
  if (comments.empty()) return;
  event["comment"] = comments.back();
  event["comments"] = std::move(comments);
}

core::Result<std::string> body_of(const Sources& from, core::WorkspaceId workspace, const schema::WebhookDelivery& delivery) {
  const schema::WebhookEvent& event = delivery.event();
  json::object out;
  out["type"] = delivery.kind();
  out["id"] = std::to_string(event.id());
  out["account_id"] = workspace.value;
  out["time"] = timestamp(event.at_unix_ms());
  out["zendesk_event_version"] = kEventVersion;
  if (event.ticket() != 0) {
    out["subject"] = "zen:ticket:" + std::to_string(event.ticket());
    const auto ticket = from.tickets.get(workspace, core::TicketId{event.ticket()});
    const bool is_gone = !ticket && ticket.error() == ticketing::Errc::kNotFound;
    if (!ticket && !is_gone) return ticket.error();
    const std::shared_ptr<const ticketing::Directory> directory = from.directory();
    out["detail"] = ticket ? ticket_json(*ticket, directory.get()) : json::object{{"id", event.ticket()}};
  }
  json::object what = happened(delivery);
  add_comments(what, delivery, from, workspace);
  out["event"] = std::move(what);
  return json::serialize(out);
}

}  // namespace

ticketing::WebhookBody make_webhook_body(const ticketing::Tickets& tickets,
                                         std::function<std::shared_ptr<const ticketing::Directory>()> directory, WebOptions options) {
  auto from = std::make_shared<const Sources>(Sources{tickets, std::move(directory), std::move(options)});
  return [from](core::WorkspaceId workspace, const schema::WebhookDelivery& delivery) { return body_of(*from, workspace, delivery); };
}

}  // namespace postern::web
