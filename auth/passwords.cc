// Accounts: setting a password by a one-time link, and checking one.
#include "auth/accounts.h"
#include "auth/audit.h"
#include "auth/detail/keys.h"
#include "auth/detail/login_guard.h"
#include "auth/detail/one_time_link.h"
#include "auth/detail/password_hash.h"
#include "auth/detail/records.h"
#include "auth/detail/transact.h"
#include "auth/networks.h"
#include "core/encoding.h"

namespace postern::auth {
namespace {

// What a sign-in needs to know of a login; empty when it is unknown or may not sign in.
struct Candidate {
  std::optional<User> user;
  std::string hash;
};

core::Result<Candidate> find_candidate(const storage::Snapshot& snapshot, const storage::Vault& vault, std::string_view login) {
  Candidate out;
  POSTERN_TRY(const auto index, read_index(snapshot, keys::login(login)));
  if (!index) return out;
  const core::WorkspaceId workspace{index->workspace()};
  POSTERN_TRY(const auto record, read_user(snapshot, vault, workspace, core::UserId{index->user()}));
  if (!record) return out;
  out.user = to_user(*record, workspace);
  if (!record->is_disabled()) out.hash = record->password_hash();
  return out;
}

}  // namespace

core::Result<User> Accounts::enrolling(std::string_view token) const {
  const auto snapshot = store_.snapshot();
  const std::string hash = core::sha256(token);
  POSTERN_TRY(const std::optional<std::string> value, snapshot->get(keys::enrolment(hash)));
  POSTERN_TRY(const schema::Enrolment enrolment, parse_live_link(vault_, hash, value, core::to_unix_ms(clock_.wall_now())));
  const core::WorkspaceId workspace{enrolment.workspace()};
  POSTERN_TRY(const auto user, read_user(*snapshot, vault_, workspace, core::UserId{enrolment.user()}));
  if (!user || user->is_disabled()) return core::fail(Errc::kExpired);
  return to_user(*user, workspace);
}

core::Task<core::Result<User>> Accounts::enrol(std::string token, std::string password, std::string client_ip) {
  POSTERN_CO_TRY(const User known, enrolling(token));
  POSTERN_CO_TRY(const std::string hash, co_await hash_new_password(known, password));
  core::wipe(password.data(), password.size());

  const std::string token_hash = core::sha256(token);
  const std::string key = keys::enrolment(token_hash);
  auto change = [&](storage::Transaction& transaction) -> core::Result<User> {
    const std::int64_t now = core::to_unix_ms(clock_.wall_now());
    POSTERN_TRY(const std::optional<std::string> value, transaction.get(key));
    POSTERN_TRY(const schema::Enrolment link, parse_live_link(vault_, token_hash, value, now));
    POSTERN_TRY(schema::User record, read_user(transaction, vault_, known.workspace, known.id));
    if (record.is_disabled()) return core::fail(Errc::kExpired);
    POSTERN_TRY(const bool is_allowed, allows(transaction.snapshot(), vault_, known.workspace, known.role, client_ip));
    if (!is_allowed) return core::fail(Errc::kForbidden, "your network is not allowed here");
    transaction.erase(key);
    record.clear_enrolment_hash();
    keep_in_history(record);
    record.set_password_hash(hash);
    record.set_password_set_unix_ms(now);
    POSTERN_CHECK(put_user(transaction, vault_, known.workspace, record));
    POSTERN_CHECK(erase_sessions(transaction, vault_, known.workspace, known.id));
    // Whoever changes a password because it is old has not lost it: programs go on.
    std::size_t tokens = 0;
    if (link.kind() != static_cast<std::uint32_t>(LinkKind::kChangeDue)) {
      POSTERN_TRY(tokens, erase_tokens(transaction, vault_, known.workspace, known.id));
    }
    POSTERN_CHECK(LoginGuard(clock_, options_, canonical_address(known.email), {}).clear_everywhere(transaction));
    Principal by = principal_for(known, Method::kSession, 0, client_ip);
    POSTERN_CHECK(audit(transaction, vault_, ids_, clock_, by, "password.set", "user/" + std::to_string(known.id.value),
                        tokens == 0 ? "" : std::to_string(tokens) + " tokens ended"));
    if (known.has_password) POSTERN_CHECK(tell_of_new_password(transaction, known, by));
    User out = to_user(record, known.workspace);
    if (link.kind() == static_cast<std::uint32_t>(LinkKind::kChangeDue)) out.proven_methods = link.methods();
    return out;
  };
  co_return co_await transact(store_, options_.commit_attempts_max, change);
}

core::Task<core::Result<User>> Accounts::verify_password(std::string email, std::string password, std::string client_ip) {
  const std::string login = canonical_address(email);
  POSTERN_CO_TRY(const Options limits, options_of_guard(*store_.snapshot()));
  const LoginGuard guard(clock_, limits, login, client_ip);
  auto count = [&](storage::Transaction& transaction) { return guard.count_attempt(transaction); };
  POSTERN_CO_TRY(const core::Duration delay, co_await transact(store_, options_.commit_attempts_max, count));
  if (delay > core::Duration::zero()) co_await clock_.sleep_for(delay);

  POSTERN_CO_TRY(const Candidate candidate, find_candidate(*store_.snapshot(), vault_, login));
  const bool is_possible = !candidate.hash.empty() && password.size() <= options_.password_bytes_max;
  if (password.size() > options_.password_bytes_max) password.clear();
  auto job = [password, hash = is_possible ? candidate.hash : decoy_] { return verify_hash(hash, password); };
  const auto is_match = co_await core::offload(cpu_, std::move(job));
  if (!is_match) {
    core::wipe(password.data(), password.size());
    auto take_back = [&](storage::Transaction& transaction) { return guard.take_back(transaction); };
    POSTERN_CO_CHECK(co_await transact(store_, options_.commit_attempts_max, take_back));
    co_return is_match.error();
  }
  if (is_possible && *is_match) {
    auto clear = [&](storage::Transaction& transaction) { return guard.clear(transaction); };
    POSTERN_CO_CHECK(co_await transact(store_, options_.commit_attempts_max, clear));
    User user = *candidate.user;
    POSTERN_CO_TRY(user, with_permissions(*store_.snapshot(), user));
    POSTERN_CO_CHECK(co_await replace_old_hash(user, candidate.hash, password));
    POSTERN_CO_TRY(user.password_problem, co_await problem_of(user, password));
    core::wipe(password.data(), password.size());
    co_return user;
  }
  core::wipe(password.data(), password.size());
  auto refuse = [&](storage::Transaction& transaction) {
    // An unknown login belongs to no workspace; its failures stand under the global one, by hash.
    const std::string object = candidate.user ? "user/" + std::to_string(candidate.user->id.value)
                                              : "login/" + core::to_hex(core::sha256(login).substr(0, 6));
    Principal by = principal_for(candidate.user.value_or(User{}), Method::kSession, 0, client_ip);
    by.user = {};
    return audit(transaction, vault_, ids_, clock_, by, "sign_in_failed", object);
  };
  POSTERN_CO_CHECK(co_await transact(store_, options_.commit_attempts_max, refuse));
  co_return core::fail(Errc::kBadCredentials);
}

}  // namespace postern::auth
