#pragma once
// auth/audit_trail/chain.h: ties the audit entries of a workspace into a chain: numbers 1, 2, 3 … and, in each entry, the
// hash of the one before and its own. It also writes their index: a search looks into what waits beside it.
// Entries are written by many transactions at once, without a common record, so that they never conflict; each leaves a mark
// that it waits. One linker takes what waits, in order of id, and continues the chain. Entries from before there was a chain
// are taken up first.
// Thread-safety: one linker at a time (AuditTrail owns it); read_head() from any thread.
// Errors: those of the store; kConflict when there are two linkers. An entry that is gone or does not open is logged and left
// waiting, where the verifier finds it: it must not keep the others out.
// Limits: link_batch_max entries a transaction.
#include <map>

#include "auth/audit.h"

namespace postern::auth {

struct ChainHead {
  std::uint64_t sequence = 0;  // of the last entry; 0: none yet
  std::string hash;            // of the last entry; of none: zeros
  std::int64_t linked_unix_ms = 0;
  bool is_adopted = false;     // entries from before the chain are all in it
};

core::Result<ChainHead> read_head(const storage::Snapshot& snapshot, const storage::Vault& vault, core::WorkspaceId workspace);
// How many entries wait, up to `limit`.
core::Result<std::size_t> count_waiting(const storage::Snapshot& snapshot, core::WorkspaceId workspace, std::size_t limit);

struct LinkLimits {
  std::size_t link_batch_max = 500;
  // Ids are times: what waits was made shortly before. Where the last scan ended, less this, is where the next one begins,
  // so that it need not step over the marks erased before.
  // An entry whose commit took longer than this waits for the full scan.
  core::Duration lookback = std::chrono::seconds(10);
  core::Duration full_scan_interval = std::chrono::minutes(5);
};

class ChainLinker {
 public:
  ChainLinker(storage::Store& store, const storage::Vault& vault, const core::Clock& clock, LinkLimits limits = LinkLimits());
  // Takes one batch; how many entries joined the chain. As many as link_batch_max: there may be more.
  core::Task<core::Result<std::size_t>> link(core::WorkspaceId workspace);

 private:
  struct Place {
    std::uint64_t from_id = 0;  // where the next scan begins
    std::uint64_t newest = 0;   // met so far
    std::uint64_t floor = 0;    // below it, what waits is lost, as far as the last full scan goes
    core::Instant full_scan = core::Instant::min();
    bool is_in_full = false;  // a full scan goes on at from_id
  };
  struct Step;
  core::Result<void> adopt(Step& step);
  core::Result<void> take_waiting(Step& step, Place& place);
  core::Result<void> join(Step& step, AuditEntry entry);
  void found_lost(core::WorkspaceId workspace, std::uint64_t id);

  storage::Store& store_;
  const storage::Vault& vault_;
  const core::Clock& clock_;
  const LinkLimits limits_;
  std::map<core::WorkspaceId, Place> places_;
};

}  // namespace postern::auth
