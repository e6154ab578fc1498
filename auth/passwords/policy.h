#pragma once
// auth/passwords/policy.h: what a workspace demands of passwords, for each of two audiences. The named levels have the
// rules of Zendesk's (requirement Z-25); common and leaked passwords, and those made of one's own name, are refused at every level.
// Thread-safety: values and pure functions.  Errors: core::Errc::kInvalid with the field's name.
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "auth/options.h"
#include "auth/passwords/breached_list.h"
#include "auth/principal.h"
#include "core/result.h"

namespace postern::auth {

// Never renumber: stored.
enum class PasswordLevel : std::uint8_t { kRecommended = 0, kLow = 1, kMedium = 2, kHigh = 3, kCustom = 4 };
std::string_view to_string(PasswordLevel level);  // "recommended", "low", "medium", "high", "custom"
std::optional<PasswordLevel> parse_password_level(std::string_view word);

struct PasswordRules {
  std::uint32_t length_min = 12;  // characters, not bytes
  bool needs_digit = false;
  bool needs_mixed_case = false;
  bool needs_special = false;
  std::uint32_t history = 0;       // as many earlier ones are refused
  std::uint32_t expiry_days = 0;   // 0: never
  std::uint32_t failures_max = 0;  // before a login is locked for a network; 0: as configured
  std::uint32_t run_max = 0;       // longest run such as "abcd" or "4321"; 0: any
  friend bool operator==(const PasswordRules&, const PasswordRules&) = default;
};

struct PasswordPolicy {
  PasswordLevel level = PasswordLevel::kRecommended;
  PasswordRules custom;             // of level kCustom
  std::int64_t raised_unix_ms = 0;  // when it last became stricter; weaker passwords have the grace period from then on
};

struct PasswordPolicies {
  PasswordPolicy agents;  // and admins and owners
  PasswordPolicy end_users;
  const PasswordPolicy& of(Role role) const { return role == Role::kContact ? end_users : agents; }
};

inline constexpr std::uint32_t kPasswordHistoryMax = 24;

PasswordRules rules_of(const PasswordPolicy& policy, const Options& options);
// Agents may not have the level "low", nor own rules of fewer than 8 characters (ASVS 6.2.1).
core::Result<void> check_password_policies(const PasswordPolicies& policies, const Options& options);
// Whether `now` refuses anything that `before` took.
bool is_stricter(const PasswordRules& now, const PasswordRules& before);

struct PasswordOwner {
  std::string email;
  std::string name;
  std::string workspace;
};

// Empty when the password is accepted; otherwise why not, in words for its owner. Of a long list of leaked passwords it
// reads from the disk: call it on the cpu pool.
std::string password_objection(std::string_view password, const PasswordOwner& owner, const PasswordRules& rules,
                               const Options& options, const BreachedList* breached);

}  // namespace postern::auth
