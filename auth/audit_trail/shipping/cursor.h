#pragma once
// auth/audit_trail/shipping/cursor.h: how far each receiver has got, in the store, by workspace; and what comes next for it.
// Thread-safety: free functions over a snapshot or a store.  Errors: those of the store and the vault.
#include "auth/audit.h"

namespace postern::auth {

struct ShipCursor {
  std::uint64_t sequence = 0;   // entries of the chain up to here were confirmed
  std::int64_t at_unix_ms = 0;  // when the last of them was; 0: never
};

// `receiver`: its URL as configured. Another URL is another receiver and begins at the first entry.
core::Result<ShipCursor> read_ship_cursor(const storage::Snapshot& snapshot, const storage::Vault& vault, core::WorkspaceId workspace,
                                          const std::string& receiver);
core::Task<core::Result<void>> put_ship_cursor(storage::Store& store, const storage::Vault& vault, core::WorkspaceId workspace,
                                               std::string receiver, ShipCursor cursor);

struct ShipBatch {
  std::vector<AuditEntry> entries;  // by number, above the cursor
  std::uint64_t last = 0;           // number of the last link that was looked at; 0: nothing is there
  std::size_t lost = 0;             // links whose entry is gone or does not open: the verifier tells which
};
// What is broken in the trail is stepped over: it must not keep what follows from being kept elsewhere.
core::Result<ShipBatch> read_ship_batch(const storage::Snapshot& snapshot, const storage::Vault& vault, core::WorkspaceId workspace,
                                        std::uint64_t after, std::size_t limit);

}  // namespace postern::auth
