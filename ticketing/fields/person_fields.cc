#include "ticketing/fields/person_fields.h"

#include <algorithm>
#include <set>

#include "core/encoding.h"
#include "ticketing/fields/definition_checks.h"
#include "ticketing/fields/field_definition.h"
#include "ticketing/fields/field_kinds.h"

namespace postern::ticketing {
namespace {

constexpr DefinitionLimits kPersonFieldRoom{PersonFields::kFieldsMax, 0, 200, 1U << 19U, 5};
constexpr std::size_t kDateBytes = 10;  // "2026-11-23" of "2026-11-23T00:00:00Z"

bool is_key(std::string_view key) {
  const auto is_wrong = [](char c) {
    const bool is_letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
    return !is_letter && !(c >= '0' && c <= '9') && c != '_' && c != '-';
  };
  const auto is_digit = [](char c) { return c >= '0' && c <= '9'; };
  return !key.empty() && key.size() <= PersonFields::kKeyBytesMax && std::ranges::none_of(key, is_wrong) && !std::ranges::all_of(key, is_digit);
}

core::Result<void> check_person_field(const schema::TicketField& changed, const std::vector<schema::TicketField>& others) {
  if (!is_key(changed.key())) return core::fail(Errc::kInvalid, "key: letters, digits, underscores and hyphens, and not digits alone");
  for (const schema::TicketField& each : others) {
    if (core::equals_ignoring_case(each.key(), changed.key())) return core::fail(Errc::kInvalid, "key: another field has it");
  }
  return check_field(changed, others);
}

core::Result<void> keep_kind_and_key(storage::Transaction& transaction, core::WorkspaceId workspace, const schema::TicketField* before,
                                     const schema::TicketField* after) {
  const bool is_changed = before != nullptr && after != nullptr && before->key() != after->key();
  if (is_changed) return core::fail(Errc::kInvalid, "key: does not change");
  return keep_kind(transaction, workspace, before, after);
}

ShownFields shown_person_field(const schema::TicketField& field) {
  ShownFields out = shown(field);
  out.emplace_back("key", field.key());
  return out;
}

const schema::TicketField* find_by_key(const std::vector<schema::TicketField>& list, std::string_view key) {
  const auto found = std::ranges::find_if(list, [key](const schema::TicketField& each) { return core::equals_ignoring_case(each.key(), key); });
  return found == list.end() || !found->is_active() ? nullptr : &*found;
}

std::vector<std::string> stored_values(const PersonFields::Values& values, std::uint64_t field) {
  for (const schema::PersonFieldValue& each : values) {
    if (each.field() == field) return {each.values().begin(), each.values().end()};
  }
  return {};
}

// Sorted by field, without those that have no value, so that equal sets are equal records.
void put_values(PersonFields::Values& values, std::uint64_t field, const std::vector<std::string>& wanted) {
  auto place = std::ranges::find(values, field, &schema::PersonFieldValue::field);
  if (wanted.empty()) {
    if (place != values.end()) values.erase(place);
    return;
  }
  schema::PersonFieldValue& to = place == values.end() ? *values.Add() : *place;
  to.set_field(field);
  to.mutable_values()->Assign(wanted.begin(), wanted.end());
  std::sort(values.begin(), values.end(), [](const auto& a, const auto& b) { return a.field() < b.field(); });
}

std::string joined_values(const std::vector<std::string>& values) {
  std::string out;
  for (const std::string& each : values) out += (out.empty() ? "" : ", ") + each;
  return out;
}

std::size_t bytes_of(const PersonFields::Values& values) {
  std::size_t out = 0;
  for (const schema::PersonFieldValue& each : values) out += each.ByteSizeLong();
  return out;
}

}  // namespace

std::string_view to_string(FieldsOf whose) { return whose == FieldsOf::kUser ? "user_fields" : "organization_fields"; }

std::vector<FieldValue> to_values(const PersonFields::Values& stored) {
  std::vector<FieldValue> out;
  for (const schema::PersonFieldValue& each : stored) out.push_back({each.field(), {each.values().begin(), each.values().end()}});
  return out;
}

PersonFields::PersonFields(const Services& with, const pipeline::TextRedactor& redactor, FieldsOf whose)
    : with_(with),
      redactor_(redactor),
      whose_(whose),
      fields_(with.store, with.vault, with.ids, with.clock,
              {whose == FieldsOf::kUser ? DefinitionKind::kUserField : DefinitionKind::kOrganizationField,
               whose == FieldsOf::kUser ? "user_field" : "organization_field", kPersonFieldRoom, check_person_field, shown_person_field,
               keep_kind_and_key}) {}

core::Task<core::Result<schema::TicketField>> PersonFields::save(auth::Principal by, std::uint64_t id, Edit edit) {
  auto whole = [this, &by, &edit](schema::TicketField& field) -> core::Result<void> {
    POSTERN_CHECK(edit(field));
    const std::string key = redactor_.redact_text(field.key(), {"definition", by.workspace, {}}).text();
    if (key != field.key()) return core::fail(Errc::kInvalid, "key: holds a value that must not be stored");
    clean_definition(field, redactor_, by.workspace, with_.ids);
    return {};
  };
  if (id != 0) co_return co_await fields_.update(by, id, std::move(whole));
  schema::TicketField made;
  POSTERN_CO_CHECK(whole(made));
  co_return co_await fields_.create(by, std::move(made));
}

std::vector<FieldWish> PersonFields::clean(core::WorkspaceId workspace, std::vector<FieldWish> wishes) const {
  for (FieldWish& each : wishes) {
    for (std::string& value : each.values) value = redactor_.redact_text(value, {to_string(whose_), workspace, {}}).text();
  }
  return wishes;
}

core::Result<std::vector<std::string>> PersonFields::checked(const schema::TicketField& field, const FieldWish& wish) const {
  std::vector<std::string> values = wish.values;
  if (field.kind() == static_cast<std::uint32_t>(FieldKind::kDate)) {
    for (std::string& each : values) {  // Zendesk writes the date of a person as a moment
      if (each.size() > kDateBytes && each[kDateBytes] == 'T') each.resize(kDateBytes);
    }
  }
  core::Result<std::vector<std::string>> out = normal_values(field, std::move(values));
  if (out) return out;
  return core::fail(Errc::kInvalid, std::string(to_string(whose_)) + "." + core::to_lower_ascii(field.key()) + ": " + out.error().context());
}

core::Result<void> PersonFields::set(storage::Transaction& transaction, core::WorkspaceId workspace, const std::vector<FieldWish>& wishes,
                                     Values& values, Tags& tags) const {
  if (wishes.empty()) return {};
  POSTERN_TRY(const List list, fields_.all(transaction, workspace));
  std::set<std::string> gone, held;
  for (const FieldWish& each : wishes) {
    const schema::TicketField* field = find_by_key(*list, each.key);
    if (field == nullptr) return core::fail(Errc::kInvalid, std::string(to_string(whose_)) + ": there is no field of such a key");
    POSTERN_TRY(const std::vector<std::string> wanted, checked(*field, each));
    const std::vector<std::string> before = stored_values(values, field->id());
    if (wanted == before) continue;
    for (std::string& tag : tags_of(*field, before)) gone.insert(std::move(tag));
    put_values(values, field->id(), wanted);
  }
  if (bytes_of(values) > kValuesBytesMax) return core::fail(Errc::kInvalid, std::string(to_string(whose_)) + ": too long together");
  for (const schema::TicketField& each : *list) {
    for (std::string& tag : tags_of(each, stored_values(values, each.id()))) held.insert(std::move(tag));
  }
  std::set<std::string> all(tags.begin(), tags.end());
  for (const std::string& tag : gone) all.erase(tag);
  all.insert(held.begin(), held.end());
  tags.Assign(all.begin(), all.end());
  return {};
}

core::Result<bool> PersonFields::takes(core::WorkspaceId workspace, const FieldWish& wish) const {
  POSTERN_TRY(const List list, fields_.all(workspace));
  const schema::TicketField* field = find_by_key(*list, wish.key);
  if (field == nullptr) return false;
  return checked(*field, clean(workspace, {wish}).front()).has_value();
}

core::Result<std::vector<PersonFields::Difference>> PersonFields::difference(storage::Transaction& transaction, core::WorkspaceId workspace,
                                                                             const Values& before, const Values& after) const {
  std::vector<Difference> out;
  if (before.empty() && after.empty()) return out;
  POSTERN_TRY(const List list, fields_.all(transaction, workspace));
  for (const schema::TicketField& each : *list) {
    const std::vector<std::string> from = stored_values(before, each.id());
    const std::vector<std::string> to = stored_values(after, each.id());
    if (from != to) out.push_back({std::string(to_string(whose_)) + "." + each.key(), joined_values(from), joined_values(to)});
  }
  return out;
}

}  // namespace postern::ticketing
