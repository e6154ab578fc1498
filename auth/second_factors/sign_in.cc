#include "auth/second_factors/sign_in.h"

#include <algorithm>

#include "auth/audit.h"
#include "auth/detail/keys.h"
#include "auth/detail/login_guard.h"
#include "auth/detail/records.h"
#include "auth/detail/transact.h"
#include "auth/second_factors/devices.h"
#include "auth/second_factors/factor_records.h"
#include "auth/security_policy.h"
#include "core/encoding.h"
#include "core/errc.h"

namespace postern::auth {
namespace {

// Wrong factors count apart from wrong passwords: whoever knows the password clears the count of those at will.
std::string guarded_name(const User& user) { return canonical_address(user.email) + "\nsecond factor"; }

Principal visitor_as(const User& user, const std::string& client_ip, const std::string& agent) {
  Principal out;
  out.workspace = user.workspace;
  out.user = user.id;
  out.role = user.role;
  out.client_ip = client_ip;
  out.device = agent;
  return out;
}

auto find_pending(schema::SecondFactors& record, const std::string& secret_hash) {
  return std::ranges::find(*record.mutable_pending(), secret_hash, &schema::PendingSignIn::secret_hash);
}

void erase_pending(storage::Transaction& transaction, schema::SecondFactors& record, const std::string& secret_hash) {
  transaction.erase(keys::pending_sign_in(secret_hash));
  const auto found = find_pending(record, secret_hash);
  if (found != record.mutable_pending()->end()) record.mutable_pending()->erase(found);
}

}  // namespace

// What proves more than a password. A trusted device does not: whoever has the browser has not shown the factor.
constexpr std::uint32_t kProvesFactor = kByTotp | kBySecurityKey | kByPasskey | kByRecoveryCode | kByTextMessage;

// The account behind a pending sign-in or a key, as it is now.
struct SignIn::Found {
  User user;
  schema::User owner;
  schema::SecondFactors record;
};

struct SignIn::Judged {
  std::uint32_t method = 0;  // 0: wrong
  core::Duration delay{};
};

SignIn::SignIn(storage::Store& store, const storage::Vault& vault, Accounts& accounts, Sessions& sessions, core::IdSource& ids,
               core::Clock& clock, Options options, NoticePort notices)
    : store_(store), vault_(vault), accounts_(accounts), sessions_(sessions), ids_(ids), clock_(clock), options_(std::move(options)),
      notices_(std::move(notices)) {}

core::Result<ProofContext> SignIn::context_of(ChallengeFor purpose, std::string bound_to, std::optional<RelyingParty> party) const {
  POSTERN_TRY(std::string key, vault_.derive_key(keys::kGlobal, kChallengeKeyPurpose));
  return ProofContext{options_, now_ms(), std::move(key), std::move(party), purpose, std::move(bound_to), purpose == ChallengeFor::kPasswordless, {}};
}

core::Result<std::string> SignIn::text_key_for(const User& user) const {
  POSTERN_TRY(const SecurityPolicy policy, read_security_policy(*store_.snapshot(), vault_, user.workspace));
  if (texts_ == nullptr || !texts_->is_for(user, policy)) return std::string();
  return vault_.derive_key(keys::kGlobal, kTextCodeKeyPurpose);
}

core::Result<void> SignIn::refuse(storage::Transaction& transaction, const User& user, const std::string& client_ip, const std::string& why) const {
  AuditEvent event;
  event.action = "second_factor.failed";
  event.object = "user/" + std::to_string(user.id.value);
  event.detail = why;
  event.outcome = Outcome::kDenied;
  return audit(transaction, vault_, ids_, clock_, visitor_as(user, client_ip, {}), event);
}

core::Result<void> SignIn::tell_of_code(storage::Transaction& transaction, const schema::SecondFactors& record, const User& user,
                                        const std::string& client_ip, const std::string& agent) const {
  if (!notices_) return {};
  return notices_(transaction, {NoticeOf::kRecoveryCodeUsed, user, device_name(agent), client_ip,
                                std::to_string(record.recovery_hashes_size()), now_ms()});
}

// Counted and looked at in one transaction: parallel guesses conflict, and are counted one by one.
core::Result<SignIn::Judged> SignIn::judge(storage::Transaction& transaction, schema::SecondFactors& record, const User& user,
                                           const std::string& client_ip, const FactorAnswer& answer, const ProofContext& context) const {
  const LoginGuard guard(clock_, options_, guarded_name(user), client_ip);
  Judged out;
  POSTERN_TRY(out.delay, guard.count_attempt(transaction));
  POSTERN_TRY(const ProofResult result, prove(transaction, record, answer, context));
  out.method = result.method;
  if (out.method == 0) {
    POSTERN_CHECK(refuse(transaction, user, client_ip, result.why));
    return out;
  }
  out.delay = {};
  POSTERN_CHECK(guard.clear(transaction));
  return out;
}

core::Result<PendingStep> SignIn::put_pending(storage::Transaction& transaction, schema::SecondFactors& record, const schema::User& owner,
                                              const User& user, std::uint32_t methods) const {
  PendingStep step;
  step.secret = core::random_token(32);
  step.expires_unix_ms = now_ms() + std::chrono::milliseconds(options_.factors.pending_life).count();
  auto& all = *record.mutable_pending();
  while (!all.empty() && (all.Get(0).expires_unix_ms() <= now_ms() || static_cast<std::size_t>(all.size()) >= options_.factors.pending_per_user_max)) {
    erase_pending(transaction, record, std::string(all.Get(0).secret_hash()));
  }
  schema::PendingSignIn& added = *record.add_pending();
  added.set_secret_hash(core::sha256(step.secret));
  added.set_expires_unix_ms(step.expires_unix_ms);
  added.set_methods(methods);
  added.set_password_set_unix_ms(owner.password_set_unix_ms());
  added.set_password_problem(user.password_problem);
  schema::CredentialIndex index;
  index.set_workspace(user.workspace.value);
  index.set_user(user.id.value);
  POSTERN_CHECK(storage::put_plain(transaction, keys::pending_sign_in(added.secret_hash()), index));
  POSTERN_CHECK(put_factors(transaction, vault_, user.workspace, user.id, record));
  POSTERN_TRY(const SecurityPolicy policy, read_security_policy(transaction, vault_, user.workspace));
  step.offers_totp = !record.totp_secret().empty();
  step.offers_key = record.passkeys_size() > 0;
  step.offers_recovery_code = record.recovery_hashes_size() > 0;
  POSTERN_TRY(const auto whole, accounts_.find(user.workspace, user.id));  // with the permissions of a custom role
  if (texts_ != nullptr && whole && texts_->is_for(*whole, policy)) step.text_number = masked_number(record.phone());
  step.may_trust_device = policy.second_factor.allows_trusted_devices && user.password_problem.empty();
  return step;
}

core::Task<core::Result<SignInStep>> SignIn::ask_for_new_password(User user, std::uint32_t methods) {
  SignInStep out;
  DuePassword due;
  due.problem = user.password_problem;
  POSTERN_CO_TRY(due.token, co_await accounts_.password_change_token(std::move(user), methods));
  out.due = std::move(due);
  co_return out;
}

core::Task<core::Result<SignInStep>> SignIn::begin(User user, std::uint32_t methods, Visitor visitor) {
  POSTERN_CO_CHECK(co_await check_network(user, visitor.client_ip, visitor.agent));
  const std::string device_secret = visitor.device_secret ? visitor.device_secret(user.id) : std::string();
  enum class Next { kOpen, kOpenTrusted, kPending };
  Next next = Next::kOpen;
  auto look = [&](storage::Transaction& transaction) -> core::Result<std::optional<PendingStep>> {
    next = Next::kOpen;
    POSTERN_TRY(const schema::User owner, read_user(transaction, vault_, user.workspace, user.id));
    // What was proved must still hold: the password may have been set anew while it was being compared.
    if (owner.is_disabled() || owner.password_set_unix_ms() != user.password_set_unix_ms) return core::fail(Errc::kBadCredentials);
    POSTERN_TRY(schema::SecondFactors record, read_factors(transaction, vault_, user.workspace, user.id));
    if (!has_factor(record) || (methods & kProvesFactor) != 0) return std::optional<PendingStep>();
    POSTERN_TRY(const SecurityPolicy policy, read_security_policy(transaction, vault_, user.workspace));
    POSTERN_TRY(const auto device, find_device(transaction, vault_, user, device_secret));
    // Whoever replaces a password proves the factor itself.
    if (device && user.password_problem.empty() && is_trusted(*device, owner, policy.second_factor, now_ms())) {
      next = Next::kOpenTrusted;
      return std::optional<PendingStep>();
    }
    next = Next::kPending;
    POSTERN_TRY(PendingStep step, put_pending(transaction, record, owner, user, methods));
    const Principal by = visitor_as(user, visitor.client_ip, visitor.agent);
    POSTERN_CHECK(audit(transaction, vault_, ids_, clock_, by, "sign_in.pending", "user/" + std::to_string(user.id.value)));
    return std::optional(std::move(step));
  };
  POSTERN_CO_TRY(std::optional<PendingStep> pending, co_await transact(store_, options_.commit_attempts_max, look));
  if (next == Next::kPending) {
    SignInStep out;
    out.pending = std::move(pending);
    co_return out;
  }
  if (!user.password_problem.empty()) co_return co_await ask_for_new_password(std::move(user), methods);
  // The device stands in for a factor; it is no proof of one, so nothing is fresh. Neither is it by a text message.
  const bool trusted = next == Next::kOpenTrusted;
  const bool is_fresh = !trusted && (methods & kByTextMessage) == 0;
  co_return co_await open(std::move(user), methods | (trusted ? kByTrustedDevice : 0U), is_fresh, false, std::move(visitor));
}

core::Task<core::Result<SignInStep>> SignIn::answer(std::string secret, FactorAnswer given, bool trust_device, Visitor visitor) {
  const std::string hash = core::sha256(secret);
  POSTERN_CO_TRY(ProofContext context, context_of(ChallengeFor::kSignIn, hash, visitor.party));
  POSTERN_CO_TRY(const auto index_now, read_index(*store_.snapshot(), keys::pending_sign_in(hash)));
  if (index_now) {
    POSTERN_CO_TRY(const auto known, accounts_.find(core::WorkspaceId{index_now->workspace()}, core::UserId{index_now->user()}));
    if (known) POSTERN_CO_CHECK(co_await check_network(*known, visitor.client_ip, visitor.agent));
    if (known && !given.text_code.empty()) {
      POSTERN_CO_TRY(context.text_key, text_key_for(*known));
    }
  }
  Found found;
  std::uint32_t methods = 0;
  auto look = [&](storage::Transaction& transaction) -> core::Result<Judged> {
    POSTERN_TRY(const std::optional<std::string> value, transaction.get(keys::pending_sign_in(hash)));
    if (!value) return core::fail(Errc::kExpired);
    schema::CredentialIndex index;
    POSTERN_CHECK(storage::parse_record(*value, index));
    const core::WorkspaceId workspace{index.workspace()};
    POSTERN_TRY(found.owner, read_user(transaction, vault_, workspace, core::UserId{index.user()}));
    found.user = to_user(found.owner, workspace);
    POSTERN_TRY(found.record, read_factors(transaction, vault_, workspace, found.user.id));
    const auto pending = find_pending(found.record, hash);
    const bool is_live = pending != found.record.mutable_pending()->end() && pending->expires_unix_ms() > now_ms() &&
                         pending->password_set_unix_ms() == found.owner.password_set_unix_ms() && !found.owner.is_disabled();
    if (!is_live) return core::fail(Errc::kExpired);
    methods = pending->methods();
    found.user.password_problem = pending->password_problem();
    pending->set_attempts(pending->attempts() + 1);
    const bool is_last = pending->attempts() >= options_.factors.pending_attempts_max;
    POSTERN_TRY(const Judged judged, judge(transaction, found.record, found.user, visitor.client_ip, given, context));
    if (judged.method != 0 || is_last) erase_pending(transaction, found.record, hash);
    POSTERN_CHECK(put_factors(transaction, vault_, workspace, found.user.id, found.record));
    if (judged.method == kByRecoveryCode) {
      POSTERN_CHECK(tell_of_code(transaction, found.record, found.user, visitor.client_ip, visitor.agent));
    }
    return judged;
  };
  POSTERN_CO_TRY(const Judged judged, co_await transact(store_, options_.commit_attempts_max, look));
  if (judged.delay > core::Duration::zero()) co_await clock_.sleep_for(judged.delay);
  if (judged.method == 0) co_return core::fail(Errc::kBadCredentials);
  if (!found.user.password_problem.empty()) co_return co_await ask_for_new_password(std::move(found.user), methods | judged.method);
  // A text message opens a session and no more: what makes ways in asks for a proof, and the device stays a stranger.
  const bool is_strong = judged.method != kByTextMessage;
  co_return co_await open(std::move(found.user), methods | judged.method, is_strong, trust_device && is_strong, std::move(visitor));
}

core::Task<core::Result<SignInStep>> SignIn::by_passkey(Assertion assertion, Visitor visitor) {
  POSTERN_CO_TRY(const ProofContext context, context_of(ChallengeFor::kPasswordless, {}, visitor.party));
  FactorAnswer given;
  given.assertion = std::move(assertion);
  Found found;
  auto look = [&](storage::Transaction& transaction) -> core::Result<Judged> {
    POSTERN_TRY(const std::optional<std::string> value, transaction.get(keys::passkey_index(given.assertion->credential_id)));
    if (!value) return core::fail(Errc::kBadCredentials);
    schema::CredentialIndex index;
    POSTERN_CHECK(storage::parse_record(*value, index));
    const core::WorkspaceId workspace{index.workspace()};
    POSTERN_TRY(found.owner, read_user(transaction, vault_, workspace, core::UserId{index.user()}));
    if (found.owner.is_disabled()) return core::fail(Errc::kBadCredentials);
    found.user = to_user(found.owner, workspace);
    POSTERN_TRY(found.record, read_factors(transaction, vault_, workspace, found.user.id));
    POSTERN_TRY(const Judged judged, judge(transaction, found.record, found.user, visitor.client_ip, given, context));
    POSTERN_CHECK(put_factors(transaction, vault_, workspace, found.user.id, found.record));
    return judged;
  };
  POSTERN_CO_TRY(const Judged judged, co_await transact(store_, options_.commit_attempts_max, look));
  if (judged.method == 0) co_return core::fail(Errc::kBadCredentials);
  POSTERN_CO_CHECK(co_await check_network(found.user, visitor.client_ip, visitor.agent));
  co_return co_await open(std::move(found.user), judged.method, true, false, std::move(visitor));
}

core::Task<core::Result<SignedIn>> SignIn::prove_again(Principal by, core::SessionId session, StepUp proof, std::optional<RelyingParty> party) {
  POSTERN_CO_TRY(const std::optional<User> user, accounts_.find(by.workspace, by.user));
  if (!user) co_return core::fail(Errc::kExpired);
  POSTERN_CO_TRY(const schema::SecondFactors now, read_factors(*store_.snapshot(), vault_, by.workspace, by.user));
  std::uint32_t method = kByPassword;
  if (!has_factor(now)) {
    if (!proof.answer.empty() || proof.password.empty()) co_return core::fail(Errc::kBadCredentials);
    POSTERN_CO_CHECK(co_await accounts_.verify_password(user->email, std::move(proof.password), by.client_ip));
  } else {
    if (proof.answer.empty()) co_return core::fail(Errc::kBadCredentials);
    POSTERN_CO_TRY(const ProofContext context, context_of(ChallengeFor::kStepUp, std::to_string(session.value), std::move(party)));
    auto look = [&](storage::Transaction& transaction) -> core::Result<Judged> {
      POSTERN_TRY(schema::SecondFactors record, read_factors(transaction, vault_, by.workspace, by.user));
      POSTERN_TRY(const Judged judged, judge(transaction, record, *user, by.client_ip, proof.answer, context));
      POSTERN_CHECK(put_factors(transaction, vault_, by.workspace, by.user, record));
      if (judged.method == kByRecoveryCode) POSTERN_CHECK(tell_of_code(transaction, record, *user, by.client_ip, by.device));
      return judged;
    };
    POSTERN_CO_TRY(const Judged judged, co_await transact(store_, options_.commit_attempts_max, look));
    if (judged.delay > core::Duration::zero()) co_await clock_.sleep_for(judged.delay);
    if (judged.method == 0) co_return core::fail(Errc::kBadCredentials);
    method = judged.method;
  }
  co_return co_await sessions_.renew(std::move(by), session, method);
}

}  // namespace postern::auth
