#pragma once
// ticketing/exports/ticket_walk.h: all tickets of a workspace by number, for exports: those that are deleted or cannot be read are
// passed over and counted. Each page is of one moment; what changes behind it is told by the change feed.
// Thread-safety: free functions over the store.  Errors: those of the store and the vault.
#include <vector>

#include "ticketing/detail/services.h"
#include "ticketing/tickets.h"

namespace postern::ticketing {

struct TicketWalkPage {
  std::vector<Ticket> tickets;
  core::TicketId after;         // of the next page
  std::size_t passed_over = 0;
  bool is_end = false;
};

// At most `count` numbers behind `after`.
core::Result<TicketWalkPage> walk_tickets(const Basics& with, core::WorkspaceId workspace, core::TicketId after, std::size_t count);

}  // namespace postern::ticketing
