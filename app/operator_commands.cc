#include "app/operator_commands.h"

#include <fmt/format.h>

#include <algorithm>
#include <boost/json/object.hpp>
#include <map>

#include "app/audit_commands.h"
#include "app/block_commands.h"
#include "app/exports/export_desk.h"
#include "app/imports/import_desk.h"
#include "app/living_workspaces.h"
#include "app/people_commands.h"
#include "app/refusal_commands.h"
#include "app/report_commands.h"
#include "app/rule_commands.h"
#include "app/suspended_commands.h"
#include "auth/audit.h"
#include "core/errc.h"
#include "pipeline/redaction/redactor.h"
#include "ticketing/people/person_merge.h"
#include "ticketing/traces.h"
#include "web/api/shapes.h"

namespace postern::app {
namespace {

// Where somebody sets a first password.
std::string link_of(const Services& services, const std::string& token) {
  return services.options().origin() + "/#/enrol/" + token;
}

using core::Result;
using core::Task;

constexpr std::int64_t kTokenDaysMax = 3650;
constexpr std::size_t kCommandBytesMax = 40;
constexpr std::string_view kInstance = "instance";  // in place of a workspace, for the audit log only

std::string text_of(const JsonObject& request, std::string_view key) {
  const Json* found = request.if_contains(key);
  return found != nullptr && found->is_string() ? std::string(found->as_string()) : std::string();
}

Result<std::string> required(const JsonObject& request, std::string_view key) {
  std::string value = text_of(request, key);
  if (value.empty()) return core::fail(core::Errc::kInvalid, fmt::format("{} is missing", key));
  return value;
}

Json time_or_null(std::int64_t unix_ms) {
  return unix_ms == 0 ? Json(nullptr) : Json(core::to_rfc3339(core::from_unix_ms(unix_ms)));
}

// The workspace that the request names; with a single workspace it need not.
Result<auth::Principal> acting_in(const JsonObject& request, Services& services) {
  const std::string name = text_of(request, "workspace");
  const auto all = living_workspaces(*services.directory(), services.vault());
  if (name.empty()) {
    if (all.size() == 1) return services.operator_principal(all.front());
    if (all.empty()) return core::fail(core::Errc::kInvalid, "the workspace was wiped; after a restart its name begins a new one");
    return core::fail(core::Errc::kInvalid, "there are several workspaces: name one with --workspace");
  }
  const auto id = services.directory()->workspace_named(name);
  if (!id) return core::fail(core::Errc::kInvalid, "no such workspace: " + name);
  if (std::ranges::find(all, id) == all.end()) {
    return core::fail(core::Errc::kInvalid, name + " was wiped; after a restart its name begins a new workspace");
  }
  return services.operator_principal(id);
}

JsonObject show(const auth::User& user) {
  return {{"id", user.id.value}, {"email", user.email}, {"name", user.name}, {"role", auth::to_string(user.role)},
          {"has_password", user.has_password}, {"disabled", user.is_disabled},
          {"created_at", core::to_rfc3339(core::from_unix_ms(user.created_unix_ms))}};
}

Result<auth::User> user_of(const JsonObject& request, Services& services) {
  POSTERN_TRY(const std::string email, required(request, "email"));
  POSTERN_TRY(const auto user, services.accounts().find_by_email(email));
  if (!user) return core::fail(auth::Errc::kNotFound, email);
  return *user;
}

Task<Result<Json>> list_users(JsonObject request, Services& services) {
  POSTERN_CO_TRY(const auto by, acting_in(request, services));
  POSTERN_CO_TRY(const auto users, services.accounts().accounts(by.workspace));
  JsonArray out;
  for (const auto& user : users) out.emplace_back(show(user));
  co_return Json(JsonObject{{"users", std::move(out)}});
}

Task<Result<Json>> invite_user(JsonObject request, Services& services) {
  POSTERN_CO_TRY(const auto by, acting_in(request, services));
  POSTERN_CO_TRY(const std::string email, required(request, "email"));
  const std::string word = text_of(request, "role");
  const std::map<std::string, auth::Role> roles{{"", auth::Role::kAgent}, {"light-agent", auth::Role::kAgent}, {"agent", auth::Role::kAgent},
                                                {"admin", auth::Role::kAdmin}, {"owner", auth::Role::kOwner}};
  const auto role = roles.find(word);
  if (role == roles.end()) co_return core::fail(core::Errc::kInvalid, "role is light-agent, agent, admin or owner");
  const std::uint64_t custom_role = word == "light-agent" ? auth::kLightAgent : 0;
  if (!services.redactor().redact_text(email, {"email", by.workspace, {}}).redactions().empty())
    co_return core::fail(core::Errc::kInvalid, "the address holds a value that must not be stored");
  const std::string name = services.redactor().redact_text(text_of(request, "name"), {"name", by.workspace, {}}).text();
  POSTERN_CO_CHECK(ticketing::check_has_one_address(services.desk().people(), by.workspace, email));
  POSTERN_CO_TRY(const auto made, co_await services.accounts().invite(by, email, name, role->second, custom_role));
  co_return Json(JsonObject{{"user", show(made.first)}, {"enrolment_token", made.second}, {"link", link_of(services, made.second)}});
}

Task<Result<Json>> reset_user(JsonObject request, Services& services) {
  POSTERN_CO_TRY(const auto user, user_of(request, services));
  POSTERN_CO_TRY(const auto token, co_await services.accounts().new_enrolment(services.operator_principal(user.workspace), user.id));
  co_return Json(JsonObject{{"user", show(user)}, {"enrolment_token", token}, {"link", link_of(services, token)}});
}

// For somebody who has lost every factor and every recovery code.
Task<Result<Json>> reset_second_factors(JsonObject request, Services& services) {
  POSTERN_CO_TRY(const auto user, user_of(request, services));
  const core::Result<void> done = co_await services.ways_in().factors.reset(services.operator_principal(user.workspace), user.id);
  if (!done && done.error() == auth::Errc::kNotFound) co_return core::fail(core::Errc::kInvalid, user.email + " has no second factor");
  if (!done) co_return done.error();
  co_return Json(JsonObject{{"user", show(user)}});
}

Task<Result<Json>> unlock_user(JsonObject request, Services& services) {
  POSTERN_CO_TRY(const auto user, user_of(request, services));
  POSTERN_CO_CHECK(co_await services.accounts().unlock(services.operator_principal(user.workspace), user.id));
  co_return Json(JsonObject{{"user", show(user)}});
}

Task<Result<Json>> import_hash(JsonObject request, Services& services) {
  POSTERN_CO_TRY(const auto user, user_of(request, services));
  POSTERN_CO_TRY(std::string hash, required(request, "hash"));
  POSTERN_CO_CHECK(co_await services.accounts().import_password_hash(services.operator_principal(user.workspace), user.id, std::move(hash)));
  co_return Json(JsonObject{{"user", show(user)}});
}

// The way back in for those whose own rules shut them out.
Task<Result<Json>> show_networks(JsonObject request, Services& services, bool opens_all) {
  POSTERN_CO_TRY(const auto by, acting_in(request, services));
  auth::NetworkRules everywhere;
  if (opens_all) POSTERN_CO_CHECK(co_await services.networks().change(by, std::move(everywhere), true));
  POSTERN_CO_TRY(const auth::NetworkRules rules, services.networks().rules(by.workspace));
  co_return Json(JsonObject{{"allowed", JsonArray(rules.allowed.begin(), rules.allowed.end())}, {"end_users_too", rules.end_users_too}});
}

Task<Result<Json>> disable_user(JsonObject request, Services& services, bool disabled) {
  POSTERN_CO_TRY(auto user, user_of(request, services));
  POSTERN_CO_CHECK(co_await services.accounts().set_disabled(services.operator_principal(user.workspace), user.id, disabled));
  if (disabled) POSTERN_CO_CHECK(co_await services.sessions().close_all(user.workspace, user.id));
  user.is_disabled = disabled;
  co_return Json(JsonObject{{"user", show(user)}});
}

JsonObject show(const auth::Token& token) {
  JsonObject out{{"id", token.id.value}, {"description", token.description},
                 {"created_at", core::to_rfc3339(core::from_unix_ms(token.created_unix_ms))}};
  out["last_used_at"] = time_or_null(token.last_used_unix_ms);
  out["expires_at"] = time_or_null(token.expires_unix_ms);
  return out;
}

Task<Result<Json>> create_token(JsonObject request, Services& services) {
  POSTERN_CO_TRY(const auto user, user_of(request, services));
  if (user.is_disabled) co_return core::fail(core::Errc::kInvalid, user.email + " is disabled");
  std::int64_t expires = 0;
  if (const Json* days = request.if_contains("days"); days != nullptr && days->is_number()) {
    boost::system::error_code wrong;
    const auto count = days->to_number<std::int64_t>(wrong);
    if (wrong || count < 0 || count > kTokenDaysMax) co_return core::fail(core::Errc::kInvalid, "days: 0 (for ever) to 3650");
    if (count > 0) expires = core::to_unix_ms(services.clock().wall_now()) + count * 86'400'000;
  }
  const std::string description = services.redactor().redact_text(text_of(request, "description"), {"token", user.workspace, {}}).text();
  POSTERN_CO_TRY(const auto made, co_await services.sessions().create_token(services.operator_principal(user.workspace), user.id,
                                                                           description, expires));
  co_return Json(JsonObject{{"secret", made.first}, {"token", show(made.second)}});
}

Task<Result<Json>> list_tokens(JsonObject request, Services& services) {
  POSTERN_CO_TRY(const auto user, user_of(request, services));
  POSTERN_CO_TRY(const auto tokens, services.sessions().list_tokens(user.workspace, user.id));
  JsonArray out;
  for (const auto& token : tokens) out.emplace_back(show(token));
  co_return Json(JsonObject{{"tokens", std::move(out)}});
}

Task<Result<Json>> revoke_token(JsonObject request, Services& services) {
  POSTERN_CO_TRY(const auto user, user_of(request, services));
  const Json* given = request.if_contains("id");
  boost::system::error_code wrong;
  const core::TokenId id{given == nullptr ? 0 : given->to_number<std::uint64_t>(wrong)};
  if (wrong || !id) co_return core::fail(core::Errc::kInvalid, "id: the number of a token (see token list)");
  POSTERN_CO_TRY(const auto tokens, services.sessions().list_tokens(user.workspace, user.id));
  if (std::ranges::find(tokens, id, &auth::Token::id) == tokens.end()) {
    co_return core::fail(core::Errc::kInvalid, fmt::format("{} has no token {}", user.email, id.value));
  }
  POSTERN_CO_CHECK(co_await services.sessions().revoke_token(services.operator_principal(user.workspace), id));
  co_return Json(JsonObject{{"revoked", id.value}});
}

Task<Result<Json>> list_queue(JsonObject request, Services& services) {
  JsonArray out;
  for (const auto workspace : living_workspaces(*services.directory(), services.vault())) {
    POSTERN_CO_TRY(const auto entries, services.outbox().list(workspace, 1000));
    for (const auto& entry : entries) {
      out.emplace_back(JsonObject{{"id", core::to_base32(entry.id.value)}, {"ticket", entry.ticket ? Json(entry.ticket.value) : Json(nullptr)},
                                  {"purpose", entry.purpose.empty() ? Json(nullptr) : Json(entry.purpose)}, {"rcpt", entry.rcpt},
                                  {"attempts", entry.attempts}, {"held", entry.is_held}, {"last_reply", entry.last_reply},
                                  {"delivering_until", time_or_null(entry.leased_until_unix_ms)},
                                  {"created_at", core::to_rfc3339(core::from_unix_ms(entry.created_unix_ms))},
                                  {"due_at", core::to_rfc3339(core::from_unix_ms(entry.due_unix_ms))}});
    }
  }
  co_return Json(JsonObject{{"queue", std::move(out)}});
}

// Finds the entry's workspace, so that an operator need not know it.
Task<Result<Json>> change_queue(JsonObject request, Services& services, std::string what) {
  POSTERN_CO_TRY(const std::string text, required(request, "id"));
  const core::OutboxId id{core::from_base32(text)};
  for (const auto workspace : living_workspaces(*services.directory(), services.vault())) {
    POSTERN_CO_TRY(const auto entries, services.outbox().list(workspace, 10'000));
    for (const auto& entry : entries) {
      if (entry.id != id) continue;
      const auto by = services.operator_principal(workspace);
      if (what == "retry") POSTERN_CO_CHECK(co_await services.outbox().retry_now(by, id));
      if (what == "hold") POSTERN_CO_CHECK(co_await services.outbox().hold(by, id, true));
      if (what == "release") POSTERN_CO_CHECK(co_await services.outbox().hold(by, id, false));
      if (what == "drop") POSTERN_CO_CHECK(co_await services.outbox().drop(by, id));
      co_return Json(JsonObject{{"id", text}, {"done", what}});
    }
  }
  co_return core::fail(ticketing::Errc::kNotFound, "no entry " + text + " in the queue");
}

Task<Result<Json>> show_trace(JsonObject request, Services& services) {
  POSTERN_CO_TRY(const std::string text, required(request, "id"));
  const core::TraceId id{core::from_base32(text)};
  const auto found = ticketing::find_trace(services.store(), services.vault(), living_workspaces(*services.directory(), services.vault()), id);
  if (!found && found.error() == ticketing::Errc::kNotFound) {
    if (auto refused = refusals_of(id, services)) co_return std::move(*refused);
    co_return core::fail(core::Errc::kInvalid, "no message " + text + " is known: it was refused too long ago, before the server last started, or the id is mistyped");
  }
  if (!found) co_return found.error();
  const ticketing::Trace& trace = *found;
  JsonArray steps;
  for (const auto& step : trace.steps) {
    steps.emplace_back(JsonObject{{"at", core::to_rfc3339(core::from_unix_ms(step.at_unix_ms))}, {"what", step.what}, {"detail", step.detail}});
  }
  JsonArray tickets;
  for (const auto ticket : trace.tickets) tickets.emplace_back(ticket);
  JsonArray symbols;
  for (const auto& one : trace.verdicts.spam.symbols) symbols.emplace_back(JsonObject{{"name", one.name}, {"weight", one.weight}});
  JsonArray redactions;
  for (const auto& one : trace.verdicts.redactions) {
    redactions.emplace_back(JsonObject{{"rule", one.rule}, {"brand", one.brand}, {"part", one.part}, {"where", one.where}, {"count", one.count}});
  }
  co_return Json(JsonObject{{"id", text}, {"client_ip", trace.client_ip}, {"helo", trace.helo}, {"tls", trace.tls}, {"size", trace.size},
                            {"tickets", std::move(tickets)},
                            {"spf", pipeline::to_string(trace.verdicts.auth.spf.result)},
                            {"dmarc", pipeline::to_string(trace.verdicts.auth.dmarc.result)},
                            {"authentication", web::auth_json(trace.verdicts.auth)},
                            {"spam_score", trace.verdicts.spam.score}, {"symbols", std::move(symbols)},
                            {"redactions", std::move(redactions)}, {"steps", std::move(steps)}});
}

Task<Result<Json>> dispatch(std::string command, JsonObject fields, Services& services) {
  if (command == "ping") co_return Json(JsonObject{{"pong", true}});
  if (command == "user.list") co_return co_await list_users(std::move(fields), services);
  if (command == "user.invite") co_return co_await invite_user(std::move(fields), services);
  if (command == "user.reset") co_return co_await reset_user(std::move(fields), services);
  if (command == "user.reset-2fa") co_return co_await reset_second_factors(std::move(fields), services);
  if (command == "user.disable") co_return co_await disable_user(std::move(fields), services, true);
  if (command == "user.enable") co_return co_await disable_user(std::move(fields), services, false);
  if (command == "user.unlock") co_return co_await unlock_user(std::move(fields), services);
  if (command == "user.inboxes") co_return co_await set_user_inboxes(std::move(fields), services);
  if (command.starts_with("workspace.")) {
    std::string action = command.substr(std::string_view("workspace.").size());
    co_return co_await run_workspace_command(std::move(action), std::move(fields), services);
  }
  if (command == "user.import-hash") co_return co_await import_hash(std::move(fields), services);
  if (command == "network.show") co_return co_await show_networks(std::move(fields), services, false);
  if (command == "network.allow-all") co_return co_await show_networks(std::move(fields), services, true);
  if (command == "token.create") co_return co_await create_token(std::move(fields), services);
  if (command == "token.list") co_return co_await list_tokens(std::move(fields), services);
  if (command == "token.revoke") co_return co_await revoke_token(std::move(fields), services);
  if (command == "queue.list") co_return co_await list_queue(std::move(fields), services);
  for (const char* verb : {"retry", "hold", "release", "drop"}) {
    if (command == fmt::format("queue.{}", verb)) co_return co_await change_queue(std::move(fields), services, verb);
  }
  for (const char* verb : {"list", "show", "recover", "delete"}) {
    if (command == fmt::format("suspended.{}", verb)) co_return co_await run_suspended_command(verb, std::move(fields), services);
  }
  for (const char* verb : {"list", "show"}) {
    if (command == fmt::format("reports.{}", verb)) co_return co_await run_report_command(verb, std::move(fields), services);
  }
  if (command.starts_with("rules.")) {
    POSTERN_CO_TRY(const auto by, acting_in(fields, services));
    std::string action = command.substr(std::string_view("rules.").size());
    ticketing::RuleBench bench = services.redaction().bench();
    co_return co_await run_rule_command(std::move(action), std::move(fields), by, bench, services.accounts(), services.clock());
  }
  if (command.starts_with("export.")) {
    POSTERN_CO_TRY(const auto by, acting_in(fields, services));
    std::string action = command.substr(std::string_view("export.").size());
    co_return co_await run_export_command(std::move(action), std::move(fields), by, services);
  }
  if (command.starts_with("import.")) {
    POSTERN_CO_TRY(const auto by, acting_in(fields, services));
    std::string action = command.substr(std::string_view("import.").size());
    co_return co_await run_import_command(std::move(action), std::move(fields), by, services);
  }
  if (command.starts_with("audit.")) {
    // What belongs to no workspace: sign-ins of unknown logins, the configuration.
    const bool is_instance = text_of(fields, "workspace") == kInstance;
    auto by = is_instance ? Result<auth::Principal>(services.operator_principal(core::WorkspaceId{})) : acting_in(fields, services);
    if (!by) co_return by.error();
    std::string action = command.substr(std::string_view("audit.").size());
    co_return co_await run_audit_command(std::move(action), std::move(fields), std::move(*by), services);
  }
  if (command.starts_with("block.")) {
    std::string action = command.substr(std::string_view("block.").size());
    co_return co_await run_block_command(std::move(action), std::move(fields), services);
  }
  if (command == "refusals") co_return list_refusals(fields, services);
  if (command == "trace") co_return co_await show_trace(std::move(fields), services);
  co_return core::fail(core::Errc::kInvalid, "no such command: " + command);
}

// What these did is in the audit log by their own transaction; a failure is not.
constexpr std::string_view kAuditedByThemselves[] = {
    "user.invite", "user.reset", "user.reset-2fa", "user.disable", "user.enable", "user.unlock", "user.import-hash", "user.inboxes", "workspace.wipe", "network.allow-all", "token.create", "token.revoke", "queue.retry", "queue.hold",
    "queue.release", "queue.drop", "suspended.recover", "suspended.delete", "rules.publish", "rules.activate", "rules.rollback",
    "rules.rollout", "block.add", "block.remove", "import.begin", "export.begin"};
// Asked again and again while a verb waits, and no content in it.
constexpr std::string_view kNeverAudited[] = {"ping", "audit.state", "rules.replay_status", "import.step", "export.step"};

// Looking is audited too (ASVS 16.2.1, requirement I0-11): once a verb, not once a page.
Task<Result<void>> audit_use(std::string command, JsonObject fields, bool is_done, Services& services) {
  const bool is_audited = std::ranges::find(kAuditedByThemselves, command) != std::end(kAuditedByThemselves);
  const bool is_exempt = std::ranges::find(kNeverAudited, command) != std::end(kNeverAudited);
  const Json* after = fields.if_contains("after");
  boost::system::error_code wrong;
  const bool is_later_page = after != nullptr && after->is_number() && after->to_number<std::uint64_t>(wrong) != 0;
  if (is_exempt || is_later_page || (is_audited && is_done)) co_return Result<void>();
  const auto acting = acting_in(fields, services);
  // Without a workspace named among several it stands under none.
  const auth::Principal by = acting ? *acting : services.operator_principal(core::WorkspaceId{});
  auth::AuditEvent event{"console." + command, "command/" + command};
  event.outcome = is_done ? auth::Outcome::kOk : auth::Outcome::kFailed;
  co_return co_await auth::audit_alone(services.store(), services.vault(), services.ids(), services.clock(), by, std::move(event));
}

}  // namespace

Task<Result<Json>> run_operator_command(Json request, Services& services) {
  if (!request.is_object()) co_return core::fail(core::Errc::kInvalid, "a request is an object");
  const JsonObject fields = request.as_object();
  const std::string command = text_of(fields, "command");
  if (command.size() > kCommandBytesMax) co_return core::fail(core::Errc::kInvalid, "no such command");
  Result<Json> answer = co_await dispatch(command, fields, services);
  POSTERN_CO_CHECK(co_await audit_use(command, fields, answer.has_value(), services));
  co_return answer;
}

}  // namespace postern::app
