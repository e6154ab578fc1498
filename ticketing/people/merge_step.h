#pragma once
// ticketing/people/merge_step.h: what one ticket has of somebody who was merged becomes the survivor's, inside one transaction:
// requester, submitter, copies, comments (and what finds them), the rating, a forwarded original. Its place in lists stays, and no
// rule is asked; webhooks and the feed are told. Its history keeps who was who then.
// Thread-safety: one owner.  Errors: Errc::kNotFound, those of the store and the vault.
#include "ticketing/detail/services.h"
#include "storage/store.h"

namespace postern::ticketing {

struct MergedTicket {
  bool is_any = false;       // it had something
  std::size_t comments = 0;  // that this transaction moved
  bool is_over = true;       // false: there are more comments than one transaction takes
};

// Whether there is something: read without a transaction, as most tickets have nothing.
core::Result<bool> has_part_in(const Basics& with, const storage::Snapshot& snapshot, core::WorkspaceId workspace, core::TicketId ticket,
                               core::UserId person);
core::Result<MergedTicket> merge_in_ticket(const Services& with, storage::Transaction& transaction, core::WorkspaceId workspace, core::TicketId ticket,
                                           core::UserId actor, core::UserId from, core::UserId into, std::size_t comments_max);

}  // namespace postern::ticketing
