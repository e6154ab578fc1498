#pragma once
// auth/detail/login_guard.h: bounds guessing. Each attempt is counted before the password is looked at, so that
// parallel guesses cannot outrun the count; success takes the count back. Unknown logins count like known ones.
// A lock holds for one network only: an account that anybody can lock from anywhere is lost to its owner. What came
// from everywhere together only slows the answers down.
// Thread-safety: pure over the transaction. Errors: Errc::kLocked (transient), those of the store.
#include <string>

#include "auth/options.h"
#include "core/clock.h"
#include "storage/records.h"

namespace postern::auth {

class LoginGuard {
 public:
  LoginGuard(const core::Clock& clock, const Options& options, std::string canonical_login, const std::string& client_ip);

  // How long the answer has to wait.
  core::Result<core::Duration> count_attempt(storage::Transaction& transaction) const;
  // The password was right: the account starts anew, for this network.
  core::Result<void> clear(storage::Transaction& transaction) const;
  // The account starts anew for every network.
  core::Result<void> clear_everywhere(storage::Transaction& transaction) const;
  // The password was never checked: as if the attempt had not been made.
  core::Result<void> take_back(storage::Transaction& transaction) const;

 private:
  core::Result<void> count(storage::Transaction& transaction, const std::string& key, std::uint32_t failures_max,
                           bool doubles) const;
  core::Result<core::Duration> count_account(storage::Transaction& transaction) const;
  core::Result<void> uncount(storage::Transaction& transaction, const std::string& key) const;
  std::int64_t now_ms() const { return core::to_unix_ms(clock_.wall_now()); }

  const core::Clock& clock_;
  const Options& options_;
  std::string login_hash_;
  std::string account_key_;
  std::string pair_key_;     // the account from this network
  std::string network_key_;  // empty without a client address: the operator
};

// The /24 or /64 of an address ("192.0.2.0", "2001:db8::"); empty when it is none.
std::string network_of(const std::string& client_ip);

}  // namespace postern::auth
