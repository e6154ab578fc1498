#include "app/suspended_commands.h"

#include <fmt/format.h>

#include <algorithm>
#include <boost/json/object.hpp>
#include <charconv>

#include "app/living_workspaces.h"
#include "core/errc.h"

namespace postern::app {
namespace {

using core::Result;
using core::Task;
using ticketing::SuspendedMail;

constexpr std::size_t kListDefault = 200;
constexpr std::size_t kListMax = 1000;

struct Place {
  core::WorkspaceId workspace;
  core::TraceId trace;
  core::InboxId inbox;
};

std::string id_of(const SuspendedMail& mail) { return fmt::format("{}-{}", core::to_base32(mail.trace.value), mail.inbox.value); }

// The trace and, behind a dash, the inbox; 0 for one that is not given.
std::optional<std::pair<core::TraceId, core::InboxId>> parse_id(std::string_view text) {
  const auto dash = text.find('-');
  const core::TraceId trace{core::from_base32(text.substr(0, dash))};
  if (!trace) return std::nullopt;
  if (dash == std::string_view::npos) return std::pair(trace, core::InboxId{});
  std::uint64_t inbox = 0;
  const char* end = text.data() + text.size();
  const auto [at, wrong] = std::from_chars(text.data() + dash + 1, end, inbox);
  if (wrong != std::errc() || at != end || inbox == 0) return std::nullopt;
  return std::pair(trace, core::InboxId{inbox});
}

Result<std::string> text_of(const JsonObject& request, std::string_view key) {
  const Json* found = request.if_contains(key);
  if (found == nullptr || !found->is_string() || found->as_string().empty()) {
    return core::fail(core::Errc::kInvalid, fmt::format("{} is missing", key));
  }
  return std::string(found->as_string());
}

// Finds the message's workspace, so that an operator need not know it.
Result<Place> find(const JsonObject& request, Services& services) {
  POSTERN_TRY(const std::string text, text_of(request, "id"));
  const auto id = parse_id(text);
  if (!id) return core::fail(core::Errc::kInvalid, text + " is not the id of a suspended message (see suspended list)");
  const auto [trace, inbox] = *id;
  std::vector<Place> found;
  for (const auto workspace : living_workspaces(*services.directory(), services.vault())) {
    // The newest that is not newer than this one, with all its inboxes.
    POSTERN_TRY(const auto mails, services.suspended().list(workspace, 1, core::TraceId{trace.value + 1}));
    for (const SuspendedMail& mail : mails) {
      if (mail.trace == trace && (!inbox || mail.inbox == inbox)) found.push_back({workspace, trace, mail.inbox});
    }
  }
  if (found.size() == 1) return found.front();
  if (found.empty()) return core::fail(core::Errc::kInvalid, "no suspended message " + text);
  std::string choices;
  for (const Place& place : found) choices += fmt::format(" {}-{}", core::to_base32(trace.value), place.inbox.value);
  return core::fail(core::Errc::kInvalid, text + " waits in several inboxes; name one:" + choices);
}

JsonObject show(const SuspendedMail& mail, Services& services) {
  const ticketing::Inbox* inbox = services.directory()->find(mail.inbox);
  return {{"id", id_of(mail)},
          {"at", core::to_rfc3339(core::from_unix_ms(mail.at_unix_ms))},
          {"inbox", inbox == nullptr ? Json(nullptr) : Json(inbox->address.to_string())},
          {"cause", mail.cause},
          {"from", mail.from},
          {"subject", mail.subject},
          {"spf", pipeline::to_string(mail.verdicts.auth.spf.result)},
          {"dmarc", pipeline::to_string(mail.verdicts.auth.dmarc.result)},
          {"spam_score", mail.verdicts.spam.score}};
}

Result<std::size_t> limit_of(const JsonObject& request) {
  const Json* given = request.if_contains("limit");
  if (given == nullptr) return kListDefault;
  boost::system::error_code wrong;
  const auto limit = given->to_number<std::uint64_t>(wrong);
  if (wrong || limit == 0 || limit > kListMax) return core::fail(core::Errc::kInvalid, fmt::format("limit: 1 to {}", kListMax));
  return static_cast<std::size_t>(limit);
}

Result<Json> list(const JsonObject& request, Services& services) {
  POSTERN_TRY(const std::size_t limit, limit_of(request));
  core::TraceId before;
  if (const Json* given = request.if_contains("before"); given != nullptr && given->is_string() && !given->as_string().empty()) {
    const auto id = parse_id(std::string_view(given->as_string()));
    if (!id) return core::fail(core::Errc::kInvalid, "before: not an id (see suspended list)");
    before = id->first;
  }
  std::vector<SuspendedMail> mails;
  for (const auto workspace : living_workspaces(*services.directory(), services.vault())) {
    POSTERN_TRY(auto some, services.suspended().list(workspace, limit, before));
    std::ranges::move(some, std::back_inserter(mails));
  }
  std::ranges::sort(mails, [](const SuspendedMail& a, const SuspendedMail& b) {
    return a.trace != b.trace ? a.trace > b.trace : a.inbox < b.inbox;
  });
  std::size_t count = std::min(limit, mails.size());
  // The next page begins behind a message, so one in several inboxes is not cut in two.
  while (count > 0 && count < mails.size() && mails[count].trace == mails[count - 1].trace) ++count;
  JsonArray rows;
  for (std::size_t i = 0; i < count; ++i) rows.emplace_back(show(mails[i], services));
  bool has_more = count < mails.size();
  for (const auto workspace : living_workspaces(*services.directory(), services.vault())) {
    if (has_more || count == 0) break;
    POSTERN_TRY(const auto older, services.suspended().list(workspace, 1, mails[count - 1].trace));
    has_more = !older.empty();
  }
  return Json(JsonObject{{"suspended", std::move(rows)}, {"has_more", has_more}});
}

Result<Json> show_one(const Place& place, Services& services) {
  POSTERN_TRY(const SuspendedMail mail, services.suspended().get(place.workspace, place.trace, place.inbox));
  JsonObject out = show(mail, services);
  JsonArray symbols;
  for (const auto& symbol : mail.verdicts.spam.symbols) symbols.emplace_back(JsonObject{{"name", symbol.name}, {"weight", symbol.weight}});
  JsonArray files;
  for (const auto& file : mail.attachments) {
    files.emplace_back(JsonObject{{"name", file.name}, {"content_type", file.media_type}, {"size", file.size}});
  }
  out["symbols"] = std::move(symbols);
  out["attachments"] = std::move(files);
  out["text"] = mail.text;
  return Json(std::move(out));
}

}  // namespace

Task<Result<Json>> run_suspended_command(std::string action, JsonObject request, Services& services) {
  if (action == "list") co_return list(request, services);
  POSTERN_CO_TRY(const Place place, find(request, services));
  if (action == "show") co_return show_one(place, services);
  const auto by = services.operator_principal(place.workspace);
  const std::string id = fmt::format("{}-{}", core::to_base32(place.trace.value), place.inbox.value);
  if (action == "recover") {
    POSTERN_CO_TRY(const core::TicketId ticket, co_await services.suspended().recover(by, place.trace, place.inbox));
    co_return Json(JsonObject{{"id", id}, {"ticket", ticket.value}});
  }
  if (action == "delete") {
    POSTERN_CO_CHECK(co_await services.suspended().remove(by, place.trace, place.inbox));
    co_return Json(JsonObject{{"id", id}, {"deleted", true}});
  }
  co_return core::fail(core::Errc::kInvalid, "no such command: suspended." + action);
}

}  // namespace postern::app
