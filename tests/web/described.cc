#include "tests/web/described.h"

namespace postern::test {
namespace {

namespace json = boost::json;

// What is wrong with `value` under the schema; empty: nothing. Knows what schema_json() writes.
std::string against(const json::value& value, const json::object& schema, const json::object& all) {
  if (const json::value* reference = schema.if_contains("$ref")) {
    const std::string path(reference->as_string());
    return against(value, all.at(path.substr(path.rfind('/') + 1)).as_object(), all);
  }
  if (const json::value* choices = schema.if_contains("anyOf")) {
    std::string wrong;
    for (const json::value& each : choices->as_array()) {
      const std::string here = against(value, each.as_object(), all);
      if (here.empty()) return "";
      if (wrong.empty()) wrong = here;
    }
    return wrong;
  }
  if (!schema.contains("type")) return "";  // of any kind
  std::vector<std::string> types;
  const json::value& type = schema.at("type");
  if (type.is_string()) types.emplace_back(type.as_string());
  else for (const json::value& each : type.as_array()) types.emplace_back(each.as_string());
  const auto may_be = [&types](std::string_view name) { return std::ranges::find(types, name) != types.end(); };
  if (value.is_null()) return may_be("null") ? "" : "null";
  if (value.is_string()) {
    if (!may_be("string")) return "a string";
    const json::value* words = schema.if_contains("enum");
    return words == nullptr || std::ranges::find(words->as_array(), value) != words->as_array().end() ? "" : "none of the words";
  }
  if (value.is_bool()) return may_be("boolean") ? "" : "a boolean";
  if (value.is_number()) return may_be("number") || (may_be("integer") && !value.is_double()) ? "" : "a number";
  if (value.is_array()) {
    if (!may_be("array")) return "an array";
    for (const json::value& each : value.as_array()) {
      if (const std::string wrong = against(each, schema.at("items").as_object(), all); !wrong.empty()) return "item: " + wrong;
    }
    return "";
  }
  if (!may_be("object")) return "an object";
  if (!schema.contains("properties")) return "";  // of any kind
  const json::object& properties = schema.at("properties").as_object();
  for (const auto& field : value.as_object()) {
    const json::value* known = properties.if_contains(field.key());
    if (known == nullptr) return std::string(field.key()) + ": not described";
    if (field.key() == "counts" && field.value().is_null()) continue;  // so much was counted that nobody adds it up
    if (const std::string wrong = against(field.value(), known->as_object(), all); !wrong.empty()) return std::string(field.key()) + ": " + wrong;
  }
  return "";
}

void follow(const json::value& value, const json::object& schemas, std::size_t& references) {
  if (value.is_array()) {
    for (const json::value& each : value.as_array()) follow(each, schemas, references);
  }
  if (!value.is_object()) return;
  for (const auto& field : value.as_object()) {
    if (field.key() != "$ref") {
      follow(field.value(), schemas, references);
      continue;
    }
    ++references;
    const std::string path(field.value().as_string());
    EXPECT_TRUE(schemas.contains(path.substr(path.rfind('/') + 1))) << path;
  }
}

}  // namespace

Described::Described(WebApp& app) {
  const json::value all = json::parse(app.get("/api/v2/openapi", app.admin_token).body);
  paths = all.at("paths").as_object();
  schemas = all.at("components").at("schemas").as_object();
}

std::string Described::wrong_with(const Reply& reply, const std::string& pattern, const std::string& verb) const {
  const json::value& response = paths.at(pattern).at(verb).at("responses").at("2XX");
  return against(json::parse(reply.body), response.at("content").at("application/json").at("schema").as_object(), schemas);
}

std::size_t Described::follow_references() const {
  std::size_t references = 0;
  follow(paths, schemas, references);
  follow(schemas, schemas, references);
  return references;
}

}  // namespace postern::test
