// Incremental exports of people and organisations: all of them, then whoever changed. See ticketing/exports/object_feed.h.
#include <algorithm>

#include "auth/contacts.h"
#include "ticketing/exports/object_feed.h"
#include "ticketing/feed_export.h"
#include "ticketing/people/organizations.h"
#include "web/api/desk/export_handlers.h"
#include "web/api/desk/people_handlers.h"
#include "web/api/shapes.h"
#include "web/errc.h"

namespace postern::web::api {
namespace {

constexpr std::size_t kPeoplePageMax = 1000;

enum class ExportForm { kCursor, kTime };

struct PeopleExport {
  std::string_view name;  // "users"
  std::string_view kind;  // of changes
  ticketing::ListObjects list;
  std::function<core::Result<json::value>(std::uint64_t id)> shape;  // null: it is gone, and nothing is known of it
};

core::Result<std::string> cursor_wish(const Request& request, Context& context, std::string_view name) {
  if (const auto given = request.query_value(name)) return std::string(*given);
  POSTERN_TRY(const std::uint64_t seconds, query_number(request, "start_time", 0));
  if (seconds == 0) return std::string();
  constexpr std::uint64_t kSecondsMost = 1ULL << 40U;
  POSTERN_TRY(const std::uint64_t after, ticketing::feed_cursor_at(context.services.store, request.who().workspace,
                                                                   static_cast<std::int64_t>(std::min(seconds, kSecondsMost)) * 1000));
  return std::to_string(after);
}

std::string next_address(const Request& request, const std::string& place) {
  std::string out = request.path + "?";
  for (const auto& [name, value] : request.query) {
    if (name != "cursor" && name != "start_time" && name != "after") out += percent_encode(name) + "=" + percent_encode(value) + "&";
  }
  return out + place;
}

core::Result<Response> export_page(Request& request, Context& context, ExportForm form, const PeopleExport& what) {
  POSTERN_TRY(const std::uint64_t count, query_number(request, "per_page", kPeoplePageMax));
  if (count == 0 || count > kPeoplePageMax) return core::fail(Errc::kInvalid, "per_page is between 1 and " + std::to_string(kPeoplePageMax));
  const bool by_cursor = form == ExportForm::kCursor;
  POSTERN_TRY(const std::string cursor, cursor_wish(request, context, by_cursor ? "cursor" : "after"));
  auto page = ticketing::changed_objects(context.services.store, request.who().workspace, what.kind, cursor, static_cast<std::size_t>(count), what.list);
  const bool is_ahead = !page && page.error() == ticketing::Errc::kConflict;
  if (is_ahead) return core::fail(Errc::kCursorGone, "the cursor is ahead of the feed, as after a restored backup: export anew");
  if (!page) return page.error();
  json::array list;
  for (const ticketing::ChangedObject& each : page->objects) {
    POSTERN_TRY(json::value shown, what.shape(each.id));
    if (shown.is_null()) shown = json::object{{"id", each.id}, {"active", false}, {"deleted_at", timestamp(each.changed_unix_ms)}};
    list.push_back(std::move(shown));
  }
  json::object out;
  const std::int64_t told = page->last_unix_ms == 0 ? core::to_unix_ms(context.services.clock.wall_now()) : page->last_unix_ms;
  if (by_cursor) {
    out["after_cursor"] = page->after;
    out["after_url"] = next_address(request, "cursor=" + percent_encode(page->after));
    out["before_cursor"] = nullptr;
    out["before_url"] = nullptr;
  } else {
    out["count"] = list.size();
    out["next_page"] = next_address(request, "start_time=" + std::to_string(told / 1000) + "&after=" + percent_encode(page->after));
    out["end_time"] = told / 1000;
  }
  out[what.name] = std::move(list);
  out["end_of_stream"] = page->is_end;
  return json_response(200, out);
}

core::Result<Response> export_users(Request& request, Context& context, ExportForm form) {
  const core::WorkspaceId workspace = request.who().workspace;
  PeopleExport what{"users", "user.", {}, {}};
  what.list = [&context, workspace](std::uint64_t after, std::size_t count) -> core::Result<std::vector<std::uint64_t>> {
    POSTERN_TRY(const auto users, auth::list_users(*context.services.store.snapshot(), context.services.vault, workspace, core::UserId{after}, count));
    std::vector<std::uint64_t> out;
    for (const auth::User& each : users) out.push_back(each.id.value);
    return out;
  };
  what.shape = [&request, &context, workspace](std::uint64_t id) -> core::Result<json::value> {
    POSTERN_TRY(const auto user, context.services.accounts.find(workspace, core::UserId{id}));
    if (!user) return json::value();
    POSTERN_TRY(json::object out, person_json(request, context, *user));
    return json::value(std::move(out));
  };
  return export_page(request, context, form, what);
}

core::Result<Response> export_organizations(Request& request, Context& context, ExportForm form) {
  const core::WorkspaceId workspace = request.who().workspace;
  POSTERN_TRY(ticketing::Helpdesk* const desk, desk_of(context));
  PeopleExport what{"organizations", "organization.", {}, {}};
  what.list = [desk, workspace](std::uint64_t after, std::size_t count) -> core::Result<std::vector<std::uint64_t>> {
    POSTERN_TRY(const auto page, desk->organizations().page(workspace, after, count));
    std::vector<std::uint64_t> out;
    for (const ticketing::Organization& each : page) out.push_back(each.id);
    return out;
  };
  what.shape = [desk, workspace, &context](std::uint64_t id) -> core::Result<json::value> {
    const auto found = desk->organizations().find(workspace, id);
    if (!found && found.error() == ticketing::Errc::kNotFound) return json::value();
    if (!found) return found.error();
    POSTERN_TRY(json::object out, organization_json(context, workspace, *found));
    return json::value(std::move(out));
  };
  return export_page(request, context, form, what);
}

}  // namespace

Answer export_users_by_cursor(Request& request, Context& context) { co_return export_users(request, context, ExportForm::kCursor); }
Answer export_users_by_time(Request& request, Context& context) { co_return export_users(request, context, ExportForm::kTime); }
Answer export_organizations_by_cursor(Request& request, Context& context) { co_return export_organizations(request, context, ExportForm::kCursor); }
Answer export_organizations_by_time(Request& request, Context& context) { co_return export_organizations(request, context, ExportForm::kTime); }

}  // namespace postern::web::api
