#include "pipeline/sender/dkim_keys.h"

#include <openssl/pem.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>

#include <algorithm>
#include <array>
#include <optional>

#include "core/encoding.h"
#include "core/file.h"
#include "core/secret.h"
#include "pipeline/sender/domain_name.h"
#include "pipeline/sender/openssl_key.h"

namespace postern::pipeline {
namespace {

namespace fs = std::filesystem;
constexpr int kRsaBits = 2048;  // RFC 8301 section 3.2; larger records do not fit every DNS panel
constexpr std::size_t kFileBytesMax = 16384;
constexpr unsigned kSecretMode = 0600;

Pkey make_key(DkimAlgorithm algorithm) {
  if (algorithm == DkimAlgorithm::kRsaSha256) return Pkey(EVP_RSA_gen(kRsaBits));
  return Pkey(EVP_PKEY_Q_keygen(nullptr, nullptr, "ED25519"));
}

std::string text_of(BIO* bio) {
  char* bytes = nullptr;
  const long size = BIO_get_mem_data(bio, &bytes);
  return size > 0 ? std::string(bytes, static_cast<std::size_t>(size)) : std::string();
}

core::Result<std::string> to_pem(EVP_PKEY* key) {
  const Bio bio(BIO_new(BIO_s_secmem()));
  if (bio == nullptr || PEM_write_bio_PKCS8PrivateKey(bio.get(), key, nullptr, nullptr, 0, nullptr, nullptr) != 1) {
    return core::fail(SenderErrc::kKeyMaking);
  }
  return text_of(bio.get());
}

std::optional<DkimAlgorithm> read_algorithm(std::string_view word) {
  if (word == "rsa-sha256") return DkimAlgorithm::kRsaSha256;
  if (word == "ed25519-sha256") return DkimAlgorithm::kEd25519Sha256;
  return std::nullopt;
}

std::optional<DkimKeyState> read_state(std::string_view word) {
  for (const DkimKeyState state : {DkimKeyState::kActive, DkimKeyState::kRetiring, DkimKeyState::kRetired}) {
    if (word == to_string(state)) return state;
  }
  return std::nullopt;
}

core::Result<DkimKeyInfo> parse_state(std::string_view text, std::string domain, std::string selector) {
  DkimKeyInfo info;
  info.domain = std::move(domain);
  info.selector = std::move(selector);
  bool has_algorithm = false;
  bool has_state = false;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    const std::string_view line = core::trim_ascii(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
    const std::size_t equals = line.find('=');
    if (equals == std::string_view::npos) continue;
    const std::string_view name = line.substr(0, equals);
    const std::string_view value = line.substr(equals + 1);
    if (name == "algorithm") {
      const std::optional<DkimAlgorithm> algorithm = read_algorithm(value);
      if (!algorithm) return core::fail(SenderErrc::kBadKeyFile, info.selector);
      info.algorithm = *algorithm;
      has_algorithm = true;
    } else if (name == "state") {
      const std::optional<DkimKeyState> state = read_state(value);
      if (!state) return core::fail(SenderErrc::kBadKeyFile, info.selector);
      info.state = *state;
      has_state = true;
    } else if (name == "created") {
      info.created = value;
    }
  }
  if (!has_algorithm || !has_state) return core::fail(SenderErrc::kBadKeyFile, info.selector);
  return info;
}

// "pst20261122" from a time.
std::string selector_stem(core::WallTime now) {
  const std::string date = core::to_rfc3339(now).substr(0, 10);
  std::string stem = "pst";
  for (const char c : date) {
    if (c != '-') stem += c;
  }
  return stem;
}

}  // namespace

std::string_view to_string(DkimAlgorithm algorithm) {
  return algorithm == DkimAlgorithm::kRsaSha256 ? "rsa-sha256" : "ed25519-sha256";
}

std::string_view to_string(DkimKeyState state) {
  switch (state) {
    case DkimKeyState::kActive: return "active";
    case DkimKeyState::kRetiring: return "retiring";
    case DkimKeyState::kRetired: return "retired";
  }
  return "retired";
}

fs::path DkimKeyFolder::domain_dir(std::string_view domain) const { return dir_ / std::string(domain); }

core::Result<std::vector<std::string>> DkimKeyFolder::domains() const {
  std::vector<std::string> names;
  std::error_code error;
  for (fs::directory_iterator it(dir_, error), end; !error && it != end; it.increment(error)) {
    const std::string name = it->path().filename().string();
    if (it->is_directory(error) && to_a_labels(name) == name) names.push_back(name);
  }
  if (error && error != std::errc::no_such_file_or_directory) return core::fail(SenderErrc::kBadKeyFile, dir_.string());
  std::sort(names.begin(), names.end());
  return names;
}

core::Result<std::vector<DkimKeyInfo>> DkimKeyFolder::list(std::string_view domain) const {
  const std::optional<std::string> name = to_a_labels(domain);
  if (!name) return core::fail(SenderErrc::kInvalidDomain);
  std::vector<DkimKeyInfo> keys;
  std::error_code error;
  for (fs::directory_iterator it(domain_dir(*name), error), end; !error && it != end; it.increment(error)) {
    if (it->path().extension() != ".state") continue;
    POSTERN_TRY(const std::string text, core::read_file(it->path(), kFileBytesMax));
    POSTERN_TRY(DkimKeyInfo info, parse_state(text, *name, it->path().stem().string()));
    keys.push_back(std::move(info));
  }
  if (error && error != std::errc::no_such_file_or_directory) return core::fail(SenderErrc::kBadKeyFile, *name);
  std::sort(keys.begin(), keys.end(), [](const DkimKeyInfo& a, const DkimKeyInfo& b) {
    return a.created != b.created ? a.created > b.created : a.selector < b.selector;
  });
  return keys;
}

core::Result<void> DkimKeyFolder::write_state(const DkimKeyInfo& key) const {
  const std::string text = "algorithm=" + std::string(to_string(key.algorithm)) +
                           "\nstate=" + std::string(to_string(key.state)) + "\ncreated=" + key.created + "\n";
  return core::write_file(domain_dir(key.domain) / (key.selector + ".state"), text);
}

core::Result<std::vector<DkimKeyInfo>> DkimKeyFolder::create(std::string_view domain, core::Clock& clock) {
  const std::optional<std::string> name = to_a_labels(domain);
  if (!name) return core::fail(SenderErrc::kInvalidDomain);
  std::error_code error;
  fs::create_directories(domain_dir(*name), error);
  if (error) return core::fail(SenderErrc::kBadKeyFile, *name);
  const std::string stem = selector_stem(clock.wall_now());
  // A selector is never used twice: an old record in caches would belong to another key.
  std::string suffix;
  for (int count = 2; fs::exists(domain_dir(*name) / (stem + "r" + suffix + ".pem")) ||
                      fs::exists(domain_dir(*name) / (stem + "e" + suffix + ".pem"));
       ++count) {
    suffix = std::to_string(count);
  }
  std::vector<DkimKeyInfo> keys;
  for (const DkimAlgorithm algorithm : {DkimAlgorithm::kRsaSha256, DkimAlgorithm::kEd25519Sha256}) {
    DkimKeyInfo info;
    info.domain = *name;
    info.selector = stem + (algorithm == DkimAlgorithm::kRsaSha256 ? "r" : "e") + suffix;
    info.algorithm = algorithm;
    info.created = core::to_rfc3339(clock.wall_now());
    const Pkey key = make_key(algorithm);
    if (key == nullptr) return core::fail(SenderErrc::kKeyMaking, info.selector);
    POSTERN_TRY(std::string pem, to_pem(key.get()));
    const core::Result<void> written = core::write_file(domain_dir(*name) / (info.selector + ".pem"), pem, kSecretMode);
    core::wipe(pem.data(), pem.size());
    POSTERN_CHECK(written);
    // The state comes last: a key without one does not exist yet.
    POSTERN_CHECK(write_state(info));
    keys.push_back(std::move(info));
  }
  return keys;
}

core::Result<DkimKeyInfo> DkimKeyFolder::retire(std::string_view domain, std::string_view selector) {
  POSTERN_TRY(std::vector<DkimKeyInfo> keys, list(domain));
  for (DkimKeyInfo& key : keys) {
    if (key.selector != selector) continue;
    key.state = key.state == DkimKeyState::kActive ? DkimKeyState::kRetiring : DkimKeyState::kRetired;
    POSTERN_CHECK(write_state(key));
    return key;
  }
  return core::fail(SenderErrc::kNoSuchKey, std::string(selector));
}

core::Result<std::string> DkimKeyFolder::read_private_pem(const DkimKeyInfo& key) const {
  return core::read_file(domain_dir(key.domain) / (key.selector + ".pem"), kFileBytesMax);
}

core::Result<DkimTxtRecord> DkimKeyFolder::txt_record(const DkimKeyInfo& key) const {
  POSTERN_TRY(std::string pem, read_private_pem(key));
  const Bio bio(BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())));
  const Pkey parsed(PEM_read_bio_PrivateKey(bio.get(), nullptr, nullptr, nullptr));
  core::wipe(pem.data(), pem.size());
  if (parsed == nullptr) return core::fail(SenderErrc::kBadKeyFile, key.selector);
  DkimTxtRecord record;
  record.owner = key.selector + "._domainkey." + key.domain;
  if (key.algorithm == DkimAlgorithm::kEd25519Sha256) {
    std::array<unsigned char, 32> raw{};
    std::size_t size = raw.size();
    if (EVP_PKEY_get_raw_public_key(parsed.get(), raw.data(), &size) != 1 || size != raw.size()) {
      return core::fail(SenderErrc::kBadKeyFile, key.selector);
    }
    record.value = "v=DKIM1; k=ed25519; p=" + core::to_base64(std::string(raw.begin(), raw.end()));
    return record;
  }
  unsigned char* der = nullptr;
  const int size = i2d_PUBKEY(parsed.get(), &der);
  if (size <= 0) return core::fail(SenderErrc::kBadKeyFile, key.selector);
  record.value = "v=DKIM1; k=rsa; p=" + core::to_base64(std::string(der, der + size));
  OPENSSL_free(der);
  return record;
}

}  // namespace postern::pipeline
