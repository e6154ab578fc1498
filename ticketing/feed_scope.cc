#include "ticketing/feed_scope.h"

#include <algorithm>
#include <array>

#include "storage/schema/ticket.pb.h"
#include "ticketing/detail/keys.h"
#include "ticketing/errc.h"

namespace postern::ticketing {
namespace {

// Kinds of change whose object is a ticket; of "mail." ones the detail is an inbox.
constexpr std::array<std::string_view, 9> kOfTickets{"ticket.created", "ticket.status",    "ticket.assignee", "comment.added", "comment.delivery",
                                                     "comment.redacted", "outbox.queued", "queue.retry",     "queue.hold"};
constexpr std::array<std::string_view, 10> kOfTicketsToo{"queue.release",   "queue.drop",   "ticket.changed",  "ticket.deleted",
                                                        "ticket.restored", "ticket.merged", "ticket.join_requested", "comment.moved", "comment.withdrawn",
                                                        "ticket.sla_breached"};
constexpr std::array<std::string_view, 3> kOfInboxes{"mail.suspended", "mail.recovered", "mail.deleted"};

bool is_one_of(const auto& kinds, std::string_view kind) { return std::ranges::find(kinds, kind) != kinds.end(); }

// "ticket/12" at the beginning of what a step says, or nothing.
std::string_view ticket_word(std::string_view detail) {
  constexpr std::string_view kWord = "ticket/";
  const std::size_t at = detail.find(kWord);
  if (at == std::string_view::npos) return {};
  const std::size_t end = detail.find_first_not_of("0123456789", at + kWord.size());
  return detail.substr(at, end == std::string_view::npos ? end : end - at);
}

bool is_held_within(const storage::Snapshot& snapshot, const auth::Reach& reach, core::TraceId trace) {
  return std::ranges::any_of(reach.inboxes.inboxes(), [&](core::InboxId inbox) {
    const auto value = snapshot.get(keys::suspended(reach.workspace, trace, inbox));
    return value && *value;
  });
}

}  // namespace

bool inbox_within(const storage::Snapshot& snapshot, const storage::Vault& vault, const auth::Reach& reach, core::TicketId ticket) {
  const std::string key = keys::ticket(reach.workspace, ticket);
  const auto value = snapshot.get(key);
  schema::Ticket record;
  if (!value || !*value || !storage::open_record(vault, reach.workspace, key, **value, record)) return false;
  return reach.inboxes.has(core::InboxId{record.inbox()});
}

FeedScope::FeedScope(const storage::Store& store, const storage::Vault& vault, auth::Reach reach)
    : store_(store), vault_(vault), reach_(std::move(reach)) {}

void FeedScope::set_reach(auth::Reach reach) {
  if (reach.inboxes == reach_.inboxes) return;
  reach_ = std::move(reach);
  tickets_.clear();
}

storage::FeedEntry FeedScope::within(storage::FeedEntry entry) {
  if (!reach_.inboxes.is_limited()) return entry;
  std::erase_if(entry.changes, [this](const storage::Change& each) { return !is_within(each); });
  return entry;
}

bool FeedScope::is_within(const storage::Change& change) {
  if (is_one_of(kOfInboxes, change.kind)) return reach_.inboxes.has(core::InboxId{change.detail});
  const bool is_of_ticket = is_one_of(kOfTickets, change.kind) || is_one_of(kOfTicketsToo, change.kind);
  return is_of_ticket && change.object != 0 && has_ticket(change.object);
}

bool FeedScope::has_ticket(std::uint64_t id) {
  if (const auto known = tickets_.find(id); known != tickets_.end()) return known->second;
  if (tickets_.size() >= kRemembered) tickets_.clear();
  const bool is_inside = inbox_within(*store_.snapshot(), vault_, reach_, core::TicketId{id});
  tickets_.emplace(id, is_inside);
  return is_inside;
}

core::Result<Trace> within(const storage::Store& store, const storage::Vault& vault, const auth::Reach& reach, Trace trace) {
  if (!reach.inboxes.is_limited()) return trace;
  const auto snapshot = store.snapshot();
  std::erase_if(trace.tickets, [&](std::uint64_t id) { return !inbox_within(*snapshot, vault, reach, core::TicketId{id}); });
  if (trace.tickets.empty() && !is_held_within(*snapshot, reach, trace.id)) return core::fail(Errc::kNotFound, "trace");
  std::erase_if(trace.steps, [&trace](const TraceStep& step) {
    const std::string_view word = ticket_word(step.detail);
    const auto names = [word](std::uint64_t id) { return word == "ticket/" + std::to_string(id); };
    return !word.empty() && std::ranges::none_of(trace.tickets, names);
  });
  return trace;
}

}  // namespace postern::ticketing
