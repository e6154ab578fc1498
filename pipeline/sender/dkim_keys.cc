#include "pipeline/sender/dkim_keys.h"

#include <fcntl.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>
#include <sys/file.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>
#include <thread>
#include <utility>

#include "core/encoding.h"
#include "core/errc.h"
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
constexpr int kLockTries = 100;
constexpr auto kLockPause = std::chrono::milliseconds(50);

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

core::Result<void> write_private_key(const fs::path& path, EVP_PKEY* key) {
  POSTERN_TRY(std::string pem, to_pem(key));
  const core::Result<void> written = core::write_file(path, pem, kSecretMode);
  core::wipe(pem.data(), pem.size());
  return written;
}

std::optional<DkimAlgorithm> read_algorithm(std::string_view word) {
  if (word == "rsa-sha256") return DkimAlgorithm::kRsaSha256;
  if (word == "ed25519-sha256") return DkimAlgorithm::kEd25519Sha256;
  return std::nullopt;
}

std::optional<DkimKeyState> read_state_word(std::string_view word) {
  for (const DkimKeyState state : {DkimKeyState::kActive, DkimKeyState::kRetiring, DkimKeyState::kRetired}) {
    if (word == to_string(state)) return state;
  }
  return std::nullopt;
}

std::optional<int> read_digits(std::string_view text) {
  int number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (text.empty() || text.front() == '-' || error != std::errc() || end != text.data() + text.size()) {
    return std::nullopt;
  }
  return number;
}

// The form that to_rfc3339() writes, and nothing else.
std::optional<core::WallTime> read_time(std::string_view text) {
  if (text.size() != 20 || text[4] != '-' || text[7] != '-' || text[10] != 'T' || text[13] != ':' || text[16] != ':' ||
      text[19] != 'Z') {
    return std::nullopt;
  }
  std::array<int, 6> parts{};
  constexpr std::array<std::pair<std::size_t, std::size_t>, 6> kPlaces{
      {{0, 4}, {5, 2}, {8, 2}, {11, 2}, {14, 2}, {17, 2}}};
  for (std::size_t i = 0; i < parts.size(); ++i) {
    const std::optional<int> number = read_digits(text.substr(kPlaces[i].first, kPlaces[i].second));
    if (!number) return std::nullopt;
    parts[i] = *number;
  }
  const std::chrono::year_month_day day{std::chrono::year(parts[0]), std::chrono::month(static_cast<unsigned>(parts[1])),
                                        std::chrono::day(static_cast<unsigned>(parts[2]))};
  if (!day.ok() || parts[3] > 23 || parts[4] > 59 || parts[5] > 60) return std::nullopt;
  const auto time = std::chrono::sys_days(day) + std::chrono::hours(parts[3]) + std::chrono::minutes(parts[4]) +
                    std::chrono::seconds(parts[5]);
  return core::WallTime(time.time_since_epoch());
}

// Lines that this version does not know are skipped. A waiting key says "state=retiring" for versions that know no
// waiting: they publish its record and do not sign with it.
constexpr std::string_view kWaitingStage = "waiting";

bool set_line(DkimKeyInfo& info, std::string_view name, std::string_view value, bool& is_waiting) {
  if (name == "algorithm") {
    const std::optional<DkimAlgorithm> algorithm = read_algorithm(value);
    if (algorithm) info.algorithm = *algorithm;
    return algorithm.has_value();
  }
  if (name == "state") {
    const std::optional<DkimKeyState> state = read_state_word(value);
    if (state) info.state = *state;
    return state.has_value();
  }
  if (name == "created") info.created = value;
  if (name == "stage") is_waiting = value == kWaitingStage;
  if (name == "activated") info.activated = read_time(value);
  if (name == "stopped") info.stopped = read_time(value);
  if (name == "retired") info.retired = read_time(value);
  if (name == "seen_since") info.seen_since = read_time(value);
  if (name == "seen_ttl") info.seen_ttl = std::chrono::seconds(read_digits(value).value_or(0));
  return true;
}

core::Result<DkimKeyInfo> parse_state(std::string_view text, std::string domain, std::string selector) {
  DkimKeyInfo info;
  info.domain = std::move(domain);
  info.selector = std::move(selector);
  bool has_algorithm = false;
  bool has_state = false;
  bool is_waiting = false;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    const std::string_view line = core::trim_ascii(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
    const std::size_t equals = line.find('=');
    if (equals == std::string_view::npos) continue;
    const std::string_view name = line.substr(0, equals);
    if (!set_line(info, name, line.substr(equals + 1), is_waiting)) {
      return core::fail(SenderErrc::kBadKeyFile, info.selector);
    }
    has_algorithm = has_algorithm || name == "algorithm";
    has_state = has_state || name == "state";
  }
  if (!has_algorithm || !has_state) return core::fail(SenderErrc::kBadKeyFile, info.selector);
  if (is_waiting && info.state == DkimKeyState::kRetiring) info.state = DkimKeyState::kWaiting;
  return info;
}

std::string render_state(const DkimKeyInfo& key) {
  const bool is_waiting = key.state == DkimKeyState::kWaiting;
  std::string text = "algorithm=" + std::string(to_string(key.algorithm)) +
                     "\nstate=" + std::string(to_string(is_waiting ? DkimKeyState::kRetiring : key.state)) +
                     "\ncreated=" + key.created + "\n";
  if (is_waiting) text += "stage=" + std::string(kWaitingStage) + "\n";
  const auto add = [&text](std::string_view name, const std::optional<core::WallTime>& time) {
    if (time) text += std::string(name) + "=" + core::to_rfc3339(*time) + "\n";
  };
  add("activated", key.activated);
  add("stopped", key.stopped);
  add("retired", key.retired);
  add("seen_since", key.seen_since);
  if (key.seen_since) text += "seen_ttl=" + std::to_string(key.seen_ttl.count()) + "\n";
  return text;
}

class Descriptor {
 public:
  explicit Descriptor(int fd) : fd_(fd) {}
  Descriptor(Descriptor&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
  ~Descriptor() {
    if (fd_ >= 0) ::close(fd_);
  }
  int get() const { return fd_; }

 private:
  int fd_;
};

// Server and command line change keys too; whoever holds the lock is alone. It ends with the descriptor.
core::Result<Descriptor> lock_folder(const fs::path& dir) {
  Descriptor file(::open((dir / ".lock").c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, kSecretMode));
  if (file.get() < 0) return core::fail(core::Errc::kIo, (dir / ".lock").string());
  for (int i = 0; i < kLockTries; ++i) {
    if (::flock(file.get(), LOCK_EX | LOCK_NB) == 0) return file;
    if (errno != EWOULDBLOCK && errno != EINTR) break;
    std::this_thread::sleep_for(kLockPause);
  }
  return core::fail_transient(core::Errc::kIo, (dir / ".lock").string() + ": held by another process");
}

// A new name in `dir` outlives a crash only when the folder is synced.
core::Result<void> sync_folder(const fs::path& dir) {
  const Descriptor folder(::open(dir.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (folder.get() < 0 || ::fsync(folder.get()) != 0) return core::fail(core::Errc::kIo, dir.string());
  return {};
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

core::WallTime made_at(const DkimKeyInfo& key) { return read_time(key.created).value_or(core::WallTime()); }

std::string_view to_string(DkimAlgorithm algorithm) {
  return algorithm == DkimAlgorithm::kRsaSha256 ? "rsa-sha256" : "ed25519-sha256";
}

std::string_view to_string(DkimKeyState state) {
  switch (state) {
    case DkimKeyState::kWaiting: return kWaitingStage;
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

core::Result<DkimKeyInfo> DkimKeyFolder::read_key(const std::string& domain, const std::string& selector) const {
  POSTERN_TRY(const std::vector<DkimKeyInfo> keys, list(domain));
  for (const DkimKeyInfo& key : keys) {
    if (key.selector == selector) return key;
  }
  return core::fail(SenderErrc::kNoSuchKey, selector);
}

core::Result<void> DkimKeyFolder::write_state(const DkimKeyInfo& key) const {
  return core::write_file(domain_dir(key.domain) / (key.selector + ".state"), render_state(key));
}

core::Result<std::vector<DkimKeyInfo>> DkimKeyFolder::create(std::string_view domain, core::Clock& clock,
                                                             DkimKeyState state,
                                                             const std::vector<DkimAlgorithm>& algorithms) {
  const std::optional<std::string> name = to_a_labels(domain);
  if (!name) return core::fail(SenderErrc::kInvalidDomain);
  const fs::path dir = domain_dir(*name);
  std::error_code error;
  if (fs::create_directories(dir, error)) POSTERN_CHECK(sync_folder(dir_));
  if (error) return core::fail(SenderErrc::kBadKeyFile, *name);
  // Before the lock: an RSA key may take a second.
  std::vector<Pkey> made;
  for (const DkimAlgorithm algorithm : algorithms) {
    made.push_back(make_key(algorithm));
    if (made.back() == nullptr) return core::fail(SenderErrc::kKeyMaking, *name);
  }
  POSTERN_TRY(const Descriptor lock, lock_folder(dir));
  const core::WallTime now = clock.wall_now();
  const std::string stem = selector_stem(now);
  // A selector is never used twice: an old record in caches would belong to another key.
  std::string suffix;
  for (int count = 2; fs::exists(dir / (stem + "r" + suffix + ".pem")) || fs::exists(dir / (stem + "e" + suffix + ".pem"));
       ++count) {
    suffix = std::to_string(count);
  }
  std::vector<DkimKeyInfo> keys;
  for (std::size_t i = 0; i < algorithms.size(); ++i) {
    DkimKeyInfo info;
    info.domain = *name;
    info.selector = stem + (algorithms[i] == DkimAlgorithm::kRsaSha256 ? "r" : "e") + suffix;
    info.algorithm = algorithms[i];
    info.state = state;
    info.created = core::to_rfc3339(now);
    if (state == DkimKeyState::kActive) info.activated = now;
    POSTERN_CHECK(write_private_key(dir / (info.selector + ".pem"), made[i].get()));
    // The state comes last: a key without one does not exist yet.
    POSTERN_CHECK(write_state(info));
    keys.push_back(std::move(info));
  }
  return keys;
}

core::Result<void> DkimKeyFolder::update(const DkimKeyInfo& before, const DkimKeyInfo& after) {
  if (to_a_labels(before.domain) != before.domain || before.domain != after.domain || before.selector != after.selector) {
    return core::fail(SenderErrc::kInvalidDomain);
  }
  POSTERN_TRY(const Descriptor lock, lock_folder(domain_dir(before.domain)));
  POSTERN_TRY(const DkimKeyInfo now, read_key(before.domain, before.selector));
  if (render_state(now) != render_state(before)) return core::fail_transient(SenderErrc::kKeyChanged, before.selector);
  return write_state(after);
}

core::Result<DkimKeyInfo> DkimKeyFolder::retire(std::string_view domain, std::string_view selector, core::Clock& clock) {
  POSTERN_TRY(const std::vector<DkimKeyInfo> keys, list(domain));
  for (const DkimKeyInfo& before : keys) {
    if (before.selector != selector) continue;
    DkimKeyInfo after = before;
    if (before.state == DkimKeyState::kActive) {
      after.state = DkimKeyState::kRetiring;
      after.stopped = clock.wall_now();
    } else if (before.state != DkimKeyState::kRetired) {
      after.state = DkimKeyState::kRetired;
      after.retired = clock.wall_now();
    }
    POSTERN_CHECK(update(before, after));
    return after;
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
