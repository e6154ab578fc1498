#include "ticketing/erasure/person_erasure.h"

#include <algorithm>

#include "auth/audit.h"
#include "auth/contacts.h"
#include "core/encoding.h"
#include "storage/schema/people.pb.h"
#include "storage/schema/privacy.pb.h"
#include "ticketing/comment_redaction.h"
#include "ticketing/detail/damage.h"
#include "ticketing/detail/keys.h"
#include "ticketing/detail/retry.h"
#include "ticketing/detail/suspended_record.h"
#include "ticketing/erasure/erasure_keys.h"
#include "ticketing/people/people_keys.h"
#include "ticketing/people/profile_records.h"
#include "ticketing/people/transact.h"
#include "ticketing/purge.h"

namespace postern::ticketing {
namespace {

constexpr std::size_t kTicketsAtATime = 100;
constexpr std::size_t kErasuresAtATime = 20;

std::string person_object(core::UserId user) { return "user/" + std::to_string(user.value); }

bool may_delete_people(const auth::Principal& by) {
  return auth::may(by, auth::Permission::kUsersManage) && !by.inboxes.is_limited();
}

bool may_erase_people(const auth::Principal& by) {
  return may_delete_people(by) && auth::may(by, auth::Permission::kRedact) && auth::may(by, auth::Permission::kTicketsDelete);
}

// Two words at least: one alone stands in other people's texts for other things.
bool is_telling(const std::string& name) {
  const auto blank = name.find(' ');
  return blank != std::string::npos && blank > 0 && blank + 1 < name.size() && name.size() >= 6;
}

bool is_from(const schema::Suspended& mail, const ErasedPerson& person) {
  const auto is_it = [&person](const schema::MailAddress& each) { return person.has_address(each.local() + "@" + each.domain()); };
  return is_it(mail.mail_from()) || std::ranges::any_of(mail.from(), is_it) || std::ranges::any_of(mail.sender(), is_it) ||
         std::ranges::any_of(mail.reply_to(), is_it);
}

core::Result<schema::PersonErasure> read_plan(const Basics& with, const storage::Snapshot& snapshot, core::WorkspaceId workspace, core::UserId user) {
  const std::string key = erasure_keys::begun(workspace, user);
  POSTERN_TRY(const auto value, snapshot.get(key));
  if (!value) return core::fail(Errc::kNotFound, person_object(user));
  schema::PersonErasure plan;
  POSTERN_CHECK(storage::open_record(with.vault, workspace, key, *value, plan));
  return plan;
}

auth::Principal system_in(core::WorkspaceId workspace) {
  auth::Principal system;
  system.workspace = workspace;
  system.role = auth::Role::kOwner;
  system.method = auth::Method::kOperator;
  return system;
}

}  // namespace

core::Task<core::Result<DeletedPerson>> PersonErasures::remove(auth::Principal by, core::UserId user, People::Guard guard) {
  if (!may_delete_people(by)) co_return core::fail(auth::Errc::kForbidden);
  auto change = [&](storage::Transaction& transaction) -> core::Result<bool> {
    POSTERN_TRY(const auto known, auth::find_user(transaction, with_.vault, by.workspace, user));
    POSTERN_TRY(const auto before, transaction.get(erasure_keys::deleted(by.workspace, user)));
    if (!known || before) return core::fail(Errc::kNotFound, person_object(user));
    if (known->role != auth::Role::kContact) return core::fail(Errc::kInvalid, "id: is an account; only end users are deleted");
    POSTERN_TRY(const schema::Profile profile, read_profile(transaction, with_.vault, by.workspace, user));
    if (guard) POSTERN_CHECK(guard(to_profile(profile)));
    if (profile.merged_into() != 0) return core::fail(Errc::kInvalid, "id: was merged into user " + std::to_string(profile.merged_into()));
    if (!profile.merging().empty()) return core::fail(Errc::kConflict, "tickets of somebody who was merged into them are still on their way");
    POSTERN_CHECK(auth::retire_contact(transaction, with_.vault, by.workspace, user));
    for (const std::string& each : profile.other_emails()) POSTERN_CHECK(auth::move_address(transaction, by.workspace, each, user, {}));
    schema::DeletedPerson record;
    record.set_user(user.value);
    record.set_deleted_unix_ms(with_.now_ms());
    record.set_by(by.user.value);
    POSTERN_CHECK(storage::put_sealed(transaction, with_.vault, by.workspace, erasure_keys::deleted(by.workspace, user), record));
    transaction.record(by.workspace, {"user.deleted", user.value, 0});
    POSTERN_CHECK(auth::audit(transaction, with_.vault, with_.ids, with_.clock, by, "user.deleted", person_object(user)));
    PeopleChange told;
    told.workspace = by.workspace;
    told.event = PeopleEvent::kDeleted;
    told.user = user;
    told.actor = by.user;
    POSTERN_CHECK(tell_people_change(tell_, transaction, told));
    return true;
  };
  POSTERN_CO_CHECK(co_await transact_people(with_, std::move(change)));
  co_return find_deleted(by.workspace, user);
}

core::Task<core::Result<DeletedPerson>> PersonErasures::begin(auth::Principal by, core::UserId user) {
  if (!may_erase_people(by)) co_return core::fail(auth::Errc::kForbidden);
  auto change = [&](storage::Transaction& transaction) -> core::Result<bool> {
    POSTERN_TRY(const auto deleted, transaction.get(erasure_keys::deleted(by.workspace, user)));
    if (!deleted) return core::fail(Errc::kNotFound, person_object(user));
    POSTERN_TRY(const auto begun, transaction.get(erasure_keys::begun(by.workspace, user)));
    if (begun) return core::fail(Errc::kConflict, person_object(user) + " is being erased");
    schema::PersonErasure plan;
    plan.set_user(user.value);
    plan.set_by(by.user.value);
    plan.set_begun_unix_ms(with_.now_ms());
    POSTERN_CHECK(storage::put_sealed(transaction, with_.vault, by.workspace, erasure_keys::begun(by.workspace, user), plan));
    POSTERN_CHECK(auth::audit(transaction, with_.vault, with_.ids, with_.clock, by, "user.erasure_begun", person_object(user)));
    return true;
  };
  POSTERN_CO_CHECK(co_await transact_people(with_, std::move(change)));
  co_return find_deleted(by.workspace, user);
}

core::Result<DeletedPerson> PersonErasures::shown_deleted(core::WorkspaceId workspace, const storage::Entry& entry) const {
  schema::DeletedPerson record;
  POSTERN_CHECK(storage::open_record(with_.vault, workspace, entry.key, entry.value, record));
  DeletedPerson out;
  out.user = core::UserId{record.user()};
  out.deleted_unix_ms = record.deleted_unix_ms();
  POSTERN_TRY(const auto known, with_.accounts.find(workspace, out.user));
  if (known) {
    out.name = known->name;
    out.email = known->email;
    out.created_unix_ms = known->created_unix_ms;
  }
  POSTERN_TRY(const auto begun, with_.store.snapshot()->get(erasure_keys::begun(workspace, out.user)));
  out.is_being_erased = begun.has_value();
  return out;
}

core::Result<DeletedPerson> PersonErasures::find_deleted(core::WorkspaceId workspace, core::UserId user) const {
  const std::string key = erasure_keys::deleted(workspace, user);
  POSTERN_TRY(const auto value, with_.store.snapshot()->get(key));
  if (!value) return core::fail(Errc::kNotFound, person_object(user));
  return shown_deleted(workspace, {key, *value});
}

core::Result<std::vector<DeletedPerson>> PersonErasures::deleted(core::WorkspaceId workspace, core::UserId after, std::size_t count) const {
  POSTERN_TRY(const auto entries, with_.store.snapshot()->scan(erasure_keys::deleted_prefix(workspace), storage::Direction::kForward, count,
                                                               after ? erasure_keys::deleted(workspace, after) : std::string()));
  std::vector<DeletedPerson> out;
  for (const storage::Entry& each : entries) {
    POSTERN_TRY(DeletedPerson one, shown_deleted(workspace, each));
    out.push_back(std::move(one));
  }
  return out;
}

core::Result<ErasurePreview> PersonErasures::preview(core::WorkspaceId workspace, core::UserId user) const {
  POSTERN_TRY(const auto known, with_.accounts.find(workspace, user));
  if (!known) return core::fail(Errc::kNotFound, person_object(user));
  ErasurePreview out;
  const auto snapshot = with_.store.snapshot();
  POSTERN_TRY(const ErasedPerson person, person_of(with_, *snapshot, workspace, user));
  const std::size_t most = limits_.preview_tickets_max;
  POSTERN_TRY(const auto requested, snapshot->scan(keys::by_requester_prefix(workspace, user), storage::Direction::kForward, most));
  POSTERN_TRY(const auto copied, snapshot->scan(people_keys::tickets_copied_to(workspace, user), storage::Direction::kForward, most));
  out.is_whole = requested.size() < most && copied.size() < most;
  out.requested = requested.size();
  std::vector<std::uint64_t> tickets;
  for (const auto* list : {&requested, &copied}) {
    for (const storage::Entry& each : *list) tickets.push_back(~people_keys::last_number(each.key));  // newest first in both
  }
  std::ranges::sort(tickets);
  const auto repeated = std::ranges::unique(tickets);
  tickets.erase(repeated.begin(), repeated.end());
  out.copied = tickets.size() - out.requested;
  for (const std::uint64_t number : tickets) {
    const std::string key = keys::ticket(workspace, core::TicketId{number});
    POSTERN_TRY(const auto value, snapshot->get(key));
    if (!value) continue;
    schema::Ticket record;
    POSTERN_CHECK(storage::open_record(with_.vault, workspace, key, *value, record));
    POSTERN_TRY(const PersonShare share, share_of_person(with_, *snapshot, workspace, record, person, limits_.preview_comments_max));
    out.comments += share.comments;
    out.files += share.files;
    out.is_whole = out.is_whole && record.comment_count() <= limits_.preview_comments_max;
  }
  POSTERN_TRY(const auto held, snapshot->scan(keys::suspended_prefix(workspace), storage::Direction::kForward, limits_.held_scan_max));
  out.is_whole = out.is_whole && held.size() < limits_.held_scan_max;
  for (const storage::Entry& each : held) {
    schema::Suspended mail;
    if (!storage::open_record(with_.vault, workspace, each.key, each.value, mail)) continue;
    out.held += is_from(mail, person) ? 1 : 0;
  }
  return out;
}

core::Task<core::Result<std::size_t>> PersonErasures::round(core::WorkspaceId workspace, const std::atomic<bool>& is_stopping) {
  POSTERN_CO_TRY(const auto begun, with_.store.snapshot()->scan(erasure_keys::begun_prefix(workspace), storage::Direction::kForward, kErasuresAtATime));
  std::size_t looked = 0;
  FirstFailure failure;  // of one; the others go on
  for (const storage::Entry& each : begun) {
    if (is_stopping) break;
    const core::Result<std::size_t> here = co_await go_on(workspace, core::UserId{people_keys::last_number(each.key)}, is_stopping);
    if (here) looked += *here;
    if (!here) failure.note(here.error());
  }
  co_return failure.or_count(looked);
}

core::Task<core::Result<std::size_t>> PersonErasures::go_on(core::WorkspaceId workspace, core::UserId user, const std::atomic<bool>& is_stopping) {
  POSTERN_CO_TRY(schema::PersonErasure plan, read_plan(with_, *with_.store.snapshot(), workspace, user));
  POSTERN_CO_TRY(const ErasedPerson person, person_of(with_, *with_.store.snapshot(), workspace, user));
  std::size_t looked = 0;
  while (plan.stage() == static_cast<std::uint32_t>(ErasureStage::kTickets)) {
    const std::string after = plan.ticket() == 0 ? std::string() : keys::ticket(workspace, core::TicketId{plan.ticket()});
    POSTERN_CO_TRY(const auto entries, with_.store.snapshot()->scan(keys::tickets_prefix(workspace), storage::Direction::kForward, kTicketsAtATime, after));
    for (const storage::Entry& each : entries) {
      if (is_stopping || looked >= limits_.tickets_per_round_max) {
        POSTERN_CO_CHECK(co_await keep(workspace, &plan));
        co_return looked;
      }
      ++looked;
      const core::TicketId ticket{people_keys::last_number(each.key)};
      const core::Result<void> done = co_await erase_ticket(workspace, &person, ticket, &plan);
      if (!done && !is_damage(done.error())) co_return done.error();
      if (!done) tell_damage("ticket", workspace, ticket.value, done.error());
      plan.set_ticket(ticket.value);
    }
    if (entries.size() < kTicketsAtATime) plan.set_stage(static_cast<std::uint32_t>(ErasureStage::kHeld));
    POSTERN_CO_CHECK(co_await keep(workspace, &plan));
  }
  if (plan.stage() == static_cast<std::uint32_t>(ErasureStage::kHeld)) {
    POSTERN_CO_CHECK(co_await erase_held(workspace, &person, &plan));
    plan.set_stage(static_cast<std::uint32_t>(ErasureStage::kIdentity));
    POSTERN_CO_CHECK(co_await keep(workspace, &plan));
  }
  POSTERN_CO_CHECK(co_await replace_identity(workspace, &person, &plan));
  co_return looked + 1;
}

core::Task<core::Result<void>> PersonErasures::erase_ticket(core::WorkspaceId workspace, const ErasedPerson* person, core::TicketId id,
                                                            schema::PersonErasure* plan) {
  const auto snapshot = with_.store.snapshot();
  const std::string key = keys::ticket(workspace, id);
  POSTERN_CO_TRY(const auto value, snapshot->get(key));
  if (!value) co_return core::Result<void>();
  schema::Ticket record;
  POSTERN_CO_CHECK(storage::open_record(with_.vault, workspace, key, *value, record));
  POSTERN_CO_TRY(const PersonShare share, share_of_person(with_, *snapshot, workspace, record, *person, static_cast<std::size_t>(-1)));
  if (!share.is_any()) co_return core::Result<void>();
  plan->set_tickets(plan->tickets() + 1);
  core::CommentId any;
  for (bool is_over = false; !is_over;) {
    auto change = [&](storage::Transaction& transaction) -> core::Result<PersonStep::Done> {
      return PersonStep(with_, transaction, workspace, *person).erase_from(id, limits_.comments_per_transaction_max);
    };
    auto done = co_await transact_people(with_, std::move(change));
    if (!done && done.error() == Errc::kNotFound) co_return core::Result<void>();
    if (!done) co_return done.error();
    is_over = done->is_over;
    any = done->any;
    plan->set_comments(plan->comments() + done->share.comments);
    plan->set_files(plan->files() + done->share.files);
  }
  if (any) POSTERN_CO_CHECK(co_await hide_quotes(workspace, person, id, any));
  co_return core::Result<void>();
}

// What agents quoted of the person's address and whole name: the removal by hand, over the whole ticket.
core::Task<core::Result<void>> PersonErasures::hide_quotes(core::WorkspaceId workspace, const ErasedPerson* person, core::TicketId ticket,
                                                           core::CommentId comment) {
  if (redactions_ == nullptr) co_return core::Result<void>();
  std::vector<std::string> phrases;
  if (auth::may_be_address(person->email)) phrases.push_back(person->email);
  for (const std::string& each : person->other_emails) phrases.push_back(each);
  if (is_telling(person->name)) phrases.push_back(person->name);
  for (std::string& phrase : phrases) {
    CommentRedactor::Order order;
    order.phrases.push_back(std::move(phrase));
    order.everywhere_in_ticket = true;
    const auto done = co_await redactions_->redact(system_in(workspace), ticket, comment, std::move(order));
    const bool has_none = !done && (done.error() == Errc::kInvalid || done.error() == Errc::kNotFound);
    if (!done && !has_none) co_return done.error();
  }
  co_return core::Result<void>();
}

core::Task<core::Result<void>> PersonErasures::erase_held(core::WorkspaceId workspace, const ErasedPerson* person, schema::PersonErasure* plan) {
  std::string after;
  for (;;) {
    POSTERN_CO_TRY(const auto entries, with_.store.snapshot()->scan(keys::suspended_prefix(workspace), storage::Direction::kForward, kTicketsAtATime, after));
    for (const storage::Entry& each : entries) {
      after = each.key;
      auto change = [&](storage::Transaction& transaction) -> core::Result<bool> {
        POSTERN_TRY(const auto value, transaction.get(each.key));
        schema::Suspended mail;
        if (!value || !storage::open_record(with_.vault, workspace, each.key, *value, mail)) return false;
        if (!is_from(mail, *person)) return false;
        POSTERN_CHECK(erase_suspended(with_, transaction, workspace, mail));
        std::string trace = keys::trace(workspace, core::TraceId{mail.trace()});
        transaction.erase(trace);
        POSTERN_CHECK(add_person_purge_due(transaction, workspace, person->user, {std::move(trace)}, with_.ids.next(), with_.now_ms()));
        return true;
      };
      POSTERN_CO_TRY(const bool is_gone, co_await transact_people(with_, std::move(change)));
      plan->set_held(plan->held() + (is_gone ? 1 : 0));
    }
    if (entries.size() < kTicketsAtATime) co_return core::Result<void>();
  }
}

core::Task<core::Result<void>> PersonErasures::replace_identity(core::WorkspaceId workspace, const ErasedPerson* person, const schema::PersonErasure* plan) {
  const core::UserId user = person->user;
  auto change = [&](storage::Transaction& transaction) -> core::Result<bool> {
    POSTERN_TRY(const auto known, auth::find_user(transaction, with_.vault, workspace, user));
    POSTERN_TRY(const schema::Profile before, read_profile(transaction, with_.vault, workspace, user));
    std::vector<std::string> purged{people_keys::profile(workspace, user)};
    if (known) {
      POSTERN_TRY(purged, auth::replace_contact(transaction, with_.vault, workspace, user, std::string(kErasedName),
                                                "deleted-" + std::to_string(user.value) + "@erased.invalid"));
      purged.push_back(people_keys::profile(workspace, user));
      schema::Profile nothing;
      nothing.set_user(user.value);
      nothing.set_left_domain(true);  // belongs to nobody any more
      POSTERN_TRY(const auto renamed, auth::find_user(transaction, with_.vault, workspace, user));
      POSTERN_CHECK(put_profile(transaction, with_.vault, *renamed, before, std::move(nothing)));
    }
    for (const core::UserId each : person->merged) {  // the places that they left have names
      POSTERN_TRY(const auto left, auth::find_user(transaction, with_.vault, workspace, each));
      if (!left) continue;
      POSTERN_TRY(const auto keys_of, auth::replace_contact(transaction, with_.vault, workspace, each, std::string(kErasedName),
                                                            "deleted-" + std::to_string(each.value) + "@erased.invalid"));
      purged.insert(purged.end(), keys_of.begin(), keys_of.end());
      purged.push_back(people_keys::profile(workspace, each));
    }
    transaction.erase(erasure_keys::deleted(workspace, user));
    transaction.erase(erasure_keys::begun(workspace, user));
    transaction.record(workspace, {"user.erased", user.value, 0});
    auth::Principal by = system_in(workspace);
    by.user = core::UserId{plan->by()};
    const std::string what = "tickets " + std::to_string(plan->tickets()) + ", comments " + std::to_string(plan->comments()) + ", files " +
                             std::to_string(plan->files()) + ", held messages " + std::to_string(plan->held());
    POSTERN_CHECK(auth::audit(transaction, with_.vault, with_.ids, with_.clock, by, "user.erased", person_object(user), what));
    POSTERN_CHECK(add_person_purge_due(transaction, workspace, user, std::move(purged), with_.ids.next(), with_.now_ms()));
    return true;
  };
  POSTERN_CO_CHECK(co_await transact_people(with_, std::move(change)));
  co_return core::Result<void>();
}

core::Task<core::Result<void>> PersonErasures::keep(core::WorkspaceId workspace, const schema::PersonErasure* plan) {
  storage::Transaction transaction = with_.store.begin();
  POSTERN_CO_CHECK(storage::put_sealed(transaction, with_.vault, workspace, erasure_keys::begun(workspace, core::UserId{plan->user()}), *plan));
  POSTERN_CO_CHECK(co_await with_.store.commit(std::move(transaction)));
  co_return core::Result<void>();
}

}  // namespace postern::ticketing
