#pragma once
// auth/options.h: limits and policy of identity.
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>

#include "auth/second_factors/options.h"

namespace postern::auth {

struct Options {
  SecondFactorOptions factors;
  std::size_t password_chars_min = 12;    // of the recommended level; NIST SP 800-63B-4: length, not composition
  std::string breached_passwords;         // file of SHA-1 hashes, sorted; empty: none
  std::size_t password_bytes_max = 1024;  // bounds the work of hashing
  std::uint32_t argon2_memory_kib = 65536;
  std::uint32_t argon2_passes = 3;
  std::uint32_t login_failures_max = 5;   // of an account from one network; then locked for it, doubling from lock_first
  std::uint32_t login_failures_free = 20;  // of an account from anywhere in lock_window; each more adds a login_delay_step
  std::chrono::milliseconds login_delay_step{250};
  std::chrono::milliseconds login_delay_max{5000};
  std::uint32_t network_failures_max = 50;  // per /24 or /64 in lock_window
  std::chrono::seconds lock_first{600};
  std::chrono::seconds lock_max{86400};
  std::chrono::seconds lock_window{3600};
  std::chrono::hours enrolment_life{24};
  std::chrono::minutes reset_life{60};           // of a mailed link
  std::chrono::minutes reset_interval{10};       // between two mailed links of one account
  std::chrono::minutes password_change_life{15}; // of the token for a password that has to be changed
  std::chrono::hours password_grace{5 * 24};     // for passwords that a stricter policy no longer takes
  std::chrono::minutes session_idle_max{12 * 60};
  std::chrono::hours session_life{7 * 24};
  std::size_t sessions_per_user_max = 50;
  std::size_t tokens_per_user_max = 50;
  std::size_t token_networks_max = 50;
  std::size_t custom_roles_max = 100;
  std::size_t inboxes_per_user_max = 500;  // of somebody who is limited to some
  std::size_t allowed_networks_max = 200;
  std::size_t name_bytes_max = 200;         // names, descriptions and User-Agents are cut to this
  std::size_t commit_attempts_max = 8;      // on kConflict
  std::chrono::seconds touch_interval{60};  // last-seen and last-used are written at most this often
};

}  // namespace postern::auth
