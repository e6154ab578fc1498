// Accounts: setting a password by a one-time link, and checking one.
#include "auth/accounts.h"
#include "auth/audit.h"
#include "auth/detail/keys.h"
#include "auth/detail/login_guard.h"
#include "auth/detail/password_hash.h"
#include "auth/detail/records.h"
#include "auth/detail/transact.h"
#include "core/encoding.h"

namespace postern::auth {
namespace {

core::Result<schema::Enrolment> parse_live(const std::optional<std::string>& value, std::int64_t now_ms) {
  if (!value) return core::fail(Errc::kExpired);
  schema::Enrolment enrolment;
  POSTERN_CHECK(storage::parse_record(*value, enrolment));
  if (enrolment.expires_unix_ms() <= now_ms) return core::fail(Errc::kExpired);
  return enrolment;
}

Principal person(const User& user, const std::string& client_ip) {
  Principal out;
  out.workspace = user.workspace;
  out.user = user.id;
  out.role = user.role;
  out.client_ip = client_ip;
  return out;
}

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
  POSTERN_TRY(const std::optional<std::string> value, snapshot->get(keys::enrolment(core::sha256(token))));
  POSTERN_TRY(const schema::Enrolment enrolment, parse_live(value, core::to_unix_ms(clock_.wall_now())));
  const core::WorkspaceId workspace{enrolment.workspace()};
  POSTERN_TRY(const auto user, read_user(*snapshot, vault_, workspace, core::UserId{enrolment.user()}));
  if (!user || user->is_disabled()) return core::fail(Errc::kExpired);
  return to_user(*user, workspace);
}

core::Task<core::Result<User>> Accounts::enrol(std::string token, std::string password, std::string client_ip) {
  POSTERN_CO_TRY(const User known, enrolling(token));
  std::string objection = password_objection(password, known.email, known.name, options_);
  if (!objection.empty()) co_return core::fail(Errc::kWeakPassword, std::move(objection));
  auto job = [password, options = options_] { return hash_password(password, options); };
  POSTERN_CO_TRY(const std::optional<std::string> hash, co_await core::offload(cpu_, std::move(job)));
  core::wipe(password.data(), password.size());
  if (!hash) co_return core::fail_transient(core::Errc::kOverloaded, "no memory to hash a password");

  const std::string key = keys::enrolment(core::sha256(token));
  auto change = [&](storage::Transaction& transaction) -> core::Result<User> {
    const std::int64_t now = core::to_unix_ms(clock_.wall_now());
    POSTERN_TRY(const std::optional<std::string> value, transaction.get(key));
    POSTERN_CHECK(parse_live(value, now));
    POSTERN_TRY(schema::User record, read_user(transaction, vault_, known.workspace, known.id));
    if (record.is_disabled()) return core::fail(Errc::kExpired);
    transaction.erase(key);
    record.clear_enrolment_hash();
    record.set_password_hash(*hash);
    record.set_password_set_unix_ms(now);
    POSTERN_CHECK(put_user(transaction, vault_, known.workspace, record));
    POSTERN_CHECK(erase_sessions(transaction, vault_, known.workspace, known.id));
    POSTERN_TRY(const std::size_t tokens, erase_tokens(transaction, vault_, known.workspace, known.id));
    POSTERN_CHECK(LoginGuard(clock_, options_, canonical_address(known.email), {}).clear_everywhere(transaction));
    POSTERN_CHECK(audit(transaction, vault_, ids_, clock_, person(known, client_ip), "password.set",
                        "user/" + std::to_string(known.id.value), tokens == 0 ? "" : std::to_string(tokens) + " tokens ended"));
    return to_user(record, known.workspace);
  };
  co_return co_await transact(store_, options_.commit_attempts_max, change);
}

core::Task<core::Result<User>> Accounts::verify_password(std::string email, std::string password, std::string client_ip) {
  const std::string login = canonical_address(email);
  const LoginGuard guard(clock_, options_, login, client_ip);
  auto count = [&](storage::Transaction& transaction) { return guard.count_attempt(transaction); };
  POSTERN_CO_TRY(const core::Duration delay, co_await transact(store_, options_.commit_attempts_max, count));
  if (delay > core::Duration::zero()) co_await clock_.sleep_for(delay);

  POSTERN_CO_TRY(const Candidate candidate, find_candidate(*store_.snapshot(), vault_, login));
  const bool is_possible = !candidate.hash.empty() && password.size() <= options_.password_bytes_max;
  if (password.size() > options_.password_bytes_max) password.clear();
  auto job = [password, hash = is_possible ? candidate.hash : decoy_] { return verify_hash(hash, password); };
  const auto is_match = co_await core::offload(cpu_, std::move(job));
  core::wipe(password.data(), password.size());
  if (!is_match) {
    auto take_back = [&](storage::Transaction& transaction) { return guard.take_back(transaction); };
    POSTERN_CO_CHECK(co_await transact(store_, options_.commit_attempts_max, take_back));
    co_return is_match.error();
  }
  if (is_possible && *is_match) {
    auto clear = [&](storage::Transaction& transaction) { return guard.clear(transaction); };
    POSTERN_CO_CHECK(co_await transact(store_, options_.commit_attempts_max, clear));
    co_return *candidate.user;
  }
  auto refuse = [&](storage::Transaction& transaction) {
    // An unknown login belongs to no workspace; its failures stand under the global one, by hash.
    const std::string object = candidate.user ? "user/" + std::to_string(candidate.user->id.value)
                                              : "login/" + core::to_hex(core::sha256(login).substr(0, 6));
    Principal by = person(candidate.user.value_or(User{}), client_ip);
    by.user = {};
    return audit(transaction, vault_, ids_, clock_, by, "sign_in_failed", object);
  };
  POSTERN_CO_CHECK(co_await transact(store_, options_.commit_attempts_max, refuse));
  co_return core::fail(Errc::kBadCredentials);
}

}  // namespace postern::auth
