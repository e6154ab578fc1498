#include "ticketing/bulk/vanish.h"

#include "ticketing/bulk/bulk_keys.h"
#include "ticketing/bulk/undo_book.h"
#include "ticketing/detail/keys.h"

namespace postern::ticketing {

core::Result<void> vanish(TicketDraft& ticket) {
  storage::Transaction& transaction = ticket.transaction();
  const core::WorkspaceId workspace = ticket.workspace();
  ticket.record().set_deleted_unix_ms(ticket.services().now_ms());
  transaction.record(workspace, {"ticket.deleted", ticket.id().value, 0});
  POSTERN_CHECK(ticket.save(false));
  POSTERN_CHECK(forget_values(transaction, workspace, ticket.id()));
  for (std::uint64_t number = 1; number <= ticket.record().version(); ++number) {
    transaction.erase(keys::event(workspace, ticket.id(), number));
  }
  transaction.erase(keys::ticket(workspace, ticket.id()));
  return {};
}

}  // namespace postern::ticketing
