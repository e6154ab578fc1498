// Accounts: what is demanded of passwords: reading, changing, and whether one that was right may stay.
#include <fmt/format.h>

#include <algorithm>
#include <tuple>

#include "auth/accounts.h"
#include "auth/audit.h"
#include "auth/detail/keys.h"
#include "auth/detail/records.h"
#include "auth/detail/transact.h"
#include "storage/schema/access.pb.h"

namespace postern::auth {
namespace {

constexpr std::string_view kName = "passwords";
constexpr std::size_t kWorkspacesMax = 10'000;

PasswordPolicy from_record(const schema::PasswordPolicy& record) {
  PasswordPolicy out;
  // A level of a later version asks for what is recommended, not for nothing.
  if (record.level() <= static_cast<std::uint32_t>(PasswordLevel::kCustom)) out.level = static_cast<PasswordLevel>(record.level());
  out.raised_unix_ms = record.raised_unix_ms();
  if (record.length_min() == 0) return out;
  out.custom = {record.length_min(), record.needs_digit(), record.needs_mixed_case(), record.needs_special(), record.history(),
                record.expiry_days(), record.failures_max(), record.run_max()};
  return out;
}

void to_record(const PasswordPolicy& policy, schema::PasswordPolicy& out) {
  out.set_level(static_cast<std::uint32_t>(policy.level));
  out.set_raised_unix_ms(policy.raised_unix_ms);
  out.set_length_min(policy.custom.length_min);
  out.set_needs_digit(policy.custom.needs_digit);
  out.set_needs_mixed_case(policy.custom.needs_mixed_case);
  out.set_needs_special(policy.custom.needs_special);
  out.set_history(policy.custom.history);
  out.set_expiry_days(policy.custom.expiry_days);
  out.set_failures_max(policy.custom.failures_max);
  out.set_run_max(policy.custom.run_max);
}

core::Result<PasswordPolicies> parse(const storage::Vault& vault, core::WorkspaceId workspace, const std::string& key,
                                     const std::optional<std::string>& value) {
  PasswordPolicies out;
  if (!value) return out;
  schema::PasswordPolicies record;
  POSTERN_CHECK(storage::open_record(vault, workspace, key, *value, record));
  out.agents = from_record(record.agents());
  out.end_users = from_record(record.end_users());
  return out;
}

std::string words_of(const PasswordPolicy& policy, const Options& options) {
  const PasswordRules rules = rules_of(policy, options);
  return fmt::format("{}: length {}, digit {}, mixed case {}, special {}, history {}, expiry {}, failures {}, run {}", to_string(policy.level),
                     rules.length_min, rules.needs_digit, rules.needs_mixed_case, rules.needs_special, rules.history, rules.expiry_days,
                     rules.failures_max, rules.run_max);
}

AuditEvent change_event(const PasswordPolicies& before, const PasswordPolicies& after, const Options& options) {
  AuditEvent out{"password_policy.changed", "password_policy"};
  for (const auto& [audience, was, is] : {std::tuple("agents", &before.agents, &after.agents),
                                          std::tuple("end_users", &before.end_users, &after.end_users)}) {
    AuditChange change{audience, words_of(*was, options), words_of(*is, options)};
    if (change.before != change.after) out.changes.push_back(std::move(change));
  }
  return out;
}

// Logins are unknown to a workspace until they are right: the strictest limit holds for all of them, so that how many
// attempts one has does not tell where, or whether, it exists.
core::Result<void> put_failure_limit(storage::Transaction& transaction, core::WorkspaceId workspace, const PasswordPolicies& policies,
                                     const Options& options) {
  const std::uint32_t agents = rules_of(policies.agents, options).failures_max;
  const std::uint32_t end_users = rules_of(policies.end_users, options).failures_max;
  const std::uint32_t least = agents == 0 || (end_users != 0 && end_users < agents) ? end_users : agents;
  if (least == 0) {
    transaction.erase(keys::failure_limit(workspace));
    return {};
  }
  schema::LoginFailures record;
  record.set_failures(least);
  return storage::put_plain(transaction, keys::failure_limit(workspace), record);
}

}  // namespace

core::Result<PasswordPolicies> Accounts::password_policies(core::WorkspaceId workspace) const {
  const std::string key = keys::access_policy(workspace, kName);
  POSTERN_TRY(const std::optional<std::string> value, store_.snapshot()->get(key));
  return parse(vault_, workspace, key, value);
}

core::Task<core::Result<void>> Accounts::set_password_policies(Principal by, PasswordPolicies policies) {
  if (!may(by, Permission::kSecurityManage)) co_return core::fail(Errc::kForbidden);
  POSTERN_CO_CHECK(check_password_policies(policies, options_));
  const std::string key = keys::access_policy(by.workspace, kName);
  auto change = [&](storage::Transaction& transaction) -> core::Result<void> {
    POSTERN_TRY(const std::optional<std::string> value, transaction.get(key));
    POSTERN_TRY(const PasswordPolicies before, parse(vault_, by.workspace, key, value));
    PasswordPolicies after = policies;
    const std::int64_t now = core::to_unix_ms(clock_.wall_now());
    for (const auto& [is, was] : {std::pair(&after.agents, &before.agents), std::pair(&after.end_users, &before.end_users)}) {
      is->raised_unix_ms = is_stricter(rules_of(*is, options_), rules_of(*was, options_)) ? now : was->raised_unix_ms;
    }
    schema::PasswordPolicies record;
    to_record(after.agents, *record.mutable_agents());
    to_record(after.end_users, *record.mutable_end_users());
    POSTERN_CHECK(storage::put_sealed(transaction, vault_, by.workspace, key, record));
    POSTERN_CHECK(put_failure_limit(transaction, by.workspace, after, options_));
    return audit(transaction, vault_, ids_, clock_, by, change_event(before, after, options_));
  };
  co_return co_await transact(store_, options_.commit_attempts_max, change);
}

core::Result<PasswordRules> Accounts::rules_for(const storage::Snapshot& snapshot, const User& user, PasswordPolicy* policy) const {
  const std::string key = keys::access_policy(user.workspace, kName);
  POSTERN_TRY(const std::optional<std::string> value, snapshot.get(key));
  POSTERN_TRY(const PasswordPolicies policies, parse(vault_, user.workspace, key, value));
  if (policy != nullptr) *policy = policies.of(user.role);
  return rules_of(policies.of(user.role), options_);
}

core::Result<Options> Accounts::options_of_guard(const storage::Snapshot& snapshot) const {
  Options out = options_;
  POSTERN_TRY(const std::vector<storage::Entry> limits,
              snapshot.scan(keys::failure_limits_prefix(), storage::Direction::kForward, kWorkspacesMax));
  for (const storage::Entry& entry : limits) {
    schema::LoginFailures record;
    POSTERN_CHECK(storage::parse_record(entry.value, record));
    if (record.failures() != 0) out.login_failures_max = std::min(out.login_failures_max, record.failures());
  }
  return out;
}

PasswordOwner Accounts::owner_of(const User& user) const {
  return {user.email, user.name, workspace_names_ ? workspace_names_(user.workspace) : std::string()};
}

core::Task<core::Result<std::string>> Accounts::problem_of(User user, std::string password) const {
  PasswordPolicy policy;
  POSTERN_CO_TRY(const PasswordRules rules, rules_for(*store_.snapshot(), user, &policy));
  const std::int64_t now = core::to_unix_ms(clock_.wall_now());
  const std::int64_t grace_end =
      policy.raised_unix_ms == 0 ? 0 : policy.raised_unix_ms + std::chrono::milliseconds(options_.password_grace).count();
  if (now < grace_end) co_return std::string();
  if (rules.expiry_days != 0) {
    const std::int64_t life = std::chrono::milliseconds(std::chrono::days(rules.expiry_days)).count();
    if (now - user.password_set_unix_ms >= life) co_return std::string("it is older than it may be");
  }
  auto job = [password = std::move(password), owner = owner_of(user), rules, options = options_, breached = breached_]() mutable {
    std::string out = password_objection(password, owner, rules, options, breached.get());
    core::wipe(password.data(), password.size());
    return out;
  };
  co_return co_await core::offload(cpu_, std::move(job));
}

}  // namespace postern::auth
