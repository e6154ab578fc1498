#pragma once
// pipeline/sender/dkim_keys.h: the folder of signing keys: <dir>/<domain>/<selector>.pem (PKCS#8, mode 0600) beside
// <selector>.state. Operators may read it; only this class writes it, whole files at a time, each durable before the
// call returns.
// A .state file has lines of "name=value"; unknown names are skipped, times are RFC 3339 in UTC:
//   algorithm=rsa-sha256|ed25519-sha256   state=active|retiring|retired   created=   (always)
//   stage=waiting   beside state=retiring: the key waits to sign. Versions that know no waiting keep its record published
//                   and do not sign with it.
//   activated= stopped= retired= seen_since= seen_ttl=<seconds>   (where known)
// Thread-safety: const methods from any thread; changes from any thread and process: each holds the domain's lock file
// and is refused when the key is no longer what the caller saw. No file changes place: what a crash leaves is the state
// before or after one change.
// Errors: SenderErrc, and core's for files. Blocking: not for request paths.
#include <chrono>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/clock.h"
#include "core/result.h"
#include "pipeline/sender/errc.h"

namespace postern::pipeline {

enum class DkimAlgorithm { kRsaSha256, kEd25519Sha256 };
std::string_view to_string(DkimAlgorithm algorithm);  // "rsa-sha256", "ed25519-sha256": the a= value

enum class DkimKeyState {
  kWaiting,   // signs not yet: its record must be seen in DNS first
  kActive,    // signs
  kRetiring,  // signs no more; its record must stay published while signed mail is in flight
  kRetired,   // its record may go
};
std::string_view to_string(DkimKeyState state);  // "waiting", "active", "retiring", "retired"

struct DkimKeyInfo {
  std::string domain;  // lower case
  std::string selector;
  DkimAlgorithm algorithm = DkimAlgorithm::kRsaSha256;
  DkimKeyState state = DkimKeyState::kActive;
  std::string created;  // RFC 3339
  // When each of these began; in whole seconds. Keys of before rotation was automatic have none.
  std::optional<core::WallTime> activated;   // signs since
  std::optional<core::WallTime> stopped;     // signs no more since
  std::optional<core::WallTime> retired;
  std::optional<core::WallTime> seen_since;  // its record has been in DNS each time that we looked, since
  std::chrono::seconds seen_ttl{0};          // of the record, when seen_since was noted
  friend bool operator==(const DkimKeyInfo&, const DkimKeyInfo&) = default;
};

// A TXT record to publish.
struct DkimTxtRecord {
  std::string owner;  // "<selector>._domainkey.<domain>"
  std::string value;  // unsplit; a zone file cuts it into strings of at most 255 bytes
};

class DkimKeyFolder {
 public:
  explicit DkimKeyFolder(std::filesystem::path dir) : dir_(std::move(dir)) {}

  // Domains that have a folder here, sorted.
  core::Result<std::vector<std::string>> domains() const;
  // All keys of the domain, newest first; empty when it has none.
  core::Result<std::vector<DkimKeyInfo>> list(std::string_view domain) const;
  // Makes one key of each algorithm, RSA with 2048 bits, with selectors of the day that are unique in the domain:
  // "pst20261122r" and "pst20261122e", then "pst20261122r2" …  `state` is kActive or kWaiting.
  core::Result<std::vector<DkimKeyInfo>> create(std::string_view domain, core::Clock& clock,
                                                DkimKeyState state = DkimKeyState::kActive,
                                                const std::vector<DkimAlgorithm>& algorithms = {
                                                    DkimAlgorithm::kRsaSha256, DkimAlgorithm::kEd25519Sha256});
  // Writes `after` over `before`, which must be what the folder holds: kKeyChanged otherwise. Same domain and selector.
  core::Result<void> update(const DkimKeyInfo& before, const DkimKeyInfo& after);
  // One step by hand: active -> retiring -> retired. A waiting key is retired at once: it never signed.
  core::Result<DkimKeyInfo> retire(std::string_view domain, std::string_view selector, core::Clock& clock);
  core::Result<DkimTxtRecord> txt_record(const DkimKeyInfo& key) const;
  // The private key, PEM.
  core::Result<std::string> read_private_pem(const DkimKeyInfo& key) const;

 private:
  std::filesystem::path domain_dir(std::string_view domain) const;
  core::Result<DkimKeyInfo> read_key(const std::string& domain, const std::string& selector) const;
  core::Result<void> write_state(const DkimKeyInfo& key) const;
  std::filesystem::path dir_;
};

// When the key was made; the epoch when its file does not say it in the form that we write.
core::WallTime made_at(const DkimKeyInfo& key);

}  // namespace postern::pipeline
