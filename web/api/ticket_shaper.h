#pragma once
// web/api/ticket_shaper.h: tickets as JSON with what the workspace has set up for them: custom fields by their types, forms,
// statuses. Made for one request; it reads the definitions once.
// Thread-safety: one owner.  Ownership: borrows the services.  Errors: those of the store.
#include <memory>

#include "storage/schema/fields.pb.h"
#include "web/api/context.h"
#include "web/api/shapes.h"

namespace postern::web {

class TicketShaper {
 public:
  static core::Result<TicketShaper> make(const Request& request, Context& context);

  json::object operator()(const ticketing::Ticket& ticket) const;
  // With what the first comment tells: description, via, is_public.
  core::Result<json::object> whole(const ticketing::Ticket& ticket) const;
  json::array list(const std::vector<ticketing::Ticket>& tickets) const;

 private:
  TicketShaper(const Request& request, Context& context);
  json::array custom_fields(const ticketing::Ticket& ticket) const;

  const auth::Principal* who_;
  Context* context_;
  std::shared_ptr<const ticketing::Directory> directory_;
  std::shared_ptr<const std::vector<schema::TicketField>> fields_;   // null: none
  std::shared_ptr<const std::vector<schema::CustomStatus>> statuses_;
  std::uint64_t default_form_ = 0;
};

// The value of a custom field as Zendesk has it: true and false of a checkbox, a list of a multiselect, otherwise text; null of none.
json::value field_value_json(const schema::TicketField& field, const std::vector<std::string>& values);

}  // namespace postern::web
