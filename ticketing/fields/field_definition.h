#pragma once
// ticketing/fields/field_definition.h: what every change of a field's definition goes through, whatever the field belongs to.
// Thread-safety: pure, apart from the ids.  Errors: Errc::kInvalid; the context begins with the field's name.
#include "core/ids.h"
#include "pipeline/api/redacted_message.h"
#include "storage/schema/fields.pb.h"
#include "storage/store.h"
#include "ticketing/errc.h"

namespace postern::ticketing {

// What was typed, through the redactor; options that have no id get one.
void clean_definition(schema::TicketField& field, const pipeline::TextRedactor& redactor, core::WorkspaceId workspace, core::IdSource& ids);
// For Definitions::Kind::also. A type that changes would leave values behind that the new one does not take.
core::Result<void> keep_kind(storage::Transaction& transaction, core::WorkspaceId workspace, const schema::TicketField* before,
                             const schema::TicketField* after);

}  // namespace postern::ticketing
