#pragma once
// ticketing/views/view_index.h: keeps the lists of every view in step with the tickets, inside the transaction that changes one.
// Microseconds: a view that does not look at what changed is passed over; nothing is read but the plans, except for lists that
// are being filled and those that look at the clock.
//
// How a list stays exact while it is filled: the keys of a ticket in it say whether the ticket has been taken in already. Whoever
// changes the ticket reads one of them, whoever fills reads the ticket: one of two that meet is tried again.
// A position that depends on time cannot be told from the record as it was; it is kept beside (ViewPlace).
// Thread-safety: any executor.  Ownership: borrows the plans and the clock.  Errors: those of the store and the vault.
#include "core/clock.h"
#include "ticketing/ticket_hooks.h"
#include "ticketing/views/view_plans.h"

namespace postern::ticketing {

class ViewIndex final : public TicketIndex {
 public:
  ViewIndex(const ViewPlans& plans, core::Clock& clock) : plans_(plans), clock_(clock) {}
  core::Result<void> follow(storage::Transaction& transaction, const TicketChange& change) override;

  // Puts a ticket, as it stands, into the lists of one generation: when it is filled, and when time moves it.
  core::Result<void> settle(storage::Transaction& transaction, core::WorkspaceId workspace, const PlannedGeneration& generation,
                            const schema::Ticket& ticket) const;

 private:
  core::Result<void> follow_record(storage::Transaction& transaction, const PlannedGeneration& generation, const TicketChange& change,
                                   std::int64_t now_ms) const;
  core::Result<void> settle_in_time(storage::Transaction& transaction, core::WorkspaceId workspace, const PlannedGeneration& generation,
                                    const schema::Ticket& ticket, std::int64_t now_ms) const;

  const ViewPlans& plans_;
  core::Clock& clock_;
};

}  // namespace postern::ticketing
