#pragma once
// ticketing/people/organizations.h: the organisations that customers belong to: any number of them, found by id, by the
// beginning of a word of the name, by the whole name and by the id of another system. Mail domains belong to one organisation;
// whoever writes from there belongs to it unless people said otherwise (people.h).
// One that is deleted leaves its tickets and its people step by step in the background (leavings.h).
// Thread-safety: all methods from any executor.  Ownership: borrows what Services borrows, and the redactor.
// Errors: Errc::kNotFound, Errc::kInvalid (the context begins with the field), those of the store.  Limits: OrganizationLimits.
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
class Organization;
}

namespace postern::ticketing {

class Groups;
class PersonFields;

struct OrganizationLimits {
  std::size_t name_bytes_max = 255;
  std::size_t text_bytes_max = 16384;  // of details, and of notes
  std::size_t domains_max = 100;
  std::size_t tags_max = 100;
  std::size_t external_id_bytes_max = 255;
  std::size_t found_scan_max = 2000;   // that one look by name opens
};

struct Organization {
  std::uint64_t id = 0;
  std::string name;
  std::string details;
  std::string notes;
  std::vector<std::string> domains;
  std::vector<std::string> tags;
  std::string external_id;
  bool shared_tickets = false;
  bool shared_comments = false;
  std::uint64_t group = 0;  // where its new tickets go; 0: nowhere
  std::vector<FieldValue> fields;  // of the workspace's own (fields/person_fields.h), also of those that were deleted
  std::int64_t created_unix_ms = 0;
  std::int64_t updated_unix_ms = 0;
};

class Organizations {
 public:
  Organizations(const Services& with, const pipeline::TextRedactor& redactor, const Groups& groups,
                OrganizationLimits limits = OrganizationLimits())
      : with_(with), redactor_(redactor), groups_(groups), limits_(limits) {}
  // Before the first call; borrowed. Without it there are no fields.
  void use(const PersonFields& fields) { fields_ = &fields; }
  // The same; without it nobody is told of changes.
  void use(TellPeopleChange tell) { tell_ = std::move(tell); }

  // What is not given stays.
  struct Change {
    std::optional<std::string> name, details, notes, external_id;
    std::optional<std::vector<std::string>> domains, tags;
    std::optional<bool> shared_tickets, shared_comments;
    std::optional<std::uint64_t> group;
    std::vector<FieldWish> fields;  // those that are named; the others stay
  };
  core::Task<core::Result<Organization>> create(auth::Principal by, Change change);
  // Asked in the transaction of a change, of the organisation as it is before; its error ends the change.
  using Guard = std::function<core::Result<void>(const Organization&)>;
  core::Task<core::Result<Organization>> update(auth::Principal by, std::uint64_t id, Change change, Guard guard = {});
  // Creates one, or changes the one with that external id, else with that name.
  core::Task<core::Result<std::pair<Organization, bool>>> create_or_update(auth::Principal by, Change change);
  core::Task<core::Result<void>> erase(auth::Principal by, std::uint64_t id, Guard guard = {});

  core::Result<Organization> find(core::WorkspaceId workspace, std::uint64_t id) const;
  core::Result<std::optional<Organization>> find_by_name(core::WorkspaceId workspace, std::string_view name) const;
  core::Result<std::optional<Organization>> find_by_external_id(core::WorkspaceId workspace, std::string_view external_id) const;
  // By id, behind `after`.
  core::Result<std::vector<Organization>> page(core::WorkspaceId workspace, std::uint64_t after, std::size_t count) const;
  // Those each word of the query begins a word of whose name: at most `count`.
  core::Result<std::vector<Organization>> complete(core::WorkspaceId workspace, std::string_view query, std::size_t count) const;
  core::Result<std::uint64_t> count(core::WorkspaceId workspace) const;
  // Who belongs to it, by id, behind `after`.
  core::Result<std::vector<core::UserId>> members(core::WorkspaceId workspace, std::uint64_t id, core::UserId after, std::size_t count) const;

 private:
  core::Result<schema::Organization> read(storage::Transaction& transaction, core::WorkspaceId workspace, std::uint64_t id) const;
  core::Result<std::optional<Organization>> find_unique(core::WorkspaceId workspace, std::string_view kind, std::string_view text) const;
  core::Result<void> set_fields(storage::Transaction& transaction, core::WorkspaceId workspace, const Change& change, schema::Organization& to) const;
  // Typed text goes through the redactor, words of the network into their form.
  core::Result<Change> clean(core::WorkspaceId workspace, Change change) const;
  core::Result<void> put(storage::Transaction& transaction, const auth::Principal& by, const schema::Organization* before,
                         const schema::Organization& after) const;

  const Services with_;
  const pipeline::TextRedactor& redactor_;
  const Groups& groups_;
  const OrganizationLimits limits_;
  const PersonFields* fields_ = nullptr;
  TellPeopleChange tell_;
};

}  // namespace postern::ticketing
