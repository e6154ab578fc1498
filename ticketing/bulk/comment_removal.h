#pragma once
// ticketing/bulk/comment_removal.h: what a comment has beside its record: blobs, the index of its Message-ID, mail that waits.
// Thread-safety: free functions over the transaction.  Errors: those of the store and the vault.
#include <google/protobuf/repeated_field.h>

#include <string>
#include <vector>

#include "ticketing/detail/ticket_draft.h"

namespace postern::ticketing {

// One use less of each blob that the comment refers to, and no text of its files any more; keys of what is gone.
core::Result<std::vector<std::string>> release_comment_blobs(storage::Transaction& transaction, core::WorkspaceId workspace,
                                                             const schema::Comment& comment);
// Takes comments out of the ticket for good. Those that are not there any more are passed over.
core::Result<void> remove_comments(TicketDraft& ticket, const google::protobuf::RepeatedField<std::uint64_t>& ids);
// The key under which the comment's foreign Message-ID leads to it; empty when it has none or another comment has it.
core::Result<std::string> own_message_id_key(const Basics& with, storage::Transaction& transaction, core::WorkspaceId workspace,
                                             core::InboxId inbox, const schema::Comment& comment);

}  // namespace postern::ticketing
