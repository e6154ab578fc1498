#include "auth/audit.h"

#include "auth/detail/keys.h"
#include "storage/schema/account.pb.h"

namespace postern::auth {

core::Result<void> audit(storage::Transaction& transaction, const storage::Vault& vault, core::IdSource& ids,
                         const core::Clock& clock, const Principal& by, std::string_view action, std::string_view object,
                         std::string_view detail) {
  schema::AuditRecord record;
  record.set_id(ids.next());
  record.set_at_unix_ms(core::to_unix_ms(clock.wall_now()));
  record.set_actor(by.user.value);
  record.set_method(std::string(to_string(by.method)));
  record.set_client_ip(by.client_ip);
  record.set_action(std::string(action));
  record.set_object(std::string(object));
  record.set_detail(std::string(detail));
  record.set_credential(by.credential);
  return storage::put_sealed(transaction, vault, by.workspace, keys::audit(by.workspace, core::AuditId{record.id()}), record);
}

core::Result<std::vector<AuditEntry>> list_audit(const storage::Store& store, const storage::Vault& vault,
                                                 core::WorkspaceId workspace, core::AuditId before, std::size_t limit) {
  const std::string after = before ? keys::audit(workspace, before) : std::string();
  POSTERN_TRY(const std::vector<storage::Entry> entries,
              store.snapshot()->scan(keys::audit_prefix(workspace), storage::Direction::kBackward, limit, after));
  std::vector<AuditEntry> out;
  for (const storage::Entry& entry : entries) {
    schema::AuditRecord record;
    POSTERN_CHECK(storage::open_record(vault, workspace, entry.key, entry.value, record));
    out.push_back({core::AuditId{record.id()}, record.at_unix_ms(), core::UserId{record.actor()}, record.method(),
                   record.client_ip(), record.action(), record.object(), record.detail()});
  }
  return out;
}

}  // namespace postern::auth
