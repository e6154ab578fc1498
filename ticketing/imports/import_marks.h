#pragma once
// ticketing/imports/import_marks.h: which message, ticket, comment, person or organisation of elsewhere has become which one here:
// an import that is repeated, or goes on after it was killed, brings nothing twice. Keys hold digests under a key of the
// workspace, never an id, an address or words of elsewhere.
//   (workspace, kImport, kind, inbox or 0, digest) -> ImportMark
// Thread-safety: free functions over the transaction.  Errors: those of the store and the vault.
#include <optional>
#include <string>
#include <string_view>

#include "storage/records.h"
#include "storage/schema/imports.pb.h"

namespace postern::ticketing {

// Never renumber: in keys. A message id leads to what was imported, and only to that: an archive joins no other ticket.
enum class ImportKind : std::uint64_t { kMessage = 1, kMessageId = 2, kTicket = 3, kComment = 4, kPerson = 5, kOrganization = 6, kRun = 7, kGroup = 8 };

core::Result<std::string> import_key(const storage::Vault& vault, core::WorkspaceId workspace, ImportKind kind, core::InboxId inbox,
                                     std::string_view what);
// With conflict detection, and with what the transaction itself has written.
core::Result<std::optional<schema::ImportMark>> find_import(storage::Transaction& transaction, const std::string& key);
core::Result<std::optional<schema::ImportMark>> find_import(const storage::Snapshot& snapshot, const std::string& key);
core::Result<void> mark_import(storage::Transaction& transaction, std::string key, std::uint64_t object, core::CommentId comment,
                               std::int64_t now_unix_ms);

}  // namespace postern::ticketing
