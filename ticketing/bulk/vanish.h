#pragma once
// ticketing/bulk/vanish.h: the end of a ticket that has no comments (any more) and never was more than a moment: out of the
// indexes as a deleted one is, then without a record, in one transaction. Its number is not used again.
// Thread-safety: free function over the transaction.  Errors: those of the store and the vault.
#include "ticketing/detail/ticket_draft.h"

namespace postern::ticketing {

core::Result<void> vanish(TicketDraft& ticket);

}  // namespace postern::ticketing
