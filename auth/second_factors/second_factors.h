#pragma once
// auth/second_factors/second_factors.h: the factors of people: adding, listing, removing; who has to have one.
// Whoever calls has made sure that the caller proved a factor a short while ago (web: routes marked fresh_factor).
// Thread-safety: any executor.  Errors: auth::Errc (kBadCredentials: the code or key is not right; kExpired: the offer is
// over; kForbidden; kExists), core::Errc::kInvalid for too many; those of the store.
#include <string>
#include <vector>

#include "auth/accounts.h"
#include "auth/second_factors/notices.h"
#include "auth/second_factors/webauthn.h"
#include "storage/schema/security.pb.h"

namespace postern::auth {

struct PasskeyInfo {
  std::uint64_t id = 0;
  std::string name;
  std::int64_t created_unix_ms = 0;
  std::int64_t last_used_unix_ms = 0;
  bool is_passwordless = false;
};

struct FactorStatus {
  bool has_totp = false;
  std::int64_t totp_since_unix_ms = 0;
  std::vector<PasskeyInfo> passkeys;
  std::size_t recovery_codes_left = 0;
  std::int64_t recovery_made_unix_ms = 0;
  std::int64_t due_unix_ms = 0;  // when one has to be there; 0: nobody asks
  std::string phone;             // masked: text messages go there; empty: none
  std::int64_t phone_since_unix_ms = 0;
  bool has_any() const { return has_totp || !passkeys.empty(); }
};

struct TotpOffer {
  std::string secret_text;  // to type
  std::string uri;          // for the QR code
};

struct PasskeyOffer {
  std::string challenge;
  std::string user_handle;
  std::vector<std::string> known_ids;  // that the authenticator must not have yet
};

// What a new factor comes with: ten codes, if it is the first one. They are shown once.
struct Added {
  std::vector<std::string> recovery_codes;
  std::uint64_t passkey_id = 0;
};

struct MissingFactor {
  User user;
  std::int64_t due_unix_ms = 0;
};

class SecondFactors {
 public:
  SecondFactors(storage::Store& store, const storage::Vault& vault, const Accounts& accounts, core::IdSource& ids,
                core::Clock& clock, Options options, NoticePort notices);

  core::Result<FactorStatus> status(const User& user) const;
  core::Result<bool> has_any(core::WorkspaceId workspace, core::UserId user) const;

  // A secret that counts once a code of it was given; an offer before it ends.
  core::Task<core::Result<TotpOffer>> offer_totp(Principal by, std::string issuer);
  core::Task<core::Result<Added>> confirm_totp(Principal by, std::string code);
  core::Task<core::Result<void>> remove_totp(Principal by);

  // `session`: what the challenge is bound to.
  core::Task<core::Result<PasskeyOffer>> offer_passkey(Principal by, core::SessionId session);
  core::Task<core::Result<Added>> add_passkey(Principal by, core::SessionId session, RelyingParty party, Registration registration, std::string name);
  core::Task<core::Result<void>> rename_passkey(Principal by, std::uint64_t id, std::string name);
  core::Task<core::Result<void>> remove_passkey(Principal by, std::uint64_t id);

  // The earlier ones end.
  core::Task<core::Result<std::vector<std::string>>> new_recovery_codes(Principal by);

  // Takes all factors, trusted devices and sessions from somebody who has lost them. By an admin, of nobody above; or by
  // the operator.
  core::Task<core::Result<void>> reset(Principal by, core::UserId user);
  // Everybody of whom the policy asks a factor that they do not have; those whose time ends first come first.
  core::Result<std::vector<MissingFactor>> missing(core::WorkspaceId workspace) const;

 private:
  using Edit = std::function<core::Result<void>(storage::Transaction&, schema::SecondFactors&, const User&)>;
  core::Task<core::Result<void>> edit(Principal by, Edit what);
  core::Result<void> tell(storage::Transaction& transaction, const Principal& by, const User& user, NoticeOf what, std::string detail) const;
  core::Result<void> end_other_sessions(storage::Transaction& transaction, const Principal& by) const;
  core::Result<void> check_may_remove(storage::Transaction& transaction, const schema::SecondFactors& after, const User& user) const;
  std::int64_t now_ms() const { return core::to_unix_ms(clock_.wall_now()); }

  storage::Store& store_;
  const storage::Vault& vault_;
  const Accounts& accounts_;
  core::IdSource& ids_;
  core::Clock& clock_;
  Options options_;
  NoticePort notices_;
};

}  // namespace postern::auth
