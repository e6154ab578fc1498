#pragma once
// auth/audit.h: who did what, in the transaction that did it (invariant 6). Never content, never a secret.
#include <string>
#include <vector>

#include "auth/principal.h"
#include "storage/records.h"

namespace postern::auth {

struct AuditEntry {
  core::AuditId id;
  std::int64_t at_unix_ms = 0;
  core::UserId actor;     // 0: the operator or the system
  std::string method;     // "session", "token", "operator", "mail"
  std::string client_ip;
  std::string action;     // "sign_in", "ticket.status" …
  std::string object;     // "ticket/12"
  std::string detail;     // "open -> solved"
};

// Adds an entry to the transaction.
core::Result<void> audit(storage::Transaction& transaction, const storage::Vault& vault, core::IdSource& ids,
                         const core::Clock& clock, const Principal& by, std::string_view action, std::string_view object,
                         std::string_view detail = {});
// Newest first, behind `before` (0: from the newest).
core::Result<std::vector<AuditEntry>> list_audit(const storage::Store& store, const storage::Vault& vault,
                                                 core::WorkspaceId workspace, core::AuditId before, std::size_t limit);

}  // namespace postern::auth
