#include "auth/audit.h"

#include "auth/audit_trail/entry.h"
#include "auth/detail/keys.h"
#include "auth/detail/transact.h"
#include "auth/options.h"

namespace postern::auth {

std::string_view to_string(Outcome outcome) {
  switch (outcome) {
    case Outcome::kOk: return "ok";
    case Outcome::kDenied: return "denied";
    case Outcome::kFailed: return "failed";
  }
  return "ok";
}

core::Result<void> audit(storage::Transaction& transaction, const storage::Vault& vault, core::IdSource& ids,
                         const core::Clock& clock, const Principal& by, const AuditEvent& event) {
  AuditEntry entry = make_entry(by, event, AuditLimits());
  entry.id = ids.next_as<core::AuditId>();
  entry.at_unix_ms = core::to_unix_ms(clock.wall_now());
  return add_entry(transaction, vault, by.workspace, entry);
}

core::Result<void> audit(storage::Transaction& transaction, const storage::Vault& vault, core::IdSource& ids,
                         const core::Clock& clock, const Principal& by, std::string_view action, std::string_view object,
                         std::string_view detail) {
  AuditEvent event{std::string(action), std::string(object), std::string(detail)};
  if (action.ends_with("_failed")) event.outcome = Outcome::kFailed;
  return audit(transaction, vault, ids, clock, by, event);
}

core::Task<core::Result<void>> audit_alone(storage::Store& store, const storage::Vault& vault, core::IdSource& ids,
                                           const core::Clock& clock, Principal by, AuditEvent event) {
  auto change = [&](storage::Transaction& transaction) { return audit(transaction, vault, ids, clock, by, event); };
  co_return co_await transact(store, Options().commit_attempts_max, change);
}

core::Result<std::vector<AuditEntry>> list_audit(const storage::Store& store, const storage::Vault& vault,
                                                 core::WorkspaceId workspace, core::AuditId before, std::size_t limit) {
  const std::string after = before ? keys::audit(workspace, before) : std::string();
  POSTERN_TRY(const std::vector<storage::Entry> entries,
              store.snapshot()->scan(keys::audit_prefix(workspace), storage::Direction::kBackward, limit, after));
  std::vector<AuditEntry> out;
  out.reserve(entries.size());
  for (const storage::Entry& entry : entries) {
    POSTERN_TRY(AuditEntry read, open_entry(vault, workspace, entry.key, entry.value));
    out.push_back(std::move(read));
  }
  return out;
}

}  // namespace postern::auth
