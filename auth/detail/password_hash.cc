#include "auth/detail/password_hash.h"

#include <argon2.h>
#include <fmt/format.h>

#include <algorithm>

#include "core/encoding.h"
#include "core/random.h"

namespace postern::auth {
namespace {

constexpr std::size_t kSaltBytes = 16;
constexpr std::size_t kHashBytes = 32;
constexpr std::uint32_t kLanes = 1;

// The characters of valid UTF-8; anything else counts byte by byte, which only favours the user.
std::size_t count_characters(std::string_view text) {
  return static_cast<std::size_t>(std::ranges::count_if(text, [](char c) { return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U; }));
}

std::string unpadded_base64(std::string_view bytes) {
  std::string out = core::to_base64(bytes);
  while (out.ends_with('=')) out.pop_back();
  return out;
}

}  // namespace

std::optional<std::string> hash_password(std::string_view password, const Options& options) {
  const std::string salt = core::random_bytes(kSaltBytes);
  std::string encoded(argon2_encodedlen(options.argon2_passes, options.argon2_memory_kib, kLanes, kSaltBytes, kHashBytes,
                                        Argon2_id),
                      '\0');
  const int status = argon2id_hash_encoded(options.argon2_passes, options.argon2_memory_kib, kLanes, password.data(),
                                           password.size(), salt.data(), salt.size(), kHashBytes, encoded.data(), encoded.size());
  if (status != ARGON2_OK) return std::nullopt;
  encoded.resize(encoded.find('\0'));
  return encoded;
}

bool verify_hash(const std::string& phc, std::string_view password) {
  return argon2id_verify(phc.c_str(), password.data(), password.size()) == ARGON2_OK;
}

std::string decoy_hash(const Options& options) {
  return fmt::format("$argon2id$v={}$m={},t={},p={}${}${}", static_cast<int>(ARGON2_VERSION_NUMBER), options.argon2_memory_kib,
                     options.argon2_passes, kLanes, unpadded_base64(core::random_bytes(kSaltBytes)),
                     unpadded_base64(core::random_bytes(kHashBytes)));
}

std::string password_objection(std::string_view password, std::string_view email, std::string_view name,
                               const Options& options) {
  if (password.size() > options.password_bytes_max) return "it is too long";
  if (count_characters(password) < options.password_chars_min) {
    return fmt::format("it needs at least {} characters", options.password_chars_min);
  }
  if (core::equals_ignoring_case(password, email) || (!name.empty() && core::equals_ignoring_case(password, name))) {
    return "it is your name or address";
  }
  std::string characters(password);
  std::ranges::sort(characters);
  const auto repeats = std::ranges::unique(characters);
  characters.erase(repeats.begin(), repeats.end());
  if (characters.size() < 4) return "it repeats too few characters";
  return {};
}

}  // namespace postern::auth
