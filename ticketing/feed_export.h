#pragma once
// ticketing/feed_export.h: tickets for programs that keep a copy: in the order of the change feed, each ticket once a page, as it is
// now. A cursor is a number of the feed. Numbers are given by the store in the order in which changes became visible, so nothing
// that is committed later gets a lower one: no change is missed, and none is held back for a minute to be sure.
// A ticket that changed again behind the page is left out of it where the feed shows that it comes later, so that a whole export
// has most tickets once. Deleted tickets are told, erased ones by their number.
// Rejected: the order of update times, which are made before the commit: a slow one appears behind a reader's cursor.
// Thread-safety: free functions over the store.  Errors: those of the store and the vault.  Limits: FeedExportLimits.
#include <optional>
#include <vector>

#include "auth/principal.h"
#include "storage/store.h"
#include "storage/vault.h"
#include "ticketing/tickets.h"

namespace postern::ticketing {

struct FeedExportLimits {
  std::size_t entries_max = 10'000;   // of the feed that one page reads; then it is a shorter page
  std::size_t look_ahead_max = 64;    // entries that are looked at for a later change of a ticket
};

struct ExportedTicket {
  core::TicketId id;
  std::optional<Ticket> ticket;       // none: erased
  bool is_deleted = false;
  std::int64_t changed_unix_ms = 0;   // of its last change on the page
};

struct ExportPage {
  std::vector<ExportedTicket> tickets;  // by their last change
  std::uint64_t after = 0;              // cursor of the next page
  std::int64_t first_unix_ms = 0;       // of the feed entries of the page; 0: there are none
  std::int64_t last_unix_ms = 0;
  bool is_end = false;
};

// The cursor from which everything comes that changed at this time or later, by the clock of the feed.
core::Result<std::uint64_t> feed_cursor_at(const storage::Store& store, core::WorkspaceId workspace, std::int64_t unix_ms);
// At most `count` tickets, but all of one transaction.
core::Result<ExportPage> export_tickets(const storage::Store& store, const storage::Vault& vault, const auth::Reach& reach, std::uint64_t after,
                                        std::size_t count, bool leaves_out_repeated, const FeedExportLimits& limits = {});

}  // namespace postern::ticketing
