#include "ticketing/fields/field_definition.h"

#include "ticketing/detail/ticket_draft.h"

namespace postern::ticketing {

void clean_definition(schema::TicketField& field, const pipeline::TextRedactor& redactor, core::WorkspaceId workspace, core::IdSource& ids) {
  const auto clean = [&](const std::string& text) { return redactor.redact_text(text, {"definition", workspace, {}}).text(); };
  field.set_title(clean(field.title()));
  field.set_description(clean(field.description()));
  field.set_agent_description(clean(field.agent_description()));
  field.set_title_in_portal(clean(field.title_in_portal()));
  field.set_pattern(clean(field.pattern()));
  field.set_tag(normal_tag(clean(field.tag())));
  for (schema::FieldOption& each : *field.mutable_options()) {
    each.set_name(clean(each.name()));
    each.set_value(normal_tag(clean(each.value())));
    if (each.id() == 0) each.set_id(ids.next());
  }
}

core::Result<void> keep_kind(storage::Transaction& /*transaction*/, core::WorkspaceId /*workspace*/, const schema::TicketField* before,
                             const schema::TicketField* after) {
  const bool is_changed = before != nullptr && after != nullptr && before->kind() != after->kind();
  if (is_changed) return core::fail(Errc::kInvalid, "type: does not change");
  return {};
}

}  // namespace postern::ticketing
