#pragma once
// ticketing/people/people.h: what is known of people beside their account or contact (auth::Accounts): how to reach and address
// them, notes, tags, to which organisations they belong, and whether mail of an end user is held back.
// An end user belongs to the organisation of the domain of the address, until somebody puts them into one or takes them out.
// Finding by name costs what it finds, however many people there are: an index of digests (name_words.h), which new people
// enter with their first ticket and everybody else in the background (index_round()).
// Thread-safety: all methods from any executor.  Ownership: borrows what Services borrows, and the redactor.
// Errors: Errc::kNotFound, Errc::kInvalid (the context begins with the field), those of the store.  Limits: PeopleLimits.
#include <atomic>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "auth/principal.h"
#include "core/task.h"
#include "pipeline/api/redacted_message.h"
#include "ticketing/detail/services.h"
#include "ticketing/fields/field_wish.h"
#include "ticketing/people/people_changes.h"
#include "ticketing/ticket_wishes.h"

namespace postern::schema {
class Profile;
}

namespace postern::ticketing {

class PersonFields;

struct PeopleLimits {
  std::size_t name_bytes_max = 255;
  std::size_t word_bytes_max = 255;       // of alias, phone, locale, time zone and external id
  std::size_t text_bytes_max = 16384;     // of details, and of notes
  std::size_t tags_max = 100;
  std::size_t organizations_max = 100;    // of one person
  std::size_t addresses_max = 100;        // of one person, the primary one counted
  std::size_t found_scan_max = 5000;      // people that one look by name opens
  std::size_t index_round_max = 2000;     // people that one round of the background looks at
  std::size_t index_batch_max = 50;       // … of which one transaction takes so many
  std::chrono::minutes index_slack{10};   // people younger than that are looked at again: ids are not committed in their order
};

struct OrganizationMembership {
  std::uint64_t id = 0;
  std::uint64_t organization = 0;
  core::UserId user;
  std::int64_t created_unix_ms = 0;
  bool is_default = false;  // of the user: where new tickets go
};

// One of the addresses that lead to somebody. Its id says which of theirs, and stays as long as the address is theirs.
struct PersonAddress {
  std::uint64_t id = 0;
  std::string email;
  bool is_primary = false;  // mail goes there
};

struct Profile {
  core::UserId user;
  std::string name;  // in place of that of the contact; empty: that one
  std::string alias, phone, details, notes, external_id, locale, time_zone;
  std::string signature;  // of agents (signatures/signatures.h)
  std::string signature_html = {};  // the same, formatted; empty: it is plain
  std::vector<std::string> tags;
  bool is_verified = false;
  bool is_shared = false;
  bool is_suspended = false;
  std::vector<OrganizationMembership> organizations;  // the default one first
  std::vector<std::string> other_emails;  // that lead here, too: since a merge (person_merge.h), or added by hand
  core::UserId merged_into;          // 0: not merged
  std::vector<FieldValue> fields;    // of the workspace's own (fields/person_fields.h), also of those that were deleted
  std::int64_t updated_unix_ms = 0;  // 0: never
};

Profile to_profile(const schema::Profile& record);

class People {
 public:
  People(const Services& with, const pipeline::TextRedactor& redactor, PeopleLimits limits = PeopleLimits())
      : with_(with), redactor_(redactor), limits_(limits) {}
  // Before the first call; borrowed. Without it there are no fields.
  void use(const PersonFields& fields) { fields_ = &fields; }
  // The same; without it nobody is told of changes.
  void use(TellPeopleChange tell) { tell_ = std::move(tell); }

  core::Result<Profile> find(core::WorkspaceId workspace, core::UserId user) const;  // an empty one of whoever has none

  // What is not given stays. Suspension is of end users only; the name of an account is changed where the account is.
  struct Change {
    std::optional<std::string> name, alias, phone, details, notes, external_id, locale, time_zone;
    std::optional<std::string> signature;  // of accounts only; alone it takes the HTML away
    std::optional<std::string> signature_html = {};
    std::optional<std::vector<std::string>> tags;
    std::optional<bool> is_verified, is_shared, is_suspended;
    std::optional<std::vector<std::uint64_t>> organizations;  // all of them, the default one first
    std::vector<FieldWish> fields;  // those that are named; the others stay
  };
  // An end user with that address. Errors: Errc::kInvalid "email" when it is somebody's already.
  core::Task<core::Result<core::UserId>> create(auth::Principal by, std::string email, Change change);
  // `guard` is asked in the transaction of the change, of the profile as it is before; its error ends it.
  using Guard = std::function<core::Result<void>(const Profile&)>;
  core::Task<core::Result<Profile>> update(auth::Principal by, core::UserId user, Change change, Guard guard = {});

  // Addresses (identities.cc), the primary one first; those of an end user can be changed by whoever works in all inboxes: with an
  // address comes all that is mailed from there. Errors: auth::Errc::kForbidden, Errc::kNotFound, Errc::kInvalid: "email_taken",
  // "email", "primary" and "user" begin the context.
  core::Result<std::vector<PersonAddress>> addresses(core::WorkspaceId workspace, core::UserId user) const;
  core::Task<core::Result<PersonAddress>> add_address(auth::Principal by, core::UserId user, std::string email);
  core::Task<core::Result<PersonAddress>> replace_address(auth::Principal by, core::UserId user, std::uint64_t address, std::string email);
  core::Task<core::Result<void>> make_address_primary(auth::Principal by, core::UserId user, std::uint64_t address);
  // Not the primary one. Whoever writes from there is somebody new.
  core::Task<core::Result<void>> remove_address(auth::Principal by, core::UserId user, std::uint64_t address);

  // People each word of the query begins a word of whose name or address, at most `count`, by id; an address that is somebody's
  // finds him first.
  core::Result<std::vector<core::UserId>> search(core::WorkspaceId workspace, std::string_view query, std::size_t count) const;
  // Those who have that value in a field of the workspace's own, whatever its case; at most `count`, by id.
  core::Result<std::vector<core::UserId>> search_field(core::WorkspaceId workspace, std::uint64_t field, std::string_view value, std::size_t count) const;
  core::Result<core::UserId> find_by_email(core::WorkspaceId workspace, std::string_view email) const;  // 0: nobody
  core::Result<core::UserId> find_by_external_id(core::WorkspaceId workspace, std::string_view external_id) const;  // 0: nobody

  core::Result<OrganizationMembership> membership(core::WorkspaceId workspace, std::uint64_t id) const;
  core::Task<core::Result<OrganizationMembership>> join(auth::Principal by, core::UserId user, std::uint64_t organization, bool is_default);
  core::Task<core::Result<void>> leave(auth::Principal by, std::uint64_t membership);
  core::Task<core::Result<Profile>> make_default(auth::Principal by, core::UserId user, std::uint64_t membership);

  // One round over people who are not in the index yet, or whose domain became an organisation's; how many it wrote.
  core::Task<core::Result<std::size_t>> index_round(core::WorkspaceId workspace, const std::atomic<bool>& is_stopping);

 private:
  core::Result<Change> clean(core::WorkspaceId workspace, Change change) const;
  core::Result<Profile> write(storage::Transaction& transaction, const auth::Principal& by, const auth::User& user, const Change& change,
                              bool is_new = false) const;
  using AddressEdit = std::function<core::Result<void>(std::vector<PersonAddress>&)>;
  core::Task<core::Result<void>> change_addresses(auth::Principal by, core::UserId user, AddressEdit edit) const;
  core::Result<void> write_addresses(storage::Transaction& transaction, const auth::Principal& by, core::UserId user, const AddressEdit& edit) const;
  core::Result<std::string> clean_address(core::WorkspaceId workspace, std::string email) const;
  core::Result<auth::User> known_user(storage::Transaction& transaction, core::WorkspaceId workspace, core::UserId user) const;
  core::Result<void> set_organizations(storage::Transaction& transaction, core::WorkspaceId workspace,
                                       const std::vector<std::uint64_t>& wanted, schema::Profile& profile) const;
  core::Result<void> search_under(const storage::Snapshot& snapshot, const std::string& prefix, std::string_view query, std::size_t count,
                                  std::size_t& seen, std::vector<core::UserId>& out) const;
  struct IndexStep {
    std::size_t looked = 0;
    core::UserId last;
    std::uint64_t progress = 0;  // as stored
  };
  core::Result<IndexStep> index_batch(storage::Transaction& transaction, core::WorkspaceId workspace, IndexStep from) const;

  const Services with_;
  const pipeline::TextRedactor& redactor_;
  const PeopleLimits limits_;
  const PersonFields* fields_ = nullptr;
  TellPeopleChange tell_;
};

}  // namespace postern::ticketing
