#pragma once
// auth/second_factors/text_codes.h: codes of six digits by text message: a restricted authenticator (NIST SP 800-63B
// section 5.2.10), hence only where operator and workspace switched it on, only beside an authenticator app or a key,
// never of somebody who may do more than agents or was let in as support, and good for signing in only: such a session
// is not fresh and its device not trusted.
//   a pending sign-in ─► send() ─► SignIn::answer({text_code}) ─► session        session ─► offer() ─► confirm() ─► the
//   number counts
// A code is bound to what it was asked for, works once and ends after five minutes or three attempts. Messages are
// counted by person, number, network and workspace before they leave: whoever is at fault, nobody runs up a bill.
// Thread-safety: any executor; use() before the first call.  Ownership: borrows all parts.
// Errors: auth::Errc (kForbidden: not switched on or not for them; kExpired: no sign-in or no code to go on with;
// kNotSent: the gateway failed), core::Errc::kInvalid with words for the user; those of the store. Limits:
// SecondFactorOptions. Nothing of a code is logged or audited; of a number its last two digits.
#include <functional>
#include <optional>
#include <string>

#include "auth/accounts.h"
#include "auth/second_factors/notices.h"
#include "auth/security_policy.h"
#include "core/secret.h"
#include "storage/schema/security.pb.h"

namespace postern::auth {

struct TextMessage {
  std::string number;  // E.164
  std::string text;
  std::string code;  // for gateways that have a text of their own
};
// Sends one; an error's context says why in words that hold neither number nor text nor secret.
using TextMessagePort = std::function<core::Task<core::Result<void>>(TextMessage)>;

// "+43 660 123-45 67" as "+436601234567" (ITU-T E.164: at most 15 digits); nullopt when it is no international number.
std::optional<std::string> e164_number(std::string_view typed);
// "…67".
std::string masked_number(std::string_view number);

// What was sent, or how long to wait before something may be.
struct TextSent {
  std::string number;  // masked
  std::int64_t expires_unix_ms = 0;
  std::chrono::seconds wait{0};  // above 0: nothing was sent
};

// Of the code in `record`, inside a transaction; the caller writes the record and counts the attempt. Empty: right.
std::string check_text_code(schema::SecondFactors& record, std::string_view key, std::string_view bound_to,
                            std::string_view typed, const SecondFactorOptions& options, std::int64_t now_unix_ms);
inline constexpr const char* kTextCodeKeyPurpose = "text-code";  // of its key, which workspace 0 derives

class TextCodes {
 public:
  TextCodes(storage::Store& store, const storage::Vault& vault, const Accounts& accounts, core::IdSource& ids,
            core::Clock& clock, Options options, NoticePort notices);
  // `host`: where people sign in. Without a port nobody is sent anything.
  void use(TextMessagePort port, std::string host);
  bool is_on() const { return static_cast<bool>(port_); }
  // Whether somebody may have codes sent, by policy and role; of a user with the permissions of a custom role.
  bool is_for(const User& user, const SecurityPolicy& policy) const;

  core::Task<core::Result<TextSent>> offer(Principal by, core::SessionId session, std::string number);
  core::Task<core::Result<void>> confirm(Principal by, core::SessionId session, std::string code);
  core::Task<core::Result<void>> remove(Principal by);
  // For a pending sign-in, named by its secret.
  core::Task<core::Result<TextSent>> send(std::string pending_secret, std::string client_ip, std::string agent);

 private:
  struct Draft;
  core::Result<void> check_is_for(storage::Transaction& transaction, const User& user) const;
  core::Result<Draft> draft(storage::Transaction& transaction, schema::SecondFactors& record, const Principal& by,
                            const std::string& number, const std::string& bound_to, std::string_view key) const;
  core::Result<std::chrono::seconds> count(storage::Transaction& transaction, schema::SecondFactors& record,
                                           const Principal& by, const std::string& number) const;
  core::Task<core::Result<TextSent>> deliver(Principal by, Draft draft);
  core::Result<void> tell(storage::Transaction& transaction, const Principal& by, const User& user, NoticeOf what,
                          const std::string& number) const;
  std::int64_t now_ms() const { return core::to_unix_ms(clock_.wall_now()); }

  storage::Store& store_;
  const storage::Vault& vault_;
  const Accounts& accounts_;
  core::IdSource& ids_;
  core::Clock& clock_;
  Options options_;
  NoticePort notices_;
  TextMessagePort port_;
  std::string host_;
};

}  // namespace postern::auth
