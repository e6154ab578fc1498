#include "ticketing/joining/join_requests.h"

#include <algorithm>

#include "storage/records.h"
#include "storage/schema/intake.pb.h"
#include "ticketing/bulk/merge.h"
#include "ticketing/detail/damage.h"
#include "ticketing/detail/keys.h"
#include "ticketing/joining/join_record.h"
#include "ticketing/people/survivors.h"
#include "ticketing/people/transact.h"
#include "ticketing/senders/keys.h"

namespace postern::ticketing {
namespace {

core::Error join_refused(std::string why) { return core::fail(Errc::kInvalid, std::move(why)); }

// Those of one ticket, oldest first: the tickets of their mails have ascending numbers. Damaged ones are passed over.
core::Result<std::vector<schema::JoinRequest>> requests_of(const Basics& with, const storage::Snapshot& snapshot,
                                                           core::WorkspaceId workspace, core::TicketId ticket) {
  POSTERN_TRY(const std::vector<storage::Entry> entries,
              snapshot.scan(intake_keys::join_requests_prefix(workspace, ticket), storage::Direction::kForward,
                            kJoinRequestsMax));
  std::vector<schema::JoinRequest> out;
  for (const storage::Entry& entry : entries) {
    schema::JoinRequest record;
    const auto opened = storage::open_record(with.vault, workspace, entry.key, entry.value, record);
    if (!opened && !is_damage(opened.error())) return opened.error();
    if (opened) out.push_back(std::move(record));
  }
  return out;
}

// Read to be answered: with conflict detection, so that two agents do not answer differently.
core::Result<schema::JoinRequest> open_waiting(const Basics& with, storage::Transaction& transaction,
                                               const auth::Principal& by, core::TicketId ticket, core::TicketId made) {
  POSTERN_TRY(schema::JoinRequest record, open_join_request(with, transaction, by.workspace, ticket, made));
  if (static_cast<JoinState>(record.state()) != JoinState::kWaiting)
    return core::fail(Errc::kConflict, "the request has been answered");
  return record;
}

core::Result<void> put_answer(const Basics& with, storage::Transaction& transaction, const auth::Principal& by,
                              schema::JoinRequest& record, JoinState state) {
  record.set_state(static_cast<std::uint32_t>(state));
  record.set_answered_by(by.user.value);
  record.set_answered_unix_ms(with.now_ms());
  transaction.record(by.workspace, {"ticket.join_requested", record.ticket(), record.made()});
  return storage::put_sealed(transaction, with.vault, by.workspace, join_request_key(by.workspace, record), record);
}

core::Result<std::vector<core::CommentId>> comments_of(const storage::Transaction& transaction,
                                                       core::WorkspaceId workspace, core::TicketId ticket) {
  POSTERN_TRY(const std::vector<storage::Entry> entries,
              transaction.snapshot().scan(keys::comments_prefix(workspace, ticket), storage::Direction::kForward,
                                          kJoinedCommentsMax + 1));
  if (entries.size() > kJoinedCommentsMax) return join_refused("its ticket has too many comments; merge it instead");
  std::vector<core::CommentId> out;
  for (const storage::Entry& entry : entries) {
    storage::KeyReader reader(entry.key);
    (void)reader.u64();
    out.push_back(core::CommentId{reader.u64()});
  }
  return out;
}

bool is_there(const Basics& with, const storage::Snapshot& snapshot, const auth::Reach& reach, core::TicketId ticket) {
  const std::string key = keys::ticket(reach.workspace, ticket);
  const auto value = snapshot.get(key);
  schema::Ticket record;
  if (!value || !*value || !storage::open_record(with.vault, reach.workspace, key, **value, record)) return false;
  return record.deleted_unix_ms() == 0 && reach.inboxes.has(core::InboxId{record.inbox()});
}

bool sleeps(Status status) {
  return status == Status::kPending || status == Status::kHold || status == Status::kSolved;
}

// Whom it brought: nobody when he is on the ticket already.
core::Result<core::UserId> let_in(const Services& with, const auth::Principal& by, TicketDraft& target, core::UserId person) {
  if (target.is_participant(person)) return core::UserId{};
  if (static_cast<std::size_t>(target.record().ccs_size()) >= with.options.participants_max)
    return join_refused("the ticket has too many CCs");
  std::vector<core::UserId> ccs;
  for (const std::uint64_t each : target.record().ccs()) ccs.push_back(core::UserId{each});
  ccs.push_back(person);
  POSTERN_CHECK(target.set_ccs(by.user, std::move(ccs)));
  return person;
}

// Once it is saved: what it was before.
void remember_side(const TicketDraft& saved, schema::JoinedSide& side) {
  const schema::Ticket& before = *saved.before();
  side.set_status(before.status());
  side.set_custom_status(before.custom_status());
  if (before.has_metrics()) *side.mutable_metrics() = before.metrics();
  if (before.has_service()) *side.mutable_service() = before.service();
  side.set_version_after(saved.record().version());
}

core::Result<void> close_own(const Services& with, const auth::Principal& by, TicketDraft& source,
                             core::TicketId target, schema::JoinAcceptance& done) {
  const CleanNote note{"This ticket was joined to #" + std::to_string(target.value) + ".", {}, {}, {}};
  POSTERN_TRY(const core::CommentId said, add_note(with, source, by, note, false));
  done.add_notes(said.value);
  POSTERN_CHECK(source.set_custom_status(by.user, 0, Status::kClosed));
  source.record().set_merged_into(target.value);
  POSTERN_CHECK(source.add_event(by.user, "merged_into", join_word(target)));
  POSTERN_CHECK(audit_ticket(with, source, by, "ticket.join_accepted", join_word(target)));
  POSTERN_CHECK(source.save(true));
  remember_side(source, *done.mutable_made());
  return {};
}

}  // namespace

std::string_view to_string(JoinState state) {
  switch (state) {
    case JoinState::kWaiting: return "waiting";
    case JoinState::kAccepted: return "accepted";
    case JoinState::kRefused: return "refused";
  }
  return "waiting";
}

core::Result<void> ask_to_join(const Basics& with, storage::Transaction& transaction, core::WorkspaceId workspace,
                               const JoinWish& wish) {
  POSTERN_TRY(const std::vector<schema::JoinRequest> known,
              requests_of(with, transaction.snapshot(), workspace, wish.ticket));
  const bool was_refused = std::ranges::any_of(known, [&wish](const schema::JoinRequest& each) {
    return each.person() == wish.person.value && static_cast<JoinState>(each.state()) == JoinState::kRefused;
  });
  if (was_refused || known.size() >= kJoinRequestsMax) return {};
  schema::JoinRequest record;
  record.set_ticket(wish.ticket.value);
  record.set_made(wish.made.value);
  record.set_person(wish.person.value);
  record.set_evidence(wish.evidence);
  record.set_is_proven(wish.is_proven);
  record.set_at_unix_ms(with.now_ms());
  record.set_state(static_cast<std::uint32_t>(JoinState::kWaiting));
  transaction.record(workspace, {"ticket.join_requested", wish.ticket.value, wish.made.value});
  return storage::put_sealed(transaction, with.vault, workspace, join_request_key(workspace, record), record);
}

core::Result<std::vector<JoinRequest>> JoinRequests::of(const auth::Reach& reach, core::TicketId ticket) const {
  const auto snapshot = with_.store.snapshot();
  if (!is_there(with_, *snapshot, reach, ticket)) return core::fail(Errc::kNotFound, join_word(ticket));
  POSTERN_TRY(const std::vector<schema::JoinRequest> all, requests_of(with_, *snapshot, reach.workspace, ticket));
  std::vector<JoinRequest> out;
  for (const schema::JoinRequest& each : all) {
    if (is_there(with_, *snapshot, reach, core::TicketId{each.made()})) out.push_back(to_join_request(each));
  }
  return out;
}

core::Result<JoinPage> JoinRequests::page(const auth::Reach& reach, std::optional<JoinState> state, JoinCursor after, std::size_t size) const {
  constexpr std::size_t kAtATime = 100;
  const auto snapshot = with_.store.snapshot();
  JoinPage out;
  out.last = after;
  std::string behind = after.ticket ? intake_keys::join_request(reach.workspace, after.ticket, after.made) : std::string();
  for (std::size_t looked = 0; looked < kJoinRequestsLookedMax;) {
    POSTERN_TRY(const std::vector<storage::Entry> entries,
                snapshot->scan(intake_keys::join_requests_prefix(reach.workspace), storage::Direction::kBackward, kAtATime, behind));
    for (const storage::Entry& entry : entries) {
      if (out.requests.size() == size) return out.has_more = true, out;
      behind = entry.key;
      ++looked;
      storage::KeyReader key(entry.key);
      (void)key.u64();
      out.last.ticket = core::TicketId{key.u64()};
      out.last.made = core::TicketId{key.u64()};
      schema::JoinRequest record;
      const auto opened = storage::open_record(with_.vault, reach.workspace, entry.key, entry.value, record);
      if (!opened && !is_damage(opened.error())) return opened.error();
      if (!opened || (state && record.state() != static_cast<std::uint32_t>(*state))) continue;
      if (!is_there(with_, *snapshot, reach, out.last.ticket) || !is_there(with_, *snapshot, reach, out.last.made)) continue;
      out.requests.push_back(to_join_request(record));
    }
    if (entries.size() < kAtATime) return out;
  }
  out.has_more = true;
  return out;
}

core::Task<core::Result<JoinRequest>> JoinRequests::accept(auth::Principal by, core::TicketId ticket,
                                                           core::TicketId made) {
  if (!auth::may(by, auth::Permission::kTicketsWrite)) co_return core::fail(auth::Errc::kForbidden);
  auto change = [this, &by, ticket, made](storage::Transaction& transaction) -> core::Result<JoinRequest> {
    POSTERN_TRY(TicketDraft target, open_within(with_, transaction, by, ticket));
    POSTERN_TRY(schema::JoinRequest record, open_waiting(with_, transaction, by, ticket, made));
    POSTERN_TRY(TicketDraft source, open_within(with_, transaction, by, made));
    if (target.status() == Status::kClosed) return join_refused(join_word(ticket) + " is closed");
    if (source.record().merged_into() != 0) return join_refused(join_word(made) + " has been merged");
    POSTERN_TRY(const std::vector<core::CommentId> comments, comments_of(transaction, by.workspace, made));
    POSTERN_CHECK(move_comments(with_, source, target, comments));
    POSTERN_TRY(const core::UserId person, survivor_of(transaction, with_.vault, by.workspace, core::UserId{record.person()}));
    POSTERN_TRY(const core::UserId brought, let_in(with_, by, target, person));
    if (sleeps(target.status())) POSTERN_CHECK(target.set_status(by.user, Status::kOpen));
    POSTERN_CHECK(target.add_event(by.user, "join_accepted", join_word(made)));
    POSTERN_CHECK(audit_ticket(with_, target, by, "ticket.join_accepted", join_word(made)));
    POSTERN_CHECK(target.save(true));
    schema::JoinAcceptance& done = *record.mutable_acceptance();
    for (const core::CommentId each : comments) done.add_comments(each.value);
    done.set_brought_cc(brought.value);
    remember_side(target, *done.mutable_claimed());
    POSTERN_CHECK(close_own(with_, by, source, ticket, done));
    POSTERN_CHECK(put_answer(with_, transaction, by, record, JoinState::kAccepted));
    return to_join_request(record);
  };
  co_return co_await transact_people(with_, std::move(change));
}

core::Task<core::Result<JoinRequest>> JoinRequests::refuse(auth::Principal by, core::TicketId ticket,
                                                           core::TicketId made) {
  if (!auth::may(by, auth::Permission::kTicketsWrite)) co_return core::fail(auth::Errc::kForbidden);
  auto change = [this, &by, ticket, made](storage::Transaction& transaction) -> core::Result<JoinRequest> {
    POSTERN_TRY(TicketDraft target, open_within(with_, transaction, by, ticket));
    POSTERN_TRY(schema::JoinRequest record, open_waiting(with_, transaction, by, ticket, made));
    POSTERN_CHECK(audit_ticket(with_, target, by, "ticket.join_refused", join_word(made)));
    POSTERN_CHECK(put_answer(with_, transaction, by, record, JoinState::kRefused));
    return to_join_request(record);
  };
  co_return co_await transact_people(with_, std::move(change));
}

}  // namespace postern::ticketing
