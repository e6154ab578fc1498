#pragma once
// ticketing/joining/join_record.h: the stored form of a request to join, for the files that answer one.
// Thread-safety: free functions over the transaction.  Errors: Errc::kNotFound, those of the store and the vault.
#include <string>

#include "storage/schema/intake.pb.h"
#include "ticketing/joining/join_requests.h"

namespace postern::ticketing {

JoinRequest to_join_request(const schema::JoinRequest& from);
std::string join_request_key(core::WorkspaceId workspace, const schema::JoinRequest& record);
// Read with conflict detection.
core::Result<schema::JoinRequest> open_join_request(const Basics& with, storage::Transaction& transaction, core::WorkspaceId workspace,
                                                    core::TicketId ticket, core::TicketId made);
std::string join_word(core::TicketId id);  // "ticket/12"

}  // namespace postern::ticketing
