#include "auth/passwords/policy.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <vector>

#include "auth/passwords/common.h"
#include "core/encoding.h"
#include "core/errc.h"
#include "core/secret.h"

namespace postern::auth {
namespace {

constexpr std::string_view kProduct = "postern";
constexpr std::size_t kWordMin = 3;           // shorter names are in too many words
constexpr std::size_t kOwnCharactersMin = 8;  // what must be left beside names
constexpr std::size_t kDistinctMin = 4;
constexpr std::uint32_t kLengthMax = 128;
constexpr std::uint32_t kAgentsLengthMin = 8;
constexpr std::uint32_t kEndUsersLengthMin = 5;
constexpr std::array<std::string_view, 5> kLevels{"recommended", "low", "medium", "high", "custom"};

// The characters of valid UTF-8; anything else counts byte by byte, which only favours the user.
std::size_t count_characters(std::string_view text) {
  return static_cast<std::size_t>(std::ranges::count_if(text, [](char c) { return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U; }));
}

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_small(char c) { return c >= 'a' && c <= 'z'; }
bool is_capital(char c) { return c >= 'A' && c <= 'Z'; }
bool is_word(char c) { return is_small(c) || is_capital(c) || is_digit(c) || static_cast<unsigned char>(c) >= 0x80; }

// What somebody who knows the owner tries first, the longest first.
std::vector<std::string> own_words(const PasswordOwner& owner) {
  std::vector<std::string> out{std::string(kProduct)};
  for (const std::string* text : {&owner.email, &owner.name, &owner.workspace}) {
    std::string word;
    for (const char c : core::to_lower_ascii(*text) + " ") {
      if (is_word(c)) {
        word += c;
        continue;
      }
      if (word.size() >= kWordMin) out.push_back(std::move(word));
      word.clear();
    }
  }
  std::ranges::sort(out, std::greater<>(), &std::string::size);
  return out;
}

bool is_made_of_names(std::string_view password, const PasswordOwner& owner, std::size_t left_min) {
  std::string rest = core::to_lower_ascii(password);
  bool has_name = false;
  for (const std::string& word : own_words(owner)) {
    for (std::size_t at = rest.find(word); at != std::string::npos; at = rest.find(word)) {
      rest.erase(at, word.size());
      has_name = true;
    }
  }
  const auto left = static_cast<std::size_t>(std::ranges::count_if(rest, is_word));
  core::wipe(rest.data(), rest.size());
  return has_name && left < left_min;
}

std::string objection_of_classes(std::string_view password, const PasswordRules& rules) {
  if (rules.needs_digit && std::ranges::none_of(password, is_digit)) return "it needs a digit";
  if (rules.needs_mixed_case && (std::ranges::none_of(password, is_small) || std::ranges::none_of(password, is_capital))) {
    return "it needs small and capital letters";
  }
  if (rules.needs_special && std::ranges::all_of(password, is_word)) return "it needs a character that is no letter and no digit";
  if (rules.run_max != 0 && longest_run(password) > rules.run_max) {
    return fmt::format("it has more than {} letters or digits in a row", rules.run_max);
  }
  return {};
}

core::Result<void> check_rules(const PasswordRules& rules, std::uint32_t length_min, const char* audience) {
  const auto refuse = [audience](const char* field, const std::string& bounds) {
    return core::fail(core::Errc::kInvalid, fmt::format("{}.{}: {}", audience, field, bounds));
  };
  if (rules.length_min < length_min || rules.length_min > kLengthMax) return refuse("length_min", fmt::format("{} to {}", length_min, kLengthMax));
  if (rules.history > kPasswordHistoryMax) return refuse("history", fmt::format("at most {}", kPasswordHistoryMax));
  if (rules.expiry_days > 3650) return refuse("expiry_days", "at most 3650");
  // Fewer would let one typing error lock a login out.
  if (rules.failures_max != 0 && (rules.failures_max < 3 || rules.failures_max > 100)) return refuse("failures_max", "0 (the default) or 3 to 100");
  if (rules.run_max != 0 && (rules.run_max < 2 || rules.run_max > kLengthMax)) return refuse("run_max", "0 (any) or 2 to 128");
  return {};
}

}  // namespace

std::string_view to_string(PasswordLevel level) { return kLevels.at(static_cast<std::size_t>(level)); }

std::optional<PasswordLevel> parse_password_level(std::string_view word) {
  const auto* const found = std::ranges::find(kLevels, word);
  if (found == kLevels.end()) return std::nullopt;
  return static_cast<PasswordLevel>(found - kLevels.begin());
}

PasswordRules rules_of(const PasswordPolicy& policy, const Options& options) {
  PasswordRules rules;
  switch (policy.level) {
    case PasswordLevel::kRecommended: rules.length_min = static_cast<std::uint32_t>(options.password_chars_min); break;
    case PasswordLevel::kLow: rules.length_min = 5; break;
    case PasswordLevel::kHigh:
      rules.expiry_days = 90;
      rules.history = 5;
      [[fallthrough]];
    case PasswordLevel::kMedium:
      rules.length_min = 6;
      rules.needs_digit = rules.needs_mixed_case = rules.needs_special = true;
      break;
    case PasswordLevel::kCustom: rules = policy.custom; break;
  }
  return rules;
}

core::Result<void> check_password_policies(const PasswordPolicies& policies, const Options& options) {
  if (policies.agents.level == PasswordLevel::kLow) {
    return core::fail(core::Errc::kInvalid, "agents.level: low is for end users only");
  }
  if (policies.agents.level == PasswordLevel::kCustom) POSTERN_CHECK(check_rules(policies.agents.custom, kAgentsLengthMin, "agents"));
  if (policies.end_users.level == PasswordLevel::kCustom) {
    POSTERN_CHECK(check_rules(policies.end_users.custom, kEndUsersLengthMin, "end_users"));
  }
  return {};
}

bool is_stricter(const PasswordRules& now, const PasswordRules& before) {
  const auto expiry = [](const PasswordRules& rules) { return rules.expiry_days == 0 ? UINT32_MAX : rules.expiry_days; };
  const auto run = [](const PasswordRules& rules) { return rules.run_max == 0 ? UINT32_MAX : rules.run_max; };
  return now.length_min > before.length_min || (now.needs_digit && !before.needs_digit) ||
         (now.needs_mixed_case && !before.needs_mixed_case) || (now.needs_special && !before.needs_special) ||
         expiry(now) < expiry(before) || run(now) < run(before);
}

std::string password_objection(std::string_view password, const PasswordOwner& owner, const PasswordRules& rules,
                               const Options& options, const BreachedList* breached) {
  if (password.size() > options.password_bytes_max) return "it is too long";
  if (count_characters(password) < rules.length_min) return fmt::format("it needs at least {} characters", rules.length_min);
  if (std::string words = objection_of_classes(password, rules); !words.empty()) return words;
  const std::size_t own_min = std::min<std::size_t>(kOwnCharactersMin, rules.length_min);
  if (is_made_of_names(password, owner, own_min)) return "it is made of your name or address, or of the name of this place";
  std::string characters(password);
  std::ranges::sort(characters);
  const auto distinct = static_cast<std::size_t>(std::ranges::unique(characters).begin() - characters.begin());
  core::wipe(characters.data(), characters.size());
  if (distinct < kDistinctMin) return "it repeats too few characters";
  if (count_without_runs(password) < std::min<std::size_t>(own_min, 5)) return "it is a run of letters, digits or keys";
  if (is_common_password(password)) return "it is among the passwords that everybody tries first";
  if (breached != nullptr && breached->contains(password)) return "it is on a list of leaked passwords";
  return {};
}

}  // namespace postern::auth
