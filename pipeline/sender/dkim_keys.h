#pragma once
// pipeline/sender/dkim_keys.h: the folder of signing keys: <dir>/<domain>/<selector>.pem (PKCS#8, mode 0600) beside
// <selector>.state, three lines "algorithm=", "state=", "created=" (RFC 3339). Operators may read it; only this class
// writes it, whole files at a time.
// Thread-safety: const methods from any thread; changes are made by one process at a time (the command line).
// Errors: SenderErrc, and core's for files. Blocking: not for request paths.
#include <filesystem>
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
  kActive,    // signs
  kRetiring,  // signs no more; its record must stay published while signed mail is in flight
  kRetired,   // its record may go
};
std::string_view to_string(DkimKeyState state);  // "active", "retiring", "retired"

struct DkimKeyInfo {
  std::string domain;  // lower case
  std::string selector;
  DkimAlgorithm algorithm = DkimAlgorithm::kRsaSha256;
  DkimKeyState state = DkimKeyState::kActive;
  std::string created;  // RFC 3339
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
  // Makes one RSA-2048 and one Ed25519 key, both active, with selectors of the day that are unique in the domain:
  // "pst20261122r" and "pst20261122e", then "pst20261122r2" …
  core::Result<std::vector<DkimKeyInfo>> create(std::string_view domain, core::Clock& clock);
  // active -> retiring -> retired, one step a call; a retired key stays retired.
  core::Result<DkimKeyInfo> retire(std::string_view domain, std::string_view selector);
  core::Result<DkimTxtRecord> txt_record(const DkimKeyInfo& key) const;
  // The private key, PEM.
  core::Result<std::string> read_private_pem(const DkimKeyInfo& key) const;

 private:
  std::filesystem::path domain_dir(std::string_view domain) const;
  core::Result<void> write_state(const DkimKeyInfo& key) const;
  std::filesystem::path dir_;
};

}  // namespace postern::pipeline
