#include "ticketing/tickets.h"

#include <algorithm>

#include "core/encoding.h"
#include "ticketing/detail/codec.h"
#include "ticketing/detail/header_text.h"
#include "ticketing/detail/inbox_counts.h"
#include "ticketing/detail/keys.h"
#include "ticketing/shown.h"
#include "ticketing/ticket_links.h"

namespace postern::ticketing {
namespace {

constexpr std::size_t kCommentsAtATime = 8;
constexpr std::size_t kCountedAtATime = 500;

// The index that answers a query, most selective first; the other conditions filter what it yields.
std::string index_prefix(core::WorkspaceId workspace, const TicketQuery& query) {
  if (query.requester) return keys::by_requester_prefix(workspace, *query.requester);
  if (query.assignee) return keys::by_assignee_prefix(workspace, *query.assignee);
  if (query.status) return keys::by_status_prefix(workspace, *query.status);
  return keys::by_update_prefix(workspace);
}

bool matches(const schema::Ticket& ticket, const TicketQuery& query) {
  return (!query.status || ticket.status() == static_cast<std::uint32_t>(*query.status)) &&
         (!query.assignee || ticket.assignee() == query.assignee->value) &&
         (!query.requester || ticket.requester() == query.requester->value);
}

// Every index entry ends with the ticket's number, ascending or complemented.
core::TicketId ticket_of_entry(const std::string& key, bool is_descending) {
  std::uint64_t number = 0;
  for (char c : key.substr(key.size() - 8)) number = (number << 8U) | static_cast<unsigned char>(c);
  return core::TicketId{is_descending ? ~number : number};
}

core::Result<std::optional<schema::Ticket>> read_ticket(const storage::Snapshot& snapshot, const storage::Vault& vault,
                                                        core::WorkspaceId workspace, core::TicketId id) {
  const std::string key = keys::ticket(workspace, id);
  POSTERN_TRY(const std::optional<std::string> value, snapshot.get(key));
  if (!value) return std::optional<schema::Ticket>();
  schema::Ticket record;
  POSTERN_CHECK(storage::open_record(vault, workspace, key, *value, record));
  return std::optional(std::move(record));
}

core::Result<schema::Comment> read_comment(const storage::Snapshot& snapshot, const storage::Vault& vault,
                                           core::WorkspaceId workspace, core::TicketId ticket, core::CommentId id) {
  const std::string key = keys::comment(workspace, ticket, id);
  POSTERN_TRY(const std::optional<std::string> value, snapshot.get(key));
  if (!value) return core::fail(Errc::kNotFound, "comment");
  schema::Comment record;
  POSTERN_CHECK(storage::open_record(vault, workspace, key, *value, record));
  return record;
}

std::size_t bounded_page(std::size_t size, const Options& options) {
  return std::max<std::size_t>(1, std::min(size, options.page_size_max));
}

core::Error no_ticket(core::TicketId id) { return core::fail(Errc::kNotFound, "ticket/" + std::to_string(id.value)); }

bool is_within(const schema::Ticket& ticket, const auth::Reach& reach) { return reach.inboxes.has(core::InboxId{ticket.inbox()}); }

core::Result<schema::Ticket> find_ticket(const storage::Snapshot& snapshot, const storage::Vault& vault, const auth::Reach& reach,
                                         core::TicketId id) {
  POSTERN_TRY(auto record, read_ticket(snapshot, vault, reach.workspace, id));
  if (!record || record->deleted_unix_ms() != 0 || !is_within(*record, reach)) return no_ticket(id);
  return std::move(*record);
}

}  // namespace

Tickets::Tickets(storage::Store& store, storage::Vault& vault, auth::Accounts& accounts, const Directory& directory,
                 const pipeline::TextRedactor& redactor, core::IdSource& ids, core::Clock& clock, Options options,
                 core::WorkPool* cpu)
    : store_(store), vault_(vault), accounts_(accounts), directory_(directory), redactor_(redactor), ids_(ids),
      clock_(clock), options_(std::move(options)), cpu_(cpu) {}

core::Result<TicketPage> Tickets::list(const auth::Reach& reach, const TicketQuery& query) const {
  const core::WorkspaceId workspace = reach.workspace;
  const std::size_t size = bounded_page(query.size, options_);
  const std::string prefix = index_prefix(workspace, query);
  const auto cursor = core::from_base64url(query.after);
  if (!cursor || (cursor->size() != 0 && cursor->size() != 8 && cursor->size() != 16)) {
    return core::fail(Errc::kInvalid, "cursor");
  }
  std::string after = cursor->empty() ? std::string() : prefix + *cursor;  // always inside the prefix
  const auto snapshot = store_.snapshot();
  TicketPage page;
  std::string last;
  std::size_t skipped = 0;
  // Where nothing is filtered an entry is a ticket, and is passed over unread.
  const bool is_plain = !reach.inboxes.is_limited() && !query.status && !query.assignee && !query.requester;
  if (is_plain && query.skip > 0 && after.empty()) {
    POSTERN_TRY(const std::vector<storage::Entry> passed,
                snapshot->scan(prefix, query.direction, std::min(query.skip, options_.list_scan_max)));
    if (passed.size() < query.skip) return page;
    after = passed.back().key;
    skipped = query.skip;
  }
  for (std::size_t scanned = 0; !page.has_more; scanned += size + 1) {
    if (scanned > options_.list_scan_max) {
      page.has_more = true;
      last = after;
      break;
    }
    POSTERN_TRY(const std::vector<storage::Entry> entries,
                snapshot->scan(prefix, query.direction, size + 1, after));
    for (const storage::Entry& entry : entries) {
      POSTERN_TRY(const auto record,
                  read_ticket(*snapshot, vault_, workspace, ticket_of_entry(entry.key, query.requester.has_value())));
      if (!record || !is_within(*record, reach) || !matches(*record, query)) continue;
      if (skipped < query.skip) {
        ++skipped;
        continue;
      }
      if (page.tickets.size() == size) {
        page.has_more = true;
        break;
      }
      page.tickets.push_back(shown(*snapshot, vault_, reach, *record));
      last = entry.key;
    }
    if (entries.size() < size + 1) break;
    after = entries.back().key;
  }
  if (page.has_more) page.after = core::to_base64url(std::string_view(last).substr(prefix.size()));
  return page;
}

core::Result<Ticket> Tickets::get(const auth::Reach& reach, core::TicketId id) const {
  const auto snapshot = store_.snapshot();
  POSTERN_TRY(const schema::Ticket record, find_ticket(*snapshot, vault_, reach, id));
  return shown(*snapshot, vault_, reach, record);
}

core::Result<CommentPage> Tickets::comment_page(const auth::Reach& reach, core::TicketId id, core::CommentId after,
                                                std::size_t count, std::size_t bytes_max, storage::Direction direction) const {
  const auto snapshot = store_.snapshot();
  const core::WorkspaceId workspace = reach.workspace;
  POSTERN_CHECK(find_ticket(*snapshot, vault_, reach, id));
  count = bounded_page(count, options_);
  CommentPage page;
  std::size_t bytes = 0;
  const bool is_from_end = direction == storage::Direction::kBackward && !after;
  std::string last = is_from_end ? std::string() : keys::comment(workspace, id, after);
  while (!page.has_more) {
    // A few at a time: a record holds short texts itself, so that a page of long ones would be read far beyond its end.
    POSTERN_TRY(const std::vector<storage::Entry> entries,
                snapshot->scan(keys::comments_prefix(workspace, id), direction, kCommentsAtATime, last));
    for (const storage::Entry& entry : entries) {
      page.has_more = page.comments.size() == count;
      if (page.has_more) break;
      schema::Comment record;
      POSTERN_CHECK(storage::open_record(vault_, workspace, entry.key, entry.value, record));
      POSTERN_TRY(Comment comment, codec::decode(*snapshot, vault_, workspace, record));
      bytes += comment.text.size() + comment.html.size();
      page.has_more = bytes > bytes_max && !page.comments.empty();
      if (page.has_more) break;
      page.comments.push_back(std::move(comment));
      last = entry.key;
    }
    if (entries.size() < kCommentsAtATime) break;
  }
  return page;
}

core::Result<Comment> Tickets::comment(const auth::Reach& reach, core::TicketId id, core::CommentId comment) const {
  const auto snapshot = store_.snapshot();
  POSTERN_CHECK(find_ticket(*snapshot, vault_, reach, id));
  POSTERN_TRY(const schema::Comment record, read_comment(*snapshot, vault_, reach.workspace, id, comment));
  return codec::decode(*snapshot, vault_, reach.workspace, record);
}

core::Result<EventPage> Tickets::event_page(const auth::Reach& reach, core::TicketId id, std::uint64_t after_number,
                                            std::size_t count) const {
  const auto snapshot = store_.snapshot();
  const core::WorkspaceId workspace = reach.workspace;
  POSTERN_CHECK(find_ticket(*snapshot, vault_, reach, id));
  count = bounded_page(count, options_);
  POSTERN_TRY(const std::vector<storage::Entry> entries,
              snapshot->scan(keys::events_prefix(workspace, id), storage::Direction::kForward, count + 1,
                             keys::event(workspace, id, after_number)));
  EventPage page;
  page.has_more = entries.size() > count;
  for (std::size_t i = 0; i < std::min(count, entries.size()); ++i) {
    schema::TicketEvent record;
    POSTERN_CHECK(storage::open_record(vault_, workspace, entries[i].key, entries[i].value, record));
    page.events.push_back(shown(*snapshot, vault_, reach, codec::decode(record)));
  }
  return page;
}

core::Result<std::pair<Attachment, std::string>> Tickets::attachment(const auth::Reach& reach, core::AttachmentId id) const {
  const core::WorkspaceId workspace = reach.workspace;
  const auto snapshot = store_.snapshot();
  const std::string key = keys::attachment(workspace, id);
  POSTERN_TRY(const std::optional<std::string> value, snapshot->get(key));
  if (!value) return core::fail(Errc::kNotFound, "attachment");
  schema::Attachment record;
  POSTERN_CHECK(storage::open_record(vault_, workspace, key, *value, record));
  if (!find_ticket(*snapshot, vault_, reach, core::TicketId{record.ticket()})) return core::fail(Errc::kNotFound, "attachment");
  POSTERN_TRY(std::string content, storage::get_blob(*snapshot, vault_, workspace, record.blob()));
  return std::pair(codec::decode(record), std::move(content));
}

core::Result<std::string> Tickets::raw_message(const auth::Reach& reach, core::TicketId id, core::CommentId comment) const {
  const core::WorkspaceId workspace = reach.workspace;
  const auto snapshot = store_.snapshot();
  POSTERN_CHECK(find_ticket(*snapshot, vault_, reach, id));
  POSTERN_TRY(const schema::Comment record, read_comment(*snapshot, vault_, workspace, id, comment));
  if (record.raw_blob().empty()) return core::fail(Errc::kNotFound, "the comment did not come by mail");
  return storage::get_blob(*snapshot, vault_, workspace, record.raw_blob());
}

core::Result<std::uint64_t> Tickets::count(const auth::Reach& reach, Status status) const {
  const auto snapshot = store_.snapshot();
  if (!reach.inboxes.is_limited()) {
    POSTERN_TRY(const std::optional<std::string> value, snapshot->get(keys::status_counter(reach.workspace, status)));
    return static_cast<std::uint64_t>(std::max<std::int64_t>(0, storage::decode_counter(value)));
  }
  POSTERN_TRY(const std::optional<std::uint64_t> exact, count_in_inboxes(*snapshot, reach.workspace, reach.inboxes.inboxes(), status));
  if (exact) return *exact;
  const std::string prefix = keys::by_status_prefix(reach.workspace, status);
  std::uint64_t out = 0;
  std::string after;
  while (!reach.inboxes.inboxes().empty() && out < kLimitedCountMax) {
    POSTERN_TRY(const std::vector<storage::Entry> entries, snapshot->scan(prefix, storage::Direction::kForward, kCountedAtATime, after));
    for (const storage::Entry& entry : entries) {
      POSTERN_TRY(const auto record, read_ticket(*snapshot, vault_, reach.workspace, ticket_of_entry(entry.key, false)));
      if (record && is_within(*record, reach)) ++out;
    }
    if (entries.size() < kCountedAtATime) break;
    after = entries.back().key;
  }
  return std::min(out, kLimitedCountMax);
}

core::Result<std::vector<Ticket>> Tickets::with_external_id(const auth::Reach& reach, const std::string& external_id) const {
  if (parts_.links == nullptr) return std::vector<Ticket>();
  // As it is stored: what somebody typed went through the redactor.
  const std::string stored = clean_line(redactor_.redact_text(external_id, {"external_id", reach.workspace, {}}).text());
  POSTERN_TRY(const std::vector<core::TicketId> ids, parts_.links->with_external_id(reach.workspace, stored));
  return among(reach, ids);
}

core::Result<std::vector<Ticket>> Tickets::incidents_of(const auth::Reach& reach, core::TicketId problem) const {
  if (parts_.links == nullptr) return std::vector<Ticket>();
  POSTERN_CHECK(get(reach, problem));
  POSTERN_TRY(const std::vector<core::TicketId> ids, parts_.links->incidents_of(reach.workspace, problem));
  return among(reach, ids);
}

core::Result<std::vector<Ticket>> Tickets::among(const auth::Reach& reach, std::span<const core::TicketId> ids) const {
  const auto snapshot = store_.snapshot();
  std::vector<Ticket> out;
  for (const core::TicketId id : ids) {
    POSTERN_TRY(const auto record, read_ticket(*snapshot, vault_, reach.workspace, id));
    const bool is_there = record && record->deleted_unix_ms() == 0 && is_within(*record, reach);
    if (is_there) out.push_back(shown(*snapshot, vault_, reach, *record));
  }
  return out;
}

core::Result<bool> Tickets::has_written(const auth::Reach& reach, core::UserId requester) const {
  TicketQuery query;
  query.requester = requester;
  query.size = 1;
  POSTERN_TRY(const TicketPage page, list(reach, query));
  return !page.tickets.empty();
}

}  // namespace postern::ticketing
