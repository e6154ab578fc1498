#pragma once
// ticketing/bulk/restoring.h: takes one ticket of a bulk change back to what it was before, be it deleted by it or restored.
// Thread-safety: free function over the transaction.
// Errors: Errc::kNotFound, Errc::kConflict (somebody changed it since), auth::Errc::kForbidden, those of the store.
#include "ticketing/detail/services.h"
#include "ticketing/detail/ticket_draft.h"

namespace postern::ticketing {

core::Result<void> undo_one(const Basics& with, storage::Transaction& transaction, const auth::Principal& by, std::uint64_t undo, core::TicketId id);

}  // namespace postern::ticketing
