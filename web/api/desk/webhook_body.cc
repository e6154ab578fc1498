#include "web/api/desk/webhook_body.h"

#include <algorithm>

#include "auth/accounts.h"
#include "storage/schema/webhooks.pb.h"
#include "ticketing/automation/action_table.h"
#include "ticketing/errc.h"
#include "ticketing/fields/ticket_fields.h"
#include "ticketing/people/organizations.h"
#include "ticketing/people/people.h"
#include "ticketing/webhooks/webhooks.h"
#include "web/api/shapes.h"
#include "web/api/ticket_shaper.h"

namespace postern::web {
namespace {

constexpr std::string_view kEventVersion = "2022-11-06";  // of Zendesk's event schema

struct Sources {
  const ticketing::Tickets& tickets;
  std::function<std::shared_ptr<const ticketing::Directory>()> directory;
  WebOptions options;
  const ticketing::TicketFields* fields;
  WebhookPeople people;
};

using CustomFields = std::vector<schema::TicketField>;

json::array custom_fields_of(const CustomFields& known, const ticketing::Ticket& ticket) {
  json::array out;
  for (const schema::TicketField& field : known) {
    const auto value = std::ranges::find(ticket.fields, field.id(), &ticketing::FieldValue::field);
    const bool has_value = value != ticket.fields.end();
    if (!has_value && !field.is_active()) continue;
    out.push_back(json::object{{"id", field.id()}, {"value", field_value_json(field, has_value ? value->values : std::vector<std::string>())}});
  }
  return out;
}

// What it was is told of fields that nobody types into; what it is, is read from the ticket now.
json::object field_change(std::uint64_t id, const schema::WebhookDifference& change, const CustomFields& known, const json::object& ticket) {
  json::object out{{"field", "custom_fields"}, {"field_id", id}, {"current", nullptr}};
  const auto field = std::ranges::find_if(known, [id](const schema::TicketField& each) { return each.id() == id; });
  if (change.has_before() && field != known.end()) {
    std::vector<std::string> values;
    for (const std::string_view each : ticketing::rule_words(change.before(), ' ')) values.emplace_back(each);
    out["previous"] = field_value_json(*field, values);
  }
  const json::value* fields = ticket.if_contains("custom_fields");
  if (fields == nullptr) return out;
  for (const json::value& each : fields->as_array()) {
    if (each.at("id").to_number<std::uint64_t>() == id) out["current"] = each.at("value");
  }
  return out;
}

json::value text_or_null(const std::string& text) { return text.empty() ? json::value() : json::value(text); }

json::object happened(const schema::WebhookDelivery& delivery, const CustomFields& known, const json::object& ticket) {
  const schema::WebhookEvent& event = delivery.event();
  json::object out;
  out["actor_id"] = id_or_null(event.actor());
  out["via"] = event.via();
  json::array changes;
  const std::string kind = ticketing::webhook_event_of(delivery.kind());
  for (const schema::WebhookDifference& each : event.changes()) {
    if (event.ticket() == 0) {  // of people what it was and is stays here
      changes.push_back(json::object{{"field", each.field()}});
      continue;
    }
    if (const std::uint64_t field = ticketing::webhook_custom_field(each.field()); field != 0) {
      json::object change = field_change(field, each, known, ticket);
      if (kind == "ticket.custom_field_changed" && !out.contains("field")) {
        out["field"] = json::object{{"id", field}};
        out["current"] = change.at("current");
        if (const json::value* previous = change.if_contains("previous")) out["previous"] = *previous;
      }
      changes.push_back(std::move(change));
      continue;
    }
    if (each.field() == ticketing::webhook_field_of(kind)) {
      out["previous"] = text_or_null(each.before());
      out["current"] = text_or_null(each.after());
    }
    json::object change{{"field", each.field()}, {"previous", text_or_null(each.before())}, {"current", text_or_null(each.after())}};
    changes.push_back(std::move(change));
  }
  out["changes"] = std::move(changes);
  if (event.rule() != 0) out["rule_id"] = event.rule();
  if (event.into() != 0) out["merged_into_id"] = event.into();
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

core::Result<json::object> person_detail(const Sources& from, core::WorkspaceId workspace, core::UserId id) {
  json::object out{{"id", id.value}};
  if (from.people.accounts == nullptr || from.people.people == nullptr) return out;
  POSTERN_TRY(const std::optional<auth::User> user, from.people.accounts->find(workspace, id));
  if (!user) return out;  // erased since
  POSTERN_TRY(const ticketing::Profile profile, from.people.people->find(workspace, id));
  const bool is_contact = user->role == auth::Role::kContact;
  out["url"] = from.options.public_origin + "/api/v2/users/" + std::to_string(id.value);
  out["name"] = is_contact && !profile.name.empty() ? profile.name : user->name;
  out["email"] = user->email;
  out["role"] = user_json(*user).at("role");
  out["external_id"] = text_or_null(profile.external_id);
  out["organization_id"] = id_or_null(profile.organizations.empty() ? 0 : profile.organizations.front().organization);
  out["active"] = !user->is_disabled;
  if (is_contact) out["suspended"] = profile.is_suspended;
  out["merged_into_id"] = id_or_null(profile.merged_into.value);
  out["created_at"] = timestamp(user->created_unix_ms);
  out["updated_at"] = timestamp(std::max(profile.updated_unix_ms, user->created_unix_ms));
  return out;
}

core::Result<json::object> organization_detail(const Sources& from, core::WorkspaceId workspace, std::uint64_t id) {
  json::object out{{"id", id}};
  if (from.people.organizations == nullptr) return out;
  const auto known = from.people.organizations->find(workspace, id);
  if (!known && known.error() == ticketing::Errc::kNotFound) return out;
  if (!known) return known.error();
  out["url"] = from.options.public_origin + "/api/v2/organizations/" + std::to_string(id);
  out["name"] = known->name;
  out["external_id"] = text_or_null(known->external_id);
  out["group_id"] = id_or_null(known->group);
  out["shared_tickets"] = known->shared_tickets;
  out["shared_comments"] = known->shared_comments;
  out["created_at"] = timestamp(known->created_unix_ms);
  out["updated_at"] = timestamp(known->updated_unix_ms);
  return out;
}

core::Result<std::string> body_of(const Sources& from, core::WorkspaceId workspace, const schema::WebhookDelivery& delivery) {
  const schema::WebhookEvent& event = delivery.event();
  auto known = std::make_shared<const CustomFields>();
  if (from.fields != nullptr) {
    POSTERN_TRY(known, from.fields->fields().all(workspace));
  }
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
    json::object detail = ticket ? ticket_json(*ticket, directory.get()) : json::object{{"id", event.ticket()}};
    if (ticket) {
      if (!from.options.public_origin.empty()) detail["url"] = from.options.public_origin + std::string(detail.at("url").as_string());
      json::array custom = custom_fields_of(*known, *ticket);
      detail["fields"] = custom;
      detail["custom_fields"] = std::move(custom);
    }
    out["detail"] = std::move(detail);
  }
  if (event.user() != 0) {
    out["subject"] = "zen:user:" + std::to_string(event.user());
    POSTERN_TRY(out["detail"], person_detail(from, workspace, core::UserId{event.user()}));
  } else if (event.organization() != 0) {
    out["subject"] = "zen:organization:" + std::to_string(event.organization());
    POSTERN_TRY(out["detail"], organization_detail(from, workspace, event.organization()));
  }
  json::object what = happened(delivery, *known, event.ticket() != 0 ? out.at("detail").as_object() : json::object());
  add_comments(what, delivery, from, workspace);
  out["event"] = std::move(what);
  return json_text(out);
}

}  // namespace

ticketing::WebhookBody make_webhook_body(const ticketing::Tickets& tickets,
                                         std::function<std::shared_ptr<const ticketing::Directory>()> directory, WebOptions options,
                                         const ticketing::TicketFields* fields, WebhookPeople people) {
  auto from = std::make_shared<const Sources>(Sources{tickets, std::move(directory), std::move(options), fields, people});
  return [from](core::WorkspaceId workspace, const schema::WebhookDelivery& delivery) { return body_of(*from, workspace, delivery); };
}

}  // namespace postern::web
