#pragma once
// web/mail_keys.h: port to the signing keys of own domains and to the certificates of the listeners; app fills it.
// Thread-safety: all methods from any executor.  Errors: core::Errc::kInvalid with a sentence for people (refused: nothing was
// changed), core::Errc::kOverloaded, those of files.
#include <optional>
#include <string>
#include <vector>

#include "core/clock.h"
#include "core/result.h"
#include "core/task.h"

namespace postern::web {

struct MailKeyState {
  std::string selector, algorithm;
  std::string state;        // "waiting", "active", "retiring", "retired"
  std::string in_dns;       // "seen", "absent", "different", "unknown"
  std::string next;         // what comes next: "publish", "settle", "sign" …
  std::string explanation;  // the same as a sentence
  std::string owner, txt;   // the record; `txt` is empty when the file of a retired key is gone
  std::string created;      // RFC 3339
  std::optional<core::WallTime> activated, stopped, retired, seen_since, next_at;
};

struct CertificateState {
  std::string listener;  // "smtp", "web"
  std::vector<std::string> names;
  std::string subject, issuer;
  std::size_t chain_length = 0;
  bool is_self_signed = false;
  std::int64_t not_before_unix_ms = 0, not_after_unix_ms = 0;
  std::string problem;   // why its file cannot be read; then nothing else is set
};

class MailKeys {
 public:
  virtual ~MailKeys() = default;
  // Newest first, each looked for in DNS.
  virtual core::Task<core::Result<std::vector<MailKeyState>>> keys(std::string domain) = 0;
  // Makes the next keys, which sign once their records are seen; with `is_now` they sign at once (a key was stolen).
  virtual core::Task<core::Result<void>> rotate(std::string domain, bool is_now) = 0;
  // One step on its way out. Without `is_forced` the last key that signs is not retired, nor one before its time.
  virtual core::Task<core::Result<void>> retire(std::string domain, std::string selector, bool is_forced) = 0;
  virtual core::Task<core::Result<std::vector<CertificateState>>> certificates() = 0;
  // As SIGHUP. Names of changed settings that wait for a restart.
  virtual core::Result<std::vector<std::string>> reload() = 0;
  // Whether reload() is offered: it is everybody's.
  virtual bool may_reload() const = 0;
};

}  // namespace postern::web
