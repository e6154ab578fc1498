#pragma once
// web/api/schemas.h: the shape of JSON bodies as data. Handlers refuse what a request's schema does not name, and the API's
// description (openapi.cc) shows the same table, so that the two cannot disagree. Routes name their schemas.
// Thread-safety: constant data. Errors: an unknown schema name is std::logic_error, which tests exclude.
#include <span>
#include <string_view>

#include "web/api/json.h"

namespace postern::web {

enum class FieldType : std::uint8_t { kText, kInteger, kNumber, kFlag, kTexts, kIntegers, kTime, kDate, kObject, kObjects, kAny };

struct SchemaField {
  std::string_view name;
  FieldType type = FieldType::kText;
  std::string_view of;        // kObject(s): their schema; kText(s): the words that are possible, by comma, or none
  enum class Need : std::uint8_t { kOptional, kRequired, kReadOnly, kNullable } need = Need::kOptional;
};

struct Schema {
  std::string_view name;
  std::span<const SchemaField> fields;
};

std::span<const Schema> schemas();
std::span<const Schema> people_schemas();  // those of people_schemas.cc; part of schemas()
const Schema& schema_named(std::string_view name);
// Keys of `object` that the schema does not have are problems of the form.
void refuse_others(Form& form, const json::object& object, std::string_view schema);
// As OpenAPI has it.
json::object schema_json(const Schema& schema);

}  // namespace postern::web
