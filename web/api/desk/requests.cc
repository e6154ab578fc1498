// Requests as end users see them, in Zendesk's shape. No credential stands behind these: a request is made by anybody, and read by
// whoever has a signed link to it, in the field X-Request-Link.
#include "core/encoding.h"
#include "core/random.h"
#include "ticketing/automation/action_run.h"
#include "ticketing/customers/customer_desk.h"
#include "ticketing/helpdesk.h"
#include "web/api/desk/requests_handlers.h"
#include "web/api/shapes.h"
#include "web/api/ticket_form.h"
#include "web/customer/form_gate.h"
#include "web/customer/web_form.h"
#include "web/errc.h"

namespace postern::web::api {
namespace {

constexpr std::size_t kAddressMax = 320;
constexpr std::size_t kCommentsMax = 100;

struct Visit {
  ticketing::CustomerDesk& desk;
  ticketing::CustomerVisit who;
};

core::Result<Visit> visit_of(const Request& request, const Context& context) {
  if (context.services.desk == nullptr) return core::fail(Errc::kNotFound, "link");
  ticketing::CustomerDesk& desk = context.services.desk->customers();
  if (!request.has_field("x-request-link")) return core::fail(Errc::kMalformed, "X-Request-Link: the link of a mail is expected");
  std::string_view link = request.field("x-request-link");
  link.remove_prefix(std::min(link.size(), link.rfind('/') + 1));  // a whole address will do
  auto who = desk.visit(link, request.client_ip);
  if (!who) return who.error();
  if (who->link.use != ticketing::LinkUse::kRequests) return core::fail(Errc::kNotFound, "link");
  return Visit{desk, std::move(*who)};
}

json::object request_json(const ticketing::CustomerRequest& request) {
  const ticketing::Ticket& ticket = request.ticket;
  json::object out;
  out["url"] = "/api/v2/requests/" + std::to_string(ticket.id.value);
  out["id"] = ticket.id.value;
  out["subject"] = ticket.subject;
  out["status"] = ticketing::to_string(ticket.status);
  out["priority"] = nullptr;  // what agents make of it is theirs
  out["type"] = nullptr;
  out["requester_id"] = ticket.requester.value;
  out["is_public"] = true;
  out["can_be_solved_by_me"] = request.may_solve;
  out["solved"] = ticket.status >= ticketing::Status::kSolved;
  out["created_at"] = timestamp(ticket.created_unix_ms);
  out["updated_at"] = timestamp(ticket.updated_unix_ms);
  return out;
}

Response request_response(int status, json::object request) {
  json::object out;
  out["request"] = std::move(request);
  return json_response(status, out);
}

core::Result<json::object> comment_of(const Visit& visit, core::TicketId ticket, const ticketing::CustomerComment& each, const WebOptions& options) {
  json::array files;
  for (const ticketing::Attachment& file : each.comment.attachments) {
    POSTERN_TRY(const std::string link, visit.desk.make_file_link(visit.who, ticket, file.id));
    files.push_back(json::object{{"id", file.id.value}, {"file_name", file.name}, {"content_type", file.media_type}, {"size", file.size},
                                 {"content_url", ticketing::customer_path(ticketing::LinkUse::kFile, link)}});
  }
  const std::string_view body = cut_text(each.comment.text, options.comment_text_bytes_max);
  json::object out;
  out["id"] = each.comment.id.value;
  out["type"] = "Comment";
  out["author_id"] = each.comment.author.value;
  out["body"] = body;
  out["plain_body"] = body;
  out["public"] = true;
  out["attachments"] = std::move(files);
  out["created_at"] = timestamp(each.comment.created_unix_ms);
  return out;
}

// The inbox that is named, by id or address; else the only one that has a form.
core::InboxId inbox_of(Form& form, const Context& context) {
  const auto directory = context.services.directory();
  const std::optional<std::uint64_t> id = form.id("inbox_id");
  const std::string address = core::to_lower_ascii(form.text("recipient", kAddressMax).value_or(std::string()));
  std::vector<core::InboxId> found;
  for (const core::WorkspaceId workspace : directory->workspaces()) {
    for (const ticketing::Inbox& each : directory->inboxes_of(workspace)) {
      const bool is_named = (!id || each.id.value == *id) && (address.empty() || each.address.canonical() == address);
      if (each.takes_web_form && is_named) found.push_back(each.id);
    }
  }
  if (found.size() == 1) return found.front();
  if (!found.empty()) form.refuse("inbox_id", "BlankValue", "there are several: name one");
  return {};
}

core::Result<Response> refused_request(const core::Error& error, const Request& request) {
  if (!(error == Errc::kInvalid)) return error;
  const std::string& context = error.context();
  const std::size_t colon = std::min(context.find(": "), context.size());
  const std::string field = context.substr(0, colon);
  const std::string name = field == "text" ? "request.comment.body" : field == "email" || field == "name" ? "request.requester." + field : "request." + field;
  return invalid_field(request, name, "InvalidValue", context.substr(std::min(colon + 2, context.size())));
}

}  // namespace

// The answer is the same for what became a ticket and for what waits for a person: no program learns how to get past the filter.
Answer create_request(Request& request, Context& context) {
  POSTERN_CO_TRY(const json::object body, parse_object(request, context.options));
  Form outer(body, "");
  const json::object object = outer.object("request");
  Form form(object, "request");
  const json::object requester = form.object("requester");
  const json::object comment = form.object("comment");
  Form who(requester, "request.requester");
  Form said(comment, "request.comment");
  customer::WebRequest wish;
  wish.inbox = inbox_of(form, context);
  wish.name = who.text("name", context.options.form_line_bytes_max).value_or(std::string());
  wish.email = who.required_text("email", kAddressMax);
  wish.subject = form.text("subject", context.options.form_line_bytes_max).value_or(std::string());
  wish.html = said.text("html_body", context.options.form_text_bytes_max).value_or(std::string());
  wish.text = wish.html.empty() ? said.required_text("body", context.options.form_text_bytes_max)
                                : said.text("body", context.options.form_text_bytes_max).value_or(ticketing::html_as_text(wish.html));
  // As on the page: the field that people leave empty, and the time that they need.
  const bool is_trapped = !form.text("website", context.options.form_line_bytes_max).value_or(std::string()).empty();
  wish.client_ip = request.client_ip;
  const std::string key(request.field("idempotency-key"));
  if (!key.empty()) wish.once = core::to_hex(core::sha256(wish.email + "\n" + key).substr(0, 16));
  outer.adopt(form);
  outer.adopt(who);
  outer.adopt(said);
  if (!outer.ok()) co_return outer.response(request);
  POSTERN_CO_CHECK(context.forms.take(request));
  wish.is_suspicious = context.forms.is_too_fast(request) || is_trapped;
  json::object made;
  made["id"] = nullptr;  // told by mail, once an agent answers
  const auto clean = [&context](const std::string& text) { return std::string(context.services.redactor.redact_text(text, {"answer", {}, {}}).text()); };
  made["subject"] = clean(wish.subject);  // as it is stored: whoever reads the answer sees no card
  made["description"] = cut_text(clean(wish.text), context.options.plain_body_bytes_max);
  made["status"] = "new";
  made["via"] = json::object{{"channel", "web"}};
  const auto taken = co_await customer::take_web_request(context.services, context.options, std::move(wish));
  if (!taken) co_return refused_request(taken.error(), request);
  made["reference"] = *taken;
  co_return request_response(201, std::move(made));
}

Answer list_requests(Request& request, Context& context) {
  POSTERN_CO_TRY(const Visit visit, visit_of(request, context));
  POSTERN_CO_TRY(const auto requests, visit.desk.requests(visit.who));
  json::array list;
  for (const auto& each : requests) list.push_back(request_json(each));
  json::object out;
  out["count"] = list.size();
  out["requests"] = std::move(list);
  co_return json_response(200, out);
}

Answer show_request(Request& request, Context& context) {
  POSTERN_CO_TRY(const Visit visit, visit_of(request, context));
  POSTERN_CO_TRY(const auto found, visit.desk.request(visit.who, id_param<core::TicketId>(request, "id")));
  co_return request_response(200, request_json(found));
}

Answer list_request_comments(Request& request, Context& context) {
  POSTERN_CO_TRY(const Visit visit, visit_of(request, context));
  POSTERN_CO_TRY(const auto found, visit.desk.request(visit.who, id_param<core::TicketId>(request, "id")));
  POSTERN_CO_TRY(const std::uint64_t before, query_number(request, "before", 0));
  POSTERN_CO_TRY(const auto conversation, visit.desk.conversation(visit.who, found.ticket.id, core::CommentId{before}, kCommentsMax));
  json::array list;
  for (const auto& each : conversation.comments) {
    POSTERN_CO_TRY(json::object one, comment_of(visit, found.ticket.id, each, context.options));
    list.push_back(std::move(one));
  }
  json::object out;
  out["count"] = list.size();
  out["comments"] = std::move(list);
  out["before"] = id_or_null(conversation.before.value);
  co_return json_response(200, out);
}

Answer update_request(Request& request, Context& context) {
  POSTERN_CO_TRY(Visit visit, visit_of(request, context));
  POSTERN_CO_TRY(const json::object body, parse_object(request, context.options));
  Form outer(body, "");
  const json::object object = outer.object("request");
  Form form(object, "request");
  const json::object comment = form.object("comment");
  Form said(comment, "request.comment");
  ticketing::CustomerDesk::Answer answer;
  answer.text = said.text("body", visit.desk.limits().text_bytes_max).value_or(std::string());
  answer.html = said.text("html_body", visit.desk.limits().text_bytes_max).value_or(std::string());
  answer.solves = form.boolean("solved").value_or(false);
  form.adopt(said);
  outer.adopt(form);
  if (!outer.ok()) co_return outer.response(request);
  // Once for each Idempotency-Key of the link, for a day; without a key each is one of its own.
  const std::string key(request.field("idempotency-key"));
  const std::string once = key.empty() ? core::random_bytes(16) : std::string(request.field("x-request-link")) + "\n" + key;
  answer.stamp = {core::to_unix_ms(context.services.clock.wall_now()), core::sha256(once).substr(0, 16)};
  const auto id = id_param<core::TicketId>(request, "id");
  const auto done = co_await visit.desk.answer(visit.who, id, std::move(answer));
  if (!done) co_return refused_ticket(done.error(), request);
  POSTERN_CO_TRY(const auto found, visit.desk.request(visit.who, id));
  co_return request_response(200, request_json(found));
}

}  // namespace postern::web::api
