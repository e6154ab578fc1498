// Whom a ticket belongs to where mail alone does not prove it: the original sender of a forwarded mail, people who ask
// to join.
#include "ticketing/joining/join_requests.h"
#include "web/api/desk/intake_handlers.h"
#include "web/api/schemas.h"
#include "web/api/ticket_shaper.h"

namespace postern::web::api {
namespace {

core::Result<ticketing::JoinRequests*> join_requests_of(Context& context) {
  if (context.services.desk == nullptr) return core::fail(Errc::kNotFound);
  return &context.services.desk->join_requests();
}

json::object request_json(const ticketing::JoinRequest& from) {
  json::object out;
  out["ticket_id"] = from.ticket.value;
  out["made_ticket_id"] = from.made.value;
  out["user_id"] = from.person.value;
  out["evidence"] = from.evidence;
  out["is_proven"] = from.is_proven;
  out["status"] = ticketing::to_string(from.state);
  out["created_at"] = timestamp(from.at_unix_ms);
  out["answered_by_id"] = id_or_null(from.answered_by.value);
  out["answered_at"] = from.answered_unix_ms == 0 ? json::value() : json::value(timestamp(from.answered_unix_ms));
  return out;
}

Response answer_json(const ticketing::JoinRequest& answered) {
  json::object out;
  out["join_request"] = request_json(answered);
  return json_response(200, out);
}

}  // namespace

Answer list_join_requests(Request& request, Context& context) {
  POSTERN_CO_TRY(ticketing::JoinRequests* const requests, join_requests_of(context));
  POSTERN_CO_TRY(const std::vector<ticketing::JoinRequest> all,
                 requests->of(request.who(), id_param<core::TicketId>(request, "id")));
  json::array list;
  for (const ticketing::JoinRequest& each : all) list.push_back(request_json(each));
  json::object out;
  out["count"] = list.size();
  out["join_requests"] = std::move(list);
  co_return json_response(200, out);
}

Answer list_all_join_requests(Request& request, Context& context) {
  POSTERN_CO_TRY(ticketing::JoinRequests* const requests, join_requests_of(context));
  POSTERN_CO_TRY(const Page page, read_page(request, context.options));
  std::optional<ticketing::JoinState> state;
  for (const auto each : {ticketing::JoinState::kWaiting, ticketing::JoinState::kAccepted, ticketing::JoinState::kRefused}) {
    if (request.query_value("status") == ticketing::to_string(each)) state = each;
  }
  if (!state && !request.query_value("status").value_or("").empty()) {
    co_return invalid_field(request, "status", "InvalidValue", "waiting, accepted or refused");
  }
  ticketing::JoinCursor cursor;
  if (!page.after.empty()) {  // "12-15": both tickets of the last one
    const std::string_view after(page.after);
    const std::size_t dash = std::min(after.find('-'), after.size() - 1);
    const auto ticket = read_number(after.substr(0, dash)), made = read_number(after.substr(dash + 1));
    if (!ticket || !made) co_return core::fail(Errc::kInvalid, "page[after]");
    cursor = {core::TicketId{*ticket}, core::TicketId{*made}};
  }
  POSTERN_CO_TRY(const ticketing::JoinPage found, requests->page(request.who(), state, cursor, page.size));
  json::array list;
  for (const ticketing::JoinRequest& each : found.requests) list.push_back(request_json(each));
  json::object out;
  out["count"] = list.size();
  out["join_requests"] = std::move(list);
  add_page(out, request, found.has_more, std::to_string(found.last.ticket.value) + "-" + std::to_string(found.last.made.value), page.size);
  co_return json_response(200, out);
}

Answer accept_join_request(Request& request, Context& context) {
  POSTERN_CO_TRY(ticketing::JoinRequests* const requests, join_requests_of(context));
  POSTERN_CO_TRY(const ticketing::JoinRequest answered,
                 co_await requests->accept(request.who(), id_param<core::TicketId>(request, "id"),
                                           id_param<core::TicketId>(request, "made_id")));
  co_return answer_json(answered);
}

Answer refuse_join_request(Request& request, Context& context) {
  POSTERN_CO_TRY(ticketing::JoinRequests* const requests, join_requests_of(context));
  POSTERN_CO_TRY(const ticketing::JoinRequest answered,
                 co_await requests->refuse(request.who(), id_param<core::TicketId>(request, "id"),
                                           id_param<core::TicketId>(request, "made_id")));
  co_return answer_json(answered);
}

Answer undo_join_request(Request& request, Context& context) {
  POSTERN_CO_TRY(ticketing::JoinRequests* const requests, join_requests_of(context));
  POSTERN_CO_TRY(const ticketing::JoinRequest waiting,
                 co_await requests->undo(request.who(), id_param<core::TicketId>(request, "id"),
                                         id_param<core::TicketId>(request, "made_id")));
  co_return answer_json(waiting);
}

// One click there, one click back. It is a change of the requester like any other, with its events, rules and audit
// entry.
Answer choose_forwarded_requester(Request& request, Context& context) {
  const core::TicketId id = id_param<core::TicketId>(request, "id");
  POSTERN_CO_TRY(const ticketing::Ticket before, context.services.tickets.get(request.who(), id));
  POSTERN_CO_TRY(const json::object body, parse_object(request, context.options));
  Form form(body, "");
  refuse_others(form, body, "ForwardedRequesterBody");
  const std::string whom = form.required_text("requester", 16);
  if (form.ok() && whom != "original" && whom != "forwarder")
    form.refuse("requester", "InvalidValue", "original or forwarder");
  if (!form.ok()) co_return form.response(request);
  if (!before.forwarded_by)
    co_return invalid_field(request, "requester", "InvalidValue", "nobody forwarded this ticket");
  ticketing::Tickets::Update update;
  update.wishes.requester =
      ticketing::PersonWish{whom == "original" ? before.forwarded_from : before.forwarded_by, {}, {}};
  POSTERN_CO_TRY(const ticketing::Tickets::Updated changed,
                 co_await context.services.tickets.update(request.who(), id, std::move(update)));
  POSTERN_CO_TRY(const TicketShaper shaper, TicketShaper::make(request, context));
  json::object out;
  out["ticket"] = shaper(changed.ticket);
  co_return json_response(200, out);
}

}  // namespace postern::web::api
