#pragma once
// ticketing/detail/suspended_record.h: a whole message as a sealed record, from which its ticket can still be made.
#include "pipeline/api/redacted_message.h"
#include "storage/records.h"
#include "storage/schema/ticket.pb.h"
#include "ticketing/detail/incoming.h"
#include "ticketing/detail/services.h"

namespace postern::ticketing {

core::Result<void> put_suspended(const Services& with, storage::Transaction& transaction, const Target& target,
                                 const IncomingMail& mail, std::string_view cause);
// The content again, blobs included.
core::Result<pipeline::MessageContent> read_suspended_content(const Services& with, const storage::Snapshot& snapshot,
                                                              core::WorkspaceId workspace, const schema::Suspended& from);

// Takes a held message out for good: its record, what only it refers to, and their old values on the disk (purge.h). The record
// was read in this transaction.
core::Result<void> erase_suspended(const Basics& with, storage::Transaction& transaction, core::WorkspaceId workspace,
                                   const schema::Suspended& record);

// The record is being erased: its texts, files and the stored message go, unless a ticket refers to them.
core::Result<void> release_suspended(storage::Transaction& transaction, core::WorkspaceId workspace, const schema::Suspended& record);

}  // namespace postern::ticketing
