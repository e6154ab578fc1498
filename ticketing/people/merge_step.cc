#include "ticketing/people/merge_step.h"

#include <algorithm>

#include "storage/records.h"
#include "storage/schema/satisfaction.pb.h"
#include "storage/schema/ticket.pb.h"
#include "ticketing/detail/damage.h"
#include "ticketing/detail/keys.h"
#include "ticketing/detail/ticket_draft.h"
#include "ticketing/satisfaction/rating_keys.h"

namespace postern::ticketing {
namespace {

constexpr std::size_t kCommentsReadAtATime = 100;

// Comments of the person, at most so many; those that cannot be read stay theirs.
core::Result<std::vector<core::CommentId>> comments_by(const Basics& with, const storage::Snapshot& snapshot, core::WorkspaceId workspace,
                                                       core::TicketId ticket, core::UserId person, std::size_t most) {
  std::vector<core::CommentId> out;
  std::string after;
  for (;;) {
    POSTERN_TRY(const auto entries, snapshot.scan(keys::comments_prefix(workspace, ticket), storage::Direction::kForward, kCommentsReadAtATime, after));
    for (const storage::Entry& each : entries) {
      schema::Comment comment;
      const auto opened = storage::open_record(with.vault, workspace, each.key, each.value, comment);
      if (!opened && !is_damage(opened.error())) return opened.error();
      if (opened && comment.author() == person.value) out.push_back(core::CommentId{comment.id()});
      if (out.size() == most) return out;
    }
    if (entries.size() < kCommentsReadAtATime) return out;
    after = entries.back().key;
  }
}

bool names(const schema::Ticket& ticket, core::UserId person) {
  return ticket.requester() == person.value || ticket.submitter() == person.value || ticket.forwarded_from() == person.value ||
         std::ranges::find(ticket.ccs(), person.value) != ticket.ccs().end();
}

core::Result<bool> move_rating(const Basics& with, storage::Transaction& transaction, core::WorkspaceId workspace, core::TicketId ticket,
                               core::UserId from, core::UserId into) {
  const std::string key = rating_keys::of_ticket(workspace, ticket);
  POSTERN_TRY(const auto value, transaction.get(key));
  schema::SatisfactionRating rating;
  if (!value || !storage::open_record(with.vault, workspace, key, *value, rating) || rating.requester() != from.value) return false;
  rating.set_requester(into.value);
  POSTERN_CHECK(storage::put_sealed(transaction, with.vault, workspace, key, rating));
  return true;
}

core::Result<void> move_copies(TicketDraft& ticket, core::UserId actor, core::UserId from, core::UserId into) {
  const schema::Ticket& record = ticket.record();
  const bool is_copied = std::ranges::find(record.ccs(), from.value) != record.ccs().end();
  std::vector<core::UserId> ccs;
  for (const std::uint64_t each : record.ccs()) {
    const core::UserId user{each == from.value ? into.value : each};
    if (user.value != record.requester() && std::ranges::find(ccs, user) == ccs.end()) ccs.push_back(user);
  }
  const bool is_less = ccs.size() != static_cast<std::size_t>(record.ccs_size());
  if (!is_copied && !is_less) return {};
  return ticket.set_ccs(actor, std::move(ccs));
}

}  // namespace

core::Result<bool> has_part_in(const Basics& with, const storage::Snapshot& snapshot, core::WorkspaceId workspace, core::TicketId ticket,
                               core::UserId person) {
  const std::string key = keys::ticket(workspace, ticket);
  POSTERN_TRY(const auto value, snapshot.get(key));
  if (!value) return false;
  schema::Ticket record;
  POSTERN_CHECK(storage::open_record(with.vault, workspace, key, *value, record));
  if (names(record, person)) return true;
  POSTERN_TRY(const auto comments, comments_by(with, snapshot, workspace, ticket, person, 1));
  return !comments.empty();
}

core::Result<MergedTicket> merge_in_ticket(const Services& with, storage::Transaction& transaction, core::WorkspaceId workspace, core::TicketId id,
                                           core::UserId actor, core::UserId from, core::UserId into, std::size_t comments_max) {
  MergedTicket out;
  POSTERN_TRY(TicketDraft ticket, TicketDraft::open(with, transaction, workspace, id));
  POSTERN_TRY(const auto comments, comments_by(with, transaction.snapshot(), workspace, id, from, comments_max + 1));
  POSTERN_TRY(const bool has_rating, move_rating(with, transaction, workspace, id, from, into));
  schema::Ticket& record = ticket.record();
  out.is_any = has_rating || names(record, from) || !comments.empty();
  if (!out.is_any) return out;
  const std::uint64_t submitter = record.submitter();  // 0: the requester, whoever that is
  if (record.forwarded_from() == from.value) record.set_forwarded_from(into.value);
  if (record.requester() == from.value) POSTERN_CHECK(ticket.set_requester(actor, into));
  record.set_submitter(submitter == from.value ? into.value : submitter);
  POSTERN_CHECK(move_copies(ticket, actor, from, into));
  for (const core::CommentId each : comments) {
    if (out.comments == comments_max) break;
    POSTERN_TRY(schema::Comment comment, ticket.read_comment(each));  // with conflict detection
    comment.set_author(into.value);
    POSTERN_CHECK(ticket.rewrite_comment(comment));
    ++out.comments;
  }
  out.is_over = out.comments == comments.size();
  POSTERN_CHECK(ticket.save(false));
  return out;
}

}  // namespace postern::ticketing
