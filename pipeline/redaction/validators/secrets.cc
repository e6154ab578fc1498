// Keys, tokens and passwords: is it random, is it in the form of its issuer, is it more than a stand-in.
#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <string>

#include "core/encoding.h"
#include "pipeline/redaction/validators/compact.h"
#include "pipeline/redaction/validators/kinds.h"
#include "pipeline/redaction/wiped.h"

namespace postern::pipeline::validators {
namespace {

constexpr std::size_t kSecretBytesMin = 4;
constexpr double kBitsMin = 3.0;      // a character; 20 random letters and digits have 4.1, "your-api-key-here" 3.2
constexpr double kHexBitsMin = 2.75;  // 32 random hexadecimal digits have 3.6

// What documentation writes where a secret goes.
constexpr std::string_view kStandIns[] = {"your", "placeholder", "redacted", "insert", "<",    ">",    "{{",
                                          "}}",   "${",          "***",      "...",    "xxxx", "....", "\u2587"};

// Words that follow "password:" in prose and forms, in the languages that the shipped rules read.
constexpr std::string_view kProse[] = {
    "above",      "again",    "and",      "anonymous",   "are",         "below",        "blank",        "can",
    "cannot",     "case",     "change",   "changed",     "confirm",     "confirmation", "correct",      "could",
    "do",         "does",     "email",    "empty",       "enter",       "expired",      "expires",      "false",
    "field",      "for",      "forgot",   "forgotten",   "from",        "guest",        "has",          "have",
    "here",       "hidden",   "how",      "if",          "incorrect",   "invalid",      "is",           "it",
    "login",      "lost",     "manager",  "may",         "minimum",     "missing",      "must",         "new",
    "nil",        "no",       "none",     "not",         "null",        "old",          "only",         "optional",
    "or",         "passwd",   "password", "passwords",   "please",      "policy",       "prompt",       "protected",
    "protection", "recovery", "removed",  "repeat",      "required",    "reset",        "same",         "secret",
    "security",   "sent",     "set",      "settings",    "should",      "string",       "text",         "that",
    "the",        "this",     "true",     "undefined",   "unknown",     "unset",        "user",         "username",
    "was",        "what",     "when",     "which",       "will",        "with",         "wrong",        "yes",
    "you",        "oublié",   "perdu",    "requis",      "obligatoire", "incorrecte",   "invalide",     "erforderlich",
    "vergessen",  "falsch",   "ungültig", "obligatoria", "olvidada",    "incorrecta",   "requerida",    "obrigatória",
    "esqueceu",   "vereist",  "vergeten", "onjuist",     "wymagane",    "zapomniane",   "obbligatoria", "dimenticata"};

std::string lower(std::string_view value) { return core::to_lower_ascii(value); }

bool is_stand_in(std::string_view value) {
  std::string text = lower(value);
  const WipedAtExit wiped(text);
  return std::any_of(std::begin(kStandIns), std::end(kStandIns),
                     [&text](std::string_view word) { return text.find(word) != std::string::npos; });
}

// One or two characters again and again, or neighbours of the alphabet: "--------", "abababab", "12345678".
bool is_pattern(std::string_view value) {
  constexpr std::size_t kRunMin = 5;
  std::size_t kinds = 0;
  std::array<bool, 256> seen{};
  std::size_t steps = 0;
  for (std::size_t i = 0; i < value.size(); ++i) {
    bool& one = seen[static_cast<std::uint8_t>(value[i])];
    kinds += one ? 0 : 1;
    one = true;
    if (i > 0 && value[i] == value[i - 1] + 1) ++steps;
  }
  return (kinds < 3 && value.size() >= kRunMin) || (value.size() > kRunMin && steps + 3 >= value.size());
}

double bits_a_character(std::string_view value) {
  std::array<std::size_t, 256> counts{};
  for (char c : value) ++counts[static_cast<std::uint8_t>(c)];
  double bits = 0;
  for (std::size_t count : counts) {
    if (count == 0) continue;
    const double share = static_cast<double>(count) / static_cast<double>(value.size());
    bits -= share * std::log2(share);
  }
  return bits;
}

bool is_hex(std::string_view value) {
  return std::all_of(value.begin(), value.end(),
                     [](char c) { return is_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F'); });
}

// IEEE 802.3, reflected.
std::uint32_t crc32_of(std::string_view bytes) {
  std::uint32_t crc = 0xFFFFFFFFU;
  for (char c : bytes) {
    crc ^= static_cast<std::uint8_t>(c);
    for (int bit = 0; bit < 8; ++bit) crc = (crc >> 1) ^ ((crc & 1U) != 0 ? 0xEDB88320U : 0U);
  }
  return ~crc;
}

}  // namespace

// Not one of the words and forms that stand where a secret would: "required", "xxxx", "<your key>", "${PASSWORD}".
bool not_placeholder(std::string_view value) {
  while (!value.empty() && std::string_view(".,;:!?)\"'").find(value.back()) != std::string_view::npos)
    value.remove_suffix(1);
  if (value.size() < kSecretBytesMin || is_stand_in(value)) return false;
  // "12345678" and "abcdef" are passwords of real people; one character again and again is a blank to fill in.
  if (value.find_first_not_of(value[0]) == std::string_view::npos) return false;
  if (std::none_of(value.begin(), value.end(),
                   [](char c) { return is_digit(c) || is_letter(c) || static_cast<std::uint8_t>(c) >= 0x80; }))
    return false;
  std::string word = lower(value);
  const WipedAtExit wiped(word);
  return std::find(std::begin(kProse), std::end(kProse), std::string_view(word)) == std::end(kProse);
}

// Random, as keys are: Shannon's entropy over a floor, digits and letters both, no row of neighbours. "EXAMPLE" inside
// a key is no reason to leave it: who pastes one wants to see it hidden.
bool secret_entropy(std::string_view value) {
  if (value.size() < kSecretBytesMin || is_stand_in(value) || is_pattern(value)) return false;
  const bool has_digit = std::any_of(value.begin(), value.end(), is_digit);
  const bool has_letter = std::any_of(value.begin(), value.end(), is_letter);
  if (!has_digit || !has_letter) return false;
  return bits_a_character(value) >= (is_hex(value) ? kHexBitsMin : kBitsMin);
}

// GitHub's engineering blog, 5 April 2021: a prefix, 30 characters, and their CRC-32 in six digits of base 62. Tokens
// of finer grain (github_pat_) have 22 and 59 characters, whose check is not published.
bool github_token(std::string_view value) {
  constexpr std::string_view kBase62 = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
  constexpr std::string_view kFine = "github_pat_";
  constexpr std::size_t kFineFirst = 22;
  constexpr std::size_t kFineSecond = 59;
  if (value.starts_with(kFine)) {
    const std::string_view rest = value.substr(kFine.size());
    return rest.size() == kFineFirst + 1 + kFineSecond && rest[kFineFirst] == '_' && secret_entropy(rest);
  }
  constexpr std::size_t kPrefix = 4;
  constexpr std::size_t kRandom = 30;
  constexpr std::size_t kCheck = 6;
  if (value.size() != kPrefix + kRandom + kCheck || !value.starts_with("gh") || value[3] != '_') return false;
  if (std::string_view("pousr").find(value[2]) == std::string_view::npos) return false;
  std::uint64_t check = 0;
  for (char c : value.substr(kPrefix + kRandom)) {
    const std::size_t digit = kBase62.find(c);
    if (digit == std::string_view::npos) return false;
    check = check * kBase62.size() + digit;
  }
  return check == crc32_of(value.substr(kPrefix, kRandom));
}

// RFC 7519 in the compact form of RFC 7515 section 7.1 (three parts) or RFC 7516 section 7.1 (five): the first is a
// JSON object with "alg".
bool jwt(std::string_view value) {
  const auto dots = std::count(value.begin(), value.end(), '.');
  if (dots != 2 && dots != 4) return false;
  auto header = core::from_base64url(value.substr(0, value.find('.')));
  if (!header) return false;
  const WipedAtExit wiped(*header);
  const std::string_view text = core::trim_ascii(*header);
  if (text.size() < 2 || text.front() != '{' || text.back() != '}') return false;
  constexpr std::string_view kName = "\"alg\"";
  const std::size_t name = text.find(kName);
  return name != std::string_view::npos && core::trim_ascii(text.substr(name + kName.size())).starts_with(':');
}

}  // namespace postern::pipeline::validators
