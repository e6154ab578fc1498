// Changes of many tickets, merges, splits, and undoing them.
#include <limits>

#include "pipeline/api/address.h"
#include "storage/schema/automation.pb.h"
#include "ticketing/automation/macro_change.h"
#include "ticketing/errc.h"
#include "web/api/desk/bulk_handlers.h"
#include "web/api/schemas.h"
#include "web/api/shapes.h"
#include "web/api/ticket_form.h"
#include "web/api/ticket_shaper.h"

namespace postern::web::api {
namespace {

using ticketing::Bulk;
using ticketing::JobStatus;

// Zendesk's stale updates: an item that was read at another time is refused, the others are done.
core::Result<void> read_stamp(const Request& request, Form& form, Context& context, core::TicketId id, ticketing::Tickets::Update& update) {
  const bool is_safe_update = form.boolean("safe_update").value_or(false);
  const std::optional<std::string> stamp = form.text("updated_stamp", 64);
  if (is_safe_update && !stamp) form.refuse("updated_stamp", "BlankValue", "safe_update needs it");
  if (!is_safe_update || !stamp) return {};
  const core::Result<ticketing::Ticket> current = context.services.tickets.get(request.who(), id);
  if (!current) return {};  // the item's result says so
  const bool is_current = *stamp == timestamp(current->updated_unix_ms);
  update.expected_version = is_current ? current->version : std::numeric_limits<std::uint64_t>::max();
  return {};
}

core::InboxId inbox_wish(Form& form, Context& context) {
  if (const auto id = form.id("inbox_id"); id && *id != 0) return core::InboxId{*id};
  const std::optional<std::string> recipient = form.text("recipient", 320);
  if (!recipient || recipient->empty()) return {};
  const auto found = context.services.directory()->resolve(pipeline::split_address(*recipient));
  if (!found) form.refuse("recipient", "InvalidValue", "is no address of an inbox");
  return found ? found->inbox : core::InboxId{};
}

bool says_nothing(const ticketing::Tickets::Update& update) {
  return !update.has_comment() && !update.status && !update.assignee && update.wishes.is_empty();
}

// The array of that name; what is not one, or holds more than a job may, is a problem of the form.
json::array read_list(Form& outer, const json::object& body, std::string_view name, std::size_t most, std::string_view hint) {
  const json::value* list = body.if_contains(name);
  if (list == nullptr || !list->is_array() || list->as_array().empty()) {
    outer.refuse(name, "BlankValue", "a list of objects is expected" + std::string(hint));
    return {};
  }
  if (list->as_array().size() > most) {
    outer.refuse(name, "TooManyValues", "at most " + std::to_string(most));
    return {};
  }
  for (std::size_t i = 0; i < list->as_array().size(); ++i) {
    if (!list->as_array()[i].is_object()) outer.refuse(std::string(name) + "." + std::to_string(i), "InvalidValue", "an object is expected");
  }
  return list->as_array();
}

// Integers, or digits in strings: our ids exceed what JavaScript's numbers hold.
std::vector<std::uint64_t> read_id_list(Form& form, const json::object& body, std::string_view name, std::size_t most) {
  const json::value* list = body.if_contains(name);
  std::vector<std::uint64_t> out;
  if (list == nullptr || !list->is_array() || list->as_array().empty()) {
    form.refuse(name, "BlankValue", "a list of ids");
    return out;
  }
  if (list->as_array().size() > most) {
    form.refuse(name, "TooManyValues", "at most " + std::to_string(most));
    return out;
  }
  for (const json::value& each : list->as_array()) {
    json::object one;
    one["id"] = each;
    Form reader(one, std::string(name));
    const std::optional<std::uint64_t> id = reader.id("id");
    if (!reader.ok() || !id || *id == 0) form.refuse(name, "InvalidValue", "a list of ids");
    out.push_back(id.value_or(0));
  }
  return out;
}

core::Result<std::vector<Bulk::Change>> read_batch(Form& outer, const json::object& body, Request& request, Context& context, bool are_new) {
  std::vector<Bulk::Change> out;
  const std::string_view hint = are_new ? "" : ", each with its id; or ?ids= with one change for all in \"ticket\"";
  const json::array list = read_list(outer, body, "tickets", context.services.desk->bulk().limits().items_max, hint);
  for (std::size_t i = 0; i < list.size() && outer.ok(); ++i) {
    const json::object& object = list[i].as_object();
    Form form(object, "tickets." + std::to_string(i));
    Bulk::Change change;
    read_comment(form, object, request, context, change.update, are_new);
    POSTERN_CHECK(read_ticket(form, object, request, context, change.update));
    if (are_new) {
      change.inbox = inbox_wish(form, context);
    } else {
      change.ticket = core::TicketId{form.id("id").value_or(0)};
      if (!change.ticket) form.refuse("id", "BlankValue", "cannot be blank");
      if (says_nothing(change.update)) form.refuse("id", "BlankValue", "nothing to change");
      POSTERN_CHECK(read_stamp(request, form, context, change.ticket, change.update));
    }
    outer.adopt(form);
    out.push_back(std::move(change));
  }
  return out;
}

}  // namespace

// ?ids= and one change for all, or a change for each in the body.
Answer update_many_tickets(Request& request, Context& context) {
  POSTERN_CO_CHECK(check_job_room(request, context));
  POSTERN_CO_TRY(const json::object body, parse_object(request, context.options));
  Form outer(body, "");
  Bulk& bulk = context.services.desk->bulk();
  if (!request.query_value("ids")) {
    POSTERN_CO_TRY(std::vector<Bulk::Change> changes, read_batch(outer, body, request, context, false));
    if (!outer.ok()) co_return outer.response(request);
    POSTERN_CO_TRY(const JobStatus each, co_await bulk.update_each(request.who(), std::move(changes)));
    co_return job_response(each);
  }
  POSTERN_CO_TRY(std::vector<core::TicketId> ids, ticket_ids(request, context));
  if (!outer.has("ticket")) outer.refuse("ticket", "BlankValue", "cannot be blank");
  const json::object object = outer.object("ticket");
  Form form(object, "ticket");
  ticketing::Tickets::Update update;
  read_comment(form, object, request, context, update, false);
  POSTERN_CO_CHECK(read_ticket(form, object, request, context, update));
  if (outer.ok() && form.ok() && says_nothing(update)) form.refuse("", "BlankValue", "nothing to change");
  outer.adopt(form);
  if (!outer.ok()) co_return outer.response(request);
  POSTERN_CO_TRY(const JobStatus job, co_await bulk.update_many(request.who(), std::move(ids), std::move(update)));
  co_return job_response(job);
}

Answer create_many_tickets(Request& request, Context& context) {
  POSTERN_CO_CHECK(check_job_room(request, context));
  POSTERN_CO_TRY(const json::object body, parse_object(request, context.options));
  Form outer(body, "");
  POSTERN_CO_TRY(std::vector<Bulk::Change> tickets, read_batch(outer, body, request, context, true));
  if (!outer.ok()) co_return outer.response(request);
  POSTERN_CO_TRY(const JobStatus job, co_await context.services.desk->bulk().create_many(request.who(), std::move(tickets)));
  co_return job_response(job);
}

// What it would do is worked out now, ticket by ticket, and then is a change for each, as if the agent had sent them. A ticket that is
// not there is a result that says so.
Answer apply_macro_to_many(Request& request, Context& context) {
  POSTERN_CO_CHECK(check_job_room(request, context));
  POSTERN_CO_TRY(const json::object body, parse_object(request, context.options));
  Form form(body, "");
  refuse_others(form, body, "ApplyMacroBody");
  Bulk& bulk = context.services.desk->bulk();
  const ticketing::Macros& macros = context.services.desk->macros();
  const std::uint64_t macro = form.id("macro_id").value_or(0);
  if (macro == 0 && form.ok()) form.refuse("macro_id", "BlankValue", "cannot be blank");
  const std::vector<std::uint64_t> ids = read_id_list(form, body, "ids", bulk.limits().items_max);
  if (!form.ok()) co_return form.response(request);
  const core::Result<schema::Macro> known = macros.find(request.who(), macro);
  if (!known && known.error() == ticketing::Errc::kNotFound) co_return invalid_field(request, "macro_id", "InvalidValue", "there is no such macro");
  if (!known) co_return known.error();
  if (!known->is_active()) co_return invalid_field(request, "macro_id", "InvalidValue", "is not active");
  std::vector<Bulk::Change> changes;
  for (const std::uint64_t each : ids) {
    Bulk::Change change;
    change.ticket = core::TicketId{each};
    const auto applied = macros.apply(request.who(), macro, change.ticket);
    if (!applied && !(applied.error() == ticketing::Errc::kNotFound)) co_return applied.error();
    if (applied) change.update = ticketing::change_of_macro(*applied);
    changes.push_back(std::move(change));
  }
  POSTERN_CO_TRY(const JobStatus job, co_await bulk.update_each(request.who(), std::move(changes)));
  POSTERN_CO_CHECK(co_await macros.count_uses(request.who(), macro, ids.size()));
  co_return job_response(job);
}

Answer merge_tickets(Request& request, Context& context) {
  POSTERN_CO_CHECK(context.services.tickets.get(request.who(), id_param<core::TicketId>(request, "id")));
  POSTERN_CO_CHECK(check_job_room(request, context));
  POSTERN_CO_TRY(const json::object body, parse_object(request, context.options));
  Form form(body, "");
  ticketing::MergeWish wish;
  wish.target = id_param<core::TicketId>(request, "id");
  const std::size_t most = context.services.desk->bulk().limits().sources_max;
  for (const std::uint64_t each : read_id_list(form, body, "ids", most)) wish.sources.push_back(core::TicketId{each});
  wish.target_comment = form.text("target_comment", context.options.json_bytes_max).value_or(std::string());
  wish.source_comment = form.text("source_comment", context.options.json_bytes_max).value_or(std::string());
  wish.is_target_comment_public = form.boolean("target_comment_is_public").value_or(false);
  wish.is_source_comment_public = form.boolean("source_comment_is_public").value_or(false);
  if (!form.ok()) co_return form.response(request);
  POSTERN_CO_TRY(const JobStatus job, co_await context.services.desk->bulk().merge(request.who(), std::move(wish)));
  co_return job_response(job);
}

Answer split_ticket(Request& request, Context& context) {
  POSTERN_CO_CHECK(context.services.tickets.get(request.who(), id_param<core::TicketId>(request, "id")));
  POSTERN_CO_TRY(const json::object body, parse_object(request, context.options));
  Form form(body, "");
  ticketing::SplitWish wish;
  wish.ticket = id_param<core::TicketId>(request, "id");
  const std::size_t most = context.services.desk->bulk().limits().moved_max;
  for (const std::uint64_t each : read_id_list(form, body, "comment_ids", most)) wish.comments.push_back(core::CommentId{each});
  wish.subject = form.text("subject", context.options.json_bytes_max);
  if (!form.ok()) co_return form.response(request);
  POSTERN_CO_TRY(const ticketing::SplitDone done, co_await context.services.desk->bulk().split(request.who(), std::move(wish)));
  POSTERN_CO_TRY(const TicketShaper shaper, TicketShaper::make(request, context));
  json::object out;
  out["ticket"] = shaper(done.ticket);
  out["undo_url"] = "/api/v2/undo/" + std::to_string(done.undo);
  Response response = json_response(201, out);
  response.set("Location", "/api/v2/tickets/" + std::to_string(done.ticket.id.value));
  co_return response;
}

Answer undo_change(Request& request, Context& context) {
  POSTERN_CO_CHECK(check_job_room(request, context));
  const std::uint64_t id = id_param<core::TicketId>(request, "id").value;
  POSTERN_CO_TRY(const JobStatus job, co_await context.services.desk->bulk().undo(request.who(), id));
  co_return job_response(job);
}

}  // namespace postern::web::api
