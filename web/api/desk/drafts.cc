// Drafts of agents, and the way back of a reply that has not left yet.
#include "ticketing/drafts/drafts.h"

#include "ticketing/errc.h"
#include "web/api/desk/bulk_handlers.h"
#include "web/api/shapes.h"
#include "web/api/ticket_shaper.h"

namespace postern::web::api {
namespace {

constexpr std::size_t kListedMax = 500;

json::object draft_json(const ticketing::Draft& draft) {
  json::object out;
  out["url"] = "/api/v2/tickets/" + std::to_string(draft.ticket.value) + "/draft";
  out["ticket_id"] = draft.ticket.value;
  out["body"] = draft.text;
  out["html_body"] = draft.html.empty() ? json::value() : json::value(draft.html);
  out["public"] = draft.is_public;
  out["revision"] = draft.revision;
  out["updated_at"] = timestamp(draft.updated_unix_ms);
  return out;
}

Response draft_response(const ticketing::Draft& draft) {
  json::object out;
  out["draft"] = draft_json(draft);
  return json_response(200, out);
}

}  // namespace

Answer list_drafts(Request& request, Context& context) {
  POSTERN_CO_TRY(const std::vector<ticketing::Draft> drafts,
                 context.services.desk->drafts().list(request.who(), kListedMax, context.options.plain_body_bytes_max));
  json::array list;
  for (const ticketing::Draft& each : drafts) list.push_back(draft_json(each));
  json::object out;
  out["count"] = list.size();
  out["drafts"] = std::move(list);
  co_return json_response(200, out);
}

Answer show_draft(Request& request, Context& context) {
  const auto id = id_param<core::TicketId>(request, "id");
  POSTERN_CO_CHECK(context.services.tickets.get(request.who(), id));
  const core::Result<ticketing::Draft> draft = context.services.desk->drafts().get(request.who(), id);
  if (draft) co_return draft_response(*draft);
  if (draft.error() != ticketing::Errc::kNotFound) co_return draft.error();
  json::object none;
  none["draft"] = nullptr;
  co_return json_response(200, none);
}

Answer put_draft(Request& request, Context& context) {
  const auto id = id_param<core::TicketId>(request, "id");
  POSTERN_CO_CHECK(context.services.tickets.get(request.who(), id));
  POSTERN_CO_TRY(const json::object body, parse_object(request, context.options));
  Form outer(body, "");
  const json::object object = outer.object("draft");
  Form form(object, "draft");
  std::optional<std::string> text = form.text("body", context.options.json_bytes_max);
  const bool is_public = form.boolean("public").value_or(true);
  std::optional<std::uint64_t> revision = form.id("revision");
  if (!revision) revision = outer.id("revision");  // beside the draft means the same
  std::optional<std::string> html = form.text("html_body", context.options.json_bytes_max);
  if (!text && !html) form.refuse("body", "BlankValue", "cannot be blank");
  outer.adopt(form);
  if (!outer.ok()) co_return outer.response(request);
  ticketing::Drafts& drafts = context.services.desk->drafts();
  POSTERN_CO_TRY(const ticketing::Draft draft, co_await drafts.put(request.who(), id, text.value_or(std::string()), is_public, revision, html.value_or(std::string())));
  co_return draft_response(draft);
}

Answer delete_draft(Request& request, Context& context) {
  const auto id = id_param<core::TicketId>(request, "id");
  POSTERN_CO_CHECK(co_await context.services.desk->drafts().erase(request.who(), id));
  Response response;
  response.status = 204;
  co_return response;
}

Answer unsend_comment(Request& request, Context& context) {
  const auto id = id_param<core::TicketId>(request, "id");
  const auto comment = id_param<core::CommentId>(request, "comment_id");
  POSTERN_CO_TRY(const ticketing::Unsent done, co_await context.services.desk->drafts().unsend(request.who(), id, comment));
  POSTERN_CO_TRY(const TicketShaper shaper, TicketShaper::make(request, context));
  json::object out;
  out["draft"] = draft_json(done.draft);
  out["ticket"] = shaper(done.ticket);
  out["attachments_removed"] = done.files_removed;
  co_return json_response(200, out);
}

Answer show_reply_hold(Request& request, Context& context) {
  POSTERN_CO_TRY(const std::uint32_t seconds, context.services.desk->drafts().hold_seconds(request.who().workspace, request.who().user));
  json::object hold;
  hold["seconds"] = seconds;
  json::object out;
  out["reply_hold"] = std::move(hold);
  co_return json_response(200, out);
}

Answer set_reply_hold(Request& request, Context& context) {
  POSTERN_CO_TRY(const json::object body, parse_object(request, context.options));
  Form outer(body, "");
  const json::object object = outer.object("reply_hold");
  Form form(object, "reply_hold");
  const std::optional<std::uint64_t> seconds = form.id("seconds");
  const std::uint32_t most = context.services.desk->drafts().limits().hold_seconds_max;
  if (!seconds || *seconds > most) form.refuse("seconds", "InvalidValue", "0 to " + std::to_string(most));
  outer.adopt(form);
  if (!outer.ok()) co_return outer.response(request);
  POSTERN_CO_CHECK(co_await context.services.desk->drafts().set_hold_seconds(request.who(), static_cast<std::uint32_t>(*seconds)));
  co_return co_await show_reply_hold(request, context);
}

}  // namespace postern::web::api
