// People: the addresses that lead to somebody. An address is in one place only, the index by which mail finds its author
// (auth/contacts.h); the profile lists those beside the primary one.
#include <algorithm>

#include "auth/audit.h"
#include "auth/contacts.h"
#include "core/encoding.h"
#include "ticketing/people/name_words.h"
#include "ticketing/people/people.h"
#include "ticketing/people/profile_records.h"
#include "ticketing/people/transact.h"

namespace postern::ticketing {
namespace {

constexpr std::size_t kAddressIdBytes = 6;  // what every JSON reader keeps exactly

core::Result<std::uint64_t> address_id(const storage::Vault& vault, core::WorkspaceId workspace, std::string_view email) {
  POSTERN_TRY(const NameWords words, NameWords::of(vault, workspace));
  std::uint64_t out = 0;
  for (const char each : words.digest("address", core::to_lower_ascii(email)).substr(0, kAddressIdBytes)) out = (out << 8U) | static_cast<unsigned char>(each);
  return std::max<std::uint64_t>(out, 1);
}

core::Result<std::vector<PersonAddress>> addresses_of(const storage::Vault& vault, const auth::User& user, const schema::Profile& profile) {
  std::vector<PersonAddress> out;
  if (profile.merged_into() != 0) return out;  // they lead to the survivor
  const auto add = [&](const std::string& email, bool is_primary) -> core::Result<void> {
    if (email.empty()) return {};
    POSTERN_TRY(const std::uint64_t id, address_id(vault, user.workspace, email));
    out.push_back({id, email, is_primary});
    return {};
  };
  POSTERN_CHECK(add(user.email, true));
  for (const std::string& each : profile.other_emails()) POSTERN_CHECK(add(each, false));
  return out;
}

core::Result<void> may_readdress(const auth::Principal& by) {
  const bool is_permitted = auth::may(by, auth::Permission::kTicketsWrite) && !by.inboxes.is_limited();
  return is_permitted ? core::Result<void>() : core::Result<void>(core::fail(auth::Errc::kForbidden, "addresses reach beyond your inboxes"));
}

std::vector<PersonAddress>::iterator find_address(std::vector<PersonAddress>& all, std::uint64_t id) {
  return std::ranges::find(all, id, &PersonAddress::id);
}

bool is_listed_address(const std::vector<PersonAddress>& all, const std::string& email) {
  return std::ranges::any_of(all, [&email](const PersonAddress& each) { return core::equals_ignoring_case(each.email, email); });
}

// What came is claimed, what went is let go of.
core::Result<void> move_addresses(storage::Transaction& transaction, core::WorkspaceId workspace, core::UserId user,
                                  const std::vector<PersonAddress>& before, const std::vector<PersonAddress>& after) {
  for (const PersonAddress& each : after) {
    if (is_listed_address(before, each.email)) continue;
    POSTERN_TRY(const core::UserId owner, auth::find_contact(transaction, workspace, each.email));
    if (owner && owner != user) return core::fail(Errc::kInvalid, "email_taken: it is somebody's already");
    if (!owner) POSTERN_CHECK(auth::move_address(transaction, workspace, each.email, {}, user));
  }
  for (const PersonAddress& each : before) {
    if (!is_listed_address(after, each.email)) POSTERN_CHECK(auth::move_address(transaction, workspace, each.email, user, {}));
  }
  return {};
}

}  // namespace

core::Result<std::vector<PersonAddress>> People::addresses(core::WorkspaceId workspace, core::UserId user) const {
  POSTERN_TRY(const std::optional<auth::User> known, with_.accounts.find(workspace, user));
  if (!known) return core::fail(Errc::kNotFound, "user");
  POSTERN_TRY(const schema::Profile profile, read_profile(*with_.store.snapshot(), with_.vault, workspace, user));
  return addresses_of(with_.vault, *known, profile);
}

core::Result<std::string> People::clean_address(core::WorkspaceId workspace, std::string email) const {
  email = core::trim_ascii(email);
  if (!auth::may_be_address(email)) return core::fail(Errc::kInvalid, "email: not an address");
  if (with_.directory.resolve(pipeline::split_address(email))) return core::fail(Errc::kInvalid, "email: is an address of an inbox here");
  const std::string redacted = redactor_.redact_text(email, {"email", workspace, {}}).text();
  if (redacted != email) return core::fail(Errc::kInvalid, "email: holds a value that must not be stored");
  return email;
}

core::Result<void> People::write_addresses(storage::Transaction& transaction, const auth::Principal& by, core::UserId user, const AddressEdit& edit) const {
  POSTERN_TRY(auth::User known, known_user(transaction, by.workspace, user));
  if (known.role != auth::Role::kContact) return core::fail(Errc::kInvalid, "user: an account has the address by which it signs in");
  POSTERN_TRY(const schema::Profile before, read_profile(transaction, with_.vault, by.workspace, user));
  if (before.merged_into() != 0) return core::fail(Errc::kInvalid, "user: was merged into user " + std::to_string(before.merged_into()));
  if (known.is_disabled) return core::fail(Errc::kInvalid, "user: was deleted");
  POSTERN_TRY(const std::vector<PersonAddress> was, addresses_of(with_.vault, known, before));
  std::vector<PersonAddress> is = was;
  POSTERN_CHECK(edit(is));
  if (is.size() > limits_.addresses_max) return core::fail(Errc::kInvalid, "user: too many addresses");
  POSTERN_CHECK(move_addresses(transaction, by.workspace, user, was, is));
  schema::Profile after = before;
  after.clear_other_emails();
  for (const PersonAddress& each : is) {
    if (each.is_primary && each.email != known.email) {
      POSTERN_CHECK(auth::readdress_contact(transaction, with_.vault, by.workspace, user, each.email));
      known.email = each.email;
    }
    if (!each.is_primary) after.add_other_emails(each.email);
  }
  after.set_updated_unix_ms(with_.now_ms());
  POSTERN_CHECK(put_profile(transaction, with_.vault, known, before, after));
  auth::AuditEvent event;
  event.action = "user.changed";
  event.object = "user/" + std::to_string(user.value);
  event.changes.push_back({"identities", {}, {}});  // without the addresses: the log outlives them
  POSTERN_CHECK(auth::audit(transaction, with_.vault, with_.ids, with_.clock, by, event));
  PeopleChange told;
  told.workspace = by.workspace;
  told.user = user;
  told.actor = by.user;
  told.fields = {"identities"};
  return tell_people_change(tell_, transaction, told);
}

core::Task<core::Result<void>> People::change_addresses(auth::Principal by, core::UserId user, AddressEdit edit) const {
  POSTERN_CO_CHECK(may_readdress(by));
  auto change = [&](storage::Transaction& transaction) { return write_addresses(transaction, by, user, edit); };
  co_return co_await transact_people(with_, std::move(change));
}

core::Task<core::Result<PersonAddress>> People::add_address(auth::Principal by, core::UserId user, std::string typed) {
  POSTERN_CO_TRY(const std::string email, clean_address(by.workspace, std::move(typed)));
  PersonAddress made{0, email, false};
  POSTERN_CO_TRY(made.id, address_id(with_.vault, by.workspace, email));
  AddressEdit edit = [made](std::vector<PersonAddress>& all) -> core::Result<void> {
    if (is_listed_address(all, made.email)) return core::fail(Errc::kInvalid, "email_taken: it is theirs already");
    all.push_back(made);
    return {};
  };
  POSTERN_CO_CHECK(co_await change_addresses(by, user, std::move(edit)));
  co_return made;
}

core::Task<core::Result<PersonAddress>> People::replace_address(auth::Principal by, core::UserId user, std::uint64_t address, std::string typed) {
  POSTERN_CO_TRY(const std::string email, clean_address(by.workspace, std::move(typed)));
  PersonAddress made{0, email, false};
  POSTERN_CO_TRY(made.id, address_id(with_.vault, by.workspace, email));
  AddressEdit edit = [&made, address](std::vector<PersonAddress>& all) -> core::Result<void> {
    const auto found = find_address(all, address);
    if (found == all.end()) return core::fail(Errc::kNotFound, "identity");
    if (made.id != address && is_listed_address(all, made.email)) return core::fail(Errc::kInvalid, "email_taken: it is theirs already");
    made.is_primary = found->is_primary;
    *found = made;
    return {};
  };
  POSTERN_CO_CHECK(co_await change_addresses(by, user, std::move(edit)));
  co_return made;
}

core::Task<core::Result<void>> People::make_address_primary(auth::Principal by, core::UserId user, std::uint64_t address) {
  AddressEdit edit = [address](std::vector<PersonAddress>& all) -> core::Result<void> {
    const auto found = find_address(all, address);
    if (found == all.end()) return core::fail(Errc::kNotFound, "identity");
    for (PersonAddress& each : all) each.is_primary = each.id == address;
    std::rotate(all.begin(), found, found + 1);
    return {};
  };
  co_return co_await change_addresses(std::move(by), user, std::move(edit));
}

core::Task<core::Result<void>> People::remove_address(auth::Principal by, core::UserId user, std::uint64_t address) {
  AddressEdit edit = [address](std::vector<PersonAddress>& all) -> core::Result<void> {
    const auto found = find_address(all, address);
    if (found == all.end()) return core::fail(Errc::kNotFound, "identity");
    if (found->is_primary) return core::fail(Errc::kInvalid, "primary: make another one the primary one first");
    all.erase(found);
    return {};
  };
  co_return co_await change_addresses(std::move(by), user, std::move(edit));
}

}  // namespace postern::ticketing
