// Tags: of one ticket, and of the workspace with how many tickets have them.
#include "core/encoding.h"
#include "ticketing/helpdesk.h"
#include "ticketing/ticket_links.h"
#include "web/api/desk/ticket_handlers.h"
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
