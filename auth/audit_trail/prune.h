#pragma once
// auth/audit_trail/prune.h: removes audit entries older than the retention, and leaves a checkpoint: the number and hash of the
// last one removed, which the first one left follows. The checkpoint is written, with an entry "audit.pruned" that carries the
// same NUMBER:HASH into the chain, before anything is removed; so what is left still proves itself, and an export from before
// still joins on. Nothing is removed that some receiver of the log has not confirmed.
// Thread-safety: one owner (a chore of AuditTrail).  Ownership: borrows store, vault, ids and clock.
// Errors: those of the store; the next round goes on where this one ended.
// Limits: PruneLimits.
#include "auth/audit_trail/chain.h"

namespace postern::auth {

struct ChainCheckpoint {
  std::uint64_t sequence = 0;  // entries up to here were removed, or are about to be; 0: none
  std::string hash;            // of that entry; of none: zeros
  std::int64_t at_unix_ms = 0;
  std::uint64_t removed = 0;   // how far the removal has got
};
core::Result<ChainCheckpoint> read_checkpoint(const storage::Snapshot& snapshot, const storage::Vault& vault, core::WorkspaceId workspace);

struct PruneLimits {
  std::size_t batch_max = 200;     // entries removed in one transaction
  std::size_t looked_at_max = 20'000;  // entries in one round; the next round goes on
};

class AuditPruner {
 public:
  // `receivers`: their URLs as configured.
  AuditPruner(storage::Store& store, const storage::Vault& vault, core::IdSource& ids, core::Clock& clock, std::chrono::hours retention,
              std::vector<std::string> receivers, PruneLimits limits = PruneLimits());
  // One round; how many entries were removed.
  core::Task<core::Result<std::size_t>> prune(core::WorkspaceId workspace);

 private:
  core::Result<ChainCheckpoint> find_end(const storage::Snapshot& snapshot, core::WorkspaceId workspace, const ChainCheckpoint& from) const;
  core::Task<core::Result<std::size_t>> remove_some(core::WorkspaceId workspace);
  storage::Store& store_;
  const storage::Vault& vault_;
  core::IdSource& ids_;
  core::Clock& clock_;
  const std::chrono::hours retention_;
  const std::vector<std::string> receivers_;
  const PruneLimits limits_;
};

}  // namespace postern::auth
