#include "ticketing/trace_search.h"

#include <algorithm>
#include <set>

#include "auth/contacts.h"
#include "core/encoding.h"
#include "storage/schema/ticket.pb.h"
#include "ticketing/detail/codec.h"
#include "ticketing/detail/damage.h"
#include "ticketing/detail/keys.h"
#include "ticketing/errc.h"
#include "ticketing/feed_scope.h"
#include "ticketing/people/people_keys.h"

namespace postern::ticketing {
namespace {

using TraceIds = std::set<std::uint64_t, std::greater<>>;

struct TraceLook {
  const storage::Store& store;
  const storage::Vault& vault;
  const Directory& directory;
  const auth::Reach& reach;
  const TraceQuery& query;
  const TraceSearchLimits& limits;
  std::shared_ptr<const storage::Snapshot> snapshot;
  core::WorkspaceId workspace() const { return reach.workspace; }
};

bool is_same_address(const schema::MailAddress& one, const std::string& canonical) {
  return pipeline::EmailAddress{one.local(), one.domain()}.canonical() == canonical;
}

std::string canonical_of(const std::string& address) { return pipeline::split_address(address).canonical(); }

// Of one comment, what the query's address makes of it.
void add_of_comment(const TraceLook& look, const schema::Comment& comment, core::UserId sender, const std::string& recipient, TraceIds& out) {
  if (comment.trace() != 0 && !look.query.recipient && (!sender || comment.author() == sender.value)) out.insert(comment.trace());
  if (look.query.sender) return;
  for (const schema::DeliveryState& each : comment.deliveries()) {
    const bool is_wanted = !look.query.recipient || canonical_of(each.rcpt()) == recipient;
    if (is_wanted) out.insert(each.outbox());
  }
}

core::Result<void> add_of_ticket(const TraceLook& look, core::TicketId ticket, core::UserId sender, const std::string& recipient, TraceIds& out) {
  if (!inbox_within(*look.snapshot, look.vault, look.reach, ticket)) return {};
  POSTERN_TRY(const std::vector<storage::Entry> entries,
              look.snapshot->scan(keys::comments_prefix(look.workspace(), ticket), storage::Direction::kBackward, look.limits.comments_max));
  for (const storage::Entry& each : entries) {
    schema::Comment comment;
    const auto opened = storage::open_record(look.vault, look.workspace(), each.key, each.value, comment);
    if (!opened && !is_damage(opened.error())) return opened.error();
    if (opened) add_of_comment(look, comment, sender, recipient, out);
  }
  return {};
}

core::Result<void> add_held(const TraceLook& look, TraceIds& out) {
  POSTERN_TRY(const std::vector<storage::Entry> entries,
              look.snapshot->scan(keys::suspended_prefix(look.workspace()), storage::Direction::kBackward, look.limits.held_max));
  const std::string sender = look.query.sender ? canonical_of(*look.query.sender) : std::string();
  for (const storage::Entry& each : entries) {
    schema::Suspended held;
    const auto opened = storage::open_record(look.vault, look.workspace(), each.key, each.value, held);
    if (!opened && !is_damage(opened.error())) return opened.error();
    if (!opened) continue;
    const auto is_his = [&sender](const schema::MailAddress& one) { return is_same_address(one, sender); };
    const bool is_sent = look.query.sender && (is_his(held.mail_from()) || std::ranges::any_of(held.from(), is_his));
    const bool is_named = look.query.message_id && held.message_id() == *look.query.message_id;
    if (is_sent || is_named) out.insert(held.trace());
  }
  return {};
}

core::Result<void> add_named(const TraceLook& look, TraceIds& out) {
  POSTERN_TRY(const std::string hash, look.vault.content_hash(look.workspace(), "message-id:" + *look.query.message_id));
  for (const Inbox& inbox : look.directory.inboxes_of(look.workspace())) {
    POSTERN_TRY(const auto value, look.snapshot->get(keys::message_id(look.workspace(), inbox.id, hash)));
    schema::MessageIdIndex index;
    if (!value) continue;
    POSTERN_CHECK(storage::parse_record(*value, index));
    const core::TicketId ticket{index.ticket()};
    if (!inbox_within(*look.snapshot, look.vault, look.reach, ticket)) continue;
    const std::string key = keys::comment(look.workspace(), ticket, core::CommentId{index.comment()});
    POSTERN_TRY(const auto stored, look.snapshot->get(key));
    schema::Comment comment;
    if (!stored) continue;
    POSTERN_CHECK(storage::open_record(look.vault, look.workspace(), key, *stored, comment));
    add_of_comment(look, comment, {}, {}, out);
  }
  return add_held(look, out);
}

// His own first, then those that are copied to him.
core::Result<std::vector<core::TicketId>> newest_tickets_of(const TraceLook& look, core::UserId user) {
  std::vector<core::TicketId> out;
  for (const std::string& prefix : {keys::by_requester_prefix(look.workspace(), user), people_keys::tickets_copied_to(look.workspace(), user)}) {
    POSTERN_TRY(const std::vector<storage::Entry> entries, look.snapshot->scan(prefix, storage::Direction::kForward, look.limits.tickets_max));
    for (const storage::Entry& each : entries) out.push_back(core::TicketId{~people_keys::last_number(each.key)});
  }
  return out;
}

core::Result<void> add_of_person(const TraceLook& look, const std::string& address, TraceIds& out) {
  if (look.query.sender) POSTERN_CHECK(add_held(look, out));
  POSTERN_TRY(const core::UserId user, auth::find_contact(*look.snapshot, look.workspace(), address));
  if (!user) return {};
  POSTERN_TRY(const std::vector<core::TicketId> tickets, newest_tickets_of(look, user));
  for (const core::TicketId each : tickets) {
    POSTERN_CHECK(add_of_ticket(look, each, look.query.sender ? user : core::UserId(), canonical_of(address), out));
  }
  return {};
}

bool is_in_time(const TraceLook& look, std::uint64_t id) {
  const std::int64_t made = core::made_unix_ms(id);
  return made >= look.query.since_unix_ms && (look.query.until_unix_ms == 0 || made < look.query.until_unix_ms);
}

// False: it is not there, or not for this reader.
core::Result<bool> add_trace(const TraceLook& look, std::uint64_t id, TracePage& page) {
  core::Result<Trace> found = find_trace(look.store, look.vault, {look.workspace()}, core::TraceId{id});
  if (found) found = within(look.store, look.vault, look.reach, *std::move(found));
  if (!found && (found.error() == Errc::kNotFound || is_damage(found.error()))) return false;
  if (!found) return found.error();
  page.traces.push_back(*std::move(found));
  return true;
}

core::Result<TracePage> page_of(const TraceLook& look, const TraceIds& ids) {
  TracePage page;
  for (const std::uint64_t id : ids) {
    if ((look.query.before && id >= look.query.before.value) || !is_in_time(look, id)) continue;
    page.has_more = page.traces.size() == look.query.size;
    if (page.has_more) break;
    POSTERN_CHECK(add_trace(look, id, page));
    page.last = core::TraceId{id};
  }
  return page;
}

core::Result<TracePage> page_of_time(const TraceLook& look) {
  TracePage page;
  const std::string prefix = keys::traces_prefix(look.workspace());
  const std::uint64_t end = look.query.until_unix_ms == 0 ? 0 : core::first_id_at(look.query.until_unix_ms);
  const std::uint64_t from = look.query.before && (end == 0 || look.query.before.value < end) ? look.query.before.value : end;
  std::string last = from == 0 ? std::string() : keys::trace(look.workspace(), core::TraceId{from});
  constexpr std::size_t kAtATime = 100;
  for (std::size_t scanned = 0; scanned < look.limits.scanned_max; scanned += kAtATime) {
    POSTERN_TRY(const std::vector<storage::Entry> entries, look.snapshot->scan(prefix, storage::Direction::kBackward, kAtATime, last));
    for (const storage::Entry& each : entries) {
      storage::KeyReader key(each.key);
      const std::uint64_t id = key.u64();
      if (core::made_unix_ms(id) < look.query.since_unix_ms) return page;
      page.has_more = page.traces.size() == look.query.size;
      if (page.has_more) return page;
      POSTERN_CHECK(add_trace(look, id, page));
      page.last = core::TraceId{id};
    }
    if (entries.size() < kAtATime) return page;
    last = entries.back().key;
  }
  page.has_more = true;  // not looked at yet
  return page;
}

}  // namespace

core::Result<TracePage> search_traces(const storage::Store& store, const storage::Vault& vault, const Directory& directory, const auth::Reach& reach,
                                      const TraceQuery& query, const TraceSearchLimits& limits) {
  const TraceLook look{store, vault, directory, reach, query, limits, store.snapshot()};
  const bool is_narrow = query.sender || query.recipient || query.message_id || query.ticket;
  if (!is_narrow) return page_of_time(look);
  std::optional<TraceIds> all;
  const auto meet = [&all](TraceIds found) {
    if (all) std::erase_if(found, [&all](std::uint64_t id) { return !all->contains(id); });
    all = std::move(found);
  };
  if (query.ticket) {
    TraceIds found;
    POSTERN_CHECK(add_of_ticket(look, query.ticket, {}, query.recipient ? canonical_of(*query.recipient) : std::string(), found));
    meet(std::move(found));
  }
  if (query.message_id) {
    TraceIds found;
    POSTERN_CHECK(add_named(look, found));
    meet(std::move(found));
  }
  for (const auto* address : {&query.sender, &query.recipient}) {
    if (!*address) continue;
    TraceIds found;
    POSTERN_CHECK(add_of_person(look, **address, found));
    meet(std::move(found));
  }
  return page_of(look, *all);
}

}  // namespace postern::ticketing
