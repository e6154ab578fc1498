#include "auth/audit_trail/prune.h"

#include <algorithm>
#include <charconv>

#include "auth/audit_trail/entry.h"
#include "auth/audit_trail/filter_text.h"
#include "auth/audit_trail/keys.h"
#include "auth/audit_trail/search.h"
#include "auth/audit_trail/shipping/cursor.h"
#include "auth/detail/keys.h"
#include "core/metrics.h"
#include "storage/schema/audit.pb.h"

namespace postern::auth {
namespace {

std::string checkpoint_key(core::WorkspaceId workspace) { return trail::prefix(workspace, trail::Kind::kCheckpoint); }

core::Result<void> put_checkpoint(storage::Transaction& transaction, const storage::Vault& vault, core::WorkspaceId workspace,
                                  const ChainCheckpoint& checkpoint) {
  schema::AuditCheckpoint record;
  record.set_sequence(checkpoint.sequence);
  record.set_hash(checkpoint.hash);
  record.set_at_unix_ms(checkpoint.at_unix_ms);
  record.set_removed(checkpoint.removed);
  return storage::put_sealed(transaction, vault, workspace, checkpoint_key(workspace), record);
}

core::Result<ChainCheckpoint> parse_checkpoint(const storage::Vault& vault, core::WorkspaceId workspace, const std::optional<std::string>& value) {
  ChainCheckpoint out;
  out.hash.assign(kHashBytes, '\0');
  if (!value) return out;
  schema::AuditCheckpoint record;
  POSTERN_CHECK(storage::open_record(vault, workspace, checkpoint_key(workspace), *value, record));
  return ChainCheckpoint{record.sequence(), record.hash(), record.at_unix_ms(), record.removed()};
}

}  // namespace

core::Result<ChainCheckpoint> read_checkpoint(const storage::Snapshot& snapshot, const storage::Vault& vault, core::WorkspaceId workspace) {
  POSTERN_TRY(const std::optional<std::string> value, snapshot.get(checkpoint_key(workspace)));
  return parse_checkpoint(vault, workspace, value);
}

AuditPruner::AuditPruner(storage::Store& store, const storage::Vault& vault, core::IdSource& ids, core::Clock& clock, std::chrono::hours retention,
                         std::vector<std::string> receivers, PruneLimits limits)
    : store_(store), vault_(vault), ids_(ids), clock_(clock), retention_(retention), receivers_(std::move(receivers)), limits_(limits) {}

// The last entry behind `from` that is old enough, has been shipped everywhere and has nothing younger before it.
core::Result<ChainCheckpoint> AuditPruner::find_end(const storage::Snapshot& snapshot, core::WorkspaceId workspace, const ChainCheckpoint& from) const {
  std::uint64_t most = UINT64_MAX;
  for (const std::string& receiver : receivers_) {
    POSTERN_TRY(const ShipCursor cursor, read_ship_cursor(snapshot, vault_, workspace, receiver));
    most = std::min(most, cursor.sequence);
  }
  const std::int64_t before = core::to_unix_ms(clock_.wall_now()) - std::chrono::milliseconds(retention_).count();
  ChainCheckpoint out = from;
  for (std::size_t looked_at = 0; looked_at < limits_.looked_at_max;) {
    // An entry that is gone ends it: what is broken stays as it is, for whoever has to find out.
    POSTERN_TRY(const std::vector<AuditEntry> entries, read_chain(snapshot, vault_, workspace, out.sequence, limits_.batch_max));
    for (const AuditEntry& entry : entries) {
      if (entry.at_unix_ms >= before || entry.sequence > most || entry.sequence != out.sequence + 1) return out;
      out.sequence = entry.sequence;
      out.hash = entry.hash;
    }
    looked_at += entries.size();
    if (entries.size() < limits_.batch_max) break;
  }
  return out;
}

core::Task<core::Result<std::size_t>> AuditPruner::remove_some(core::WorkspaceId workspace) {
  storage::Transaction transaction = store_.begin();
  POSTERN_CO_TRY(const std::optional<std::string> value, transaction.get(checkpoint_key(workspace)));
  POSTERN_CO_TRY(ChainCheckpoint checkpoint, parse_checkpoint(vault_, workspace, value));
  if (checkpoint.removed >= checkpoint.sequence) co_return std::size_t{0};
  const std::string after = trail::numbered(workspace, trail::Kind::kLink, checkpoint.removed);
  POSTERN_CO_TRY(const auto links, transaction.snapshot().scan(trail::prefix(workspace, trail::Kind::kLink), storage::Direction::kForward,
                                                               limits_.batch_max, after));
  std::size_t removed = 0;
  bool is_over = links.size() < limits_.batch_max;
  for (const storage::Entry& link : links) {
    const std::uint64_t sequence = trail::last_number(link.key);
    if (sequence > checkpoint.sequence) {
      is_over = true;
      break;
    }
    std::uint64_t id = 0;
    std::from_chars(link.value.data(), link.value.data() + link.value.size(), id);
    POSTERN_CO_TRY(const std::optional<AuditEntry> entry, find_audit(transaction.snapshot(), vault_, workspace, core::AuditId{id}));
    if (entry) erase_index(transaction, workspace, *entry);
    transaction.erase(keys::audit(workspace, core::AuditId{id}));
    transaction.erase(link.key);
    checkpoint.removed = sequence;
    ++removed;
  }
  if (is_over) checkpoint.removed = checkpoint.sequence;
  POSTERN_CO_CHECK(put_checkpoint(transaction, vault_, workspace, checkpoint));
  POSTERN_CO_CHECK(co_await store_.commit(std::move(transaction)));
  co_return removed;
}

core::Task<core::Result<std::size_t>> AuditPruner::prune(core::WorkspaceId workspace) {
  if (retention_.count() == 0) co_return std::size_t{0};
  {
    storage::Transaction transaction = store_.begin();
    POSTERN_CO_TRY(const std::optional<std::string> value, transaction.get(checkpoint_key(workspace)));
    POSTERN_CO_TRY(const ChainCheckpoint now_at, parse_checkpoint(vault_, workspace, value));
    POSTERN_CO_TRY(const ChainHead head, read_head(transaction.snapshot(), vault_, workspace));
    if (now_at.removed == now_at.sequence && head.is_adopted) {
      POSTERN_CO_TRY(ChainCheckpoint next, find_end(transaction.snapshot(), workspace, now_at));
      // Its own entry would otherwise be a reason for the next one, for ever.
      if (next.sequence <= now_at.sequence + 1) co_return std::size_t{0};
      next.at_unix_ms = core::to_unix_ms(clock_.wall_now());
      POSTERN_CO_CHECK(put_checkpoint(transaction, vault_, workspace, next));
      Principal system;
      system.workspace = workspace;
      system.method = Method::kOperator;
      AuditEvent event{"audit.pruned", "audit", "entries older than " + std::to_string(retention_.count() / 24) + " days"};
      event.changes = {{"checkpoint", anchor_text(now_at.sequence, now_at.hash), anchor_text(next.sequence, next.hash)}};
      POSTERN_CO_CHECK(audit(transaction, vault_, ids_, clock_, system, event));
      POSTERN_CO_CHECK(co_await store_.commit(std::move(transaction)));
    }
  }
  std::size_t removed = 0;
  while (removed < limits_.looked_at_max) {
    POSTERN_CO_TRY(const std::size_t some, co_await remove_some(workspace));
    if (some == 0) break;
    removed += some;
  }
  if (removed > 0) core::metrics().counter("postern_audit_pruned_total", "audit entries removed because of their age").add(removed);
  co_return removed;
}

}  // namespace postern::auth
