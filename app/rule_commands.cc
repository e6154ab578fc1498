#include "app/rule_commands.h"

#include <fmt/format.h>

#include <algorithm>
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <map>

#include "app/replay_tally.h"
#include "app/rule_text.h"
#include "core/encoding.h"
#include "core/errc.h"
#include "ticketing/rule_mark.h"

namespace postern::app {
namespace {

using core::Result;
using core::Task;

constexpr auto kReplayPoll = std::chrono::milliseconds(100);
constexpr auto kReplayWait = std::chrono::seconds(10);  // below ControlLimits::time_max
constexpr std::int64_t kDayMs = 86'400'000;
constexpr std::uint64_t kMarksMax = 1000;  // of one answer

std::string text_of(const JsonObject& request, std::string_view key) {
  const Json* found = request.if_contains(key);
  return found != nullptr && found->is_string() ? std::string(found->as_string()) : std::string();
}

Result<std::uint64_t> number_of(const JsonObject& request, std::string_view key, std::uint64_t otherwise) {
  const Json* found = request.if_contains(key);
  if (found == nullptr) return otherwise;
  boost::system::error_code wrong;
  const auto value = found->to_number<std::uint64_t>(wrong);
  if (wrong) return core::fail(core::Errc::kInvalid, fmt::format("{}: not a number", key));
  return value;
}

Result<std::vector<std::uint64_t>> versions_of(const JsonObject& request, std::size_t count) {
  std::vector<std::uint64_t> out;
  const Json* found = request.if_contains("versions");
  if (found != nullptr && found->is_array()) {
    for (const Json& one : found->as_array()) {
      boost::system::error_code wrong;
      out.push_back(one.to_number<std::uint64_t>(wrong));
      if (wrong) return core::fail(core::Errc::kInvalid, "versions: not a number");
    }
  }
  if (out.size() != count) return core::fail(core::Errc::kInvalid, fmt::format("versions: {} of them", count));
  return out;
}

Result<pipeline::RuleMode> mode_named(const std::string& word, std::string_view key) {
  for (const auto mode : {pipeline::RuleMode::kOff, pipeline::RuleMode::kShadow, pipeline::RuleMode::kEnforce}) {
    if (pipeline::to_string(mode) == word) return mode;
  }
  return core::fail(core::Errc::kInvalid, fmt::format("{} is off, shadow or enforce", key));
}

// All rules, or the one that the request names, with its TOML.
Json list(const JsonObject& request, core::WorkspaceId workspace, const ticketing::RuleBench& bench) {
  const auto effective = bench.sets.effective(workspace);
  const std::string wanted = text_of(request, "rule");
  JsonArray rules;
  for (const auto& rule : effective->rules) {
    if (wanted.empty()) rules.emplace_back(rule_json(rule));
    if (rule.id == wanted) rules.emplace_back(rule_json_with_toml(rule));
  }
  return JsonObject{{"version", effective->version}, {"is_fallback", effective->is_fallback}, {"rules", std::move(rules)}};
}

// The version that is asked for, or the one in force, with the mark that publishing reads.
Result<Json> document(const JsonObject& request, core::WorkspaceId workspace, const ticketing::RuleBench& bench) {
  const Json* asked = request.if_contains("versions");
  const bool is_given = asked != nullptr && asked->is_array() && !asked->as_array().empty();
  POSTERN_TRY(const auto known, bench.sets.list(workspace));
  std::vector<std::uint64_t> versions{known.active};
  if (is_given) {
    POSTERN_TRY(versions, versions_of(request, 1));
  }
  POSTERN_TRY(const auto found, bench.sets.get(workspace, versions.front()));
  return Json(JsonObject{{"version", versions.front()}, {"document", ticketing::with_mark(found.second, versions.front())}});
}

// "Ann <ann@example.com>"; null for the operator.
Json person_json(core::WorkspaceId workspace, core::UserId id, const auth::Accounts& accounts) {
  if (!id) return nullptr;
  const auto user = accounts.find(workspace, id);
  if (!user || !*user) return Json(fmt::format("user {}", id.value));
  const auth::User& who = **user;
  return Json(who.name.empty() || who.name == who.email ? who.email : fmt::format("{} <{}>", who.name, who.email));
}

Result<Json> history(core::WorkspaceId workspace, const ticketing::RuleBench& bench, const auth::Accounts& accounts) {
  POSTERN_TRY(const auto known, bench.sets.list(workspace));
  JsonArray versions;
  for (const auto& one : known.versions) {
    versions.emplace_back(JsonObject{{"version", one.number}, {"is_active", one.is_active},
                                     {"created_at", core::to_rfc3339(core::from_unix_ms(one.created_unix_ms))},
                                     {"author", one.author ? Json(one.author.value) : Json(nullptr)},
                                     {"author_name", person_json(workspace, one.author, accounts)},
                                     {"based_on", one.based_on}, {"note", one.note}, {"bytes", one.document_bytes}});
  }
  return Json(JsonObject{{"active", known.active}, {"before", known.before ? Json(*known.before) : Json(nullptr)},
                         {"versions", std::move(versions)}});
}

JsonArray differences_json(const std::vector<ticketing::RuleDifference>& differences) {
  JsonArray rows;
  for (const auto& one : differences) {
    rows.emplace_back(JsonObject{{"rule", one.rule}, {"change", one.change}, {"field", one.field}, {"before", one.before}, {"after", one.after}});
  }
  return rows;
}

Json show(const ticketing::RuleSetChange& change) {
  JsonArray warnings;
  for (const std::string& one : change.warnings) warnings.emplace_back(one);
  return JsonObject{{"version", change.version ? Json(change.version->number) : Json(nullptr)},
                    {"is_unchanged", change.is_unchanged},
                    {"in_the_way", change.in_the_way ? Json(*change.in_the_way) : Json(nullptr)},
                    {"differences", differences_json(change.differences)},
                    {"warnings", std::move(warnings)},
                    {"problems", problems_json(change.problems, "")}};
}

Task<Result<Json>> publish(JsonObject request, auth::Principal by, ticketing::RuleBench bench) {
  ticketing::RuleSetDraft draft;
  draft.document = text_of(request, "document");
  draft.note = text_of(request, "note");
  draft.must_name_version = true;
  draft.is_only_compared = request.contains("dry_run");
  if (request.contains("on_top_of")) {
    POSTERN_CO_TRY(draft.expected, number_of(request, "on_top_of", 0));
  }
  POSTERN_CO_TRY(const auto change, co_await bench.sets.put_version(by, std::move(draft)));
  co_return show(change);
}

Task<Result<Json>> rollout(JsonObject request, auth::Principal by, ticketing::RuleBench bench) {
  ticketing::RuleRollout where;
  where.rule = text_of(request, "rule");
  POSTERN_CO_TRY(where.mode, mode_named(text_of(request, "mode"), "mode"));
  const std::string elsewhere = text_of(request, "elsewhere");
  POSTERN_CO_TRY(where.elsewhere, mode_named(elsewhere.empty() ? "shadow" : elsewhere, "elsewhere"));
  if (const Json* found = request.if_contains("inboxes"); found != nullptr && found->is_array()) {
    for (const Json& one : found->as_array()) {
      if (one.is_string()) where.inboxes.emplace_back(one.as_string());
    }
  }
  if (!elsewhere.empty() && where.inboxes.empty()) {
    co_return core::fail(core::Errc::kInvalid, "elsewhere: only beside inboxes; without them the mode holds everywhere");
  }
  ticketing::RuleEdit edit;
  POSTERN_CO_TRY(const auto change, co_await bench.sets.rollout(by, std::move(where), std::move(edit)));
  co_return show(change);
}

Task<Result<Json>> change_version(std::string action, JsonObject request, auth::Principal by, ticketing::RuleBench bench) {
  ticketing::RuleEdit edit;
  if (action == "rollback") {
    POSTERN_CO_TRY(const auto back, co_await bench.sets.rollback(by, std::move(edit)));
    co_return show(back);
  }
  POSTERN_CO_TRY(const auto versions, versions_of(request, 1));
  POSTERN_CO_TRY(const auto change, co_await bench.sets.activate(by, versions.front(), std::move(edit)));
  co_return show(change);
}

Task<Result<Json>> difference(JsonObject request, auth::Principal by, ticketing::RuleBench bench) {
  POSTERN_CO_TRY(const auto versions, versions_of(request, 2));
  POSTERN_CO_TRY(const auto found, co_await bench.sets.difference(by.workspace, versions[0], versions[1]));
  co_return Json(JsonObject{{"differences", differences_json(found)}});
}

JsonObject sums_json(const ticketing::FindingSums& sums, std::uint64_t of_messages) {
  const double rate = of_messages == 0 ? 0 : static_cast<double>(sums.messages) * ReplayTally::kRateOf / static_cast<double>(of_messages);
  return {{"messages", sums.messages}, {"findings", sums.findings}, {"per_100000", rate}};
}

Result<Json> stats(const JsonObject& request, core::WorkspaceId workspace, const ticketing::RuleBench& bench) {
  POSTERN_TRY(const std::uint64_t days, number_of(request, "days", 30));
  const std::uint64_t most = bench.findings.limits().period_days_max;
  if (days == 0 || days > most) return core::fail(core::Errc::kInvalid, fmt::format("days: 1 to {}", most));
  ticketing::FindingQuestion question;
  question.last_day = bench.findings.today();
  question.first_day = question.last_day - std::min(question.last_day, days - 1);
  POSTERN_TRY(const auto report, bench.findings.report(workspace, question));
  JsonArray rules;
  for (const auto& one : report.rules) {
    JsonArray places;
    for (const auto& place : one.places) {
      places.emplace_back(JsonObject{{"where", place.where}, {"label", place.label}, {"is_shadow", place.is_shadow}, {"findings", place.findings}});
    }
    rules.emplace_back(JsonObject{{"rule", one.rule}, {"enforced", sums_json(one.enforced, report.messages_seen)},
                                  {"shadow", sums_json(one.shadow, report.messages_seen)}, {"false_positives", one.false_positives},
                                  {"places", std::move(places)}});
  }
  return Json(JsonObject{{"days", days}, {"messages", report.messages_seen}, {"rules", std::move(rules)}});
}

Result<Json> feedback(const JsonObject& request, core::WorkspaceId workspace, const ticketing::RuleBench& bench, const auth::Accounts& accounts) {
  POSTERN_TRY(const std::uint64_t most, number_of(request, "max", 0));
  POSTERN_TRY(const auto marks, bench.feedback.list(workspace, most == 0 ? kMarksMax : std::min(most, kMarksMax), 0));
  JsonArray rows;
  for (const auto& one : marks) {
    rows.emplace_back(JsonObject{{"rule", one.rule}, {"label", one.label}, {"ticket", one.ticket.value}, {"comment", one.comment.value},
                                 {"part", one.part}, {"where", one.where}, {"count", one.count}, {"is_shadow", one.is_shadow},
                                 {"marked_at", core::to_rfc3339(core::from_unix_ms(one.at_unix_ms))},
                                 {"author_name", person_json(workspace, one.author, accounts)}});
  }
  return Json(JsonObject{{"feedback", std::move(rows)}});
}

// One column of a replay in the form of ReplayTally: labels of one place are put together.
JsonObject side_json(const ticketing::ReplayRule& rule, std::uint64_t messages, bool is_candidate) {
  std::map<std::string, std::uint64_t> sums;
  for (const auto& place : rule.places) {
    if (const std::uint64_t count = is_candidate ? place.candidate : place.active; count != 0) sums[place.where] += count;
  }
  JsonArray places;
  for (const auto& [where, count] : sums) places.emplace_back(JsonObject{{"where", where}, {"count", count}});
  JsonObject out = sums_json(is_candidate ? rule.candidate : rule.active, messages);
  out["places"] = std::move(places);
  return out;
}

JsonArray ids_json(const std::vector<core::TicketId>& ids) {
  JsonArray out;
  for (const auto id : ids) out.emplace_back(id.value);
  return out;
}

Json show(const ticketing::ReplayStatus& status) {
  JsonArray rules;
  for (const auto& rule : status.rules) {
    rules.emplace_back(JsonObject{{"rule", rule.rule},
                                  {"left", side_json(rule, status.messages_read, true)},
                                  {"right", side_json(rule, status.messages_read, false)},
                                  {"only_left", rule.only_candidate},
                                  {"only_right", rule.only_active},
                                  {"tickets", ids_json(rule.tickets)},
                                  {"only_left_tickets", ids_json(rule.only_candidate_tickets)},
                                  {"only_right_tickets", ids_json(rule.only_active_tickets)}});
  }
  return JsonObject{{"id", core::to_base32(status.id)}, {"state", ticketing::to_string(status.state)},
                    {"active_version", status.active_version},
                    {"against_version", status.against_version ? Json(*status.against_version) : Json(nullptr)}, {"messages_found", status.messages_found},
                    {"messages", status.messages_read}, {"messages_failed", status.messages_failed},
                    {"cut_short_by", status.cut_short_by}, {"problems", JsonArray()}, {"rules", std::move(rules)}};
}

// Until its end, or for as long as a caller of the control socket is willing to wait.
Task<Result<Json>> await_replay(core::WorkspaceId workspace, std::uint64_t id, bool is_alone, ticketing::RuleBench bench) {
  core::Clock& clock = core::system_clock();  // somebody at a terminal waits, whatever time the store has
  const core::Instant until = clock.now() + kReplayWait;
  for (;;) {
    POSTERN_CO_TRY(const auto status, bench.replays.find(workspace, id));
    const bool has_ended = status.state != ticketing::ReplayState::kRunning;
    if (has_ended || (!is_alone && clock.now() >= until)) co_return show(status);
    co_await clock.sleep_for(kReplayPoll);
  }
}

Task<Result<Json>> replay(JsonObject request, auth::Principal by, ticketing::RuleBench bench, core::WallTime now) {
  ticketing::ReplayRequest wanted;
  wanted.document = text_of(request, "document");
  if (request.contains("against")) wanted.against_document = text_of(request, "against");
  if (request.contains("is_against_shipped")) wanted.against_version = 0;
  POSTERN_CO_TRY(const std::uint64_t most, number_of(request, "max", 0));
  POSTERN_CO_TRY(const std::uint64_t days, number_of(request, "days", 0));
  wanted.messages_max = most;
  const std::int64_t now_ms = core::to_unix_ms(now);
  const bool is_open = days == 0 || days >= static_cast<std::uint64_t>(now_ms / kDayMs);  // no mail is older than 1970
  if (!is_open) wanted.from_unix_ms = now_ms - static_cast<std::int64_t>(days) * kDayMs;
  POSTERN_CO_TRY(const auto begun, co_await bench.replays.start(by, std::move(wanted)));
  if (!begun.problems.empty()) co_return Json(JsonObject{{"problems", problems_json(begun.problems, "")}, {"are_of_against", begun.are_of_against}});
  co_return co_await await_replay(by.workspace, begun.id, request.contains("is_alone"), bench);
}

}  // namespace

Task<Result<Json>> run_rule_command(std::string action, JsonObject request, auth::Principal by, ticketing::RuleBench bench,
                                    const auth::Accounts& accounts, core::Clock& clock) {
  if (action == "list") co_return list(request, by.workspace, bench);
  if (action == "document") co_return document(request, by.workspace, bench);
  if (action == "history") co_return history(by.workspace, bench, accounts);
  if (action == "publish") co_return co_await publish(std::move(request), by, bench);
  if (action == "activate" || action == "rollback") co_return co_await change_version(action, std::move(request), by, bench);
  if (action == "difference") co_return co_await difference(std::move(request), by, bench);
  if (action == "stats") co_return stats(request, by.workspace, bench);
  if (action == "feedback") co_return feedback(request, by.workspace, bench, accounts);
  if (action == "rollout") co_return co_await rollout(std::move(request), by, bench);
  if (action == "replay") co_return co_await replay(std::move(request), by, bench, clock.wall_now());
  if (action == "replay_status") {
    const std::uint64_t id = core::from_base32(text_of(request, "id"));
    co_return co_await await_replay(by.workspace, id, false, bench);
  }
  co_return core::fail(core::Errc::kInvalid, "no such command: rules." + action);
}

}  // namespace postern::app
