// Incremental exports: what changed since a time or a cursor, as Zendesk's clients read it. A cursor is a number of the change
// feed, see ticketing/feed_export.h.
#include <algorithm>

#include "ticketing/feed_export.h"
#include "web/api/desk/export_handlers.h"
#include "web/api/desk/metric_event_shapes.h"
#include "web/api/shapes.h"
#include "web/errc.h"

namespace postern::web::api {
namespace {

constexpr std::size_t kPageMax = 1000;   // tickets
constexpr std::size_t kEventPageMax = 100;  // tickets of a page of events
constexpr std::size_t kEventsOfTicketMax = 1000;
// Events carry the time at which a change was made, feed entries that of its commit, which is a little later.
constexpr std::int64_t kCommitMsMax = std::chrono::milliseconds(std::chrono::minutes(5)).count();

struct Wanted {
  std::uint64_t after = 0;
  std::size_t count = kPageMax;
  bool leaves_out_deleted = false;
};

core::Result<Wanted> read_wanted(const Request& request, Context& context, std::string_view cursor_name, std::size_t most) {
  Wanted out;
  POSTERN_TRY(const std::uint64_t count, query_number(request, "per_page", most));
  if (count == 0 || count > most) return core::fail(Errc::kInvalid, "per_page is between 1 and " + std::to_string(most));
  out.count = static_cast<std::size_t>(count);
  out.leaves_out_deleted = request.query_value("exclude_deleted") == std::string_view("true");
  const core::WorkspaceId workspace = request.who().workspace;
  if (request.query_value(cursor_name)) {
    POSTERN_TRY(out.after, query_number(request, cursor_name, 0));
    if (out.after > context.services.store.last_sequence(workspace)) {
      return core::fail(Errc::kCursorGone, std::string(cursor_name) + " is ahead of the feed, as after a restored backup: export anew");
    }
    return out;
  }
  POSTERN_TRY(const std::uint64_t seconds, query_number(request, "start_time", 0));  // without one: from the beginning
  constexpr std::uint64_t kSecondsMax = 1ULL << 40U;
  POSTERN_TRY(out.after, ticketing::feed_cursor_at(context.services.store, workspace, static_cast<std::int64_t>(std::min(seconds, kSecondsMax)) * 1000));
  return out;
}

bool shows_none(const ticketing::ExportPage& page, const Wanted& wanted) {
  return std::ranges::all_of(page.tickets, [&wanted](const ticketing::ExportedTicket& each) { return each.is_deleted && wanted.leaves_out_deleted; });
}

// A page that shows nothing (changes beyond the reach, or of tickets that come later) is no answer while there is more: many clients
// take it for the end. Bounded; behind that an empty page with end_of_stream false is honest.
core::Result<ticketing::ExportPage> read_export(Request& request, Context& context, Wanted& wanted, bool leaves_out_repeated) {
  constexpr int kEmptyPagesMax = 20;
  for (int pages = 1;; ++pages) {
    POSTERN_TRY(ticketing::ExportPage page, ticketing::export_tickets(context.services.store, context.services.vault, request.who(), wanted.after,
                                                                      wanted.count, leaves_out_repeated));
    if (page.is_end || pages == kEmptyPagesMax || !shows_none(page, wanted)) return page;
    wanted.after = page.after;
  }
}

// Of a deleted ticket, what it was is for those who may delete; that it is gone, for all.
json::array tickets_json(const ticketing::ExportPage& page, const Wanted& wanted, const Request& request, Context& context) {
  const bool sees_deleted = auth::may(request.who(), auth::Permission::kTicketsDelete);
  const std::shared_ptr<const ticketing::Directory> directory = context.services.directory();
  json::array out;
  for (const ticketing::ExportedTicket& each : page.tickets) {
    if (each.is_deleted && wanted.leaves_out_deleted) continue;
    json::object ticket = each.ticket && (!each.is_deleted || sees_deleted) ? ticket_json(*each.ticket, directory.get()) : json::object{{"id", each.id.value}};
    if (each.is_deleted) ticket["status"] = "deleted";
    ticket["generated_timestamp"] = each.changed_unix_ms / 1000;
    out.push_back(std::move(ticket));
  }
  return out;
}

// The same question from another place.
std::string url_with(const Request& request, const std::string& place) {
  std::string out = request.path + "?";
  for (const auto& [name, value] : request.query) {
    if (name != "cursor" && name != "start_time" && name != "after") out += percent_encode(name) + "=" + percent_encode(value) + "&";
  }
  return out + place;
}

std::string time_place(const ticketing::ExportPage& page, const Wanted& wanted) {
  // `after` makes it exact: a second may hold more than a page.
  return "start_time=" + std::to_string(page.last_unix_ms / 1000) + "&after=" + std::to_string(std::max(page.after, wanted.after));
}

// Events of one ticket in the time of the page.
core::Result<void> add_events(json::array& out, Request& request, Context& context, const ticketing::ExportPage& page, core::TicketId id) {
  constexpr unsigned kNumberBits = 20;
  constexpr std::size_t kBatch = 100;
  std::uint64_t after = 0;
  for (std::size_t read = 0; read < kEventsOfTicketMax; read += kBatch) {
    POSTERN_TRY(const ticketing::EventPage events, context.services.tickets.event_page(request.who(), id, after, kBatch));
    for (const ticketing::Event& each : events.events) {
      after = each.number;
      if (each.at_unix_ms < page.first_unix_ms - kCommitMsMax || each.at_unix_ms > page.last_unix_ms) continue;
      json::object event = event_json(id, each);
      event["id"] = (id.value << kNumberBits) + each.number;
      event["updater_id"] = id_or_null(each.actor.value);
      event["timestamp"] = each.at_unix_ms / 1000;
      event["event_type"] = "Audit";
      json::object child{{"event_type", each.kind}, {"detail", each.detail}};
      event["child_events"] = json::array{std::move(child)};
      out.push_back(std::move(event));
    }
    if (!events.has_more) break;
  }
  return {};
}

}  // namespace

Answer export_tickets_by_cursor(Request& request, Context& context) {
  POSTERN_CO_TRY(Wanted wanted, read_wanted(request, context, "cursor", kPageMax));
  POSTERN_CO_TRY(const ticketing::ExportPage page, read_export(request, context, wanted, true));
  const std::string cursor = std::to_string(page.after);
  json::object out;
  out["tickets"] = tickets_json(page, wanted, request, context);
  out["after_cursor"] = cursor;
  out["after_url"] = url_with(request, "cursor=" + cursor);
  out["before_cursor"] = nullptr;
  out["before_url"] = nullptr;
  out["end_of_stream"] = page.is_end;
  co_return json_response(200, out);
}

Answer export_tickets_by_time(Request& request, Context& context) {
  POSTERN_CO_TRY(Wanted wanted, read_wanted(request, context, "after", kPageMax));
  POSTERN_CO_TRY(const ticketing::ExportPage page, read_export(request, context, wanted, true));
  json::object out;
  json::array tickets = tickets_json(page, wanted, request, context);
  out["count"] = tickets.size();
  out["tickets"] = std::move(tickets);
  out["next_page"] = url_with(request, time_place(page, wanted));
  out["end_time"] = page.last_unix_ms / 1000;
  out["end_of_stream"] = page.is_end;
  co_return json_response(200, out);
}

Answer export_ticket_events(Request& request, Context& context) {
  POSTERN_CO_TRY(Wanted wanted, read_wanted(request, context, "after", kEventPageMax));
  POSTERN_CO_TRY(const ticketing::ExportPage page, read_export(request, context, wanted, false));
  json::array events;
  for (const ticketing::ExportedTicket& each : page.tickets) {
    if (!each.is_deleted) POSTERN_CO_CHECK(add_events(events, request, context, page, each.id));
  }
  json::object out;
  out["count"] = events.size();
  out["ticket_events"] = std::move(events);
  out["next_page"] = url_with(request, time_place(page, wanted));
  out["end_time"] = page.last_unix_ms / 1000;
  out["end_of_stream"] = page.is_end;
  co_return json_response(200, out);
}

// By start_time and on by `after`, or by cursor: both are numbers of the change feed.
Answer export_metric_events(Request& request, Context& context) {
  const bool by_cursor = request.query_value("cursor").has_value();
  POSTERN_CO_TRY(Wanted wanted, read_wanted(request, context, by_cursor ? "cursor" : "after", kEventPageMax));
  POSTERN_CO_TRY(const ticketing::ExportPage page, read_export(request, context, wanted, false));
  std::vector<core::TicketId> tickets;
  for (const ticketing::ExportedTicket& each : page.tickets) {
    if (!each.is_deleted) tickets.push_back(each.id);
  }
  POSTERN_CO_TRY(json::array events, metric_events_json(request, context, tickets, page.first_unix_ms - kCommitMsMax, page.last_unix_ms));
  const std::string cursor = std::to_string(std::max(page.after, wanted.after));
  json::object out;
  out["count"] = events.size();
  out["ticket_metric_events"] = std::move(events);
  out["next_page"] = url_with(request, time_place(page, wanted));
  out["end_time"] = page.last_unix_ms / 1000;
  out["after_cursor"] = cursor;
  out["after_url"] = url_with(request, "cursor=" + cursor);
  out["end_of_stream"] = page.is_end;
  co_return json_response(200, out);
}

}  // namespace postern::web::api
