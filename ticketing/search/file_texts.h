#pragma once
// ticketing/search/file_texts.h: what attached files show, as the redactor read it when they came: one sealed record an
// attachment, kept for the index, for phrases and for what is shown of a hit. It goes with the attachment.
// Thread-safety: free functions over what they are given.  Errors: those of the store and the vault.
#include <optional>
#include <string>
#include <string_view>

#include "core/ids.h"
#include "core/result.h"
#include "storage/schema/ticket.pb.h"
#include "storage/store.h"
#include "storage/vault.h"

namespace postern::ticketing::search {

// Empty text: there is no record then.
core::Result<void> put_file_text(storage::Transaction& transaction, const storage::Vault& vault, core::WorkspaceId workspace,
                                 std::uint64_t attachment, std::string_view text);
// As the transaction will leave it, with conflict detection; empty when there is none.
core::Result<std::string> file_text(storage::Transaction& transaction, const storage::Vault& vault, core::WorkspaceId workspace,
                                    std::uint64_t attachment);
core::Result<std::string> file_text(const storage::Snapshot& snapshot, const storage::Vault& vault, core::WorkspaceId workspace,
                                    std::uint64_t attachment);

// The record goes with its attachment; its key, when there was one, for the purge.
core::Result<std::optional<std::string>> forget_file_text(storage::Transaction& transaction, core::WorkspaceId workspace,
                                                          std::uint64_t attachment);

}  // namespace postern::ticketing::search
