// Views: their tickets and how many.
#include "ticketing/automation/action_table.h"
#include "ticketing/errc.h"
#include "web/api/desk/view_handlers.h"
#include "web/api/desk/view_shapes.h"
#include "web/api/schemas.h"
#include "web/api/sideloads.h"
#include "web/api/ticket_shaper.h"
#include "web/errc.h"

namespace postern::web::api {
namespace {

using ticketing::Views;

// One that has left meanwhile is passed over.
core::Result<std::vector<ticketing::Ticket>> read_tickets(const Request& request, Context& context, const std::vector<core::TicketId>& ids) {
  std::vector<ticketing::Ticket> out;
  for (const core::TicketId id : ids) {
    core::Result<ticketing::Ticket> ticket = context.services.tickets.get(request.who(), id);
    if (ticket) {
      out.push_back(std::move(*ticket));
    } else if (!(ticket.error() == ticketing::Errc::kNotFound)) {
      return ticket.error();
    }
  }
  return out;
}

struct Asked {
  Views::Page page;
  std::size_t size = 0;
};

// In the order of the view, or in the one that the request asks for; then its cursor is a number of tickets.
core::Result<Asked> read_view_page(const Request& request, Context& context, const Views& views, std::uint64_t id) {
  POSTERN_TRY(const Page wanted, read_page(request, context.options));
  Asked out;
  out.size = std::min(wanted.size, views.limits().page_size_max);
  const std::optional<std::string_view> sort_by = request.query_value("sort_by");
  const std::optional<std::string_view> order = request.query_value("sort_order");
  const std::optional<std::string_view> reverse = request.query_value("reverse");
  if (reverse && *reverse != "true" && *reverse != "false") return core::fail(Errc::kInvalid, "reverse: true or false");
  const bool is_reverse = reverse == "true";
  if (is_reverse && sort_by) return core::fail(Errc::kInvalid, "reverse: of the view's own order; sort_order turns another one round");
  if (!sort_by) {
    if (order) return core::fail(Errc::kInvalid, "sort_order: goes with sort_by");
    POSTERN_TRY(out.page, views.page(request.who(), id, out.size, wanted.after,
                                     is_reverse ? storage::Direction::kBackward : storage::Direction::kForward));
    return out;
  }
  const auto column = ticketing::find_view_column(*sort_by);
  if (!column || !column->row->can_sort) return core::fail(Errc::kInvalid, "sort_by: there is no such order; see /api/v2/views/definitions");
  if (order && *order != "asc" && *order != "desc") return core::fail(Errc::kInvalid, "sort_order: asc or desc");
  std::uint64_t skipped = 0;
  if (!wanted.after.empty()) {
    POSTERN_TRY(skipped, read_number(wanted.after));
  }
  POSTERN_TRY(Views::Page all, views.sorted(request.who(), id, column->row->column, order == "desc"));
  const std::size_t begin = std::min<std::size_t>(skipped, all.tickets.size());
  const std::size_t end = std::min(begin + out.size, all.tickets.size());
  out.page.percent = all.percent;
  out.page.has_more = end < all.tickets.size();
  if (out.page.has_more) out.page.after = std::to_string(end);
  out.page.tickets.assign(all.tickets.begin() + static_cast<std::ptrdiff_t>(begin), all.tickets.begin() + static_cast<std::ptrdiff_t>(end));
  return out;
}

void add_progress(json::object& out, int percent) {
  if (percent < 100) out["building"] = percent;
}

core::Result<void> add_rows(json::object& out, const Request& request, Context& context, const schema::View& view,
                            const std::vector<ticketing::Ticket>& tickets) {
  POSTERN_TRY(const TicketShaper shape, TicketShaper::make(request, context));
  json::array rows;
  for (const ticketing::Ticket& each : tickets) rows.push_back(view_row_json(view, each, shape(each)));
  out["rows"] = std::move(rows);
  out["columns"] = view_columns_json(view);
  return {};
}

// A shape to try, or the response that says what is wrong with it.
struct ReadPreview {
  schema::View view;
  std::optional<Response> refused;
};

core::Result<ReadPreview> read_preview(const Request& request, Context& context, const Views& views) {
  POSTERN_TRY(const json::object body, parse_object(request, context.options));
  Form outer(body, "");
  const json::object object = outer.object("view");
  Form form(object, "view");
  refuse_others(form, object, "ViewWrite");
  const ViewWish wish(form, object, request.who(), views.limits());
  form.adopt(outer);
  ReadPreview out;
  wish.apply(out.view);
  if (out.view.shape().sort_by().empty()) {
    out.view.mutable_shape()->set_sort_by("nice_id");
    out.view.mutable_shape()->set_sort_descending(true);
  }
  refuse_problems(form, ticketing::view_problems(out.view.shape(), views.limits()));
  if (!form.ok()) out.refused = form.response(request);
  return out;
}

}  // namespace

Answer list_view_tickets(Request& request, Context& context) {
  POSTERN_CO_TRY(Views * views, views_of(context));
  const std::uint64_t id = read_number(request.param("id")).value();
  POSTERN_CO_TRY(const Asked asked, read_view_page(request, context, *views, id));
  POSTERN_CO_TRY(const std::vector<ticketing::Ticket> tickets, read_tickets(request, context, asked.page.tickets));
  POSTERN_CO_TRY(const TicketShaper shape, TicketShaper::make(request, context));
  POSTERN_CO_TRY(const Views::Count count, views->count(request.who(), id));
  json::object out;
  out["tickets"] = shape.list(tickets);
  POSTERN_CO_CHECK(add_sideloads(out, request, context, tickets));
  out["count"] = count.value ? json::value(*count.value) : json::value();
  add_progress(out, asked.page.percent);
  add_page(out, request, asked.page.has_more, asked.page.after, asked.size);
  out["next_page"] = nullptr;
  out["previous_page"] = nullptr;
  co_return json_response(200, out);
}

Answer execute_view(Request& request, Context& context) {
  POSTERN_CO_TRY(Views * views, views_of(context));
  const std::uint64_t id = read_number(request.param("id")).value();
  POSTERN_CO_TRY(const schema::View view, views->find(request.who(), id));
  POSTERN_CO_TRY(const Asked asked, read_view_page(request, context, *views, id));
  POSTERN_CO_TRY(const std::vector<ticketing::Ticket> tickets, read_tickets(request, context, asked.page.tickets));
  POSTERN_CO_TRY(const Views::Count count, views->count(request.who(), id));
  json::object out;
  POSTERN_CO_CHECK(add_rows(out, request, context, view, tickets));
  POSTERN_CO_CHECK(add_sideloads(out, request, context, tickets));
  out["view"] = json::object{{"id", id}, {"url", "/api/v2/views/" + std::to_string(id)}};
  out["count"] = count.value ? json::value(*count.value) : json::value();
  add_progress(out, asked.page.percent);
  add_page(out, request, asked.page.has_more, asked.page.after, asked.size);
  out["next_page"] = nullptr;
  out["previous_page"] = nullptr;
  co_return json_response(200, out);
}

Answer count_view_tickets(Request& request, Context& context) {
  POSTERN_CO_TRY(Views * views, views_of(context));
  POSTERN_CO_TRY(const Views::Count count, views->count(request.who(), read_number(request.param("id")).value()));
  json::object out;
  out["view_count"] = view_count_json(count);
  co_return json_response(200, out);
}

Answer count_many_views(Request& request, Context& context) {
  POSTERN_CO_TRY(Views * views, views_of(context));
  std::vector<std::uint64_t> ids;
  for (const std::string_view each : ticketing::rule_words(request.query_value("ids").value_or(std::string_view()), ',')) {
    POSTERN_CO_TRY(const std::uint64_t id, read_number(each));
    ids.push_back(id);
  }
  POSTERN_CO_TRY(const std::vector<Views::Count> counts, views->count_many(request.who(), ids));
  json::array list;
  for (const Views::Count& each : counts) list.push_back(view_count_json(each));
  json::object out;
  out["view_counts"] = std::move(list);
  co_return json_response(200, out);
}

Answer preview_view(Request& request, Context& context) {
  POSTERN_CO_TRY(Views * views, views_of(context));
  POSTERN_CO_TRY(ReadPreview read, read_preview(request, context, *views));
  if (read.refused) co_return std::move(*read.refused);
  POSTERN_CO_TRY(Views::Preview found, views->preview(request.who(), read.view.shape()));
  const std::size_t count = found.tickets.size();
  if (found.tickets.size() > views->limits().page_size_max) found.tickets.resize(views->limits().page_size_max);
  POSTERN_CO_TRY(const std::vector<ticketing::Ticket> tickets, read_tickets(request, context, found.tickets));
  json::object out;
  POSTERN_CO_CHECK(add_rows(out, request, context, read.view, tickets));
  POSTERN_CO_CHECK(add_sideloads(out, request, context, tickets));
  out["count"] = count;
  out["complete"] = found.is_complete;
  out["looked_at"] = found.looked_at;
  co_return json_response(200, out);
}

Answer count_preview(Request& request, Context& context) {
  POSTERN_CO_TRY(Views * views, views_of(context));
  POSTERN_CO_TRY(ReadPreview read, read_preview(request, context, *views));
  if (read.refused) co_return std::move(*read.refused);
  POSTERN_CO_TRY(const Views::Preview found, views->preview(request.who(), read.view.shape()));
  json::object count;
  count["view_id"] = nullptr;
  count["url"] = nullptr;
  count["value"] = found.tickets.size();
  count["pretty"] = (found.is_complete ? "" : "at least ") + std::to_string(found.tickets.size());
  count["fresh"] = found.is_complete;
  count["looked_at"] = found.looked_at;
  json::object out;
  out["view_count"] = std::move(count);
  co_return json_response(200, out);
}

}  // namespace postern::web::api
