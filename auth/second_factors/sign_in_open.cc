// SignIn: opening the session with what is known of the browser, and challenges for keys.
#include <algorithm>

#include "auth/audit.h"
#include "auth/detail/keys.h"
#include "auth/detail/records.h"
#include "auth/detail/transact.h"
#include "auth/networks.h"
#include "auth/second_factors/devices.h"
#include "auth/second_factors/factor_records.h"
#include "auth/second_factors/sign_in.h"
#include "auth/security_policy.h"
#include "core/encoding.h"

namespace postern::auth {

core::Task<core::Result<void>> SignIn::check_network(User user, std::string client_ip, std::string agent) {
  POSTERN_CO_TRY(const bool is_allowed, allows(*store_.snapshot(), vault_, user.workspace, user.role, client_ip));
  if (is_allowed) co_return core::Result<void>();
  Principal by = principal_for(user, Method::kSession, 0, std::move(client_ip));
  by.user = {};  // somebody who knows a password is not yet its owner
  by.device = std::move(agent);
  AuditEvent event{"sign_in_refused", "user/" + std::to_string(user.id.value), "outside the allowed networks"};
  event.outcome = Outcome::kFailed;
  auto note = [&](storage::Transaction& transaction) { return audit(transaction, vault_, ids_, clock_, by, event); };
  POSTERN_CO_CHECK(co_await transact(store_, options_.commit_attempts_max, note));
  co_return core::fail(Errc::kForbidden, "your network is not allowed here");
}

core::Task<core::Result<SignInStep>> SignIn::open(User user, std::uint32_t methods, bool is_fresh, bool trust_device, Visitor visitor) {
  const std::string new_secret = core::random_token(32);
  bool is_new = false;
  Opening opening;
  opening.methods = methods;
  opening.is_fresh = is_fresh;
  opening.also = [&](storage::Transaction& transaction, const Session& session) {
    return note_device(transaction, user, session, trust_device, visitor, new_secret, is_new);
  };
  POSTERN_CO_TRY(SignedIn opened, co_await sessions_.open(user, visitor.client_ip, visitor.agent, std::move(opening)));
  SignInStep out;
  out.session = std::move(opened);
  if (is_new) out.new_device_secret = new_secret;
  co_return out;
}

core::Result<void> SignIn::note_device(storage::Transaction& transaction, const User& user, const Session& session, bool trust_device,
                                       const Visitor& visitor, const std::string& new_secret, bool& is_new) const {
  const std::string secret = visitor.device_secret ? visitor.device_secret(user.id) : std::string();
  POSTERN_TRY(std::optional<schema::Device> known, find_device(transaction, vault_, user, secret));
  POSTERN_TRY(const SecurityPolicy policy, read_security_policy(transaction, vault_, user.workspace));
  is_new = !known;
  bool has_others = true;
  schema::Device device;
  if (known) {
    device = std::move(*known);
  } else {
    POSTERN_TRY(has_others, make_room_for_device(transaction, vault_, user, options_.factors.devices_max));
    device.set_id(ids_.next());
    device.set_secret_hash(core::sha256(new_secret));
    device.set_name(device_name(visitor.agent));
    device.set_agent(session.agent);
    device.set_created_unix_ms(session.created_unix_ms);
  }
  device.set_client_ip(session.client_ip);
  device.set_last_used_unix_ms(session.created_unix_ms);
  device.set_methods(session.methods);
  if (trust_device && policy.second_factor.allows_trusted_devices) {
    POSTERN_TRY(const schema::User owner, read_user(transaction, vault_, user.workspace, user.id));
    device.set_trusted_until_unix_ms(now_ms() + std::chrono::milliseconds(options_.factors.trust_life).count());
    device.set_trusted_password_unix_ms(owner.password_set_unix_ms());
    device.set_trusted_at_unix_ms(now_ms());
  }
  POSTERN_CHECK(put_device(transaction, vault_, user, device));
  if (!is_new) return {};
  Principal by;
  by.workspace = user.workspace;
  by.user = user.id;
  by.role = user.role;
  by.credential = session.id.value;
  by.client_ip = session.client_ip;
  by.device = session.agent;
  POSTERN_CHECK(audit(transaction, vault_, ids_, clock_, by, "device.new", "device/" + std::to_string(device.id())));
  // Whoever follows their invitation has just been there.
  const bool is_first = !has_others && (session.methods & kByLink) != 0;
  if (!notices_ || is_first) return {};
  return notices_(transaction, {NoticeOf::kNewDevice, user, device.name(), session.client_ip, {}, session.created_unix_ms});
}

core::Result<KeyChallenge> SignIn::challenge(ChallengeFor purpose, const std::string& bound_to, const schema::SecondFactors* record) const {
  POSTERN_TRY(const std::string key, vault_.derive_key(keys::kGlobal, kChallengeKeyPurpose));
  KeyChallenge out;
  out.challenge = make_challenge(key, purpose, bound_to, now_ms() + std::chrono::milliseconds(options_.factors.challenge_life).count());
  if (record == nullptr) return out;
  for (const schema::Passkey& each : record->passkeys()) out.allowed_ids.push_back(each.credential_id());
  return out;
}

core::Result<KeyChallenge> SignIn::passwordless_challenge() const { return challenge(ChallengeFor::kPasswordless, {}, nullptr); }

core::Result<KeyChallenge> SignIn::challenge_for_pending(const std::string& secret) const {
  const std::string hash = core::sha256(secret);
  const auto snapshot = store_.snapshot();
  POSTERN_TRY(const auto index, read_index(*snapshot, keys::pending_sign_in(hash)));
  if (!index) return core::fail(Errc::kExpired);
  POSTERN_TRY(const schema::SecondFactors record,
              read_factors(*snapshot, vault_, core::WorkspaceId{index->workspace()}, core::UserId{index->user()}));
  const auto pending = std::ranges::find(record.pending(), hash, &schema::PendingSignIn::secret_hash);
  if (pending == record.pending().end() || pending->expires_unix_ms() <= now_ms()) return core::fail(Errc::kExpired);
  return challenge(ChallengeFor::kSignIn, hash, &record);
}

core::Result<KeyChallenge> SignIn::challenge_for_session(const Principal& by, core::SessionId session) const {
  POSTERN_TRY(const schema::SecondFactors record, read_factors(*store_.snapshot(), vault_, by.workspace, by.user));
  return challenge(ChallengeFor::kStepUp, std::to_string(session.value), &record);
}

}  // namespace postern::auth
