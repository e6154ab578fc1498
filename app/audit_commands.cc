#include "app/audit_commands.h"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>

#include "app/security_checklist.h"
#include "auth/audit_trail/export.h"
#include "auth/audit_trail/filter_text.h"
#include "core/encoding.h"
#include "core/errc.h"

namespace postern::app {
namespace {

using core::Result;
using core::Task;

constexpr std::size_t kPageMax = 500;
constexpr std::size_t kPageBytesMax = std::size_t{400} << 10U;  // of a line of the control socket

std::string text_of(const JsonObject& request, std::string_view key) {
  const Json* found = request.if_contains(key);
  return found != nullptr && found->is_string() ? std::string(found->as_string()) : std::string();
}

std::uint64_t number_of(const JsonObject& request, std::string_view key) {
  const Json* found = request.if_contains(key);
  boost::system::error_code wrong;
  const auto out = found == nullptr ? 0 : found->to_number<std::uint64_t>(wrong);
  return wrong ? 0 : out;
}

// An address stands for the account's id.
Result<auth::AuditFilter> filter_of(const JsonObject& request, core::WorkspaceId workspace, Services& services) {
  auth::AuditFilterText text{text_of(request, "actor"), text_of(request, "action"), text_of(request, "object"), text_of(request, "ip"),
                             text_of(request, "outcome"), text_of(request, "from"), text_of(request, "to"), text_of(request, "text")};
  if (text.actor.find('@') != std::string::npos) {
    POSTERN_TRY(const auto user, services.accounts().find_by_email(text.actor));
    if (!user || user->workspace != workspace) return core::fail(core::Errc::kInvalid, "no account of this workspace: " + text.actor);
    text.actor = std::to_string(user->id.value);
  }
  return auth::parse_filter(text);
}

// As many of them as fit; how many.
std::size_t fill(JsonArray& rows, core::WorkspaceId workspace, const std::vector<auth::AuditEntry>& entries) {
  std::size_t bytes = 0;
  for (const auth::AuditEntry& entry : entries) {
    boost::json::object row = auth::entry_json(workspace, entry);
    bytes += boost::json::serialize(row).size();
    if (!rows.empty() && bytes > kPageBytesMax) break;
    rows.emplace_back(std::move(row));
  }
  return rows.size();
}

Result<Json> list(const JsonObject& request, core::WorkspaceId workspace, Services& services) {
  POSTERN_TRY(const auth::AuditFilter filter, filter_of(request, workspace, services));
  auth::AuditOrder order;
  const std::uint64_t limit = number_of(request, "limit");
  order.limit = limit == 0 ? 100 : std::min<std::size_t>(limit, kPageMax);
  order.after = core::AuditId{number_of(request, "after")};
  const Json* oldest = request.if_contains("oldest_first");
  order.is_oldest_first = oldest != nullptr && oldest->is_bool() && oldest->as_bool();
  POSTERN_TRY(auth::AuditPage page, auth::search_audit(*services.store().snapshot(), services.vault(), workspace, filter, order));
  JsonArray rows;
  if (fill(rows, workspace, page.entries) < page.entries.size()) {
    page.has_more = true;
    page.cursor = page.entries[rows.size() - 1].id;
  }
  return Json(JsonObject{{"entries", std::move(rows)}, {"after", page.cursor.value}, {"has_more", page.has_more}});
}

// The waiting ones have the number 0; they are few, and come with the last page.
Result<Json> chain(const JsonObject& request, core::WorkspaceId workspace, Services& services) {
  const auto snapshot = services.store().snapshot();
  const std::uint64_t after = number_of(request, "after");
  POSTERN_TRY(const auto entries, auth::read_chain(*snapshot, services.vault(), workspace, after, kPageMax));
  JsonArray rows;
  const std::size_t taken = fill(rows, workspace, entries);
  const bool has_more = taken < entries.size() || entries.size() == kPageMax;
  const std::uint64_t last = taken == 0 ? after : entries[taken - 1].sequence;
  if (!has_more) {
    POSTERN_TRY(const auto waiting, auth::read_waiting(*snapshot, services.vault(), workspace, kPageMax));
    JsonArray more;
    fill(more, workspace, waiting);
    for (Json& row : more) rows.push_back(std::move(row));
  }
  return Json(JsonObject{{"entries", std::move(rows)}, {"after", last}, {"has_more", has_more}});
}

Json shown(const auth::ChainReport& report) {
  JsonObject out{{"at", core::to_rfc3339(core::from_unix_ms(report.at_unix_ms))}, {"intact", report.is_intact()},
                 {"verified", report.verified}, {"waiting", report.waiting}, {"head", auth::anchor_text(report.head.sequence, report.head.hash)}};
  if (report.fault) {
    out["fault"] = JsonObject{{"sequence", report.fault->sequence}, {"id", report.fault->id.value}, {"what", report.fault->what}};
  }
  return Json(std::move(out));
}

Result<Json> state(core::WorkspaceId workspace, Services& services) {
  POSTERN_TRY(const auth::AuditTrail::State found, services.audit().state(workspace));
  JsonObject out{{"sequence", found.head.sequence}, {"hash", core::to_hex(found.head.hash)}, {"waiting", found.waiting},
                 {"verifying", found.is_verifying}};
  out["verified"] = found.verified ? shown(*found.verified) : Json(nullptr);
  return Json(std::move(out));
}

Task<Result<Json>> checklist(core::WorkspaceId workspace, Services& services) {
  POSTERN_CO_TRY(const web::SecurityChecklist found, co_await make_security_checklist(services, workspace));
  JsonArray rows;
  for (const web::SecurityCheck& each : found.checks) {
    rows.emplace_back(JsonObject{{"id", each.id}, {"title", each.title}, {"why", each.why}, {"state", web::to_string(each.state)},
                                 {"found", each.found}, {"fix", each.fix}, {"weight", each.weight}});
  }
  co_return Json(JsonObject{{"score", found.score()}, {"checks", std::move(rows)}});
}

Task<Result<Json>> verify(JsonObject request, core::WorkspaceId workspace, Services& services) {
  std::optional<auth::ChainAnchor> anchor;
  if (const std::string text = text_of(request, "anchor"); !text.empty()) {
    POSTERN_CO_TRY(anchor, auth::parse_anchor(text));
  }
  const Json* alone = request.if_contains("is_alone");
  if (alone == nullptr || !alone->is_bool() || !alone->as_bool()) {
    if (anchor) {
      // One entry is soon looked at; the chain before it is what the verification is for.
      POSTERN_CO_TRY(const auto entries, auth::read_chain(*services.store().snapshot(), services.vault(), workspace, anchor->sequence - 1, 1));
      if (entries.empty()) co_return core::fail(core::Errc::kInvalid, "the chain ends before the anchor: entries were cut off, or the store is an old copy");
      const bool is_kept = entries.front().sequence == anchor->sequence;
      if (!is_kept) co_return core::fail(core::Errc::kInvalid, "the anchor is of an entry that was removed because of its age");
      if (entries.front().hash != anchor->hash) co_return core::fail(core::Errc::kInvalid, "the entry has another hash than the anchor: the chain was made anew");
    }
    services.audit().request_verification(workspace);
    co_return Json(JsonObject{{"verifying", true}});
  }
  POSTERN_CO_TRY(const auth::ChainReport report, co_await services.audit().verify(workspace, std::move(anchor)));
  co_return Json(JsonObject{{"verifying", false}, {"verified", shown(report)}});
}

}  // namespace

Task<Result<Json>> run_audit_command(std::string action, JsonObject request, auth::Principal by, Services& services) {
  if (action == "list") co_return list(request, by.workspace, services);
  if (action == "chain") co_return chain(request, by.workspace, services);
  if (action == "state") co_return state(by.workspace, services);
  if (action == "checklist") co_return co_await checklist(by.workspace, services);
  if (action == "verify") co_return co_await verify(std::move(request), by.workspace, services);
  co_return core::fail(core::Errc::kInvalid, "no such command: audit." + action);
}

}  // namespace postern::app
