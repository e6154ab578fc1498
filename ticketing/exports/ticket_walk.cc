#include "ticketing/exports/ticket_walk.h"

#include "ticketing/bulk/bulk_keys.h"
#include "ticketing/detail/codec.h"
#include "ticketing/detail/damage.h"
#include "ticketing/detail/keys.h"

namespace postern::ticketing {

core::Result<TicketWalkPage> walk_tickets(const Basics& with, core::WorkspaceId workspace, core::TicketId after, std::size_t count) {
  POSTERN_TRY(const auto entries, with.store.snapshot()->scan(keys::tickets_prefix(workspace), storage::Direction::kForward, count,
                                                              after ? keys::ticket(workspace, after) : std::string()));
  TicketWalkPage out;
  out.after = after;
  out.is_end = entries.size() < count;
  for (const storage::Entry& each : entries) {
    out.after = core::TicketId{bulk_keys::last_number(each.key)};
    schema::Ticket record;
    const auto opened = storage::open_record(with.vault, workspace, each.key, each.value, record);
    if (!opened && !is_damage(opened.error())) return opened.error();
    if (!opened) tell_damage("ticket", workspace, out.after.value, opened.error());
    if (!opened || record.deleted_unix_ms() != 0) {
      ++out.passed_over;
      continue;
    }
    out.tickets.push_back(codec::decode(record));
  }
  return out;
}

}  // namespace postern::ticketing
