#include "auth/second_factors/second_factors.h"

#include <algorithm>

#include "auth/audit.h"
#include "auth/detail/keys.h"
#include "auth/detail/records.h"
#include "auth/detail/transact.h"
#include "auth/second_factors/challenge.h"
#include "auth/second_factors/devices.h"
#include "auth/second_factors/factor_records.h"
#include "auth/second_factors/recovery_codes.h"
#include "auth/second_factors/text_codes.h"
#include "auth/second_factors/totp.h"
#include "auth/security_policy.h"
#include "core/encoding.h"
#include "core/errc.h"

namespace postern::auth {
namespace {

constexpr std::size_t kHandleBytes = 32;

std::string user_object(core::UserId id) { return "user/" + std::to_string(id.value); }

std::vector<std::string> put_new_codes(schema::SecondFactors& record, std::size_t count, std::int64_t now_ms) {
  std::vector<std::string> codes;
  record.clear_recovery_hashes();
  for (std::size_t i = 0; i < count; ++i) {
    codes.push_back(make_recovery_code());
    record.add_recovery_hashes(recovery_hash(codes.back()));
  }
  record.set_recovery_made_unix_ms(now_ms);
  return codes;
}

void end_pending(storage::Transaction& transaction, schema::SecondFactors& record) {
  for (const schema::PendingSignIn& each : record.pending()) transaction.erase(keys::pending_sign_in(each.secret_hash()));
  record.clear_pending();
}

// Codes help those who have lost a factor; without one they would only be a weaker password. Text messages are never alone.
void forget_codes_without_factor(schema::SecondFactors& record) {
  if (has_factor(record)) return;
  record.clear_recovery_hashes();
  record.clear_recovery_made_unix_ms();
  record.clear_phone();
  record.clear_phone_since_unix_ms();
  record.clear_text_code();
}

auto find_passkey(schema::SecondFactors& record, std::uint64_t id) {
  return std::ranges::find(*record.mutable_passkeys(), id, &schema::Passkey::id);
}

}  // namespace

SecondFactors::SecondFactors(storage::Store& store, const storage::Vault& vault, const Accounts& accounts, core::IdSource& ids,
                             core::Clock& clock, Options options, NoticePort notices)
    : store_(store), vault_(vault), accounts_(accounts), ids_(ids), clock_(clock), options_(std::move(options)), notices_(std::move(notices)) {}

core::Result<FactorStatus> SecondFactors::status(const User& user) const {
  const auto snapshot = store_.snapshot();
  POSTERN_TRY(const schema::SecondFactors record, read_factors(*snapshot, vault_, user.workspace, user.id));
  POSTERN_TRY(const SecurityPolicy policy, read_security_policy(*snapshot, vault_, user.workspace));
  FactorStatus out;
  out.has_totp = !record.totp_secret().empty();
  out.totp_since_unix_ms = record.totp_since_unix_ms();
  for (const schema::Passkey& each : record.passkeys()) {
    out.passkeys.push_back({each.id(), each.name(), each.created_unix_ms(), each.last_used_unix_ms(), each.is_passwordless()});
  }
  out.recovery_codes_left = static_cast<std::size_t>(record.recovery_hashes_size());
  out.recovery_made_unix_ms = record.recovery_made_unix_ms();
  out.phone = masked_number(record.phone());
  out.phone_since_unix_ms = record.phone_since_unix_ms();
  out.due_unix_ms = policy.second_factor.due_unix_ms(user.role, user.permissions, user.created_unix_ms);
  return out;
}

core::Result<bool> SecondFactors::has_any(core::WorkspaceId workspace, core::UserId user) const {
  POSTERN_TRY(const schema::SecondFactors record, read_factors(*store_.snapshot(), vault_, workspace, user));
  return has_factor(record);
}

core::Result<void> SecondFactors::tell(storage::Transaction& transaction, const Principal& by, const User& user, NoticeOf what,
                                       std::string detail) const {
  if (!notices_) return {};
  return notices_(transaction, {what, user, device_name(by.device), by.client_ip, std::move(detail), now_ms()});
}

core::Task<core::Result<void>> SecondFactors::edit(Principal by, Edit what) {
  auto change = [&](storage::Transaction& transaction) -> core::Result<void> {
    POSTERN_TRY(const schema::User owner, read_user(transaction, vault_, by.workspace, by.user));
    if (owner.is_disabled()) return core::fail(Errc::kForbidden);
    POSTERN_TRY(schema::SecondFactors record, read_factors(transaction, vault_, by.workspace, by.user));
    POSTERN_TRY(const auto whole, accounts_.find(by.workspace, by.user));  // with the permissions of a custom role
    if (!whole) return core::fail(Errc::kForbidden);
    POSTERN_CHECK(what(transaction, record, *whole));
    return put_factors(transaction, vault_, by.workspace, by.user, record);
  };
  co_return co_await transact(store_, options_.commit_attempts_max, change);
}

// With the first factor the password alone counts no more, also where it already has: somebody else may have used it.
core::Result<void> SecondFactors::end_other_sessions(storage::Transaction& transaction, const Principal& by) const {
  POSTERN_TRY(const auto all, sessions_of(transaction.snapshot(), vault_, by.workspace, by.user));
  for (const schema::Session& each : all) {
    if (each.id() != by.credential) erase_session(transaction, by.workspace, each);
  }
  return {};
}

core::Task<core::Result<TotpOffer>> SecondFactors::offer_totp(Principal by, std::string issuer) {
  const std::string secret = core::random_bytes(kTotpSecretBytes);
  TotpOffer out;
  Edit what = [&](storage::Transaction&, schema::SecondFactors& record, const User& user) -> core::Result<void> {
    if (!record.totp_secret().empty()) return core::fail(Errc::kExists);
    record.set_totp_offer(secret);
    record.set_totp_offer_expires_unix_ms(now_ms() + std::chrono::milliseconds(options_.factors.totp_offer_life).count());
    out = {totp_secret_text(secret), totp_uri(issuer, user.email, secret)};
    return {};
  };
  POSTERN_CO_CHECK(co_await edit(std::move(by), std::move(what)));
  co_return out;
}

core::Task<core::Result<Added>> SecondFactors::confirm_totp(Principal by, std::string code) {
  Added out;
  Edit what = [&](storage::Transaction& transaction, schema::SecondFactors& record, const User& user) -> core::Result<void> {
    if (record.totp_offer().empty() || record.totp_offer_expires_unix_ms() <= now_ms()) return core::fail(Errc::kExpired);
    const std::optional<std::int64_t> step = match_totp(record.totp_offer(), code, totp_step(clock_.wall_now()), 0);
    if (!step) return core::fail(Errc::kBadCredentials);
    out = Added();
    if (!has_factor(record)) {
      out.recovery_codes = put_new_codes(record, options_.factors.recovery_codes, now_ms());
      POSTERN_CHECK(end_other_sessions(transaction, by));
    }
    record.set_totp_secret(record.totp_offer());
    record.set_totp_step(*step);  // the code that confirmed it does not sign in, too
    record.set_totp_since_unix_ms(now_ms());
    record.clear_totp_offer();
    record.clear_totp_offer_expires_unix_ms();
    POSTERN_CHECK(audit(transaction, vault_, ids_, clock_, by, "second_factor.added", user_object(by.user), "totp"));
    return tell(transaction, by, user, NoticeOf::kFactorAdded, "authenticator app");
  };
  POSTERN_CO_CHECK(co_await edit(by, std::move(what)));
  co_return out;
}

// The last factor stays while somebody asks for one: a way out of a duty is no factor of its own.
core::Result<void> SecondFactors::check_may_remove(storage::Transaction& transaction, const schema::SecondFactors& after, const User& user) const {
  if (has_factor(after)) return {};
  POSTERN_TRY(const SecurityPolicy policy, read_security_policy(transaction, vault_, user.workspace));
  if (!policy.second_factor.is_required_of(user.role, user.permissions)) return {};
  return core::fail(core::Errc::kInvalid, "a second factor is required: add another one first");
}

core::Task<core::Result<void>> SecondFactors::remove_totp(Principal by) {
  Edit what = [&](storage::Transaction& transaction, schema::SecondFactors& record, const User& user) -> core::Result<void> {
    if (record.totp_secret().empty()) return core::fail(Errc::kNotFound, "authenticator app");
    record.clear_totp_secret();
    record.clear_totp_since_unix_ms();
    POSTERN_CHECK(check_may_remove(transaction, record, user));
    forget_codes_without_factor(record);
    POSTERN_CHECK(audit(transaction, vault_, ids_, clock_, by, "second_factor.removed", user_object(by.user), "totp"));
    return tell(transaction, by, user, NoticeOf::kFactorRemoved, "authenticator app");
  };
  co_return co_await edit(by, std::move(what));
}

core::Task<core::Result<PasskeyOffer>> SecondFactors::offer_passkey(Principal by, core::SessionId session) {
  POSTERN_CO_TRY(const std::string key, vault_.derive_key(keys::kGlobal, kChallengeKeyPurpose));
  PasskeyOffer out;
  Edit what = [&](storage::Transaction&, schema::SecondFactors& record, const User&) -> core::Result<void> {
    if (static_cast<std::size_t>(record.passkeys_size()) >= options_.factors.passkeys_max) return core::fail(core::Errc::kInvalid, "too many keys");
    if (record.user_handle().empty()) record.set_user_handle(core::random_bytes(kHandleBytes));
    out = PasskeyOffer();
    out.user_handle = record.user_handle();
    for (const schema::Passkey& each : record.passkeys()) out.known_ids.push_back(each.credential_id());
    return {};
  };
  POSTERN_CO_CHECK(co_await edit(std::move(by), std::move(what)));
  const std::int64_t end = now_ms() + std::chrono::milliseconds(options_.factors.challenge_life).count();
  out.challenge = make_challenge(key, ChallengeFor::kRegister, std::to_string(session.value), end);
  co_return out;
}

core::Task<core::Result<Added>> SecondFactors::add_passkey(Principal by, core::SessionId session, RelyingParty party, Registration registration,
                                                           std::string name) {
  POSTERN_CO_TRY(const std::string key, vault_.derive_key(keys::kGlobal, kChallengeKeyPurpose));
  POSTERN_CO_TRY(const ClientData client_data, check_client_data(party, Ceremony::kCreate, registration.client_data_json));
  POSTERN_CO_TRY(const Challenge challenge,
                 open_challenge(key, client_data.challenge, ChallengeFor::kRegister, std::to_string(session.value), now_ms()));
  POSTERN_CO_TRY(const NewCredential made, check_registration(party, registration));
  if (made.id.size() > options_.factors.credential_id_bytes_max) co_return core::fail(Errc::kBadCredentials, "credential id");
  const std::uint64_t id = ids_.next();
  Added out;
  Edit what = [&](storage::Transaction& transaction, schema::SecondFactors& record, const User& user) -> core::Result<void> {
    POSTERN_CHECK(spend_challenge(transaction, challenge, now_ms()));
    if (static_cast<std::size_t>(record.passkeys_size()) >= options_.factors.passkeys_max) return core::fail(core::Errc::kInvalid, "too many keys");
    // Unique over all users (WebAuthn section 7.1 step 22): a passwordless sign-in is looked up by it.
    const std::string index_key = keys::passkey_index(made.id);
    POSTERN_TRY(const std::optional<std::string> taken, transaction.get(index_key));
    if (taken) return core::fail(Errc::kExists);
    out = Added();
    out.passkey_id = id;
    if (!has_factor(record)) {
      out.recovery_codes = put_new_codes(record, options_.factors.recovery_codes, now_ms());
      POSTERN_CHECK(end_other_sessions(transaction, by));
    }
    schema::Passkey& added = *record.add_passkeys();
    added.set_id(id);
    added.set_credential_id(made.id);
    added.set_public_key(made.public_key);
    added.set_algorithm(made.algorithm);
    added.set_sign_count(made.sign_count);
    added.set_name(cut_text(name, options_.name_bytes_max));
    added.set_created_unix_ms(now_ms());
    added.set_is_passwordless(made.verified_user);
    schema::CredentialIndex index;
    index.set_workspace(by.workspace.value);
    index.set_user(by.user.value);
    index.set_credential(id);
    POSTERN_CHECK(storage::put_plain(transaction, index_key, index));
    POSTERN_CHECK(audit(transaction, vault_, ids_, clock_, by, "second_factor.added", user_object(by.user), "key/" + std::to_string(id)));
    return tell(transaction, by, user, NoticeOf::kFactorAdded, "key \"" + added.name() + "\"");
  };
  POSTERN_CO_CHECK(co_await edit(by, std::move(what)));
  co_return out;
}

core::Task<core::Result<void>> SecondFactors::rename_passkey(Principal by, std::uint64_t id, std::string name) {
  Edit what = [&](storage::Transaction& transaction, schema::SecondFactors& record, const User&) -> core::Result<void> {
    const auto found = find_passkey(record, id);
    if (found == record.mutable_passkeys()->end()) return core::fail(Errc::kNotFound, "key");
    found->set_name(cut_text(name, options_.name_bytes_max));
    return audit(transaction, vault_, ids_, clock_, by, "second_factor.renamed", user_object(by.user), "key/" + std::to_string(id));
  };
  co_return co_await edit(by, std::move(what));
}

core::Task<core::Result<void>> SecondFactors::remove_passkey(Principal by, std::uint64_t id) {
  Edit what = [&](storage::Transaction& transaction, schema::SecondFactors& record, const User& user) -> core::Result<void> {
    const auto found = find_passkey(record, id);
    if (found == record.mutable_passkeys()->end()) return core::fail(Errc::kNotFound, "key");
    const std::string name = found->name();
    transaction.erase(keys::passkey_index(found->credential_id()));
    record.mutable_passkeys()->erase(found);
    POSTERN_CHECK(check_may_remove(transaction, record, user));
    forget_codes_without_factor(record);
    POSTERN_CHECK(audit(transaction, vault_, ids_, clock_, by, "second_factor.removed", user_object(by.user), "key/" + std::to_string(id)));
    return tell(transaction, by, user, NoticeOf::kFactorRemoved, "key \"" + name + "\"");
  };
  co_return co_await edit(by, std::move(what));
}

core::Task<core::Result<std::vector<std::string>>> SecondFactors::new_recovery_codes(Principal by) {
  std::vector<std::string> out;
  Edit what = [&](storage::Transaction& transaction, schema::SecondFactors& record, const User& user) -> core::Result<void> {
    if (!has_factor(record)) return core::fail(core::Errc::kInvalid, "add a second factor first");
    out = put_new_codes(record, options_.factors.recovery_codes, now_ms());
    POSTERN_CHECK(audit(transaction, vault_, ids_, clock_, by, "second_factor.recovery_codes", user_object(by.user)));
    return tell(transaction, by, user, NoticeOf::kRecoveryCodes, {});
  };
  POSTERN_CO_CHECK(co_await edit(by, std::move(what)));
  co_return out;
}

core::Task<core::Result<void>> SecondFactors::reset(Principal by, core::UserId id) {
  auto change = [&](storage::Transaction& transaction) -> core::Result<void> {
    POSTERN_TRY(const schema::User owner, read_user(transaction, vault_, by.workspace, id));
    const User user = to_user(owner, by.workspace);
    POSTERN_TRY(const auto whole, accounts_.find(by.workspace, id));  // with the permissions of a custom role
    if (!whole || !may(by, Permission::kUsersManage)) return core::fail(Errc::kForbidden);
    POSTERN_CHECK(check_may_act_on(by, *whole));
    POSTERN_TRY(schema::SecondFactors record, read_factors(transaction, vault_, by.workspace, id));
    if (!has_factor(record)) return core::fail(Errc::kNotFound, "no second factor");
    for (const schema::Passkey& each : record.passkeys()) transaction.erase(keys::passkey_index(each.credential_id()));
    end_pending(transaction, record);
    transaction.erase(keys::second_factors(by.workspace, id));
    POSTERN_CHECK(erase_devices(transaction, by.workspace, id));
    POSTERN_CHECK(erase_sessions(transaction, vault_, by.workspace, id));
    POSTERN_CHECK(audit(transaction, vault_, ids_, clock_, by, "second_factor.reset", user_object(id)));
    return tell(transaction, by, user, NoticeOf::kFactorsReset, {});
  };
  co_return co_await transact(store_, options_.commit_attempts_max, change);
}

core::Result<std::vector<MissingFactor>> SecondFactors::missing(core::WorkspaceId workspace) const {
  const auto snapshot = store_.snapshot();
  POSTERN_TRY(const SecurityPolicy policy, read_security_policy(*snapshot, vault_, workspace));
  POSTERN_TRY(const std::vector<User> users, accounts_.accounts(workspace));
  std::vector<MissingFactor> out;
  for (const User& user : users) {
    const std::int64_t due = policy.second_factor.due_unix_ms(user.role, user.permissions, user.created_unix_ms);
    if (due == 0 || user.is_disabled) continue;
    POSTERN_TRY(const schema::SecondFactors record, read_factors(*snapshot, vault_, workspace, user.id));
    if (!has_factor(record)) out.push_back({user, due});
  }
  std::ranges::sort(out, {}, [](const MissingFactor& each) { return std::pair(each.due_unix_ms, each.user.id); });
  return out;
}

}  // namespace postern::auth
