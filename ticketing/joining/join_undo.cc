// Taking an answer to a request to join back. An acceptance kept ids, times and states, nothing that somebody wrote, so that there
// is no copy for a removal by hand to find.
#include <algorithm>

#include "storage/records.h"
#include "ticketing/bulk/comment_removal.h"
#include "ticketing/bulk/merge.h"
#include "ticketing/detail/keys.h"
#include "ticketing/joining/join_record.h"
#include "ticketing/people/survivors.h"
#include "ticketing/people/transact.h"
#include "ticketing/senders/keys.h"

namespace postern::ticketing {

JoinRequest to_join_request(const schema::JoinRequest& from) {
  JoinRequest out;
  out.ticket = core::TicketId{from.ticket()};
  out.made = core::TicketId{from.made()};
  out.person = core::UserId{from.person()};
  out.evidence = from.evidence();
  out.is_proven = from.is_proven();
  out.at_unix_ms = from.at_unix_ms();
  out.state = static_cast<JoinState>(from.state());
  out.answered_by = core::UserId{from.answered_by()};
  out.answered_unix_ms = from.answered_unix_ms();
  return out;
}

std::string join_request_key(core::WorkspaceId workspace, const schema::JoinRequest& record) {
  return intake_keys::join_request(workspace, core::TicketId{record.ticket()}, core::TicketId{record.made()});
}

core::Result<schema::JoinRequest> open_join_request(const Basics& with, storage::Transaction& transaction, core::WorkspaceId workspace,
                                                    core::TicketId ticket, core::TicketId made) {
  const std::string key = intake_keys::join_request(workspace, ticket, made);
  POSTERN_TRY(const std::optional<std::string> value, transaction.get(key));
  if (!value) return core::fail(Errc::kNotFound, "join request");
  schema::JoinRequest record;
  POSTERN_CHECK(storage::open_record(with.vault, workspace, key, *value, record));
  return record;
}

std::string join_word(core::TicketId id) { return "ticket/" + std::to_string(id.value); }

namespace {

core::Error not_undone(std::string why) { return core::fail(Errc::kInvalid, std::move(why)); }

// Comments that are still here; the others were split off, removed or erased.
core::Result<std::vector<core::CommentId>> still_here(TicketDraft& claimed, const schema::JoinAcceptance& done) {
  std::vector<core::CommentId> out;
  for (const std::uint64_t each : done.comments()) {
    const auto comment = claimed.read_comment(core::CommentId{each});
    if (!comment && comment.error() != Errc::kNotFound) return comment.error();
    if (comment) out.push_back(core::CommentId{each});
  }
  return out;
}

core::Result<void> let_out(const Services& with, const auth::Principal& by, TicketDraft& claimed, core::UserId brought) {
  if (!brought) return {};
  POSTERN_TRY(const core::UserId person, survivor_of(claimed.transaction(), with.vault, by.workspace, brought));
  std::vector<core::UserId> ccs;
  for (const std::uint64_t each : claimed.record().ccs()) {
    if (each != brought.value && each != person.value) ccs.push_back(core::UserId{each});
  }
  return claimed.set_ccs(by.user, std::move(ccs));
}

// The record with the state of before: restore() then asks no rule, and counts no times anew.
void give_state_back(TicketDraft& ticket, const schema::JoinedSide& side) {
  schema::Ticket to = ticket.record();
  const bool is_other_status = to.status() != side.status();
  to.set_status(side.status());
  to.set_custom_status(side.custom_status());
  to.clear_metrics();
  to.clear_service();
  if (side.has_metrics()) *to.mutable_metrics() = side.metrics();
  if (side.has_service()) *to.mutable_service() = side.service();
  ticket.restore(to);
  if (is_other_status) ticket.transaction().record(ticket.workspace(), {"ticket.status", ticket.id().value, 0});
}

core::Result<void> take_acceptance_back(const Services& with, storage::Transaction& transaction, const auth::Principal& by,
                                        const schema::JoinRequest& record, TicketDraft& claimed) {
  const core::TicketId made{record.made()};
  const schema::JoinAcceptance& done = record.acceptance();
  if (!record.has_acceptance()) return not_undone("it was accepted by an older version; split the comments off");
  POSTERN_TRY(TicketDraft own, open_within(with, transaction, by, made));
  if (claimed.status() == Status::kClosed) return not_undone(join_word(claimed.id()) + " is closed");
  if (own.record().merged_into() != claimed.id().value || own.status() != Status::kClosed)
    return not_undone(join_word(made) + " was changed since");
  POSTERN_TRY(const std::vector<core::CommentId> comments, still_here(claimed, done));
  if (comments.empty()) return not_undone("its comments are not here any more");
  const bool is_as_it_was = claimed.record().version() == done.claimed().version_after();
  const schema::TicketMetrics metrics = claimed.record().metrics();
  POSTERN_CHECK(move_comments(with, claimed, own, comments));
  POSTERN_CHECK(let_out(with, by, claimed, core::UserId{done.brought_cc()}));
  POSTERN_CHECK(claimed.add_event(by.user, "undone", "join"));
  POSTERN_CHECK(audit_ticket(with, claimed, by, "ticket.join_undone", join_word(made)));
  if (is_as_it_was) {
    give_state_back(claimed, done.claimed());
  } else {
    schema::Ticket as_is = claimed.record();
    *as_is.mutable_metrics() = metrics;
    claimed.restore(as_is);
  }
  POSTERN_CHECK(claimed.save(true));
  POSTERN_CHECK(remove_comments(own, done.notes()));
  own.record().clear_merged_into();
  POSTERN_CHECK(own.add_event(by.user, "undone", "join"));
  POSTERN_CHECK(audit_ticket(with, own, by, "ticket.join_undone", join_word(claimed.id())));
  give_state_back(own, done.made());
  return own.save(true);
}

}  // namespace

core::Task<core::Result<JoinRequest>> JoinRequests::undo(auth::Principal by, core::TicketId ticket, core::TicketId made) {
  if (!auth::may(by, auth::Permission::kTicketsWrite)) co_return core::fail(auth::Errc::kForbidden);
  auto change = [this, &by, ticket, made](storage::Transaction& transaction) -> core::Result<JoinRequest> {
    POSTERN_TRY(TicketDraft claimed, open_within(with_, transaction, by, ticket));
    POSTERN_TRY(schema::JoinRequest record, open_join_request(with_, transaction, by.workspace, ticket, made));
    const auto state = static_cast<JoinState>(record.state());
    if (state == JoinState::kWaiting) return core::fail(Errc::kConflict, "the request has not been answered");
    if (state == JoinState::kAccepted) {
      POSTERN_CHECK(take_acceptance_back(with_, transaction, by, record, claimed));
    } else {
      POSTERN_CHECK(audit_ticket(with_, claimed, by, "ticket.join_undone", join_word(made)));
    }
    record.set_state(static_cast<std::uint32_t>(JoinState::kWaiting));
    record.clear_answered_by();
    record.clear_answered_unix_ms();
    record.clear_acceptance();
    transaction.record(by.workspace, {"ticket.join_requested", record.ticket(), record.made()});
    POSTERN_CHECK(storage::put_sealed(transaction, with_.vault, by.workspace, join_request_key(by.workspace, record), record));
    return to_join_request(record);
  };
  co_return co_await transact_people(with_, std::move(change));
}

}  // namespace postern::ticketing
