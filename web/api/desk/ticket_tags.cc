// Tags: of one ticket, and of the workspace with how many tickets have them.
#include "core/encoding.h"
#include "ticketing/helpdesk.h"
#include "ticketing/search/ticket_search.h"
#include "ticketing/ticket_links.h"
#include "web/api/desk/bulk_handlers.h"
#include "web/api/desk/ticket_handlers.h"
#include "web/api/schemas.h"
#include "web/api/ticket_form.h"
#include "web/errc.h"

namespace postern::web::api {
namespace {

constexpr std::size_t kTagsReadMax = 300;
constexpr std::size_t kTagReadMax = 1024;
constexpr std::size_t kCompletionsMax = 20;
constexpr std::size_t kCompletionMin = 2;  // characters that a completion begins with

json::object tags_object(const ticketing::Ticket& ticket) {
  json::object out;
  out["tags"] = json::array(ticket.tags.begin(), ticket.tags.end());
  return out;
}

enum class TagChange { kSet, kAdd, kRemove };

Answer change_tags(Request& request, Context& context, TagChange change) {
  POSTERN_CO_TRY(const json::object body, parse_object(request, context.options));
  Form form(body, "");
  if (!form.has("tags")) form.refuse("tags", "BlankValue", "cannot be blank");
  std::vector<std::string> tags = form.texts("tags", kTagsReadMax, kTagReadMax);
  if (!form.ok()) co_return form.response(request);
  ticketing::Tickets::Update update;
  if (change == TagChange::kSet) update.wishes.tags = std::move(tags);
  else if (change == TagChange::kAdd) update.wishes.added_tags = std::move(tags);
  else update.wishes.removed_tags = std::move(tags);
  const auto id = id_param<core::TicketId>(request, "id");
  ticketing::Tickets::Updated out;
  if (update.wishes.is_empty()) {
    POSTERN_CO_TRY(out.ticket, context.services.tickets.get(request.who(), id));
  } else {
    auto updated = co_await context.services.tickets.update(request.who(), id, std::move(update));
    if (!updated) co_return refused_ticket(updated.error(), request);
    out = std::move(*updated);
  }
  co_return json_response(change == TagChange::kSet ? 201 : 200, tags_object(out.ticket));
}

core::Result<std::vector<ticketing::TicketLinks::TagCount>> tags_of(const Request& request, Context& context, const std::string& prefix) {
  if (context.services.desk == nullptr) return std::vector<ticketing::TicketLinks::TagCount>();
  return context.services.desk->links().tags(request.who().workspace, prefix);
}

}  // namespace

Answer list_ticket_tags(Request& request, Context& context) {
  POSTERN_CO_TRY(const ticketing::Ticket ticket, context.services.tickets.get(request.who(), id_param<core::TicketId>(request, "id")));
  co_return json_response(200, tags_object(ticket));
}

Answer set_ticket_tags(Request& request, Context& context) { return change_tags(request, context, TagChange::kSet); }
Answer add_ticket_tags(Request& request, Context& context) { return change_tags(request, context, TagChange::kAdd); }
Answer remove_ticket_tags(Request& request, Context& context) { return change_tags(request, context, TagChange::kRemove); }

// Most used first; page[after] counts them.
Answer list_tags(Request& request, Context& context) {
  POSTERN_CO_TRY(const NumberPage page, read_number_page(request, context.options));
  POSTERN_CO_TRY(const auto tags, tags_of(request, context, {}));
  json::array list;
  std::size_t at = std::min<std::size_t>(page.after, tags.size());
  for (; at < tags.size() && list.size() < page.size; ++at) list.push_back(json::object{{"name", tags[at].tag}, {"count", tags[at].count}});
  json::object out;
  out["tags"] = std::move(list);
  out["count"] = tags.size();
  add_page(out, request, at < tags.size(), std::to_string(at), page.size);
  co_return json_response(200, out);
}

// On as many tickets as one job takes; the answer says whether others have it still. Rules and views that name it stay.
Answer rename_tag(Request& request, Context& context) {
  if (context.services.desk == nullptr) co_return core::fail(Errc::kUnavailable);
  ticketing::Helpdesk& desk = *context.services.desk;
  POSTERN_CO_TRY(const json::object body, parse_object(request, context.options));
  Form outer(body, "");
  refuse_others(outer, body, "TagRenameBody");
  const json::object object = outer.object("tag");
  Form form(object, "tag");
  refuse_others(form, object, "TagRename");
  const std::string from = ticketing::normal_tag(form.required_text("name", kTagReadMax));
  const std::string to = ticketing::normal_tag(form.required_text("new_name", kTagReadMax));
  for (const auto& [field, tag] : {std::pair("name", &from), std::pair("new_name", &to)}) {
    if (!tag->empty() && !ticketing::is_tag(*tag)) form.refuse(field, "InvalidValue", "is no tag");
  }
  form.adopt(outer);
  if (!form.ok()) co_return form.response(request);
  if (from == to) co_return invalid_field(request, "tag.new_name", "InvalidValue", "is the same tag");
  POSTERN_CO_CHECK(check_job_room(request, context));
  ticketing::search::ExportRequest wanted;
  wanted.query = "tags:\"" + from + "\" status<closed";
  wanted.count = desk.bulk().limits().items_max;
  POSTERN_CO_TRY(const ticketing::search::ExportAnswer found, co_await desk.search().page(request.who(), std::move(wanted)));
  std::vector<core::TicketId> ids;
  for (const ticketing::Ticket& each : found.tickets) ids.push_back(each.id);
  if (ids.empty()) co_return invalid_field(request, "tag.name", "InvalidValue", "no ticket that is open has it");
  ticketing::Tickets::Update change;
  change.wishes.added_tags = {to};
  change.wishes.removed_tags = {from};
  POSTERN_CO_TRY(const ticketing::JobStatus job, co_await desk.bulk().update_many(request.who(), std::move(ids), std::move(change)));
  json::object out;
  out["job_status"] = job_json(job);
  out["has_more"] = found.has_more;
  co_return json_response(200, out);
}

Answer complete_tags(Request& request, Context& context) {
  const std::string begin = core::to_lower_ascii(core::trim_ascii(request.query_value("name").value_or(std::string_view())));
  if (begin.size() < kCompletionMin) co_return invalid_field(request, "name", "TooShort", "at least two characters");
  POSTERN_CO_TRY(const auto tags, tags_of(request, context, begin));
  json::array list;
  for (std::size_t i = 0; i < std::min(tags.size(), kCompletionsMax); ++i) list.emplace_back(tags[i].tag);
  json::object out;
  out["count"] = list.size();
  out["tags"] = std::move(list);
  co_return json_response(200, out);
}

}  // namespace postern::web::api
