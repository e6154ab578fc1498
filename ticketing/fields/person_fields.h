#pragma once
// ticketing/fields/person_fields.h: what a workspace asks of its people, or of its organisations, beside what everybody has. The
// types, options and checks are those of ticket fields; a field also has a key, by which programs name it. What a dropdown, a
// multiselect or a checkbox with a tag is set to is a tag of the person as well, as long as it is set.
// The value of a field that was deleted stays where it is and is not shown: neither its id nor its key leads to it again.
// Thread-safety: all methods from any executor.  Ownership: borrows what Services borrows, and the redactor.
// Errors: Errc::kNotFound, Errc::kInvalid (the context begins with the field's name), those of the store.
// Limits: FieldLimits, kFieldsMax, kValuesBytesMax.
#include <google/protobuf/repeated_ptr_field.h>

#include "pipeline/api/redacted_message.h"
#include "storage/schema/fields.pb.h"
#include "storage/schema/people.pb.h"
#include "ticketing/definitions/definitions.h"
#include "ticketing/detail/services.h"
#include "ticketing/fields/field_wish.h"
#include "ticketing/ticket_wishes.h"

namespace postern::ticketing {

enum class FieldsOf : std::uint8_t { kUser, kOrganization };
std::string_view to_string(FieldsOf whose);  // "user_fields", "organization_fields": the API's names

class PersonFields {
 public:
  static constexpr std::size_t kFieldsMax = 200;
  static constexpr std::size_t kValuesBytesMax = 131'072;  // of one person: the record is read with every list
  static constexpr std::size_t kKeyBytesMax = 100;
  using Values = google::protobuf::RepeatedPtrField<schema::PersonFieldValue>;
  using Tags = google::protobuf::RepeatedPtrField<std::string>;
  using Edit = std::function<core::Result<void>(schema::TicketField&)>;
  using List = Definitions<schema::TicketField>::List;

  PersonFields(const Services& with, const pipeline::TextRedactor& redactor, FieldsOf whose);

  FieldsOf whose() const { return whose_; }
  const Definitions<schema::TicketField>& definitions() const { return fields_; }
  // `edit` changes the record as somebody typed it; then it is redacted and checked. Id 0: a new one. A key does not change.
  core::Task<core::Result<schema::TicketField>> save(auth::Principal by, std::uint64_t id, Edit edit);
  core::Task<core::Result<schema::TicketField>> erase(auth::Principal by, std::uint64_t id, Definitions<schema::TicketField>::Guard guard = {}) {
    return fields_.erase(std::move(by), id, false, std::move(guard));
  }
  core::Task<core::Result<List>> reorder(auth::Principal by, std::vector<std::uint64_t> order) { return fields_.reorder(std::move(by), std::move(order)); }

  // What was typed, through the redactor: before the transaction that sets it.
  std::vector<FieldWish> clean(core::WorkspaceId workspace, std::vector<FieldWish> wishes) const;
  // In the transaction that changes the person, with conflict detection; tags that go with choices follow, sorted.
  // kInvalid "user_fields.KEY" of a value that the field does not take, "user_fields" of a key that no active field has.
  core::Result<void> set(storage::Transaction& transaction, core::WorkspaceId workspace, const std::vector<FieldWish>& wishes, Values& values,
                         Tags& tags) const;
  // Whether set() would take it as of now. What nobody has checked yet is redacted first.
  core::Result<bool> takes(core::WorkspaceId workspace, const FieldWish& wish) const;
  // Names of the fields in which two sets of values differ, with the values joined: for the audit log.
  struct Difference {
    std::string key, before, after;
  };
  core::Result<std::vector<Difference>> difference(storage::Transaction& transaction, core::WorkspaceId workspace, const Values& before,
                                                   const Values& after) const;

 private:
  core::Result<std::vector<std::string>> checked(const schema::TicketField& field, const FieldWish& wish) const;

  const Services with_;
  const pipeline::TextRedactor& redactor_;
  const FieldsOf whose_;
  Definitions<schema::TicketField> fields_;
};

std::vector<FieldValue> to_values(const PersonFields::Values& stored);

}  // namespace postern::ticketing
