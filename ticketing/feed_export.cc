#include "ticketing/feed_export.h"

#include <algorithm>
#include <map>
#include <set>

#include "storage/records.h"
#include "storage/schema/ticket.pb.h"
#include "ticketing/bulk/bulk_keys.h"
#include "ticketing/detail/keys.h"
#include "ticketing/shown.h"

namespace postern::ticketing {
namespace {

// Of a ticket or its conversation; how mail is delivered changes neither.
bool is_of_ticket(const storage::Change& change) {
  const std::string_view kind = change.kind;
  return change.object != 0 && (kind.starts_with("ticket.") || kind.starts_with("comment.")) && kind != "comment.delivery";
}

core::Result<std::optional<storage::FeedEntry>> entry_at(const storage::Store& store, core::WorkspaceId workspace, std::uint64_t sequence) {
  POSTERN_TRY(const std::vector<storage::FeedEntry> found, store.feed(workspace, sequence - 1, 1));
  if (found.empty()) return std::nullopt;
  return found.front();
}

struct Seen {
  std::uint64_t sequence = 0;
  std::int64_t at_unix_ms = 0;
};
using SeenTickets = std::map<std::uint64_t, Seen>;

// Reads the feed until enough tickets were seen.
core::Result<SeenTickets> read_feed_page(const storage::Store& store, core::WorkspaceId workspace, std::size_t count, const FeedExportLimits& limits,
                                         ExportPage& page) {
  constexpr std::size_t kBatch = 500;
  SeenTickets seen;
  for (std::size_t read = 0; read < limits.entries_max;) {
    POSTERN_TRY(const std::vector<storage::FeedEntry> entries, store.feed(workspace, page.after, kBatch));
    for (const storage::FeedEntry& entry : entries) {
      std::set<std::uint64_t> here;
      for (const storage::Change& each : entry.changes) {
        if (is_of_ticket(each)) here.insert(each.object);
      }
      const auto fresh = std::ranges::count_if(here, [&seen](std::uint64_t id) { return !seen.contains(id); });
      if (!seen.empty() && seen.size() + static_cast<std::size_t>(fresh) > count) return seen;
      for (const std::uint64_t id : here) seen[id] = {entry.sequence, entry.at_unix_ms};
      if (page.first_unix_ms == 0) page.first_unix_ms = entry.at_unix_ms;
      page.last_unix_ms = std::max(page.last_unix_ms, entry.at_unix_ms);
      page.after = entry.sequence;
    }
    read += entries.size();
    page.is_end = entries.size() < kBatch;
    if (page.is_end) break;
  }
  return seen;
}

// Whether the feed tells of the ticket again behind the page: looked for where its last update should be. No is not sure.
core::Result<bool> comes_again(const storage::Store& store, core::WorkspaceId workspace, std::uint64_t ticket, std::int64_t updated_ms,
                               const ExportPage& page, const FeedExportLimits& limits) {
  if (updated_ms <= page.last_unix_ms) return false;
  POSTERN_TRY(const std::uint64_t near, feed_cursor_at(store, workspace, updated_ms));
  POSTERN_TRY(const std::vector<storage::FeedEntry> entries, store.feed(workspace, std::max(near, page.after), limits.look_ahead_max));
  return std::ranges::any_of(entries, [ticket](const storage::FeedEntry& entry) {
    return std::ranges::any_of(entry.changes, [ticket](const storage::Change& each) { return each.object == ticket && is_of_ticket(each); });
  });
}

}  // namespace

core::Result<std::uint64_t> feed_cursor_at(const storage::Store& store, core::WorkspaceId workspace, std::int64_t unix_ms) {
  std::uint64_t low = 1;
  std::uint64_t high = store.last_sequence(workspace) + 1;  // the first entry at that time or later is in [low, high]
  while (low < high) {
    const std::uint64_t middle = low + (high - low) / 2;
    POSTERN_TRY(const std::optional<storage::FeedEntry> entry, entry_at(store, workspace, middle));
    if (entry && entry->at_unix_ms < unix_ms) {
      low = middle + 1;
    } else {
      high = middle;
    }
  }
  return low - 1;
}

core::Result<ExportPage> export_tickets(const storage::Store& store, const storage::Vault& vault, const auth::Reach& reach, std::uint64_t after,
                                        std::size_t count, bool leaves_out_repeated, const FeedExportLimits& limits) {
  ExportPage page;
  page.after = after;
  POSTERN_TRY(const SeenTickets seen, read_feed_page(store, reach.workspace, count, limits, page));
  // Taken behind the feed: what a page shows is never older than its cursor.
  const auto snapshot = store.snapshot();
  for (const auto& [id, last] : seen) {
    ExportedTicket out;
    out.id = core::TicketId{id};
    out.changed_unix_ms = last.at_unix_ms;
    const std::string key = keys::ticket(reach.workspace, out.id);
    POSTERN_TRY(const std::optional<std::string> value, snapshot->get(key));
    if (!value && reach.inboxes.is_limited()) continue;  // nobody knows whose it was
    out.is_deleted = !value;
    if (value) {
      schema::Ticket record;
      POSTERN_CHECK(storage::open_record(vault, reach.workspace, key, *value, record));
      if (reach.inboxes.is_limited() && !reach.inboxes.has(core::InboxId{record.inbox()})) continue;
      if (leaves_out_repeated) {
        POSTERN_TRY(const bool is_later, comes_again(store, reach.workspace, id, record.updated_unix_ms(), page, limits));
        if (is_later) continue;
      }
      out.is_deleted = record.deleted_unix_ms() != 0;
      POSTERN_TRY(const auto erasure, snapshot->get(bulk_keys::erasure(reach.workspace, out.id)));
      if (erasure) {  // begun: what is still stored is there for nobody
        page.tickets.push_back(std::move(out));
        continue;
      }
      out.ticket = shown(*snapshot, vault, reach, record);
    }
    page.tickets.push_back(std::move(out));
  }
  const auto place = [&seen](const ExportedTicket& each) { return std::pair(seen.at(each.id.value).sequence, each.id.value); };
  std::ranges::sort(page.tickets, {}, place);
  return page;
}

}  // namespace postern::ticketing
