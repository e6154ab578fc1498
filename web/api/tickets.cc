// Reading tickets: list, one, count, events.
#include "web/api/handlers.h"
#include "web/api/offset_page.h"
#include "web/api/shapes.h"
#include "web/api/sideloads.h"
#include "web/api/ticket_shaper.h"
#include "web/errc.h"

namespace postern::web::api {
namespace {

core::Result<std::optional<core::UserId>> user_filter(const Request& request, std::string_view name) {
  if (!request.query_value(name)) return std::optional<core::UserId>();
  if (*request.query_value(name) == "me") return std::optional<core::UserId>(request.who().user);
  POSTERN_TRY(std::uint64_t id, query_number(request, name, 0));
  return std::optional<core::UserId>(core::UserId{id});
}

core::Result<std::optional<ticketing::Status>> status_filter(const Request& request) {
  std::optional<std::string_view> word = request.query_value("status");
  if (!word) return std::optional<ticketing::Status>();
  std::optional<ticketing::Status> status = ticketing::parse_status(*word);
  if (!status) return core::fail(Errc::kInvalid, "status: new, open, pending, hold, solved or closed");
  return status;
}

// Counters know these two; a filtered list of another kind is not counted.
core::Result<std::optional<std::uint64_t>> count_of(const Request& request, Context& context, const ticketing::TicketQuery& query) {
  if (query.assignee || query.requester) return std::optional<std::uint64_t>();
  std::uint64_t total = 0;
  for (int value = static_cast<int>(ticketing::Status::kNew); value <= static_cast<int>(ticketing::Status::kClosed); ++value) {
    const auto status = static_cast<ticketing::Status>(value);
    if (query.status && *query.status != status) continue;
    POSTERN_TRY(const std::uint64_t count, context.services.tickets.count(request.who(), status));
    total += count;
  }
  return std::optional(total);
}

core::Result<Response> tickets_by_external_id(const Request& request, Context& context, const std::string& external_id) {
  POSTERN_TRY(const std::vector<ticketing::Ticket> found, context.services.tickets.with_external_id(request.who(), external_id));
  POSTERN_TRY(const TicketShaper shaper, TicketShaper::make(request, context));
  json::object out;
  out["tickets"] = shaper.list(found);
  POSTERN_CHECK(add_sideloads(out, request, context, found));
  out["count"] = found.size();
  add_page(out, request, false, {}, found.size());
  out["next_page"] = nullptr;
  out["previous_page"] = nullptr;
  return json_response(200, out);
}

// One order is kept, and read from either end; an order that is not is refused rather than passed over.
core::Result<storage::Direction> read_order(const Request& request) {
  constexpr std::string_view kAllowed = "updated_at is the only order of this list; views and /api/v2/search have others";
  if (const auto by = request.query_value("sort_by"); by && !by->empty() && *by != "updated_at") {
    return core::fail(Errc::kInvalid, "sort_by: " + std::string(kAllowed));
  }
  bool is_oldest_first = false;
  if (const auto order = request.query_value("sort_order"); order && !order->empty()) {
    if (*order != "desc" && *order != "asc") return core::fail(Errc::kInvalid, "sort_order: asc or desc; " + std::string(kAllowed));
    is_oldest_first = *order == "asc";
  }
  if (const auto sort = request.query_value("sort"); sort && !sort->empty()) {
    if (*sort != "-updated_at" && *sort != "updated_at") return core::fail(Errc::kInvalid, "sort: -updated_at or updated_at; " + std::string(kAllowed));
    is_oldest_first = *sort == "updated_at";
  }
  return is_oldest_first ? storage::Direction::kBackward : storage::Direction::kForward;
}

}  // namespace

Answer list_tickets(Request& request, Context& context) {
  POSTERN_CO_TRY(const storage::Direction direction, read_order(request));
  if (const auto external_id = request.query_value("external_id")) co_return tickets_by_external_id(request, context, std::string(*external_id));
  ticketing::TicketQuery query;
  query.direction = direction;
  POSTERN_CO_TRY(const std::optional<OffsetPage> by_number, read_offset_page(request, context.options));
  POSTERN_CO_TRY(Page page, read_page(request, context.options));
  POSTERN_CO_TRY(query.status, status_filter(request));
  POSTERN_CO_TRY(query.assignee, user_filter(request, "assignee_id"));
  POSTERN_CO_TRY(query.requester, user_filter(request, "requester_id"));
  query.size = by_number ? by_number->size : page.size;
  query.after = by_number ? std::string() : page.after;
  query.skip = by_number ? by_number->skipped() : 0;
  POSTERN_CO_TRY(ticketing::TicketPage found, context.services.tickets.list(request.who(), query));
  POSTERN_CO_TRY(const TicketShaper shaper, TicketShaper::make(request, context));
  json::object out;
  out["tickets"] = shaper.list(found.tickets);
  POSTERN_CO_CHECK(add_sideloads(out, request, context, found.tickets));
  if (by_number) {
    POSTERN_CO_TRY(const std::optional<std::uint64_t> count, count_of(request, context, query));
    add_offset_page(out, request, *by_number, found.has_more, count);
  } else {
    add_page(out, request, found.has_more, found.after, page.size);
  }
  co_return json_response(200, out);
}

Answer count_tickets(Request& request, Context& context) {
  POSTERN_CO_TRY(std::optional<ticketing::Status> wanted, status_filter(request));
  std::uint64_t total = 0;
  bool has_more = false;  // of those who are limited to inboxes: until a census has been, theirs are counted one by one
  json::object by_status;
  for (int value = static_cast<int>(ticketing::Status::kNew); value <= static_cast<int>(ticketing::Status::kClosed); ++value) {
    auto status = static_cast<ticketing::Status>(value);
    if (wanted && *wanted != status) continue;
    POSTERN_CO_TRY(std::uint64_t count, context.services.tickets.count(request.who(), status));
    by_status[ticketing::to_string(status)] = count;
    total += count;
    has_more = has_more || (request.who().inboxes.is_limited() && count == ticketing::kLimitedCountMax);
  }
  json::object count;
  count["value"] = total;
  count["by_status"] = std::move(by_status);
  if (has_more) count["has_more"] = true;
  count["refreshed_at"] = core::to_rfc3339(context.services.clock.wall_now());
  json::object out;
  out["count"] = std::move(count);
  co_return json_response(200, out);
}

Answer show_ticket(Request& request, Context& context) {
  core::TicketId id = id_param<core::TicketId>(request, "id");
  POSTERN_CO_TRY(ticketing::Ticket ticket, context.services.tickets.get(request.who(), id));
  std::string tag = ticket_etag(ticket);
  if (request.field("if-none-match") == tag) {
    Response unchanged;
    unchanged.status = 304;
    unchanged.set("ETag", tag);
    co_return unchanged;
  }
  POSTERN_CO_TRY(const TicketShaper shaper, TicketShaper::make(request, context));
  POSTERN_CO_TRY(json::object shape, shaper.whole(ticket));
  json::object out;
  out["ticket"] = std::move(shape);
  const std::vector<ticketing::Ticket> alone{ticket};
  POSTERN_CO_CHECK(add_sideloads(out, request, context, alone));
  Response response = json_response(200, out);
  response.set("ETag", tag);
  co_return response;
}

Answer list_events(Request& request, Context& context) {
  core::TicketId id = id_param<core::TicketId>(request, "id");
  POSTERN_CO_TRY(NumberPage page, read_number_page(request, context.options));
  POSTERN_CO_TRY(ticketing::EventPage found,
                 context.services.tickets.event_page(request.who(), id, page.after, page.size));
  json::array list;
  for (const ticketing::Event& each : found.events) list.push_back(event_json(id, each));
  std::string last = found.events.empty() ? std::string() : std::to_string(found.events.back().number);
  json::object out;
  out["events"] = std::move(list);
  add_page(out, request, found.has_more, last, page.size);
  co_return json_response(200, out);
}

}  // namespace postern::web::api
