// Tickets of another helpdesk, as Zendesk's ticket import takes them.
#include "pipeline/api/address.h"
#include "ticketing/errc.h"
#include "ticketing/imports/ticket_import.h"
#include "web/api/desk/bulk_handlers.h"
#include "web/api/desk/import_handlers.h"
#include "web/api/shapes.h"
#include "web/api/ticket_form.h"
#include "web/api/ticket_shaper.h"

namespace postern::web::api {
namespace {

using ticketing::ImportedComment;
using ticketing::ImportedTicket;

std::int64_t read_moment(Form& form, std::string_view name) {
  const std::optional<std::string> text = form.text(name, 64);
  if (!text || text->empty()) return 0;
  const auto at = parse_time(*text);
  if (!at) form.refuse(name, "InvalidFormat", "a time as 2026-11-23T10:00:00Z is expected");
  return at.value_or(0);
}

core::InboxId read_import_inbox(Form& form, Context& context) {
  if (const auto id = form.id("inbox_id"); id && *id != 0) return core::InboxId{*id};
  const std::optional<std::string> recipient = form.text("recipient", 320);
  if (!recipient || recipient->empty()) return {};
  const auto found = context.services.directory()->resolve(pipeline::split_address(*recipient));
  if (!found) form.refuse("recipient", "InvalidValue", "is no address of an inbox");
  return found ? found->inbox : core::InboxId{};
}

// One of "comments", in the words of a comment and of Zendesk's import ("value"). Tokens of its uploads are added.
ImportedComment read_imported_comment(Form& outer, const json::object& given, Request& request, Context& context, std::vector<std::string>& tokens) {
  json::object comment = given;
  if (!comment.contains("body") && comment.contains("value")) {
    json::value words = comment.at("value");  // a copy: what is put in moves the others
    comment["body"] = std::move(words);
  }
  Form form(given, "ticket.comments");
  ImportedComment out;
  out.created_unix_ms = read_moment(form, "created_at");
  outer.adopt(form);
  const json::object holder{{"comment", comment}};
  Form reader(holder, "ticket");
  ticketing::Tickets::Update update;
  for (std::string& each : read_comment(reader, holder, request, context, update, true)) tokens.push_back(std::move(each));
  outer.adopt(reader);
  out.author = update.author;
  if (const json::value* author = comment.if_contains("author_id"); author != nullptr && !author->is_null() && !out.author) out.author = request.who().user;
  out.text = update.text.value_or(std::string());
  out.html = update.html.value_or(std::string());
  out.is_public = update.is_public;
  out.files = std::move(update.files);
  return out;
}

core::Result<ImportedTicket> read_import(Form& form, const json::object& object, Request& request, Context& context, std::vector<std::string>& tokens) {
  ImportedTicket out;
  ticketing::Tickets::Update head;
  POSTERN_CHECK(read_ticket(form, object, request, context, head));
  out.wishes = std::move(head.wishes);
  out.status = head.status.value_or(ticketing::Status::kOpen);
  out.assignee = head.assignee.value_or(core::UserId{});
  out.submitter = core::UserId{form.id("submitter_id").value_or(0)};
  out.inbox = read_import_inbox(form, context);
  out.created_unix_ms = read_moment(form, "created_at");
  out.updated_unix_ms = read_moment(form, "updated_at");
  out.solved_unix_ms = read_moment(form, "solved_at");
  out.archives = request.query_value("archive_immediately") == std::string_view("true");
  const json::value* comments = object.if_contains("comments");
  if (comments != nullptr && !comments->is_array()) form.refuse("comments", "InvalidFormat", "a list of objects is expected");
  if (comments != nullptr && comments->is_array()) {
    const std::size_t most = context.services.desk->ticket_import().limits().comments_max;
    if (comments->as_array().size() > most) form.refuse("comments", "TooManyValues", "at most " + std::to_string(most));
    for (const json::value& each : comments->as_array()) {
      if (!form.ok()) break;
      if (each.is_object()) out.comments.push_back(read_imported_comment(form, each.as_object(), request, context, tokens));
      else form.refuse("comments", "InvalidFormat", "a list of objects is expected");
    }
  }
  const std::optional<std::string> description = form.text("description", context.options.json_bytes_max);
  if (out.comments.empty() && description && !description->empty()) {
    ImportedComment first;
    first.text = *description;
    out.comments.push_back(std::move(first));
  }
  if (out.comments.empty()) form.refuse("comments", "BlankValue", "a description or at least one comment is needed");
  if (!out.wishes.requester) form.refuse("requester_id", "BlankValue", "cannot be blank");
  return out;
}

}  // namespace

Answer import_ticket(Request& request, Context& context) {
  POSTERN_CO_TRY(const json::object body, parse_object(request, context.options));
  Form outer(body, "");
  if (!outer.has("ticket")) outer.refuse("ticket", "BlankValue", "cannot be blank");
  const json::object object = outer.object("ticket");
  if (!outer.ok()) co_return outer.response(request);
  Form form(object, "ticket");
  std::vector<std::string> tokens;
  POSTERN_CO_TRY(ImportedTicket ticket, read_import(form, object, request, context, tokens));
  if (!form.ok()) co_return form.response(request);
  const auto done = co_await context.services.desk->ticket_import().create(request.who(), std::move(ticket));
  if (!done) co_return refused_ticket(done.error(), request);
  for (const std::string& token : tokens) context.uploads.forget(request.who(), token);
  POSTERN_CO_TRY(const ticketing::Ticket made, context.services.tickets.get(request.who(), done->ticket));
  POSTERN_CO_TRY(const TicketShaper shape, TicketShaper::make(request, context));
  json::object out;
  POSTERN_CO_TRY(out["ticket"], shape.whole(made));
  Response response = json_response(201, out);
  response.set("Location", "/api/v2/tickets/" + std::to_string(made.id.value));
  co_return response;
}

// Each is a transaction of its own; what is wrong with one is in its result. All are read before the first is imported.
Answer import_many_tickets(Request& request, Context& context) {
  POSTERN_CO_TRY(const json::object body, parse_object(request, context.options));
  Form outer(body, "");
  const json::value* list = body.if_contains("tickets");
  const std::size_t most = context.services.desk->bulk().limits().items_max;
  if (list == nullptr || !list->is_array() || list->as_array().empty()) outer.refuse("tickets", "BlankValue", "a list of objects is expected");
  else if (list->as_array().size() > most) outer.refuse("tickets", "TooManyValues", "at most " + std::to_string(most));
  if (!outer.ok()) co_return outer.response(request);
  std::vector<ImportedTicket> tickets;
  std::vector<std::string> tokens;
  for (const json::value& each : list->as_array()) {
    if (!each.is_object()) outer.refuse("tickets", "InvalidFormat", "a list of objects is expected");
    if (!outer.ok()) co_return outer.response(request);
    Form form(each.as_object(), "tickets." + std::to_string(tickets.size()));
    POSTERN_CO_TRY(ImportedTicket ticket, read_import(form, each.as_object(), request, context, tokens));
    outer.adopt(form);
    tickets.push_back(std::move(ticket));
  }
  if (!outer.ok()) co_return outer.response(request);
  std::vector<ticketing::JobItem> results;
  for (ImportedTicket& each : tickets) {
    const auto done = co_await context.services.desk->ticket_import().create(request.who(), std::move(each));
    ticketing::JobItem item;
    item.index = static_cast<std::uint32_t>(results.size());
    item.is_done = done.has_value();
    if (done) item.ticket = done->ticket;
    const bool is_refused = !done && (done.error() == ticketing::Errc::kInvalid || done.error() == ticketing::Errc::kNotFound || done.error() == auth::Errc::kForbidden);
    if (!done && !is_refused) co_return done.error();
    if (!done) {
      item.error = done.error() == auth::Errc::kForbidden ? "PermissionDenied" : "RecordInvalid";
      item.details = done.error().context();
    }
    results.push_back(std::move(item));
  }
  for (const std::string& token : tokens) context.uploads.forget(request.who(), token);
  POSTERN_CO_TRY(const ticketing::JobStatus job,
                 co_await context.services.desk->bulk().note_done(request.who(), ticketing::JobKind::kImport, std::move(results)));
  co_return job_response(job);
}

}  // namespace postern::web::api
