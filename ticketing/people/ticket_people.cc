#include "ticketing/people/ticket_people.h"

#include <algorithm>

#include "core/encoding.h"
#include "storage/schema/people.pb.h"
#include "ticketing/detail/ticket_draft.h"
#include "ticketing/imports/mail_import.h"
#include "ticketing/people/people_keys.h"
#include "ticketing/people/profile_records.h"

namespace postern::ticketing {
namespace {

// Where new tickets of an organisation go; 0: nowhere, or there is none such.
core::Result<std::uint64_t> group_of_organization(storage::Transaction& transaction, const storage::Vault& vault, core::WorkspaceId workspace,
                                                  std::uint64_t organization) {
  const std::string key = people_keys::organization(workspace, organization);
  POSTERN_TRY(const std::optional<std::string> value, transaction.get(key));
  if (!value) return std::uint64_t{0};
  schema::Organization record;
  POSTERN_CHECK(storage::open_record(vault, workspace, key, *value, record));
  return record.group();
}

std::vector<std::uint64_t> sorted_ccs(const schema::Ticket* ticket) {
  std::vector<std::uint64_t> out;
  if (ticket != nullptr) out.assign(ticket->ccs().begin(), ticket->ccs().end());
  std::ranges::sort(out);
  return out;
}

}  // namespace

core::Result<void> TicketPeople::before_save(TicketDraft& ticket) {
  schema::Ticket& record = ticket.record();
  const schema::Ticket* before = ticket.before();
  if (record.group() != 0) {
    POSTERN_TRY(const bool exists, groups_.exists(ticket.transaction(), ticket.workspace(), record.group()));
    if (!exists) POSTERN_CHECK(ticket.set_group({}, 0));
  }
  const bool has_new_requester = before == nullptr || before->requester() != record.requester();
  const bool is_told = record.organization() != (before == nullptr ? 0 : before->organization());
  if (!has_new_requester || is_told) return {};
  POSTERN_TRY(const std::uint64_t organization,
              organization_of(ticket.transaction(), ticket.workspace(), core::UserId{record.requester()}));
  if (before != nullptr) return ticket.set_organization({}, organization);
  if (organization == 0) return {};
  record.set_organization(organization);  // it begins there: no event
  if (record.group() != 0) return {};
  POSTERN_TRY(const std::uint64_t group, group_of_organization(ticket.transaction(), with_.vault, ticket.workspace(), organization));
  const auto fits = groups_.check_assignment(ticket.transaction(), ticket.workspace(), group, core::UserId{record.assignee()});
  if (fits) record.set_group(group);
  return {};
}

core::Result<void> TicketPeople::follow(storage::Transaction& transaction, const TicketChange& change) {
  const schema::Ticket none;
  const schema::Ticket& from = change.before != nullptr ? *change.before : none;
  const schema::Ticket& to = *change.after;
  const core::WorkspaceId workspace = change.workspace;
  const core::TicketId ticket{to.id()};
  if (from.group() != to.group()) {
    if (from.group() != 0) transaction.erase(people_keys::ticket_of_group(workspace, from.group(), ticket));
    if (to.group() != 0) transaction.put(people_keys::ticket_of_group(workspace, to.group(), ticket), {});
  }
  if (from.organization() != to.organization() || from.updated_unix_ms() != to.updated_unix_ms()) {
    if (from.organization() != 0) {
      transaction.erase(people_keys::ticket_of_organization(workspace, from.organization(), from.updated_unix_ms(), ticket));
    }
    if (to.organization() != 0) {
      transaction.put(people_keys::ticket_of_organization(workspace, to.organization(), to.updated_unix_ms(), ticket), {});
    }
  }
  if (from.requester() != to.requester() && to.requester() != 0) {
    POSTERN_CHECK(enrol(transaction, change, core::UserId{to.requester()}));
  }
  if (std::ranges::equal(from.ccs(), to.ccs())) return {};
  const std::vector<std::uint64_t> before = sorted_ccs(change.before), after = sorted_ccs(change.after);
  for (const std::uint64_t each : before) {
    if (!std::ranges::binary_search(after, each)) transaction.erase(people_keys::ticket_copied_to(workspace, core::UserId{each}, ticket));
  }
  for (const std::uint64_t each : after) {
    if (std::ranges::binary_search(before, each)) continue;
    transaction.put(people_keys::ticket_copied_to(workspace, core::UserId{each}, ticket), {});
    POSTERN_CHECK(enrol(transaction, change, core::UserId{each}));
  }
  return {};
}

core::Result<void> TicketPeople::enrol(storage::Transaction& transaction, const TicketChange& change, core::UserId user) const {
  POSTERN_TRY(const Enrolled done, enrol_person(transaction, with_.vault, with_.ids, with_.now_ms(), change.workspace, user));
  const bool is_of_long_ago = change.source->via == kImportWay;  // nobody waits for it
  if (done == Enrolled::kBefore || is_of_long_ago) return {};
  PeopleChange told;
  told.workspace = change.workspace;
  told.event = done == Enrolled::kNow ? PeopleEvent::kCreated : PeopleEvent::kUpdated;
  told.user = user;
  told.actor = change.source->actor;
  told.via = change.source->via;
  return tell_people_change(tell_, transaction, told);
}

core::Result<bool> TicketPeople::may_belong(storage::Transaction& transaction, core::WorkspaceId workspace, std::uint64_t organization,
                                            core::UserId requester) const {
  POSTERN_TRY(const bool exists, organization_exists(transaction, workspace, organization));
  if (!exists) return false;
  POSTERN_TRY(const schema::Profile profile, read_profile(transaction, with_.vault, workspace, requester));
  const auto is_it = [organization](const schema::OrganizationLink& each) { return !each.by_domain() && each.organization() == organization; };
  if (std::ranges::any_of(profile.organizations(), is_it)) return true;
  POSTERN_TRY(const std::uint64_t own, organization_of(transaction, workspace, requester));
  return own == organization;
}

core::Result<std::uint64_t> TicketPeople::organization_of(storage::Transaction& transaction, core::WorkspaceId workspace,
                                                          core::UserId requester) const {
  if (!requester) return std::uint64_t{0};
  return organization_of_user(transaction, with_.vault, workspace, requester);
}

core::Result<TicketNumbers> TicketPeople::page(const std::string& prefix, const std::string& after, std::size_t count, bool is_descending) const {
  const auto cursor = core::from_base64url(after);
  if (!cursor || (cursor->size() != 0 && cursor->size() != 8 && cursor->size() != 16)) return core::fail(Errc::kInvalid, "cursor");
  POSTERN_TRY(const std::vector<storage::Entry> entries,
              with_.store.snapshot()->scan(prefix, storage::Direction::kForward, count + 1, cursor->empty() ? std::string() : prefix + *cursor));
  TicketNumbers out;
  out.has_more = entries.size() > count;
  for (std::size_t i = 0; i < std::min(count, entries.size()); ++i) {
    const std::uint64_t number = people_keys::last_number(entries[i].key);
    out.tickets.push_back(core::TicketId{is_descending ? ~number : number});
    out.after = core::to_base64url(std::string_view(entries[i].key).substr(prefix.size()));
  }
  if (!out.has_more) out.after.clear();
  return out;
}

core::Result<TicketNumbers> TicketPeople::of_organization(core::WorkspaceId workspace, std::uint64_t organization, const std::string& after,
                                                          std::size_t count) const {
  return page(people_keys::tickets_of_organization(workspace, organization), after, count, false);
}

core::Result<TicketNumbers> TicketPeople::copied_to(core::WorkspaceId workspace, core::UserId user, const std::string& after,
                                                    std::size_t count) const {
  return page(people_keys::tickets_copied_to(workspace, user), after, count, true);
}

}  // namespace postern::ticketing
