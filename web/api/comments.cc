// The conversation of a ticket, the stored message behind a comment, and its HTML as a document of its own.
#include "ticketing/errc.h"
#include "web/api/handlers.h"
#include "web/api/shapes.h"
#include "web/server/security_headers.h"

namespace postern::web::api {
namespace {

core::Result<ticketing::Comment> find_comment(const Request& request, Context& context) {
  auto ticket = id_param<core::TicketId>(request, "id");
  auto id = id_param<core::CommentId>(request, "comment_id");
  return context.services.tickets.comment(request.who(), ticket, id);
}

}  // namespace

Answer list_comments(Request& request, Context& context) {
  auto id = id_param<core::TicketId>(request, "id");
  POSTERN_CO_TRY(NumberPage page, read_number_page(request, context.options));
  POSTERN_CO_TRY(ticketing::CommentPage found,
                 context.services.tickets.comment_page(request.who(), id, core::CommentId{page.after}, page.size,
                                                       context.options.comments_bytes_max));
  json::array list;
  for (const ticketing::Comment& each : found.comments) list.push_back(comment_json(id, each, context.options, request.who()));
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
