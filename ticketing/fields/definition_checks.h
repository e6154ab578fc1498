#pragma once
// ticketing/fields/definition_checks.h: what makes a definition of a field, a form or a status a valid one, beside the others
// of its kind.
// Thread-safety: pure.  Errors: Errc::kInvalid; the context begins with the field's name.  Limits: FieldLimits.
#include <string>
#include <utility>
#include <vector>

#include "core/result.h"
#include "storage/schema/fields.pb.h"

namespace postern::ticketing {

core::Result<void> check_field(const schema::TicketField& changed, const std::vector<schema::TicketField>& others);
core::Result<void> check_form(const schema::TicketForm& changed, const std::vector<schema::TicketForm>& others);
core::Result<void> check_status(const schema::CustomStatus& changed, const std::vector<schema::CustomStatus>& others);

// What the audit log shows of one.
using ShownFields = std::vector<std::pair<std::string, std::string>>;
ShownFields shown(const schema::TicketField& field);
ShownFields shown(const schema::TicketForm& form);
ShownFields shown(const schema::CustomStatus& status);

}  // namespace postern::ticketing
