#include "auth/detail/password_hash.h"

#include <argon2.h>
#include <crypt.h>
#include <fmt/format.h>
#include <openssl/evp.h>

#include <algorithm>
#include <charconv>
#include <memory>
#include <vector>

#include "core/encoding.h"
#include "core/random.h"
#include "core/secret.h"

namespace postern::auth {
namespace {

constexpr std::size_t kSaltBytes = 16;
constexpr std::size_t kDigestBytes = 32;
constexpr std::uint32_t kLanes = 1;
constexpr std::uint32_t kMemoryKibMax = 1U << 20U;
constexpr std::uint32_t kBcryptCostMax = 15;  // 2 s
constexpr std::size_t kFieldBytesMax = 256;

std::string unpadded_base64(std::string_view bytes) {
  std::string out = core::to_base64(bytes);
  while (out.ends_with('=')) out.pop_back();
  return out;
}

std::optional<std::string> from_unpadded_base64(std::string_view text) {
  std::string padded(text);
  while (padded.size() % 4 != 0) padded += '=';
  return core::from_base64(padded);
}

bool is_bcrypt(std::string_view hash) {
  return hash.size() == 60 && (hash.starts_with("$2a$") || hash.starts_with("$2b$") || hash.starts_with("$2y$"));
}

std::vector<std::string_view> split(std::string_view text, char at) {
  std::vector<std::string_view> out;
  for (;;) {
    const std::size_t end = text.find(at);
    out.push_back(text.substr(0, end));
    if (end == std::string_view::npos) return out;
    text.remove_prefix(end + 1);
  }
}

std::optional<std::uint32_t> number_in(std::string_view fields, std::string_view name) {
  for (const std::string_view field : split(fields, ',')) {
    if (!field.starts_with(name)) continue;
    std::uint32_t value = 0;
    const char* end = field.data() + field.size();
    const auto [at, wrong] = std::from_chars(field.data() + name.size(), end, value);
    if (wrong == std::errc() && at == end) return value;
  }
  return std::nullopt;
}

struct Scrypt {
  std::uint64_t n = 0;
  std::uint32_t r = 0;
  std::uint32_t p = 0;
  std::string salt;
  std::string hash;
};

// "$scrypt$ln=17,r=8,p=1$<salt>$<hash>"
std::optional<Scrypt> parse_scrypt(std::string_view phc) {
  const std::vector<std::string_view> parts = split(phc, '$');
  if (parts.size() != 5 || parts[1] != "scrypt" || phc.size() > kFieldBytesMax * 2) return std::nullopt;
  const auto ln = number_in(parts[2], "ln=");
  const auto r = number_in(parts[2], "r=");
  const auto p = number_in(parts[2], "p=");
  const auto salt = from_unpadded_base64(parts[3]);
  const auto hash = from_unpadded_base64(parts[4]);
  if (!ln || !r || !p || !salt || !hash || hash->size() < 16 || *ln == 0 || *ln > 20 || *r == 0 || *r > 32 || *p == 0 || *p > 16) {
    return std::nullopt;
  }
  Scrypt out{std::uint64_t{1} << *ln, *r, *p, *salt, *hash};
  if (out.n * out.r * 128 > std::uint64_t{kMemoryKibMax} * 1024) return std::nullopt;
  return out;
}

bool verify_scrypt(std::string_view phc, std::string_view password) {
  const std::optional<Scrypt> known = parse_scrypt(phc);
  if (!known) return false;
  std::vector<unsigned char> made(known->hash.size());
  const std::uint64_t memory_max = std::uint64_t{kMemoryKibMax} * 1024 * 2;
  const std::vector<unsigned char> salt(known->salt.begin(), known->salt.end());
  if (EVP_PBE_scrypt(password.data(), password.size(), salt.data(), salt.size(), known->n, known->r, known->p, memory_max, made.data(),
                     made.size()) != 1) {
    return false;
  }
  return core::equals_in_constant_time(std::string(made.begin(), made.end()), known->hash);
}

// bcrypt looks at 72 bytes and stops at a NUL, which would make many passwords one.
bool verify_crypt(const std::string& hash, std::string_view password) {
  if (password.find('\0') != std::string_view::npos) return false;
  auto work = std::make_unique<crypt_data>();  // 32 KB
  std::string text(password);
  const char* made = crypt_r(text.c_str(), hash.c_str(), work.get());
  const bool is_match = made != nullptr && made[0] != '*' && core::equals_in_constant_time(made, hash);
  core::wipe(text.data(), text.size());
  core::wipe(work.get(), sizeof(crypt_data));
  return is_match;
}

struct Argon2 {
  std::uint32_t memory_kib = 0;
  std::uint32_t passes = 0;
};

std::optional<Argon2> parse_argon2(std::string_view phc) {
  const std::vector<std::string_view> parts = split(phc, '$');
  if (parts.size() != 6 || parts[1] != "argon2id") return std::nullopt;
  const auto memory = number_in(parts[3], "m=");
  const auto passes = number_in(parts[3], "t=");
  if (!memory || !passes) return std::nullopt;
  return Argon2{*memory, *passes};
}

}  // namespace

std::optional<std::string> hash_password(std::string_view password, const Options& options) {
  const std::string salt = core::random_bytes(kSaltBytes);
  std::string encoded(argon2_encodedlen(options.argon2_passes, options.argon2_memory_kib, kLanes, kSaltBytes, kDigestBytes,
                                        Argon2_id),
                      '\0');
  const int status = argon2id_hash_encoded(options.argon2_passes, options.argon2_memory_kib, kLanes, password.data(),
                                           password.size(), salt.data(), salt.size(), kDigestBytes, encoded.data(), encoded.size());
  if (status != ARGON2_OK) return std::nullopt;
  encoded.resize(encoded.find('\0'));
  return encoded;
}

bool verify_hash(const std::string& hash, std::string_view password) {
  if (is_bcrypt(hash)) return verify_crypt(hash, password);
  if (hash.starts_with("$scrypt$")) return verify_scrypt(hash, password);
  return argon2id_verify(hash.c_str(), password.data(), password.size()) == ARGON2_OK;
}

bool needs_rehash(std::string_view hash, const Options& options) {
  const std::optional<Argon2> known = parse_argon2(hash);
  return !known || known->memory_kib < options.argon2_memory_kib || known->passes < options.argon2_passes;
}

std::string hash_objection(std::string_view hash) {
  if (hash.size() > kFieldBytesMax || hash.find('\0') != std::string_view::npos) return "too long";
  if (is_bcrypt(hash)) {
    std::uint32_t cost = 0;
    const auto [at, wrong] = std::from_chars(hash.data() + 4, hash.data() + 6, cost);
    return wrong == std::errc() && at == hash.data() + 6 && cost >= 4 && cost <= kBcryptCostMax ? "" : "bcrypt: its cost is not within 4 to 15";
  }
  if (hash.starts_with("$scrypt$")) return parse_scrypt(hash) ? "" : "scrypt: not understood, or it needs more than 1 GiB";
  if (hash.starts_with("$argon2id$")) {
    const std::optional<Argon2> known = parse_argon2(hash);
    return known && known->memory_kib <= kMemoryKibMax && known->passes <= 20 ? "" : "argon2id: not understood, or it costs too much";
  }
  return "not bcrypt ($2a$, $2b$, $2y$), scrypt ($scrypt$) or argon2id ($argon2id$)";
}

std::string decoy_hash(const Options& options) {
  return fmt::format("$argon2id$v={}$m={},t={},p={}${}${}", static_cast<int>(ARGON2_VERSION_NUMBER), options.argon2_memory_kib,
                     options.argon2_passes, kLanes, unpadded_base64(core::random_bytes(kSaltBytes)),
                     unpadded_base64(core::random_bytes(kDigestBytes)));
}

}  // namespace postern::auth
