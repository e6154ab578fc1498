#include "ticketing/bulk/restoring.h"

#include "ticketing/bulk/bulk_keys.h"
#include "ticketing/bulk/note.h"
#include "ticketing/bulk/removal.h"
#include "ticketing/bulk/undo_book.h"

namespace postern::ticketing {

core::Result<void> undo_one(const Basics& with, storage::Transaction& transaction, const auth::Principal& by, std::uint64_t undo, core::TicketId id) {
  POSTERN_TRY(const auto item, read_undo_item(with, transaction, by.workspace, undo, id));
  if (!item) return core::fail(Errc::kConflict, "it has been undone, or cannot be any more");
  const bool was_deleted = item->before().deleted_unix_ms() != 0;
  const bool is_deleted = item->after().deleted_unix_ms() != 0;
  const auto needed = was_deleted != is_deleted ? auth::Permission::kTicketsDelete : auth::Permission::kTicketsWrite;
  if (!auth::may(by, needed)) return core::fail(auth::Errc::kForbidden);
  POSTERN_TRY(TicketDraft ticket, is_deleted ? open_deleted(with, transaction, by, id) : open_within(with, transaction, by, id));
  if (!is_untouched(ticket, *item)) return core::fail(Errc::kConflict, "somebody changed it since");
  if (is_deleted && !was_deleted) unmark_deleted(ticket);
  if (was_deleted && !is_deleted) mark_deleted(ticket, item->before().deleted_unix_ms());
  POSTERN_CHECK(audit_ticket(with, ticket, by, "ticket.change_undone"));
  transaction.erase(bulk_keys::undo_item(by.workspace, undo, id));
  transaction.erase(bulk_keys::undo_of(by.workspace, id, undo));
  return give_back(ticket, by, *item);
}

}  // namespace postern::ticketing
