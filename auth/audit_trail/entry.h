#pragma once
// auth/audit_trail/entry.h: an audit entry between memory, disk and hash. The canonical bytes are defined here and in
// the README, so that whoever has an export can compute every hash again.
// Thread-safety: pure, apart from the transaction.  Errors: those of the vault.
#include "auth/audit.h"

namespace postern::auth {

inline constexpr std::size_t kHashBytes = 32;

// At most `bytes_max` bytes of valid UTF-8 without control characters.
std::string clean_audit_text(std::string_view text, std::size_t bytes_max);
// Without id and time.
AuditEntry make_entry(const Principal& by, const AuditEvent& event, const AuditLimits& limits);
// The record, and the mark that it waits for the linker, which writes its index.
core::Result<void> add_entry(storage::Transaction& transaction, const storage::Vault& vault, core::WorkspaceId workspace,
                             const AuditEntry& entry);
// The record alone; the index alone.
core::Result<void> put_entry(storage::Transaction& transaction, const storage::Vault& vault, core::WorkspaceId workspace,
                             const AuditEntry& entry);
void erase_index(storage::Transaction& transaction, core::WorkspaceId workspace, const AuditEntry& entry);
void put_index(storage::Transaction& transaction, core::WorkspaceId workspace, const AuditEntry& entry);
core::Result<AuditEntry> open_entry(const storage::Vault& vault, core::WorkspaceId workspace, std::string_view key,
                                    std::string_view value);
// Everything that the entry says, its number and its predecessor's hash included, its own hash excluded.
std::string canonical_bytes(core::WorkspaceId workspace, const AuditEntry& entry);
std::string hash_of(core::WorkspaceId workspace, const AuditEntry& entry);

}  // namespace postern::auth
