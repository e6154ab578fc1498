#include "ticketing/bulk/removal.h"

#include "core/encoding.h"
#include "ticketing/bulk/bulk_keys.h"
#include "ticketing/bulk/note.h"
#include "ticketing/detail/damage.h"
#include "ticketing/detail/keys.h"
#include "ticketing/shown.h"

namespace postern::ticketing {
namespace {

constexpr std::size_t kCursorBytes = 16;

// Who deleted it: the actor of its last event of that kind, which is its last one or nearly so.
core::UserId deleter_of(const storage::Snapshot& snapshot, const Basics& with, core::WorkspaceId workspace, core::TicketId ticket) {
  constexpr std::size_t kLookedAt = 20;
  const auto entries = snapshot.scan(keys::events_prefix(workspace, ticket), storage::Direction::kBackward, kLookedAt);
  if (!entries) return {};
  for (const storage::Entry& each : *entries) {
    schema::TicketEvent event;
    if (!storage::open_record(with.vault, workspace, each.key, each.value, event)) return {};
    if (event.kind() == "deleted" || event.kind() == "marked_as_spam") return core::UserId{event.actor()};
  }
  return {};
}

}  // namespace

void mark_deleted(TicketDraft& ticket, std::int64_t now_ms) {
  ticket.record().set_deleted_unix_ms(now_ms);
  ticket.transaction().put(bulk_keys::deleted(ticket.workspace(), now_ms, ticket.id()), {});
  ticket.transaction().record(ticket.workspace(), {"ticket.deleted", ticket.id().value, 0});
}

void unmark_deleted(TicketDraft& ticket) {
  ticket.transaction().erase(bulk_keys::deleted(ticket.workspace(), ticket.record().deleted_unix_ms(), ticket.id()));
  ticket.record().set_deleted_unix_ms(0);
  ticket.transaction().record(ticket.workspace(), {"ticket.restored", ticket.id().value, 0});
}

core::Result<TicketDraft> delete_ticket(const Basics& with, storage::Transaction& transaction, const auth::Principal& by, core::TicketId id,
                                        Removal why) {
  if (!auth::may(by, auth::Permission::kTicketsDelete)) return core::fail(auth::Errc::kForbidden);
  POSTERN_TRY(TicketDraft ticket, open_within(with, transaction, by, id));
  mark_deleted(ticket, with.now_ms());
  const bool is_spam = why == Removal::kSpam;
  POSTERN_CHECK(ticket.add_event(by.user, is_spam ? "marked_as_spam" : "deleted", {}));
  POSTERN_CHECK(audit_ticket(with, ticket, by, is_spam ? "ticket.marked_as_spam" : "ticket.deleted"));
  POSTERN_CHECK(ticket.save(false));
  return ticket;
}

core::Result<TicketDraft> open_deleted(const Basics& with, storage::Transaction& transaction, const auth::Principal& by, core::TicketId id) {
  POSTERN_TRY(TicketDraft ticket, TicketDraft::open(with, transaction, by.workspace, id));
  const bool is_there = ticket.record().deleted_unix_ms() != 0 && by.inboxes.has(core::InboxId{ticket.record().inbox()});
  if (!is_there) return core::fail(Errc::kNotFound, "ticket/" + std::to_string(id.value));
  POSTERN_TRY(const auto erasure, transaction.get(bulk_keys::erasure(by.workspace, id)));
  if (erasure) return core::fail(Errc::kConflict, "ticket/" + std::to_string(id.value) + " is being erased");
  ticket.changed_by({by.user, by.role, "api"});
  return ticket;
}

core::Result<TicketDraft> restore_ticket(const Basics& with, storage::Transaction& transaction, const auth::Principal& by, core::TicketId id) {
  if (!auth::may(by, auth::Permission::kTicketsDelete)) return core::fail(auth::Errc::kForbidden);
  POSTERN_TRY(TicketDraft ticket, open_deleted(with, transaction, by, id));
  unmark_deleted(ticket);
  POSTERN_CHECK(ticket.add_event(by.user, "restored", {}));
  POSTERN_CHECK(audit_ticket(with, ticket, by, "ticket.restored"));
  POSTERN_CHECK(ticket.save(false));
  return ticket;
}

core::Result<DeletedPage> list_deleted(const Basics& with, const auth::Reach& reach, std::size_t size, const std::string& after,
                                       const BulkLimits& limits) {
  const core::WorkspaceId workspace = reach.workspace;
  const std::string prefix = bulk_keys::deleted_prefix(workspace);
  const auto cursor = core::from_base64url(after);
  if (!cursor || (!cursor->empty() && cursor->size() != kCursorBytes)) return core::fail(Errc::kInvalid, "cursor");
  const auto snapshot = with.store.snapshot();
  DeletedPage page;
  std::string last = cursor->empty() ? std::string() : prefix + *cursor;  // always inside the prefix
  std::string last_shown = last;
  for (std::size_t scanned = 0; !page.has_more; scanned += size + 1) {
    page.has_more = scanned > limits.listed_max;  // goes on where it stopped
    if (page.has_more) last_shown = last;
    POSTERN_TRY(const auto entries, snapshot->scan(prefix, storage::Direction::kForward, page.has_more ? 0 : size + 1, last));
    for (const storage::Entry& each : entries) {
      const core::TicketId id{bulk_keys::last_number(each.key)};
      const std::string key = keys::ticket(workspace, id);
      POSTERN_TRY(const auto value, snapshot->get(key));
      schema::Ticket record;
      const auto opened = value ? storage::open_record(with.vault, workspace, key, *value, record) : core::Result<void>();
      if (!opened && !is_damage(opened.error())) return opened.error();
      if (!opened) continue;  // its erasure tells
      if (!value || !reach.inboxes.has(core::InboxId{record.inbox()})) continue;
      page.has_more = page.tickets.size() == size;
      if (page.has_more) break;
      page.tickets.push_back({shown(*snapshot, with.vault, reach, record), deleter_of(*snapshot, with, workspace, id), record.deleted_unix_ms()});
      last_shown = each.key;
    }
    if (entries.size() < size + 1) break;
    last = entries.back().key;
  }
  if (page.has_more) page.after = core::to_base64url(std::string_view(last_shown).substr(prefix.size()));
  return page;
}

}  // namespace postern::ticketing
