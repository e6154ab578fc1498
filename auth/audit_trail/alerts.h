#pragma once
// auth/audit_trail/alerts.h: tells the security contact what an owner would want to know at once: failed sign-ins beyond a
// threshold, invitations, new admins, changed security settings, exports; and once a week what happened. It reads the chain behind
// a cursor, and moves the cursor in the transaction that queues the letters: each is written once, also across restarts.
// Without a verified contact nothing is written, and what happened before there was one is not told later.
// Thread-safety: one owner (AuditTrail's task).  Errors: those of the store and of the port.
// Limits: AlertLimits; what the bound keeps back is counted and told in the next letter.
#include "auth/audit_trail/contact.h"

namespace postern::auth {

struct AlertLimits {
  std::uint32_t failures_max = 10;  // failed sign-ins in failures_window before a letter; one letter a window
  std::chrono::minutes failures_window{15};
  std::uint32_t letters_max = 20;   // in letters_window
  std::chrono::hours letters_window{1};
  std::size_t entries_at_once = 500;
  std::size_t lines_max = 50;       // entries told in one letter
  std::chrono::hours digest_interval{7 * 24};
};

// Whether an entry is told at once.
bool is_alerting(const AuditEntry& entry);

class AuditAlerts {
 public:
  AuditAlerts(storage::Store& store, const storage::Vault& vault, const core::Clock& clock, LetterPort letters, std::string host,
              AlertLimits limits = AlertLimits());
  // Looks at what joined the chain since; how many letters were queued.
  core::Task<core::Result<std::size_t>> look(core::WorkspaceId workspace);

 private:
  struct Step;
  core::Result<void> take(Step& step);
  core::Result<void> tell(Step& step);
  core::Result<void> write_digest(Step& step);
  core::Result<void> send(Step& step, const std::string& subject, std::string text);

  storage::Store& store_;
  const storage::Vault& vault_;
  const core::Clock& clock_;
  const LetterPort letters_;
  const std::string host_;
  const AlertLimits limits_;
};

}  // namespace postern::auth
