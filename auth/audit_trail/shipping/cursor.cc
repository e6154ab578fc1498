#include "auth/audit_trail/shipping/cursor.h"

#include <charconv>

#include "auth/audit_trail/entry.h"
#include "auth/audit_trail/keys.h"
#include "auth/detail/keys.h"
#include "core/encoding.h"
#include "storage/schema/audit.pb.h"

namespace postern::auth {
namespace {

std::string key_of(core::WorkspaceId workspace, const std::string& receiver) {
  return trail::by_text(workspace, trail::Kind::kShipping, core::sha256(receiver));
}

}  // namespace

core::Result<ShipCursor> read_ship_cursor(const storage::Snapshot& snapshot, const storage::Vault& vault, core::WorkspaceId workspace,
                                          const std::string& receiver) {
  const std::string key = key_of(workspace, receiver);
  POSTERN_TRY(const std::optional<std::string> value, snapshot.get(key));
  if (!value) return ShipCursor();
  schema::AuditShipping record;
  POSTERN_CHECK(storage::open_record(vault, workspace, key, *value, record));
  return ShipCursor{record.sequence(), record.at_unix_ms()};
}

core::Task<core::Result<void>> put_ship_cursor(storage::Store& store, const storage::Vault& vault, core::WorkspaceId workspace,
                                               std::string receiver, ShipCursor cursor) {
  storage::Transaction transaction = store.begin();
  schema::AuditShipping record;
  record.set_sequence(cursor.sequence);
  record.set_at_unix_ms(cursor.at_unix_ms);
  POSTERN_CO_CHECK(storage::put_sealed(transaction, vault, workspace, key_of(workspace, receiver), record));
  POSTERN_CO_CHECK(co_await store.commit(std::move(transaction)));
  co_return core::Result<void>();
}

core::Result<ShipBatch> read_ship_batch(const storage::Snapshot& snapshot, const storage::Vault& vault, core::WorkspaceId workspace,
                                        std::uint64_t after, std::size_t limit) {
  const std::string from = trail::numbered(workspace, trail::Kind::kLink, after);
  POSTERN_TRY(const auto links, snapshot.scan(trail::prefix(workspace, trail::Kind::kLink), storage::Direction::kForward, limit, from));
  ShipBatch out;
  for (const storage::Entry& link : links) {
    out.last = trail::last_number(link.key);
    std::uint64_t id = 0;
    std::from_chars(link.value.data(), link.value.data() + link.value.size(), id);
    const std::string key = keys::audit(workspace, core::AuditId{id});
    POSTERN_TRY(const std::optional<std::string> value, snapshot.get(key));
    core::Result<AuditEntry> entry = core::fail(storage::Errc::kCorrupt);
    if (value) entry = open_entry(vault, workspace, key, *value);
    if (entry) out.entries.push_back(std::move(*entry));
    else ++out.lost;
  }
  return out;
}

}  // namespace postern::auth
