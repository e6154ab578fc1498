// Who looks at a ticket or types an answer at this moment.
#include "ticketing/drafts/presence.h"

#include "web/api/desk/bulk_handlers.h"
#include "web/api/desk/presence_shape.h"

namespace postern::web {

json::object presence_json(core::TicketId ticket, const std::vector<ticketing::Presence::Seen>& seen) {
  json::array others;
  for (const ticketing::Presence::Seen& each : seen) {
    json::object one;
    one["user_id"] = each.user.value;
    one["state"] = ticketing::to_string(each.doing);
    others.push_back(std::move(one));
  }
  json::object out;
  out["ticket_id"] = ticket.value;
  out["others"] = std::move(others);
  return out;
}

namespace api {
namespace {

core::Result<Response> others_at(const Request& request, Context& context, core::TicketId ticket) {
  const auth::Principal& who = request.who();
  json::object out;
  out["presence"] = presence_json(ticket, context.services.desk->presence().at(who.workspace, ticket, who.user));
  return json_response(200, out);
}

}  // namespace

Answer show_presence(Request& request, Context& context) {
  const auto id = id_param<core::TicketId>(request, "id");
  POSTERN_CO_CHECK(context.services.tickets.get(request.who(), id));
  co_return others_at(request, context, id);
}

// {"presence":{"state":"viewing"|"typing"|"gone"}}: again within half a minute, as long as it is so.
Answer tell_presence(Request& request, Context& context) {
  const auto id = id_param<core::TicketId>(request, "id");
  POSTERN_CO_CHECK(context.services.tickets.get(request.who(), id));
  POSTERN_CO_TRY(const json::object body, parse_object(request, context.options));
  Form outer(body, "");
  const json::object object = outer.object("presence");
  Form form(object, "presence");
  const std::string state = form.text("state", 16).value_or(std::string());
  if (state != "viewing" && state != "typing" && state != "gone") form.refuse("state", "InvalidValue", "viewing, typing or gone");
  outer.adopt(form);
  if (!outer.ok()) co_return outer.response(request);
  const auth::Principal& who = request.who();
  ticketing::Presence& presence = context.services.desk->presence();
  const auto doing = state == "typing" ? ticketing::Doing::kTyping : ticketing::Doing::kViewing;
  const bool is_news = state == "gone" ? presence.leave(who.workspace, id, who.user) : presence.tell(who.workspace, id, who.user, doing);
  if (is_news) context.changes.wake(who.workspace);
  co_return others_at(request, context, id);
}

}  // namespace api
}  // namespace postern::web
