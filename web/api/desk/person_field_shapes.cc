#include "web/api/desk/person_field_shapes.h"

#include <algorithm>
#include <charconv>

#include "ticketing/fields/field_kinds.h"
#include "ticketing/ticket_limits.h"
#include "web/api/desk/field_shapes.h"

namespace postern::web::api {
namespace {

using ticketing::FieldKind;

constexpr std::size_t kExactDigits = 15;  // of a decimal number that a double holds

// A number where JSON's readers keep it exact, else the text.
template <class Number>
json::value exact_number_or_text(const std::string& text, std::size_t bytes_max) {
  Number out{};
  const char* const end = text.data() + text.size();
  const char* const begin = text.data() + (text.starts_with('+') ? 1 : 0);
  const auto [stop, wrong] = std::from_chars(begin, end, out);
  if (wrong != std::errc() || stop != end || text.size() > bytes_max) return json::value(text);
  return json::value(out);
}

json::value person_value_json(const schema::TicketField& field, const std::vector<std::string>& values) {
  const auto kind = static_cast<FieldKind>(field.kind());
  if (kind == FieldKind::kMultiselect) return json::array(values.begin(), values.end());
  if (kind == FieldKind::kCheckbox) return !values.empty() && values.front() == "true";
  if (values.empty()) return nullptr;
  if (kind == FieldKind::kInteger) return exact_number_or_text<std::int64_t>(values.front(), kExactDigits);
  if (kind == FieldKind::kDecimal) return exact_number_or_text<double>(values.front(), kExactDigits);
  if (kind == FieldKind::kDate) return json::value(values.front() + "T00:00:00Z");
  return json::value(values.front());
}

}  // namespace

json::object person_field_json(ticketing::FieldsOf whose, const schema::TicketField& field) {
  const auto kind = static_cast<FieldKind>(field.kind());
  const std::string url = "/api/v2/" + std::string(to_string(whose)) + "/" + std::to_string(field.id());
  json::object out;
  out["url"] = url;
  out["id"] = field.id();
  out["key"] = field.key();
  out["type"] = kind == FieldKind::kTagger ? std::string_view("dropdown") : ticketing::to_string(kind);
  out["title"] = field.title();
  out["raw_title"] = field.title();
  out["description"] = field.description();
  out["raw_description"] = field.description();
  out["position"] = field.position();
  out["active"] = field.is_active();
  out["system"] = false;
  out["regexp_for_validation"] = field.pattern().empty() ? json::value() : json::value(field.pattern());
  out["tag"] = field.tag().empty() ? json::value() : json::value(field.tag());
  if (!field.options().empty()) {
    json::array options;
    for (const schema::FieldOption& each : field.options()) {
      options.push_back(json::object{{"id", each.id()}, {"name", each.name()}, {"raw_name", each.name()}, {"value", each.value()}});
    }
    out["custom_field_options"] = std::move(options);
  }
  out["created_at"] = timestamp(field.created_unix_ms());
  out["updated_at"] = timestamp(field.updated_unix_ms());
  return out;
}

json::object person_values_json(const std::vector<schema::TicketField>& definitions, const std::vector<ticketing::FieldValue>& values) {
  json::object out;
  for (const schema::TicketField& each : definitions) {
    const auto value = std::ranges::find(values, each.id(), &ticketing::FieldValue::field);
    if (value == values.end() && !each.is_active()) continue;
    out[each.key()] = person_value_json(each, value == values.end() ? std::vector<std::string>() : value->values);
  }
  return out;
}

json::array hidden_values_json(const std::vector<schema::TicketField>& definitions, const std::vector<ticketing::FieldValue>& values) {
  json::array out;
  for (const ticketing::FieldValue& each : values) {
    const bool is_known = std::ranges::any_of(definitions, [&each](const schema::TicketField& one) { return one.id() == each.field; });
    if (!is_known) out.push_back(json::object{{"id", each.field}, {"values", json::array(each.values.begin(), each.values.end())}});
  }
  return out;
}

std::vector<ticketing::FieldWish> read_person_values(Form& form, const json::object& body, ticketing::FieldsOf whose) {
  std::vector<ticketing::FieldWish> out;
  const std::string_view name = to_string(whose);
  const json::value* value = body.if_contains(name);
  if (value == nullptr || value->is_null()) return out;
  const bool is_good = value->is_object() && value->as_object().size() <= ticketing::PersonFields::kFieldsMax;
  if (!is_good) return form.refuse(name, "InvalidFormat", "an object of keys and values is expected"), out;
  for (const auto& [key, each] : value->as_object()) {
    ticketing::FieldWish wish{std::string(key.data(), key.size()), {}};
    const auto add = [&](const json::value& one) {
      if (auto text = scalar_text(one)) wish.values.push_back(std::move(*text));
      else form.refuse(name, "InvalidFormat", "a text, a number, true or false, or a list of texts is expected");
    };
    if (each.is_array() && each.as_array().size() > ticketing::kTicketLimits.field_values_max) form.refuse(name, "TooLong", "too many values");
    else if (each.is_array()) std::ranges::for_each(each.as_array(), add);
    else if (!each.is_null()) add(each);
    out.push_back(std::move(wish));
  }
  return out;
}

}  // namespace postern::web::api
