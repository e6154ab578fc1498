// PUT /api/v2/tickets/{id}: a comment, a status, an assignee, in one change.
// Two ways to say which version was read: If-Match with the ETag (exact; 412 when it is another) and Zendesk's
// safe_update with updated_stamp (whole seconds, as updated_at shows them; 409).
#include "ticketing/errc.h"
#include "web/api/handlers.h"
#include "web/api/shapes.h"
#include "web/errc.h"

namespace postern::web::api {
namespace {

constexpr std::size_t kUploadsMax = 20;

using Update = ticketing::Tickets::Update;

// The comment's fields; the tokens of its uploads are returned, to be forgotten after success.
core::Result<std::vector<std::string>> read_comment(Form& ticket, Request& request, Context& context, Update& update) {
  std::vector<std::string> tokens;
  if (!ticket.has("comment")) return tokens;
  json::object object = ticket.object("comment");
  Form comment(object, "ticket.comment");
  std::optional<std::string> body = comment.text("body", context.options.json_bytes_max);
  update.is_public = comment.boolean("public").value_or(true);
  tokens = comment.texts("uploads", kUploadsMax, 128);
  if (!body || body->find_first_not_of(" \t\r\n") == std::string::npos) comment.refuse("body", "BlankValue", "cannot be blank");
  for (const std::string& token : tokens) {
    core::Result<std::vector<PendingUploads::File>> files = context.uploads.files(request.who(), token);
    if (!files) {
      comment.refuse("uploads", "InvalidValue", "unknown or expired upload token");
      break;
    }
    for (PendingUploads::File& each : *files) update.files.push_back(std::move(each));
  }
  update.text = std::move(body);
  ticket.adopt(comment);
  return tokens;
}

core::Result<void> read_fields(Form& form, Request& request, Context& context, Update& update) {
  if (std::optional<std::string> word = form.text("status", 32)) {
    update.status = ticketing::parse_status(*word);
    if (!update.status) form.refuse("status", "InvalidValue", "new, open, pending, hold, solved or closed");
  }
  std::optional<std::uint64_t> assignee = form.id("assignee_id");
  if (assignee && *assignee != 0) {
    POSTERN_TRY(std::optional<auth::User> user, context.services.accounts.find(request.who().workspace, core::UserId{*assignee}));
    if (!user || user->is_disabled || user->role == auth::Role::kContact) {
      form.refuse("assignee_id", "InvalidValue", "is not an active agent");
    }
  }
  if (assignee) update.assignee = core::UserId{*assignee};
  return {};
}

// Sets expected_version from what the client says it has read.
core::Result<void> read_version(const Request& request, Form& form, Context& context, core::TicketId id, Update& update) {
  std::string_view match = request.field("if-match");
  bool is_safe_update = form.boolean("safe_update").value_or(false);
  std::optional<std::string> stamp = form.text("updated_stamp", 64);
  if (is_safe_update && !stamp) form.refuse("updated_stamp", "BlankValue", "safe_update needs it");
  if ((match.empty() || match == "*") && !(is_safe_update && stamp)) return {};
  POSTERN_TRY(ticketing::Ticket current, context.services.tickets.get(request.who(), id));
  if (!match.empty() && match != "*" && match != ticket_etag(current)) return core::fail(Errc::kPrecondition);
  if (is_safe_update && stamp && *stamp != timestamp(current.updated_unix_ms)) {
    return core::fail(ticketing::Errc::kConflict);
  }
  update.expected_version = current.version;
  return {};
}

}  // namespace

Answer update_ticket(Request& request, Context& context) {
  core::TicketId id = id_param<core::TicketId>(request, "id");
  POSTERN_CO_TRY(json::object body, parse_object(request, context.options));
  Form outer(body, "");
  if (!outer.has("ticket")) outer.refuse("ticket", "BlankValue", "cannot be blank");
  json::object object = outer.object("ticket");
  if (!outer.ok()) co_return outer.response(request);
  Form form(object, "ticket");
  Update update;
  POSTERN_CO_TRY(std::vector<std::string> tokens, read_comment(form, request, context, update));
  POSTERN_CO_CHECK(read_fields(form, request, context, update));
  POSTERN_CO_CHECK(read_version(request, form, context, id, update));
  if (!form.ok()) co_return form.response(request);
  bool is_empty = !update.text && !update.status && !update.assignee;
  if (is_empty) co_return invalid_field(request, "ticket", "BlankValue", "nothing to change");

  core::Result<ticketing::Tickets::Updated> updated =
      co_await context.services.tickets.update(request.who(), id, std::move(update));
  bool has_conflict = !updated && updated.error() == ticketing::Errc::kConflict;
  if (has_conflict && request.has_field("if-match")) co_return core::fail(Errc::kPrecondition);
  if (!updated) co_return updated.error();
  for (const std::string& token : tokens) context.uploads.forget(request.who(), token);
  std::shared_ptr<const ticketing::Directory> directory = context.services.directory();
  json::object out;
  out["ticket"] = ticket_json(updated->ticket, directory.get());
  if (updated->comment) out["comment"] = comment_json(id, *updated->comment, context.options, request.who());
  Response response = json_response(200, out);
  response.set("ETag", ticket_etag(updated->ticket));
  json::object again;
  again["ticket"] = json::object{{"id", id.value}};
  response.short_body = json::serialize(again);
  co_return response;
}

}  // namespace postern::web::api
