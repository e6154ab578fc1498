#include "ticketing/people/leavings.h"

#include <algorithm>

#include "auth/contacts.h"
#include "storage/key.h"
#include "storage/schema/people.pb.h"
#include "ticketing/detail/damage.h"
#include "ticketing/detail/ticket_draft.h"
#include "ticketing/people/people_keys.h"
#include "ticketing/people/profile_records.h"
#include "ticketing/people/transact.h"

namespace postern::ticketing {
namespace {

constexpr std::size_t kPendingAtATime = 10;
constexpr std::size_t kEntriesAtATime = 50;

bool is_of_group(const std::string& pending) {
  storage::KeyReader reader(pending);
  reader.u64();
  return reader.u64() == static_cast<std::uint64_t>(people_keys::Leaving::kGroup);
}

}  // namespace

core::Task<core::Result<std::size_t>> Leavings::round(core::WorkspaceId workspace, const std::atomic<bool>& is_stopping) {
  POSTERN_CO_TRY(const std::vector<storage::Entry> pending,
                 with_.store.snapshot()->scan(people_keys::leavings_prefix(workspace), storage::Direction::kForward, kPendingAtATime));
  std::size_t done = 0;
  for (const storage::Entry& each : pending) {
    if (is_stopping || done >= limits_.round_max) break;
    const core::Result<std::size_t> left = co_await clear(workspace, each.key, limits_.round_max - done, is_stopping);
    if (!left && !is_damage(left.error())) co_return left.error();
    if (!left) tell_damage("leaving", workspace, people_keys::last_number(each.key), left.error());  // the others go on
    if (left) done += *left;
  }
  co_return done;
}

core::Task<core::Result<std::size_t>> Leavings::clear(core::WorkspaceId workspace, std::string pending, std::size_t most,
                                                      const std::atomic<bool>& is_stopping) {
  const std::uint64_t id = people_keys::last_number(pending);
  const bool is_group = is_of_group(pending);
  std::string prefix = is_group ? people_keys::tickets_of_group(workspace, id) : people_keys::tickets_of_organization(workspace, id);
  POSTERN_CO_TRY(std::size_t done, co_await clear_tickets(workspace, std::move(prefix), pending, most, is_stopping));
  if (!is_group && done < most && !is_stopping) {
    POSTERN_CO_TRY(const std::size_t people, co_await clear_people(workspace, id, most - done, is_stopping));
    done += people;
  }
  if (done >= most || is_stopping) co_return done;
  auto forget = [&](storage::Transaction& transaction) -> core::Result<void> {
    transaction.erase(pending);
    return {};
  };
  POSTERN_CO_CHECK(co_await transact_people(with_, std::move(forget)));
  co_return done;
}

core::Task<core::Result<std::size_t>> Leavings::clear_tickets(core::WorkspaceId workspace, std::string prefix, std::string pending,
                                                              std::size_t most, const std::atomic<bool>& is_stopping) {
  std::size_t done = 0;
  while (done < most && !is_stopping) {
    POSTERN_CO_TRY(const std::vector<storage::Entry> entries,
                   with_.store.snapshot()->scan(prefix, storage::Direction::kForward, std::min(kEntriesAtATime, most - done)));
    if (entries.empty()) break;
    for (const storage::Entry& entry : entries) {
      auto leave = [&](storage::Transaction& transaction) { return leave_ticket(transaction, workspace, pending, entry.key); };
      POSTERN_CO_CHECK(co_await transact_people(with_, std::move(leave)));
      ++done;
    }
  }
  co_return done;
}

core::Task<core::Result<std::size_t>> Leavings::clear_people(core::WorkspaceId workspace, std::uint64_t organization, std::size_t most,
                                                             const std::atomic<bool>& is_stopping) {
  const std::string prefix = people_keys::members_prefix(workspace, organization);
  std::size_t done = 0;
  while (done < most && !is_stopping) {
    POSTERN_CO_TRY(const std::vector<storage::Entry> entries,
                   with_.store.snapshot()->scan(prefix, storage::Direction::kForward, std::min(kEntriesAtATime, most - done)));
    if (entries.empty()) break;
    for (const storage::Entry& entry : entries) {
      auto leave = [&](storage::Transaction& transaction) { return leave_person(transaction, workspace, organization, entry.key); };
      POSTERN_CO_CHECK(co_await transact_people(with_, std::move(leave)));
      ++done;
    }
  }
  co_return done;
}

// It keeps its place in the lists, and no rule is asked: nobody changed it.
core::Result<void> Leavings::leave_ticket(storage::Transaction& transaction, core::WorkspaceId workspace, const std::string& pending,
                                          const std::string& entry) const {
  const std::uint64_t gone = people_keys::last_number(pending);
  transaction.erase(entry);  // whatever the ticket says: none of these is to be found again
  auto opened = TicketDraft::open(with_, transaction, workspace, core::TicketId{people_keys::last_number(entry)});
  if (!opened && opened.error() == Errc::kNotFound) return {};
  if (!opened && is_damage(opened.error())) {  // it keeps the name of what is gone, which nobody can read
    tell_damage("ticket", workspace, people_keys::last_number(entry), opened.error());
    return {};
  }
  POSTERN_TRY(TicketDraft ticket, std::move(opened));
  const bool is_group = is_of_group(pending);
  if ((is_group ? ticket.record().group() : ticket.record().organization()) != gone) return {};
  POSTERN_CHECK(is_group ? ticket.set_group({}, 0) : ticket.set_organization({}, 0));
  return ticket.save(false);
}

core::Result<void> Leavings::leave_person(storage::Transaction& transaction, core::WorkspaceId workspace, std::uint64_t organization,
                                          const std::string& entry) const {
  transaction.erase(entry);
  const core::UserId user{people_keys::last_number(entry)};
  const core::Result<std::optional<auth::User>> found = auth::find_user(transaction, with_.vault, workspace, user);
  if (!found && is_damage(found.error())) {
    tell_damage("user", workspace, user.value, found.error());
    return {};
  }
  POSTERN_TRY(const std::optional<auth::User> known, found);
  if (!known) return {};
  const core::Result<schema::Profile> profile = read_profile(transaction, with_.vault, workspace, user);
  if (!profile && is_damage(profile.error())) {
    tell_damage("profile", workspace, user.value, profile.error());
    return {};
  }
  POSTERN_TRY(const schema::Profile before, profile);
  schema::Profile after = before;
  auto& links = *after.mutable_organizations();
  const auto is_it = [organization](const schema::OrganizationLink& each) { return each.organization() == organization; };
  links.erase(std::remove_if(links.begin(), links.end(), is_it), links.end());
  if (links.size() == before.organizations_size()) return {};
  return put_profile(transaction, with_.vault, *known, before, std::move(after));
}

}  // namespace postern::ticketing
