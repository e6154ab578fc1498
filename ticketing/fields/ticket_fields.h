#pragma once
// ticketing/fields/ticket_fields.h: what a workspace has set up for its tickets: custom fields, forms of them, statuses of its
// own; and what follows for a ticket that is saved. What a dropdown, a multiselect or a checkbox is set to is a tag of the
// ticket as well: as a rule it keeps both in step, whoever changed either.
// The value of a field that was deleted stays in the ticket and is not shown: its id is never given to another field.
// Thread-safety: all methods from any executor.  Ownership: borrows what Services borrows, and the redactor.
// Errors: Errc::kNotFound, Errc::kInvalid (the context begins with the field's name), those of the store.
// Limits: FieldLimits, kFieldsMax and the like.
#include <memory>

#include "pipeline/api/redacted_message.h"
#include "ticketing/definitions/definitions.h"
#include "ticketing/detail/services.h"
#include "ticketing/fields/field_kinds.h"
#include "ticketing/ticket_hooks.h"
#include "ticketing/tickets.h"

namespace postern::ticketing {

// Ids below this are those of system fields and built-in statuses. Never renumber: forms and tickets hold them.
inline constexpr std::uint64_t kSystemIdsEnd = 100;
struct SystemField {
  std::uint64_t id;
  std::string_view type;   // Zendesk's words; of a literal
  std::string_view title;  // of a literal
};
inline constexpr std::array kSystemFields{
    SystemField{1, "subject", "Subject"}, SystemField{2, "description", "Description"}, SystemField{3, "status", "Status"},
    SystemField{4, "tickettype", "Type"}, SystemField{5, "priority", "Priority"},       SystemField{6, "group", "Group"},
    SystemField{7, "assignee", "Assignee"}};
// The built-in status of a category has the category's number as its id; 1 (new) to 5 (solved).
inline constexpr std::uint64_t kBuiltInStatusMax = static_cast<std::uint64_t>(Status::kSolved);

class TicketFields final : public TicketRules {
 public:
  static constexpr std::size_t kFieldsMax = 400;
  static constexpr std::size_t kFormsMax = 300;
  static constexpr std::size_t kStatusesMax = 100;
  template <class Record>
  using Edit = std::function<core::Result<void>(Record&)>;

  TicketFields(const Services& with, const pipeline::TextRedactor& redactor);

  const Definitions<schema::TicketField>& fields() const { return fields_; }
  const Definitions<schema::TicketForm>& forms() const { return forms_; }
  const Definitions<schema::CustomStatus>& statuses() const { return statuses_; }

  // `edit` changes the record as somebody typed it; then it is redacted and checked. Id 0: a new one.
  core::Task<core::Result<schema::TicketField>> save_field(auth::Principal by, std::uint64_t id, Edit<schema::TicketField> edit);
  core::Task<core::Result<schema::TicketForm>> save_form(auth::Principal by, std::uint64_t id, Edit<schema::TicketForm> edit);
  core::Task<core::Result<schema::CustomStatus>> save_status(auth::Principal by, std::uint64_t id, Edit<schema::CustomStatus> edit);
  core::Task<core::Result<schema::TicketField>> erase_field(auth::Principal by, std::uint64_t id, Definitions<schema::TicketField>::Guard guard = {}) {
    return fields_.erase(std::move(by), id, false, std::move(guard));
  }
  core::Task<core::Result<schema::TicketForm>> erase_form(auth::Principal by, std::uint64_t id, Definitions<schema::TicketForm>::Guard guard = {}) {
    return forms_.erase(std::move(by), id, false, std::move(guard));
  }
  // Tickets that have it show the built-in one of its category.
  core::Task<core::Result<schema::CustomStatus>> erase_status(auth::Principal by, std::uint64_t id, Definitions<schema::CustomStatus>::Guard guard = {}) {
    return statuses_.erase(std::move(by), id, false, std::move(guard));
  }
  core::Task<core::Result<std::shared_ptr<const std::vector<schema::TicketField>>>> reorder_fields(auth::Principal by, std::vector<std::uint64_t> order) {
    return fields_.reorder(std::move(by), std::move(order));
  }
  core::Task<core::Result<std::shared_ptr<const std::vector<schema::TicketForm>>>> reorder_forms(auth::Principal by, std::vector<std::uint64_t> order) {
    return forms_.reorder(std::move(by), std::move(order));
  }
  core::Task<core::Result<std::shared_ptr<const std::vector<schema::CustomStatus>>>> reorder_statuses(auth::Principal by, std::vector<std::uint64_t> order) {
    return statuses_.reorder(std::move(by), std::move(order));
  }

  // With conflict detection: in the transaction that changes the ticket. kInvalid "custom_fields" of an unknown or inactive
  // field, or a value that it does not take.
  core::Result<std::vector<std::string>> check_values(storage::Transaction& transaction, core::WorkspaceId workspace, const FieldValue& wish) const;
  // kInvalid "ticket_form_id" unless there is an active one of that id.
  core::Result<void> check_form(storage::Transaction& transaction, core::WorkspaceId workspace, std::uint64_t form) const;
  // Its category. kInvalid "custom_status_id" unless there is an active one of that id.
  core::Result<Status> category_of(storage::Transaction& transaction, core::WorkspaceId workspace, std::uint64_t status) const;
  // kInvalid "custom_fields" when a field that is needed to solve the ticket has no value. Those of its form are asked for,
  // or of the default form, or all.
  core::Result<void> check_solved(storage::Transaction& transaction, core::WorkspaceId workspace, const schema::Ticket& ticket) const;

  core::Result<void> before_save(TicketDraft& ticket) override;

 private:
  std::string clean(core::WorkspaceId workspace, const std::string& text) const;
  core::Result<void> follow_tags(TicketDraft& ticket) const;
  core::Result<void> follow_status(TicketDraft& ticket) const;

  const Services with_;
  const pipeline::TextRedactor& redactor_;
  Definitions<schema::TicketField> fields_;
  Definitions<schema::TicketForm> forms_;
  Definitions<schema::CustomStatus> statuses_;
};

}  // namespace postern::ticketing
