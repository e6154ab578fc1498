#include "ticketing/people/profile_records.h"

#include <algorithm>

#include "auth/contacts.h"
#include "core/encoding.h"
#include "storage/records.h"
#include "ticketing/conditions/words.h"
#include "ticketing/errc.h"
#include "ticketing/people/name_words.h"
#include "ticketing/people/people_keys.h"

namespace postern::ticketing {
namespace {

using people_keys::Named;
using people_keys::Unique;

std::string domain_of(std::string_view email) {
  const auto at = email.rfind('@');
  return at == std::string_view::npos ? std::string() : core::to_lower_ascii(core::trim_ascii(email.substr(at + 1)));
}

// The words of the name and of the mailbox, and the domain as a whole: few domains have most of the people.
std::vector<std::string> person_digests(const NameWords& words, const std::string& name, const std::string& email) {
  if (name.empty() && email.empty()) return {};
  std::vector<std::string> out = words.digests(name + " " + email.substr(0, email.rfind('@')));
  if (const std::string domain = domain_of(email); !domain.empty()) out.push_back(words.digest("domain", domain));
  std::ranges::sort(out);
  return out;
}

// Of every value that the index knows, or is to know.
void add_field_digests(const NameWords& words, const schema::Profile& profile, std::vector<std::string>& to) {
  for (const schema::PersonFieldValue& each : profile.fields()) {
    for (const std::string& value : each.values()) to.push_back(field_digest(words, each.field(), value));
  }
  std::ranges::sort(to);
  to.erase(std::ranges::unique(to).begin(), to.end());
}

core::Result<schema::Profile> parse_profile(const storage::Vault& vault, core::WorkspaceId workspace, core::UserId user, const std::string& key,
                                            const std::optional<std::string>& value) {
  schema::Profile out;
  if (value) POSTERN_CHECK(storage::open_record(vault, workspace, key, *value, out));
  out.set_user(user.value);
  return out;
}

void move_names(storage::Transaction& transaction, const NameWords& words, core::WorkspaceId workspace, const schema::Profile& before,
                const schema::Profile& after) {
  std::vector<std::string> from = person_digests(words, before.indexed_name(), before.indexed_email());
  std::vector<std::string> to = person_digests(words, after.indexed_name(), after.indexed_email());
  if (before.has_indexed_fields()) add_field_digests(words, before, from);
  if (after.has_indexed_fields()) add_field_digests(words, after, to);
  for (const std::string& each : from) {
    if (!std::ranges::binary_search(to, each)) transaction.erase(people_keys::named(workspace, Named::kPerson, each, after.user()));
  }
  for (const std::string& each : to) {
    if (!std::ranges::binary_search(from, each)) transaction.put(people_keys::named(workspace, Named::kPerson, each, after.user()), {});
  }
}

void move_memberships(storage::Transaction& transaction, core::WorkspaceId workspace, const schema::Profile& before, const schema::Profile& after) {
  const core::UserId user{after.user()};
  for (const schema::OrganizationLink& each : before.organizations()) {
    transaction.erase(people_keys::member(workspace, each.organization(), user));
    transaction.erase(people_keys::membership(workspace, each.id()));
  }
  for (const schema::OrganizationLink& each : after.organizations()) {
    transaction.put(people_keys::member(workspace, each.organization(), user), {});
    transaction.put(people_keys::membership(workspace, each.id()), people_keys::of_id(after.user()));
  }
}

core::Result<void> move_external_id(storage::Transaction& transaction, const NameWords& words, core::WorkspaceId workspace,
                                    const schema::Profile& before, const schema::Profile& after) {
  if (before.external_id() == after.external_id()) return {};
  const auto key = [&](const std::string& external_id) {
    return people_keys::unique(workspace, Unique::kUserExternalId, words.digest("external id", external_id));
  };
  if (!before.external_id().empty()) transaction.erase(key(before.external_id()));
  if (after.external_id().empty()) return {};
  POSTERN_TRY(const std::optional<std::string> taken, transaction.get(key(after.external_id())));
  if (taken && people_keys::read_id(taken) != after.user()) return core::fail(Errc::kInvalid, "external_id: somebody else has it");
  transaction.put(key(after.external_id()), people_keys::of_id(after.user()));
  return {};
}

bool has_same_links(const schema::Profile& a, const schema::Profile& b) {
  const auto is_same = [](const schema::OrganizationLink& one, const schema::OrganizationLink& other) {
    return one.id() == other.id() && one.organization() == other.organization();
  };
  return std::ranges::equal(a.organizations(), b.organizations(), is_same);
}

}  // namespace

core::Result<schema::Profile> read_profile(const storage::Snapshot& snapshot, const storage::Vault& vault, core::WorkspaceId workspace,
                                           core::UserId user) {
  const std::string key = people_keys::profile(workspace, user);
  POSTERN_TRY(const std::optional<std::string> value, snapshot.get(key));
  return parse_profile(vault, workspace, user, key, value);
}

core::Result<schema::Profile> read_profile(storage::Transaction& transaction, const storage::Vault& vault, core::WorkspaceId workspace,
                                           core::UserId user) {
  const std::string key = people_keys::profile(workspace, user);
  POSTERN_TRY(const std::optional<std::string> value, transaction.get(key));
  return parse_profile(vault, workspace, user, key, value);
}

core::Result<void> put_profile(storage::Transaction& transaction, const storage::Vault& vault, const auth::User& user,
                               const schema::Profile& before, schema::Profile after) {
  const core::WorkspaceId workspace = user.workspace;
  const bool is_merged = after.merged_into() != 0;  // nobody is to be found there
  after.set_indexed_name(is_merged ? std::string() : after.name().empty() ? user.name : after.name());
  after.set_indexed_email(is_merged ? std::string() : user.email);
  after.set_has_indexed_fields(!is_merged && !after.fields().empty());
  POSTERN_TRY(const NameWords words, NameWords::of(vault, workspace));
  move_names(transaction, words, workspace, before, after);
  if (!has_same_links(before, after)) move_memberships(transaction, workspace, before, after);
  POSTERN_CHECK(move_external_id(transaction, words, workspace, before, after));
  transaction.record(workspace, {"user.changed", user.id.value, 0});
  return storage::put_sealed(transaction, vault, workspace, people_keys::profile(workspace, user.id), after);
}

std::string field_digest(const NameWords& words, std::uint64_t field, std::string_view value) {
  return words.digest("field " + std::to_string(field), fold_text(value));
}

bool has_field_value(const schema::Profile& profile, std::uint64_t field, std::string_view value) {
  const std::string wanted = fold_text(value);
  return std::ranges::any_of(profile.fields(), [&](const schema::PersonFieldValue& each) {
    return each.field() == field && std::ranges::any_of(each.values(), [&wanted](const std::string& one) { return fold_text(one) == wanted; });
  });
}

core::Result<std::uint64_t> organization_of_domain(storage::Transaction& transaction, const storage::Vault& vault,
                                                   core::WorkspaceId workspace, std::string_view email) {
  const std::string domain = domain_of(email);
  if (domain.empty()) return std::uint64_t{0};
  POSTERN_TRY(const NameWords words, NameWords::of(vault, workspace));
  POSTERN_TRY(const std::optional<std::string> owner, transaction.get(people_keys::unique(workspace, Unique::kDomain, words.digest("domain", domain))));
  return people_keys::read_id(owner);
}

core::Result<bool> organization_exists(storage::Transaction& transaction, core::WorkspaceId workspace, std::uint64_t organization) {
  POSTERN_TRY(const std::optional<std::string> value, transaction.get(people_keys::organization(workspace, organization)));
  return value.has_value();
}

core::Result<std::uint64_t> organization_of_user(storage::Transaction& transaction, const storage::Vault& vault,
                                                 core::WorkspaceId workspace, core::UserId user) {
  POSTERN_TRY(const schema::Profile profile, read_profile(transaction, vault, workspace, user));
  for (const schema::OrganizationLink& each : profile.organizations()) {
    if (each.by_domain()) continue;  // the domain may be another organisation's by now
    POSTERN_TRY(const bool exists, organization_exists(transaction, workspace, each.organization()));
    if (exists) return each.organization();
  }
  if (profile.left_domain()) return std::uint64_t{0};
  POSTERN_TRY(const std::optional<auth::User> known, auth::find_user(transaction, vault, workspace, user));
  if (!known || known->role != auth::Role::kContact) return std::uint64_t{0};
  return organization_of_domain(transaction, vault, workspace, known->email);
}

core::Result<Enrolled> enrol_person(storage::Transaction& transaction, const storage::Vault& vault, core::IdSource& ids, std::int64_t now_ms,
                                core::WorkspaceId workspace, core::UserId user) {
  POSTERN_TRY(const std::optional<auth::User> known, auth::find_user(transaction, vault, workspace, user));
  if (!known) return Enrolled::kBefore;
  POSTERN_TRY(const schema::Profile before, read_profile(transaction, vault, workspace, user));
  if (before.merged_into() != 0) return Enrolled::kBefore;
  schema::Profile after = before;
  auto& links = *after.mutable_organizations();
  const bool has_word = std::ranges::any_of(links, [](const schema::OrganizationLink& each) { return !each.by_domain(); });
  std::uint64_t wanted = 0;
  if (!has_word && !before.left_domain() && known->role == auth::Role::kContact) {
    POSTERN_TRY(wanted, organization_of_domain(transaction, vault, workspace, known->email));
  }
  const auto is_stale = [wanted](const schema::OrganizationLink& each) { return each.by_domain() && each.organization() != wanted; };
  links.erase(std::remove_if(links.begin(), links.end(), is_stale), links.end());
  if (wanted != 0 && links.empty()) {
    schema::OrganizationLink& made = *links.Add();
    made.set_id(ids.next());
    made.set_organization(wanted);
    made.set_created_unix_ms(now_ms);
    made.set_by_domain(true);
  }
  const bool is_indexed = before.indexed_email() == known->email && before.indexed_name() == (before.name().empty() ? known->name : before.name());
  const bool has_all_fields = before.fields().empty() || before.has_indexed_fields();
  const bool is_same = is_indexed && has_same_links(before, after);
  if (is_same && has_all_fields) return Enrolled::kBefore;
  const bool is_new = before.indexed_email().empty() && before.indexed_name().empty();
  POSTERN_CHECK(put_profile(transaction, vault, *known, before, std::move(after)));
  return is_new ? Enrolled::kNow : is_same ? Enrolled::kBefore : Enrolled::kMoved;
}

core::Result<bool> is_sender_suspended(storage::Transaction& transaction, const storage::Vault& vault, core::WorkspaceId workspace,
                                       std::string_view email) {
  POSTERN_TRY(const core::UserId user, auth::find_contact(transaction, workspace, email));
  if (!user) return false;
  POSTERN_TRY(const schema::Profile profile, read_profile(transaction, vault, workspace, user));
  if (!profile.is_suspended()) return false;
  POSTERN_TRY(const std::optional<auth::User> known, auth::find_user(transaction, vault, workspace, user));
  return known && known->role == auth::Role::kContact;  // an account that they were given since is suspended otherwise
}

}  // namespace postern::ticketing
