// The conversation of a ticket, the stored message behind a comment, and its HTML as a document of its own.
#include "ticketing/drafts/drafts.h"
#include "ticketing/errc.h"
#include "ticketing/helpdesk.h"
#include "web/api/comment_pictures.h"
#include "web/api/handlers.h"
#include "web/api/shapes.h"
#include "web/errc.h"
#include "web/server/security_headers.h"

namespace postern::web::api {
namespace {

core::Result<ticketing::Comment> find_comment(const Request& request, Context& context) {
  auto ticket = id_param<core::TicketId>(request, "id");
  auto id = id_param<core::CommentId>(request, "comment_id");
  return context.services.tickets.comment(request.who(), ticket, id);
}

core::Result<storage::Direction> comment_order(const Request& request) {
  const std::string_view order = request.query_value("sort_order").value_or("asc");
  const std::string_view sort = request.query_value("sort").value_or(order == "desc" ? "-created_at" : "created_at");
  if ((order != "asc" && order != "desc")) return core::fail(Errc::kInvalid, "sort_order: asc or desc");
  if (sort != "created_at" && sort != "-created_at") return core::fail(Errc::kInvalid, "sort: created_at or -created_at");
  return sort == "created_at" ? storage::Direction::kForward : storage::Direction::kBackward;
}

}  // namespace
}  // namespace postern::web::api

namespace postern::web {

core::Result<json::object> shown_comment(const Request& request, Context& context, core::TicketId ticket, const ticketing::Comment& comment) {
  json::object out = comment_json(ticket, comment, context.options, request.who());
  const bool may_wait = context.services.desk != nullptr && comment.author == request.who().user && comment.delivery == "queued";
  if (!may_wait) return out;
  POSTERN_TRY(const std::int64_t until, context.services.desk->drafts().held_until(request.who().workspace, ticket, comment.id));
  if (until != 0) out["hold_until"] = timestamp(until);
  return out;
}

}  // namespace postern::web

namespace postern::web::api {

Answer list_comments(Request& request, Context& context) {
  auto id = id_param<core::TicketId>(request, "id");
  POSTERN_CO_TRY(NumberPage page, read_number_page(request, context.options));
  POSTERN_CO_TRY(const storage::Direction direction, comment_order(request));
  POSTERN_CO_TRY(ticketing::CommentPage found,
                 context.services.tickets.comment_page(request.who(), id, core::CommentId{page.after}, page.size,
                                                       context.options.comments_bytes_max, direction));
  json::array list;
  for (const ticketing::Comment& each : found.comments) {
    POSTERN_CO_TRY(json::object shown, shown_comment(request, context, id, each));
    list.push_back(std::move(shown));
  }
  std::string last = found.comments.empty() ? std::string() : std::to_string(found.comments.back().id.value);
  json::object out;
  out["comments"] = std::move(list);
  add_page(out, request, found.has_more, last, page.size);
  co_return json_response(200, out);
}

Answer comment_text(Request& request, Context& context) {
  POSTERN_CO_TRY(ticketing::Comment comment, find_comment(request, context));
  Response response;
  response.body = std::move(comment.text);
  response.set("Content-Type", "text/plain; charset=utf-8");
  response.set("Content-Security-Policy", std::string(kAttachmentPolicy));
  co_return response;
}

Answer comment_raw(Request& request, Context& context) {
  auto ticket = id_param<core::TicketId>(request, "id");
  auto id = id_param<core::CommentId>(request, "comment_id");
  POSTERN_CO_TRY(std::string raw, context.services.tickets.raw_message(request.who(), ticket, id));
  Response response;
  response.body = std::move(raw);
  // Not message/rfc822: some browsers render that.
  response.set("Content-Type", "application/octet-stream");
  std::string name = std::to_string(ticket.value) + "-" + std::to_string(id.value) + ".eml";
  response.set("Content-Disposition", "attachment; filename=\"" + name + "\"");
  response.set("Content-Security-Policy", std::string(kAttachmentPolicy));
  co_return response;
}

Answer comment_html(Request& request, Context& context) {
  POSTERN_CO_TRY(ticketing::Comment comment, find_comment(request, context));
  if (comment.html.empty()) co_return core::fail(ticketing::Errc::kNotFound, "html");
  // Who asks for them tells the sender that the mail was opened.
  if (request.query_value("pictures") == std::string_view("true")) comment.html = co_await with_pictures(std::move(comment.html), context);
  Response response;
  response.body =
      "<!DOCTYPE html><html><head><meta charset=\"utf-8\"><meta name=\"color-scheme\" content=\"light\">"
      "<base target=\"_blank\"><title>Message</title></head><body>" +
      comment.html + "</body></html>";
  response.set("Content-Type", "text/html; charset=utf-8");
  response.set("Content-Security-Policy", std::string(kMailDocumentPolicy));
  co_return response;
}

}  // namespace postern::web::api
