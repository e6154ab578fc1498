#include "ticketing/fields/definition_checks.h"

#include <algorithm>
#include <set>

#include "core/encoding.h"
#include "ticketing/detail/ticket_draft.h"
#include "ticketing/fields/field_kinds.h"
#include "ticketing/fields/field_pattern.h"

namespace postern::ticketing {
namespace {

core::Result<void> check_title(const std::string& title, const char* name) {
  if (core::trim_ascii(title).empty()) return core::fail(Errc::kInvalid, std::string(name) + ": cannot be blank");
  if (title.size() > kFieldLimits.title_bytes_max) return core::fail(Errc::kInvalid, std::string(name) + ": too long");
  return {};
}

core::Result<void> check_options(const schema::TicketField& field) {
  const auto kind = static_cast<FieldKind>(field.kind());
  const bool has_choice = kind == FieldKind::kTagger || kind == FieldKind::kMultiselect;
  if (!has_choice && field.options_size() > 0) return core::fail(Errc::kInvalid, "custom_field_options: only of dropdowns and multiselects");
  if (has_choice && field.options().empty()) return core::fail(Errc::kInvalid, "custom_field_options: cannot be blank");
  if (static_cast<std::size_t>(field.options_size()) > kFieldLimits.options_max) return core::fail(Errc::kInvalid, "custom_field_options: too many");
  std::set<std::string> values;
  int defaults = 0;
  for (const schema::FieldOption& each : field.options()) {
    POSTERN_CHECK(check_title(each.name(), "custom_field_options"));
    if (!is_tag(each.value())) return core::fail(Errc::kInvalid, "custom_field_options: a value is a tag: no blanks, commas or quotes");
    if (!values.insert(each.value()).second) return core::fail(Errc::kInvalid, "custom_field_options: a value is there twice");
    if (each.is_default()) ++defaults;
  }
  if (defaults > 1 && kind == FieldKind::kTagger) return core::fail(Errc::kInvalid, "custom_field_options: one default at most");
  return {};
}

std::string yes_no(bool value) { return value ? "true" : "false"; }

}  // namespace

core::Result<void> check_field(const schema::TicketField& changed, const std::vector<schema::TicketField>& /*others*/) {
  POSTERN_CHECK(check_title(changed.title(), "title"));
  for (const std::string* text : {&changed.description(), &changed.agent_description(), &changed.title_in_portal()}) {
    if (text->size() > kFieldLimits.description_bytes_max) return core::fail(Errc::kInvalid, "description: too long");
  }
  if (to_string(static_cast<FieldKind>(changed.kind())) == "unknown") return core::fail(Errc::kInvalid, "type: unknown");
  if (!changed.tag().empty() && !is_tag(changed.tag())) return core::fail(Errc::kInvalid, "tag: no blanks, commas or quotes");
  if (changed.kind() == static_cast<std::uint32_t>(FieldKind::kRegexp)) POSTERN_CHECK(check_pattern(changed.pattern()));
  return check_options(changed);
}

core::Result<void> check_form(const schema::TicketForm& changed, const std::vector<schema::TicketForm>& others) {
  constexpr int kFieldsOfFormMax = 400;
  POSTERN_CHECK(check_title(changed.title(), "name"));
  if (changed.display_name().size() > kFieldLimits.title_bytes_max) return core::fail(Errc::kInvalid, "display_name: too long");
  if (changed.fields_size() > kFieldsOfFormMax) return core::fail(Errc::kInvalid, "ticket_field_ids: too many");
  const std::set<std::uint64_t> fields(changed.fields().begin(), changed.fields().end());
  if (fields.size() != static_cast<std::size_t>(changed.fields_size())) return core::fail(Errc::kInvalid, "ticket_field_ids: one is there twice");
  const bool has_default = std::ranges::any_of(others, &schema::TicketForm::is_default);
  if (changed.is_default() && has_default) return core::fail(Errc::kInvalid, "default: another form is the default one");
  if (changed.is_default() && !changed.is_active()) return core::fail(Errc::kInvalid, "active: the default form is an active one");
  return {};
}

core::Result<void> check_status(const schema::CustomStatus& changed, const std::vector<schema::CustomStatus>& others) {
  POSTERN_CHECK(check_title(changed.title(), "agent_label"));
  for (const std::string* text : {&changed.end_user_title(), &changed.description(), &changed.end_user_description()}) {
    if (text->size() > kFieldLimits.description_bytes_max) return core::fail(Errc::kInvalid, "description: too long");
  }
  const bool has_category = changed.category() >= static_cast<std::uint32_t>(Status::kNew) && changed.category() <= static_cast<std::uint32_t>(Status::kSolved);
  if (!has_category) return core::fail(Errc::kInvalid, "status_category: new, open, pending, hold or solved");
  if (changed.is_default() && !changed.is_active()) return core::fail(Errc::kInvalid, "active: a default status is an active one");
  for (const schema::CustomStatus& each : others) {
    if (core::equals_ignoring_case(each.title(), changed.title())) return core::fail(Errc::kInvalid, "agent_label: another status has it");
    if (changed.is_default() && each.is_default() && each.category() == changed.category()) {
      return core::fail(Errc::kInvalid, "default: another status is the default one of this category");
    }
  }
  return {};
}

ShownFields shown(const schema::TicketField& field) {
  return {{"title", field.title()},
          {"type", std::string(to_string(static_cast<FieldKind>(field.kind())))},
          {"active", yes_no(field.is_active())},
          {"required", yes_no(field.is_required())},
          {"options", std::to_string(field.options_size())}};
}

ShownFields shown(const schema::TicketForm& form) {
  std::string fields;
  for (const std::uint64_t each : form.fields()) fields += (fields.empty() ? "" : " ") + std::to_string(each);
  return {{"name", form.title()}, {"active", yes_no(form.is_active())}, {"default", yes_no(form.is_default())}, {"fields", fields}};
}

ShownFields shown(const schema::CustomStatus& status) {
  return {{"agent_label", status.title()},
          {"status_category", std::string(to_string(static_cast<Status>(status.category())))},
          {"active", yes_no(status.is_active())},
          {"default", yes_no(status.is_default())}};
}

}  // namespace postern::ticketing
