#pragma once
// auth/audit.h: who did what, in the transaction that did it (invariant 6). Never content, never a secret.
// An entry is written once; the linker (audit_trail/chain.h) numbers it, ties it to the one before and indexes it.
// Thread-safety: free functions over the transaction or a snapshot.  Errors: those of the store and the vault.
// Limits: AuditLimits; longer texts are cut, control characters become blanks, what is not UTF-8 becomes U+FFFD.
#include <string>
#include <vector>

#include "auth/principal.h"
#include "storage/records.h"

namespace postern::auth {

struct AuditLimits {
  std::size_t action_bytes_max = 64;
  std::size_t object_bytes_max = 256;
  std::size_t detail_bytes_max = 1000;
  std::size_t device_bytes_max = 200;
  std::size_t changes_max = 50;
  std::size_t change_bytes_max = 500;  // of a field's name, of its value before, and after
};

// Never renumber: stored.
enum class Outcome : std::uint8_t { kOk = 0, kDenied = 1, kFailed = 2 };
std::string_view to_string(Outcome outcome);  // "ok", "denied", "failed"

struct AuditChange {
  std::string field;
  std::string before;
  std::string after;
  friend bool operator==(const AuditChange&, const AuditChange&) = default;
};

// What is to be written; who and when come from the principal and the clock.
struct AuditEvent {
  std::string action;
  std::string object;
  std::string detail = {};
  Outcome outcome = Outcome::kOk;
  std::vector<AuditChange> changes = {};  // settings and fields, never secrets
};

struct AuditEntry {
  core::AuditId id;
  std::int64_t at_unix_ms = 0;
  core::UserId actor;     // 0: the operator, the system or nobody known
  std::string method;     // "session", "token", "operator", "mail"
  std::string client_ip;
  std::string action;     // "sign_in", "ticket.status" …
  std::string object;     // "ticket/12"
  std::string detail;     // "open -> solved"
  std::string role;       // of the actor then
  std::uint64_t credential = 0;  // session or token
  std::string device;     // User-Agent, cut
  std::uint64_t request = 0;
  Outcome outcome = Outcome::kOk;
  std::vector<AuditChange> changes;
  // Its place in the workspace's chain; 0 and empty until the linker has been.
  std::uint64_t sequence = 0;
  std::string previous_hash;  // 32 bytes; of the first: zeros
  std::string hash;
};

// Adds an entry to the transaction.
core::Result<void> audit(storage::Transaction& transaction, const storage::Vault& vault, core::IdSource& ids,
                         const core::Clock& clock, const Principal& by, std::string_view action, std::string_view object,
                         std::string_view detail = {});
core::Result<void> audit(storage::Transaction& transaction, const storage::Vault& vault, core::IdSource& ids,
                         const core::Clock& clock, const Principal& by, const AuditEvent& event);
// An entry alone, for what changes nothing in the store: reads, refusals, exports.
core::Task<core::Result<void>> audit_alone(storage::Store& store, const storage::Vault& vault, core::IdSource& ids,
                                           const core::Clock& clock, Principal by, AuditEvent event);
// Newest first, behind `before` (0: from the newest).
core::Result<std::vector<AuditEntry>> list_audit(const storage::Store& store, const storage::Vault& vault,
                                                 core::WorkspaceId workspace, core::AuditId before, std::size_t limit);

}  // namespace postern::auth
