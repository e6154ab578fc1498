#include "auth/second_factors/text_codes.h"

#include <algorithm>

#include "auth/audit.h"
#include "auth/detail/keys.h"
#include "auth/detail/login_guard.h"
#include "auth/detail/records.h"
#include "auth/detail/transact.h"
#include "auth/networks.h"
#include "auth/second_factors/devices.h"
#include "auth/second_factors/factor_records.h"
#include "core/encoding.h"
#include "core/errc.h"

namespace postern::auth {
namespace {

constexpr std::size_t kDigits = 6;
constexpr std::size_t kNumberDigitsMin = 7;
constexpr std::size_t kNumberDigitsMax = 15;  // ITU-T E.164 section 6

std::string person(core::UserId id) { return "user/" + std::to_string(id.value); }

std::string new_code() {
  constexpr std::uint64_t kCodes = 1'000'000;
  constexpr std::uint64_t kFair = (UINT64_MAX / kCodes) * kCodes;  // above it some codes would come more often
  for (;;) {
    std::uint64_t number = 0;
    for (const char byte : core::random_bytes(sizeof number)) number = number << 8U | static_cast<unsigned char>(byte);
    if (number >= kFair) continue;
    std::string out = std::to_string(number % kCodes);
    return out.insert(0, kDigits - out.size(), '0');
  }
}

std::string code_hash(std::string_view key, std::string_view bound_to, std::string_view code) {
  return core::hmac_sha256(key, std::string(bound_to).append("\n").append(code));
}

// The last line binds the code to our host, for browsers that fill it in there only (WICG origin-bound one-time codes).
std::string message_text(const std::string& code, const std::string& host, std::chrono::minutes life) {
  std::string out =
      "Your Postern code is " + code + ". It ends in " + std::to_string(life.count()) + " minutes. Tell it to nobody.";
  if (!host.empty()) out += "\n\n@" + host + " #" + code;
  return out;
}

std::string enrolment_of(core::SessionId session) { return "enrol/" + std::to_string(session.value); }

Principal at_the_door(const User& user, const std::string& client_ip, const std::string& agent) {
  Principal out;
  out.workspace = user.workspace;
  out.user = user.id;
  out.role = user.role;
  out.client_ip = client_ip;
  out.device = agent;
  return out;
}

// How long until one more may be counted under the key; 0: it is counted.
core::Result<std::int64_t> count_one(storage::Transaction& transaction, const std::string& key, std::uint32_t most,
                                     std::int64_t now, std::int64_t window) {
  POSTERN_TRY(const std::optional<std::string> value, transaction.get(key));
  schema::LoginFailures record;
  if (value) POSTERN_CHECK(storage::parse_record(*value, record));
  if (now - record.window_unix_ms() >= window) {
    record.set_window_unix_ms(now);
    record.set_failures(0);
  }
  if (record.failures() >= most) return record.window_unix_ms() + window - now;
  record.set_failures(record.failures() + 1);
  POSTERN_CHECK(storage::put_plain(transaction, key, record));
  return std::int64_t{0};
}

}  // namespace

// What leaves once its transaction is committed.
struct TextCodes::Draft {
  TextSent sent;
  TextMessage message;
};

std::optional<std::string> e164_number(std::string_view typed) {
  std::string out;
  for (const char c : core::trim_ascii(typed)) {
    if (c == ' ' || c == '-' || c == '.' || c == '/' || c == '(' || c == ')') continue;
    const bool is_digit = c >= '0' && c <= '9';
    if (!is_digit && !(c == '+' && out.empty())) return std::nullopt;
    out += c;
  }
  const std::size_t digits = out.size() - 1;
  if (!out.starts_with('+') || digits < kNumberDigitsMin || digits > kNumberDigitsMax || out[1] == '0')
    return std::nullopt;
  return out;
}

std::string masked_number(std::string_view number) {
  return number.empty()
             ? std::string()
             : "\xE2\x80\xA6" + std::string(number.substr(number.size() - std::min<std::size_t>(number.size(), 2)));
}

std::string check_text_code(schema::SecondFactors& record, std::string_view key, std::string_view bound_to,
                            std::string_view typed, const SecondFactorOptions& options, std::int64_t now_unix_ms) {
  schema::TextCode& sent = *record.mutable_text_code();
  if (sent.hash().empty() || sent.bound_to() != bound_to || sent.expires_unix_ms() <= now_unix_ms)
    return "no code was sent for this, or it is over";
  sent.set_attempts(sent.attempts() + 1);
  std::string digits(typed);
  std::erase(digits, ' ');
  const bool is_right = core::equals_in_constant_time(code_hash(key, bound_to, digits), sent.hash());
  if (is_right || sent.attempts() >= options.text_attempts_max) sent.clear_hash();
  return is_right ? std::string() : "wrong code of a text message";
}

TextCodes::TextCodes(storage::Store& store, const storage::Vault& vault, const Accounts& accounts, core::IdSource& ids,
                     core::Clock& clock, Options options, NoticePort notices)
    : store_(store),
      vault_(vault),
      accounts_(accounts),
      ids_(ids),
      clock_(clock),
      options_(std::move(options)),
      notices_(std::move(notices)) {}

void TextCodes::use(TextMessagePort port, std::string host) {
  port_ = std::move(port);
  host_ = std::move(host);
}

bool TextCodes::is_for(const User& user, const SecurityPolicy& policy) const {
  return is_on() && policy.second_factor.allows_text_messages && user.support == 0 && !user.is_disabled &&
         !is_privileged(user.role, user.permissions);
}

core::Result<void> TextCodes::check_is_for(storage::Transaction& transaction, const User& user) const {
  POSTERN_TRY(const SecurityPolicy policy, read_security_policy(transaction, vault_, user.workspace));
  if (!is_for(user, policy)) return core::fail(Errc::kForbidden, "codes by text message are not for this account");
  return {};
}

core::Result<std::chrono::seconds> TextCodes::count(storage::Transaction& transaction, schema::SecondFactors& record,
                                                    const Principal& by, const std::string& number) const {
  const SecondFactorOptions& limits = options_.factors;
  const std::int64_t now = now_ms();
  const std::int64_t window = std::chrono::milliseconds(limits.texts_window).count();
  std::int64_t wait = record.text_code().sent_unix_ms() + std::chrono::milliseconds(limits.text_pause).count() - now;
  if (now - record.texts_window_unix_ms() >= window) {
    record.set_texts_window_unix_ms(now);
    record.set_texts_sent(0);
  }
  if (record.texts_sent() >= limits.texts_per_user_max)
    wait = std::max(wait, record.texts_window_unix_ms() + window - now);
  if (wait <= 0) {
    POSTERN_TRY(wait, count_one(transaction, keys::failures("text number", core::sha256(number)),
                                limits.texts_per_number_max, now, window));
  }
  if (wait <= 0) {
    const std::string network = network_of(by.client_ip);
    POSTERN_TRY(wait, count_one(transaction, keys::failures("text network", network), limits.texts_per_network_max, now,
                                window));
  }
  if (wait <= 0) {
    const std::string workspace = std::to_string(by.workspace.value);
    POSTERN_TRY(wait, count_one(transaction, keys::failures("text workspace", workspace),
                                limits.texts_per_workspace_max, now, window));
  }
  record.set_texts_sent(record.texts_sent() + (wait <= 0 ? 1 : 0));
  return std::chrono::ceil<std::chrono::seconds>(std::chrono::milliseconds(std::max<std::int64_t>(wait, 0)));
}

// Counts and keeps the code. What may not be sent now writes nothing that matters: a counter of the ones that were not
// full.
core::Result<TextCodes::Draft> TextCodes::draft(storage::Transaction& transaction, schema::SecondFactors& record,
                                                const Principal& by, const std::string& number,
                                                const std::string& bound_to, std::string_view key) const {
  Draft out;
  out.sent.number = masked_number(number);
  POSTERN_TRY(out.sent.wait, count(transaction, record, by, number));
  if (out.sent.wait > std::chrono::seconds::zero()) return out;
  out.message.code = new_code();
  out.message.number = number;
  out.message.text = message_text(out.message.code, host_, options_.factors.text_code_life);
  out.sent.expires_unix_ms = now_ms() + std::chrono::milliseconds(options_.factors.text_code_life).count();
  schema::TextCode& sent = *record.mutable_text_code();
  sent.set_hash(code_hash(key, bound_to, out.message.code));
  sent.set_bound_to(bound_to);
  sent.set_number(number);
  sent.set_sent_unix_ms(now_ms());
  sent.set_expires_unix_ms(out.sent.expires_unix_ms);
  sent.set_attempts(0);
  POSTERN_CHECK(put_factors(transaction, vault_, by.workspace, by.user, record));
  POSTERN_CHECK(
      audit(transaction, vault_, ids_, clock_, by, "second_factor.text_sent", person(by.user), out.sent.number));
  return out;
}

core::Task<core::Result<TextSent>> TextCodes::deliver(Principal by, Draft draft) {
  if (draft.sent.wait > std::chrono::seconds::zero()) co_return std::move(draft.sent);
  const core::Result<void> left = co_await port_(std::move(draft.message));
  if (left) co_return std::move(draft.sent);
  AuditEvent event{"second_factor.text_failed", person(by.user), left.error().context()};
  event.outcome = Outcome::kFailed;
  POSTERN_CO_CHECK(co_await audit_alone(store_, vault_, ids_, clock_, std::move(by), std::move(event)));
  co_return core::fail_transient(Errc::kNotSent, "the gateway for text messages does not work now: use another factor");
}

core::Result<void> TextCodes::tell(storage::Transaction& transaction, const Principal& by, const User& user,
                                   NoticeOf what, const std::string& number) const {
  const bool is_added = what == NoticeOf::kFactorAdded;
  const std::string object = "text messages to " + masked_number(number);
  POSTERN_CHECK(audit(transaction, vault_, ids_, clock_, by, is_added ? "second_factor.added" : "second_factor.removed",
                      person(by.user), object));
  if (!notices_) return {};
  return notices_(transaction, {what, user, device_name(by.device), by.client_ip, object, now_ms()});
}

core::Task<core::Result<TextSent>> TextCodes::offer(Principal by, core::SessionId session, std::string number) {
  const auto& countries = options_.factors.text_countries;
  const bool is_served = countries.empty() || std::ranges::any_of(countries, [&number](const std::string& each) {
                           return number.starts_with(each);
                         });
  if (!is_served) co_return core::fail(core::Errc::kInvalid, "messages are not sent to numbers of that country");
  POSTERN_CO_TRY(const std::string key, vault_.derive_key(keys::kGlobal, kTextCodeKeyPurpose));
  auto change = [&](storage::Transaction& transaction) -> core::Result<Draft> {
    POSTERN_CHECK(read_user(transaction, vault_, by.workspace, by.user));  // into the read set
    POSTERN_TRY(const auto user, accounts_.find(by.workspace, by.user));
    if (!user) return core::fail(Errc::kForbidden);
    POSTERN_CHECK(check_is_for(transaction, *user));
    POSTERN_TRY(schema::SecondFactors record, read_factors(transaction, vault_, by.workspace, by.user));
    if (!has_factor(record))
      return core::fail(core::Errc::kInvalid,
                        "add an authenticator app or a security key first: text messages count beside one only");
    return draft(transaction, record, by, number, enrolment_of(session), key);
  };
  POSTERN_CO_TRY(Draft made, co_await transact(store_, options_.commit_attempts_max, change));
  co_return co_await deliver(std::move(by), std::move(made));
}

core::Task<core::Result<void>> TextCodes::confirm(Principal by, core::SessionId session, std::string code) {
  POSTERN_CO_TRY(const std::string key, vault_.derive_key(keys::kGlobal, kTextCodeKeyPurpose));
  // A wrong code is a value: the count of it has to be committed.
  auto change = [&](storage::Transaction& transaction) -> core::Result<bool> {
    POSTERN_CHECK(read_user(transaction, vault_, by.workspace, by.user));
    POSTERN_TRY(const auto user, accounts_.find(by.workspace, by.user));
    if (!user) return core::fail(Errc::kForbidden);
    POSTERN_CHECK(check_is_for(transaction, *user));
    POSTERN_TRY(schema::SecondFactors record, read_factors(transaction, vault_, by.workspace, by.user));
    if (!has_factor(record) || record.text_code().hash().empty()) return core::fail(Errc::kExpired);
    const bool is_right = check_text_code(record, key, enrolment_of(session), code, options_.factors, now_ms()).empty();
    if (is_right) {
      record.set_phone(record.text_code().number());
      record.set_phone_since_unix_ms(now_ms());
      POSTERN_CHECK(tell(transaction, by, *user, NoticeOf::kFactorAdded, record.phone()));
    }
    POSTERN_CHECK(put_factors(transaction, vault_, by.workspace, by.user, record));
    return is_right;
  };
  POSTERN_CO_TRY(const bool is_right, co_await transact(store_, options_.commit_attempts_max, change));
  if (!is_right) co_return core::fail(Errc::kBadCredentials);
  co_return core::Result<void>();
}

core::Task<core::Result<void>> TextCodes::remove(Principal by) {
  auto change = [&](storage::Transaction& transaction) -> core::Result<void> {
    POSTERN_TRY(const auto user, accounts_.find(by.workspace, by.user));
    POSTERN_TRY(schema::SecondFactors record, read_factors(transaction, vault_, by.workspace, by.user));
    if (!user || record.phone().empty()) return core::fail(Errc::kNotFound, "phone number");
    POSTERN_CHECK(tell(transaction, by, *user, NoticeOf::kFactorRemoved, record.phone()));
    record.clear_phone();
    record.clear_phone_since_unix_ms();
    record.mutable_text_code()->clear_hash();
    return put_factors(transaction, vault_, by.workspace, by.user, record);
  };
  co_return co_await transact(store_, options_.commit_attempts_max, change);
}

core::Task<core::Result<TextSent>> TextCodes::send(std::string pending_secret, std::string client_ip,
                                                   std::string agent) {
  const std::string hash = core::sha256(pending_secret);
  POSTERN_CO_TRY(const std::string key, vault_.derive_key(keys::kGlobal, kTextCodeKeyPurpose));
  Principal by;
  auto change = [&](storage::Transaction& transaction) -> core::Result<Draft> {
    POSTERN_TRY(const auto index, read_index(transaction.snapshot(), keys::pending_sign_in(hash)));
    if (!index) return core::fail(Errc::kExpired);
    const core::WorkspaceId workspace{index->workspace()};
    POSTERN_TRY(const schema::User owner, read_user(transaction, vault_, workspace, core::UserId{index->user()}));
    POSTERN_TRY(const auto user, accounts_.find(workspace, core::UserId{index->user()}));
    if (!user) return core::fail(Errc::kExpired);
    POSTERN_TRY(schema::SecondFactors record, read_factors(transaction, vault_, workspace, user->id));
    const auto pending = std::ranges::find(record.pending(), hash, &schema::PendingSignIn::secret_hash);
    const bool is_live = pending != record.pending().end() && pending->expires_unix_ms() > now_ms() &&
                         pending->password_set_unix_ms() == owner.password_set_unix_ms() && !owner.is_disabled();
    if (!is_live) return core::fail(Errc::kExpired);
    by = at_the_door(*user, client_ip, agent);
    // Each step asks by itself (SignIn::check_network); whoever was let in a moment ago and is not now begins anew.
    POSTERN_TRY(const bool is_allowed, allows(transaction.snapshot(), vault_, workspace, user->role, client_ip));
    if (!is_allowed) return core::fail(Errc::kExpired);
    POSTERN_CHECK(check_is_for(transaction, *user));
    if (record.phone().empty() || !has_factor(record)) return core::fail(Errc::kForbidden, "no number is known");
    return draft(transaction, record, by, record.phone(), hash, key);
  };
  POSTERN_CO_TRY(Draft made, co_await transact(store_, options_.commit_attempts_max, change));
  co_return co_await deliver(std::move(by), std::move(made));
}

}  // namespace postern::auth
