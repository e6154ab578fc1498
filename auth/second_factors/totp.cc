#include "auth/second_factors/totp.h"

#include <fmt/format.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <array>
#include <chrono>
#include <stdexcept>

#include "core/encoding.h"

namespace postern::auth {
namespace {

constexpr std::uint32_t kModulus = 1'000'000;
constexpr std::size_t kDigits = 6;

std::string percent_encoded(std::string_view text) {
  std::string out;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    const bool is_plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '.' || c == '_' || c == '~';
    if (is_plain) out += c;
    else out += fmt::format("%{:02X}", byte);
  }
  return out;
}

}  // namespace

std::int64_t totp_step(core::WallTime now) { return core::to_unix_ms(now) / 1000 / kTotpStepSeconds; }

std::string totp_code(std::string_view secret, std::int64_t step) {
  std::array<unsigned char, 8> counter{};
  for (std::size_t i = 0; i < counter.size(); ++i) counter[i] = static_cast<unsigned char>(static_cast<std::uint64_t>(step) >> (56 - 8 * i));
  std::array<unsigned char, EVP_MAX_MD_SIZE> mac{};
  unsigned int length = 0;
  if (HMAC(EVP_sha1(), secret.data(), static_cast<int>(secret.size()), counter.data(), counter.size(), mac.data(), &length) == nullptr ||
      length != 20) {
    throw std::runtime_error("HMAC-SHA1 is not available");
  }
  // RFC 4226 section 5.3: dynamic truncation.
  const std::size_t at = mac[19] & 0x0FU;
  const std::uint32_t bits = (static_cast<std::uint32_t>(mac[at] & 0x7FU) << 24U) | (static_cast<std::uint32_t>(mac[at + 1]) << 16U) |
                             (static_cast<std::uint32_t>(mac[at + 2]) << 8U) | mac[at + 3];
  return fmt::format("{:06}", bits % kModulus);
}

std::optional<std::int64_t> match_totp(std::string_view secret, std::string_view code, std::int64_t now, std::int64_t last_accepted) {
  std::string digits;
  for (const char c : code) {
    if (c != ' ') digits += c;
  }
  if (digits.size() != kDigits) return std::nullopt;
  std::optional<std::int64_t> found;
  for (std::int64_t step = now - kTotpDriftSteps; step <= now + kTotpDriftSteps; ++step) {
    if (core::equals_in_constant_time(totp_code(secret, step), digits) && step > last_accepted) found = step;
  }
  return found;
}

std::string totp_secret_text(std::string_view secret) {
  static constexpr std::string_view kAlphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
  std::string out;
  std::uint32_t bits = 0;
  int count = 0;
  for (const char c : secret) {
    bits = (bits << 8U) | static_cast<unsigned char>(c);
    for (count += 8; count >= 5; count -= 5) out += kAlphabet[(bits >> static_cast<unsigned>(count - 5)) & 31U];
  }
  if (count > 0) out += kAlphabet[(bits << static_cast<unsigned>(5 - count)) & 31U];
  return out;
}

std::string totp_uri(std::string_view issuer, std::string_view account, std::string_view secret) {
  const std::string from = percent_encoded(issuer);
  return fmt::format("otpauth://totp/{}:{}?secret={}&issuer={}&algorithm=SHA1&digits=6&period=30", from, percent_encoded(account),
                     totp_secret_text(secret), from);
}

}  // namespace postern::auth
