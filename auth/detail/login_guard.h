#pragma once
// auth/detail/login_guard.h: bounds guessing. Each attempt is counted before the password is looked at, so that
// parallel guesses cannot outrun the count; success takes the count back. Unknown logins count like known ones.
// Errors: Errc::kLocked (transient), those of the store.
#include <string>

#include "auth/options.h"
#include "core/clock.h"
#include "storage/records.h"

namespace postern::auth {

class LoginGuard {
 public:
  LoginGuard(const core::Clock& clock, const Options& options, std::string canonical_login, const std::string& client_ip);

  core::Result<void> count_attempt(storage::Transaction& transaction) const;
  // The password was right: the account starts anew.
  core::Result<void> clear(storage::Transaction& transaction) const;
  // The password was never checked: as if the attempt had not been made.
  core::Result<void> take_back(storage::Transaction& transaction) const;

 private:
  core::Result<void> count(storage::Transaction& transaction, const std::string& key, std::uint32_t failures_max,
                           bool doubles) const;
  core::Result<void> uncount(storage::Transaction& transaction, const std::string& key) const;

  const core::Clock& clock_;
  const Options& options_;
  std::string account_key_;
  std::string network_key_;  // empty without a client address: the operator
};

// The /24 or /64 of an address ("192.0.2.0", "2001:db8::"); empty when it is none.
std::string network_of(const std::string& client_ip);

}  // namespace postern::auth
