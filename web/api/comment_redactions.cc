// Removal by hand, for good, in the shapes of the Zendesk API (Ticket Comments: Redact Ticket Comment In Agent Workspace,
// Redact String in Comment; Ticket Attachments: Redact Comment Attachment), with what became of it beside them.
// If-Match with the ticket's ETag as elsewhere.
#include <charconv>

#include "ticketing/errc.h"
#include "web/api/handlers.h"
#include "web/api/shapes.h"
#include "web/errc.h"

namespace postern::web::api {
namespace {

using ticketing::CommentRedactor;

constexpr std::size_t kFilesMax = 50;
constexpr std::size_t kUrlBytesMax = 2048;
constexpr std::size_t kTextBytesMax = 16'384;  // the engine's own bound is lower

core::Error not_offered() { return core::fail(ticketing::Errc::kNotFound, "comment redactions"); }

// "…/api/v2/attachments/12/content", as content_url says it, with or without a host.
std::optional<core::AttachmentId> attachment_of(std::string_view url) {
  constexpr std::string_view kBefore = "/api/v2/attachments/";
  constexpr std::string_view kBehind = "/content";
  const std::size_t at = url.find(kBefore);
  if (at == std::string_view::npos || !url.ends_with(kBehind)) return std::nullopt;
  url = url.substr(at + kBefore.size());
  url.remove_suffix(std::min(url.size(), kBehind.size()));
  core::AttachmentId id;
  const auto read = std::from_chars(url.data(), url.data() + url.size(), id.value);
  if (read.ec != std::errc() || read.ptr != url.data() + url.size()) return std::nullopt;
  return id;
}

core::Result<void> read_version(const Request& request, Context& context, core::TicketId id, CommentRedactor::Order& order) {
  const std::string_view match = request.field("if-match");
  if (match.empty() || match == "*") return {};
  POSTERN_TRY(const ticketing::Ticket current, context.services.tickets.get(request.who(), id));
  if (match != ticket_etag(current)) return core::fail(Errc::kPrecondition);
  order.expected_version = current.version;
  return {};
}

json::object outcome_json(const CommentRedactor::Outcome& outcome) {
  json::array also_in;
  for (const core::CommentId id : outcome.also_in) also_in.emplace_back(id.value);
  json::object out;
  out["count"] = outcome.count;
  out["also_in_comment_ids"] = std::move(also_in);
  out["being_sent"] = outcome.is_being_sent;
  out["kept_for_other_tickets"] = outcome.blobs_kept;
  return out;
}

core::Task<core::Result<CommentRedactor::Outcome>> run(Request& request, Context& context, core::TicketId ticket,
                                                       core::CommentId comment, CommentRedactor::Order order) {
  if (context.services.redactions == nullptr) co_return not_offered();
  POSTERN_CO_CHECK(read_version(request, context, ticket, order));
  const bool has_match = order.expected_version.has_value();
  auto done = co_await context.services.redactions->redact(request.who(), ticket, comment, std::move(order));
  if (!done && has_match && done.error() == ticketing::Errc::kConflict) co_return core::fail(Errc::kPrecondition);
  co_return done;
}

Response comment_response(core::TicketId ticket, const CommentRedactor::Outcome& outcome, const Request& request, const Context& context) {
  json::object out;
  out["comment"] = comment_json(ticket, outcome.comment, context.options, request.who());
  out["redaction"] = outcome_json(outcome);
  Response response = json_response(200, out);
  response.set("ETag", ticket_etag(outcome.ticket));
  return response;
}

}  // namespace

Answer redact_text(Request& request, Context& context) {
  const auto ticket = id_param<core::TicketId>(request, "id");
  const auto comment = id_param<core::CommentId>(request, "comment_id");
  POSTERN_CO_TRY(json::object body, parse_object(request, context.options));
  Form form(body, "");
  CommentRedactor::Order order;
  order.phrases.push_back(form.required_text("text", kTextBytesMax));
  order.everywhere_in_ticket = form.boolean("everywhere_in_ticket").value_or(false);
  if (!form.ok()) co_return form.response(request);
  POSTERN_CO_TRY(const auto outcome, co_await run(request, context, ticket, comment, std::move(order)));
  co_return comment_response(ticket, outcome, request, context);
}

Answer redact_comment(Request& request, Context& context) {
  const auto comment = id_param<core::CommentId>(request, "comment_id");
  POSTERN_CO_TRY(json::object body, parse_object(request, context.options));
  Form form(body, "");
  const core::TicketId ticket{form.id("ticket_id").value_or(0)};
  if (!ticket) form.refuse("ticket_id", "BlankValue", "cannot be blank");
  CommentRedactor::Order order;
  order.marked_html = form.text("html_body", context.options.json_bytes_max).value_or("");
  order.everywhere_in_ticket = form.boolean("everywhere_in_ticket").value_or(false);
  for (const std::string& url : form.texts("external_attachment_urls", kFilesMax, kUrlBytesMax)) {
    const auto id = attachment_of(url);
    if (id) order.attachments.push_back(*id);
    else form.refuse("external_attachment_urls", "InvalidValue", "is not the content_url of an attachment");
  }
  if (order.marked_html.empty() && order.attachments.empty()) form.refuse("html_body", "BlankValue", "nothing to redact");
  if (!form.ok()) co_return form.response(request);
  POSTERN_CO_TRY(const auto outcome, co_await run(request, context, ticket, comment, std::move(order)));
  co_return comment_response(ticket, outcome, request, context);
}

Answer redact_attachment(Request& request, Context& context) {
  const auto ticket = id_param<core::TicketId>(request, "id");
  const auto comment = id_param<core::CommentId>(request, "comment_id");
  const auto id = id_param<core::AttachmentId>(request, "attachment_id");
  CommentRedactor::Order order;
  order.attachments.push_back(id);
  POSTERN_CO_TRY(const auto outcome, co_await run(request, context, ticket, comment, std::move(order)));
  json::object out;
  for (const ticketing::Attachment& each : outcome.comment.attachments) {
    if (each.id == id) out["attachment"] = attachment_json(each);
  }
  out["redaction"] = outcome_json(outcome);
  Response response = json_response(200, out);
  response.set("ETag", ticket_etag(outcome.ticket));
  co_return response;
}

}  // namespace postern::web::api
