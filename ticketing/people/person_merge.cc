#include "ticketing/people/person_merge.h"

#include <algorithm>

#include "auth/audit.h"
#include "auth/contacts.h"
#include "core/encoding.h"
#include "ticketing/detail/damage.h"
#include "ticketing/detail/keys.h"
#include "ticketing/erasure/erasure_keys.h"
#include "ticketing/people/merge_profile.h"
#include "ticketing/people/merge_step.h"
#include "ticketing/people/people_keys.h"
#include "ticketing/people/profile_records.h"
#include "ticketing/people/survivors.h"
#include "ticketing/people/transact.h"

namespace postern::ticketing {
namespace {

constexpr std::size_t kMergeTicketsAtATime = 100;
constexpr std::size_t kMergesAtATime = 20;

std::string merged_object(core::UserId user) { return "user/" + std::to_string(user.value); }

auth::Principal merging_system(core::WorkspaceId workspace, core::UserId by) {
  auth::Principal out;
  out.workspace = workspace;
  out.user = by;
  out.role = auth::Role::kOwner;
  out.method = auth::Method::kOperator;
  return out;
}

core::Result<std::optional<schema::PersonMerge>> read_merge(const Basics& with, const std::optional<std::string>& value, core::WorkspaceId workspace,
                                                            core::UserId user) {
  std::optional<schema::PersonMerge> out;
  if (!value) return out;
  out.emplace();
  POSTERN_CHECK(storage::open_record(with.vault, workspace, people_keys::merge(workspace, user), *value, *out));
  return out;
}

core::Result<auth::User> mergeable(const Basics& with, storage::Transaction& transaction, core::WorkspaceId workspace, core::UserId user, const char* field) {
  POSTERN_TRY(std::optional<auth::User> known, auth::find_user(transaction, with.vault, workspace, user));
  POSTERN_TRY(const auto deleted, transaction.get(erasure_keys::deleted(workspace, user)));
  if (!known || deleted) return core::fail(Errc::kNotFound, merged_object(user));
  if (known->role != auth::Role::kContact) return core::fail(Errc::kInvalid, std::string(field) + ": is an account; only end users are merged");
  POSTERN_TRY(const schema::Profile profile, read_profile(transaction, with.vault, workspace, user));
  if (profile.merged_into() != 0) {
    return core::fail(Errc::kInvalid, std::string(field) + ": was merged into user " + std::to_string(profile.merged_into()));
  }
  if (known->is_disabled || known->email.empty()) return core::fail(Errc::kInvalid, std::string(field) + ": has no address of their own");
  return std::move(*known);
}

// The number at the end of an entry of tickets by requester or by copy: newest first.
core::TicketId merged_ticket_of(const storage::Entry& entry) { return core::TicketId{~people_keys::last_number(entry.key)}; }

}  // namespace

core::Task<core::Result<void>> PersonMerges::merge(auth::Principal by, core::UserId from, core::UserId into) const {
  if (!auth::may(by, auth::Permission::kTicketsWrite) || by.inboxes.is_limited()) co_return core::fail(auth::Errc::kForbidden);
  if (from == into) co_return core::fail(Errc::kInvalid, "user.id: cannot be the same person");
  auto change = [&](storage::Transaction& transaction) { return begin(transaction, by, from, into); };
  POSTERN_CO_CHECK(co_await transact_people(with_, std::move(change)));
  const std::atomic<bool> goes_on{false};
  POSTERN_CO_CHECK(co_await go_on(by.workspace, from, limits_.at_once_max, goes_on));
  co_return core::Result<void>();
}

core::Result<void> PersonMerges::begin(storage::Transaction& transaction, const auth::Principal& by, core::UserId from, core::UserId into) const {
  const core::WorkspaceId workspace = by.workspace;
  POSTERN_TRY(const auth::User gone, mergeable(with_, transaction, workspace, from, "id"));
  POSTERN_TRY(const auth::User stays, mergeable(with_, transaction, workspace, into, "user.id"));
  POSTERN_CHECK(move_profile(transaction, workspace, gone, stays));
  schema::PersonMerge plan;
  plan.set_user(from.value);
  plan.set_by(by.user.value);
  plan.set_begun_unix_ms(with_.now_ms());
  POSTERN_CHECK(storage::put_sealed(transaction, with_.vault, workspace, people_keys::merge(workspace, from), plan));
  transaction.record(workspace, {"user.merged", from.value, into.value});
  POSTERN_CHECK(auth::audit(transaction, with_.vault, with_.ids, with_.clock, by, "user.merged", merged_object(from), "into " + merged_object(into)));
  PeopleChange told;
  told.workspace = workspace;
  told.event = PeopleEvent::kMerged;
  told.user = from;
  told.into = into;
  told.actor = by.user;
  POSTERN_CHECK(tell_people_change(tell_, transaction, told));
  told.event = PeopleEvent::kUpdated;  // the survivor has what they had
  told.user = into;
  told.into = {};
  return tell_people_change(tell_, transaction, told);
}

// Whose is what from this commit on. The empty profile is written first: what found it finds the survivor then.
core::Result<void> PersonMerges::move_profile(storage::Transaction& transaction, core::WorkspaceId workspace, const auth::User& gone,
                                              const auth::User& stays) const {
  POSTERN_TRY(const schema::Profile from, read_profile(transaction, with_.vault, workspace, gone.id));
  POSTERN_TRY(const schema::Profile into, read_profile(transaction, with_.vault, workspace, stays.id));
  if (from.is_suspended() != into.is_suspended()) return core::fail(Errc::kInvalid, "user.id: one of the two is suspended, and a merge would decide for both");
  MergedDefaults organizations;
  POSTERN_TRY(organizations.of_gone, organization_of_user(transaction, with_.vault, workspace, gone.id));
  POSTERN_TRY(organizations.of_survivor, organization_of_user(transaction, with_.vault, workspace, stays.id));
  POSTERN_TRY(schema::Profile after, merged_profile(from, gone, into, stays, organizations, limits_, with_));
  POSTERN_CHECK(auth::merge_contact(transaction, with_.vault, workspace, gone.id, stays.id));
  for (const std::string& each : from.other_emails()) POSTERN_CHECK(auth::move_address(transaction, workspace, each, gone.id, stays.id));
  for (const std::uint64_t each : from.merged()) {  // they lead on
    const core::UserId user{each};
    POSTERN_TRY(const auto known, auth::find_user(transaction, with_.vault, workspace, user));
    POSTERN_TRY(const schema::Profile before, read_profile(transaction, with_.vault, workspace, user));
    schema::Profile moved = before;
    moved.set_merged_into(stays.id.value);
    if (known) POSTERN_CHECK(put_profile(transaction, with_.vault, *known, before, std::move(moved)));
  }
  schema::Profile nothing;
  nothing.set_user(gone.id.value);
  nothing.set_left_domain(true);
  nothing.set_merged_into(stays.id.value);
  nothing.set_updated_unix_ms(with_.now_ms());
  POSTERN_CHECK(put_profile(transaction, with_.vault, gone, from, std::move(nothing)));
  return put_profile(transaction, with_.vault, stays, into, std::move(after));
}

core::Task<core::Result<std::size_t>> PersonMerges::round(core::WorkspaceId workspace, const std::atomic<bool>& is_stopping) const {
  POSTERN_CO_TRY(const auto begun, with_.store.snapshot()->scan(people_keys::merges_prefix(workspace), storage::Direction::kForward, kMergesAtATime));
  std::size_t looked = 0;
  FirstFailure failure;  // of one; the others go on
  for (const storage::Entry& each : begun) {
    if (is_stopping || looked >= limits_.round_tickets_max) break;
    const core::UserId user{people_keys::last_number(each.key)};
    const core::Result<std::size_t> here = co_await go_on(workspace, user, limits_.round_tickets_max - looked, is_stopping);
    if (here) looked += *here;
    if (!here) failure.note(here.error());
  }
  co_return failure.or_count(looked);
}

core::Task<core::Result<std::size_t>> PersonMerges::go_on(core::WorkspaceId workspace, core::UserId from, std::size_t most,
                                                          const std::atomic<bool>& is_stopping) const {
  POSTERN_CO_TRY(const auto value, with_.store.snapshot()->get(people_keys::merge(workspace, from)));
  POSTERN_CO_TRY(auto read, read_merge(with_, value, workspace, from));
  if (!read) co_return std::size_t{0};
  schema::PersonMerge plan = std::move(*read);
  std::size_t left = most;
  for (bool is_over = false; !is_over;) {
    POSTERN_CO_TRY(is_over, co_await stage_step(workspace, &plan, &left, is_stopping));
    if (!is_over && (left == 0 || is_stopping)) {
      POSTERN_CO_CHECK(co_await keep(workspace, &plan));
      co_return most - left;
    }
  }
  POSTERN_CO_CHECK(co_await finish(workspace, &plan));
  co_return most - left + 1;
}

// A stage, as far as `left` reaches; true when it was the last one and is over.
core::Task<core::Result<bool>> PersonMerges::stage_step(core::WorkspaceId workspace, schema::PersonMerge* plan, std::size_t* left,
                                                        const std::atomic<bool>& is_stopping) const {
  const core::UserId from{plan->user()};
  const auto stage = static_cast<MergeStage>(plan->stage());
  const std::string prefix = stage == MergeStage::kRequested ? keys::by_requester_prefix(workspace, from)
                             : stage == MergeStage::kCopied  ? people_keys::tickets_copied_to(workspace, from)
                                                             : keys::tickets_prefix(workspace);
  const bool is_all = stage == MergeStage::kAll;
  std::string after = is_all && plan->ticket() != 0 ? keys::ticket(workspace, core::TicketId{plan->ticket()}) : std::string();
  for (;;) {
    POSTERN_CO_TRY(const auto entries, with_.store.snapshot()->scan(prefix, storage::Direction::kForward, kMergeTicketsAtATime, after));
    for (const storage::Entry& each : entries) {
      if (is_stopping || *left == 0) co_return false;
      --*left;
      after = each.key;
      const core::TicketId ticket = is_all ? core::TicketId{people_keys::last_number(each.key)} : merged_ticket_of(each);
      const core::Result<void> done = co_await move_ticket(workspace, plan, ticket);
      if (!done && !is_damage(done.error()) && !(done.error() == Errc::kInvalid)) co_return done.error();
      if (!done) tell_damage("ticket", workspace, ticket.value, done.error());
      if (is_all) plan->set_ticket(ticket.value);
    }
    if (entries.size() < kMergeTicketsAtATime) break;
  }
  if (is_all) co_return true;
  plan->set_stage(plan->stage() + 1);
  co_return false;
}

core::Task<core::Result<void>> PersonMerges::move_ticket(core::WorkspaceId workspace, schema::PersonMerge* plan, core::TicketId ticket) const {
  const core::UserId from{plan->user()};
  POSTERN_CO_TRY(const bool has_part, has_part_in(with_, *with_.store.snapshot(), workspace, ticket, from));
  if (!has_part) co_return core::Result<void>();
  plan->set_tickets(plan->tickets() + 1);
  for (bool is_over = false; !is_over;) {
    auto change = [&](storage::Transaction& transaction) -> core::Result<MergedTicket> {
      POSTERN_TRY(const core::UserId into, survivor_of(transaction, with_.vault, workspace, from));
      return merge_in_ticket(with_, transaction, workspace, ticket, core::UserId{plan->by()}, from, into, limits_.comments_per_transaction_max);
    };
    auto done = co_await transact_people(with_, std::move(change));
    if (!done && done.error() == Errc::kNotFound) co_return core::Result<void>();
    if (!done) co_return done.error();
    is_over = done->is_over;
    plan->set_comments(plan->comments() + done->comments);
  }
  co_return core::Result<void>();
}

core::Task<core::Result<void>> PersonMerges::keep(core::WorkspaceId workspace, const schema::PersonMerge* plan) const {
  auto change = [&](storage::Transaction& transaction) -> core::Result<void> {
    const std::string key = people_keys::merge(workspace, core::UserId{plan->user()});
    POSTERN_TRY(const auto known, transaction.get(key));
    if (!known) return {};  // somebody else has ended it
    return storage::put_sealed(transaction, with_.vault, workspace, key, *plan);
  };
  co_return co_await transact_people(with_, std::move(change));
}

core::Task<core::Result<void>> PersonMerges::finish(core::WorkspaceId workspace, const schema::PersonMerge* plan) const {
  const core::UserId from{plan->user()};
  auto change = [&](storage::Transaction& transaction) -> core::Result<void> {
    const std::string key = people_keys::merge(workspace, from);
    POSTERN_TRY(const auto known, transaction.get(key));
    if (!known) return {};
    transaction.erase(key);
    POSTERN_TRY(const auto gone, auth::find_user(transaction, with_.vault, workspace, from));
    if (gone) {
      POSTERN_CHECK(auth::replace_contact(transaction, with_.vault, workspace, from, gone->name,
                                          "merged-" + std::to_string(from.value) + std::string(kMergedDomain)));
    }
    POSTERN_TRY(const core::UserId into, survivor_of(transaction, with_.vault, workspace, from));
    POSTERN_TRY(const auto stays, auth::find_user(transaction, with_.vault, workspace, into));
    POSTERN_TRY(const schema::Profile before, read_profile(transaction, with_.vault, workspace, into));
    schema::Profile after = before;
    auto& merging = *after.mutable_merging();
    merging.erase(std::remove(merging.begin(), merging.end(), from.value), merging.end());
    if (stays) POSTERN_CHECK(put_profile(transaction, with_.vault, *stays, before, std::move(after)));
    const std::string what = "tickets " + std::to_string(plan->tickets()) + ", comments " + std::to_string(plan->comments());
    return auth::audit(transaction, with_.vault, with_.ids, with_.clock, merging_system(workspace, core::UserId{plan->by()}), "user.merge_finished",
                       merged_object(from), what);
  };
  co_return co_await transact_people(with_, std::move(change));
}

core::Result<void> check_has_one_address(const People& people, core::WorkspaceId workspace, std::string_view email) {
  POSTERN_TRY(const core::UserId user, people.find_by_email(workspace, email));
  if (!user) return {};
  POSTERN_TRY(const Profile profile, people.find(workspace, user));
  if (profile.other_emails.empty()) return {};
  return core::fail(Errc::kInvalid, "email: leads to a customer with further addresses since a merge; an account has one of its own");
}

}  // namespace postern::ticketing
