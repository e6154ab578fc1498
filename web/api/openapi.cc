// The API's description, generated from the route table, so that it cannot lag behind it.
#include <algorithm>
#include <cctype>

#include "core/encoding.h"
#include "web/api/handlers.h"
#include "web/api/json.h"
#include "web/api/schemas.h"

namespace postern::web::api {
namespace {

json::object parameter(std::string_view name, std::string_view where, std::string_view type) {
  json::object out;
  out["name"] = name;
  out["in"] = where;
  out["required"] = where == "path";
  out["schema"] = json::object{{"type", type}};
  return out;
}

json::array parameters_of(const Route& route) {
  json::array out;
  std::string_view rest = route.pattern;
  for (std::size_t open = rest.find('{'); open != std::string_view::npos; open = rest.find('{')) {
    std::size_t close = rest.find('}', open);
    const std::string_view name = rest.substr(open, close + 1 - open);
    const bool is_text = name == kDomainParameter || name == kTraceParameter || name == kRuleParameter;
    out.push_back(parameter(rest.substr(open + 1, close - open - 1), "path", is_text ? "string" : "integer"));
    rest.remove_prefix(close + 1);
  }
  rest = route.query;
  while (!rest.empty()) {
    std::string_view name = rest.substr(0, rest.find(','));
    out.push_back(parameter(name, "query", "string"));
    rest.remove_prefix(std::min(rest.size(), name.size() + 1));
  }
  if (honours_replays(route)) out.push_back(parameter("Idempotency-Key", "header", "string"));
  if (route.is_versioned) out.push_back(parameter("If-Match", "header", "string"));
  return out;
}

// "get_tickets_id_comments"
std::string operation_id(const Route& route) {
  std::string out = core::to_lower_ascii(to_string(route.verb));
  for (char c : route.pattern.substr(std::string_view("/api/v2").size())) {
    if (std::isalnum(static_cast<unsigned char>(c)) != 0) out += c;
    else if (out.back() != '_') out += '_';
  }
  while (out.back() == '_') out.pop_back();
  return out;
}

json::object schema_reference(std::string_view name) {
  return json::object{{"$ref", "#/components/schemas/" + std::string(schema_named(name).name)}};
}

json::object operation_of(const Route& route) {
  json::object problem;
  problem["description"] = "A problem (RFC 9457)";
  problem["content"] =
      json::object{{"application/problem+json", {{"schema", {{"$ref", "#/components/schemas/Problem"}}}}}};
  json::object ok;
  ok["description"] = "Success";
  if (!route.response_schema.empty()) {
    json::object media;
    media["schema"] = schema_reference(route.response_schema);
    json::object content;
    content["application/json"] = std::move(media);
    ok["content"] = std::move(content);
  }
  json::object responses;
  responses["2XX"] = std::move(ok);
  responses["default"] = std::move(problem);
  json::object out;
  out["operationId"] = operation_id(route);
  out["summary"] = route.summary;
  out["parameters"] = parameters_of(route);
  out["responses"] = std::move(responses);
  if (route.body != Body::kNone) {
    const char* type = route.body == Body::kJson ? "application/json" : "application/octet-stream";
    json::object schema;
    if (route.body == Body::kJson) schema["type"] = "object";
    if (!route.request_schema.empty()) schema = schema_reference(route.request_schema);
    json::object media;
    media["schema"] = std::move(schema);
    json::object content;
    content[type] = std::move(media);
    json::object body;
    body["required"] = true;
    body["content"] = std::move(content);
    out["requestBody"] = std::move(body);
  }
  if (route.access == Access::kPublic) out["security"] = json::array();
  if (route.session_only) out["security"] = json::array{json::object{{"cookie", json::array()}}};
  return out;
}

json::object components() {
  json::object text{{"type", "string"}};
  json::object properties;
  for (const char* name : {"type", "title", "detail", "instance", "error", "description"}) properties[name] = text;
  properties["status"] = json::object{{"type", "integer"}};
  properties["details"] = json::object{{"type", "object"}};
  json::object problem;
  problem["type"] = "object";
  problem["properties"] = std::move(properties);
  json::object schemas;
  schemas["Problem"] = std::move(problem);
  for (const Schema& each : web::schemas()) schemas[each.name] = schema_json(each);
  json::object schemes;
  schemes["bearer"] = json::object{{"type", "http"}, {"scheme", "bearer"}};
  schemes["basic"] = json::object{{"type", "http"}, {"scheme", "basic"}, {"description", "email/token:pst_…"}};
  schemes["cookie"] = json::object{{"type", "apiKey"}, {"in", "cookie"}, {"name", "__Host-postern"}};
  json::object out;
  out["schemas"] = std::move(schemas);
  out["securitySchemes"] = std::move(schemes);
  return out;
}

}  // namespace

Answer show_openapi(Request& request, Context& context) {
  json::object paths;
  for (const Route& route : context.router.table()) {
    json::value& path = paths[route.pattern];
    if (!path.is_object()) path.emplace_object();
    path.as_object()[core::to_lower_ascii(to_string(route.verb))] = operation_of(route);
  }
  json::array security;
  for (const char* name : {"bearer", "basic", "cookie"}) {
    json::object one;
    one[name] = json::array();
    security.push_back(std::move(one));
  }
  json::object out;
  out["openapi"] = "3.1.0";
  out["info"] = json::object{{"title", "Postern"}, {"version", "2"}};
  out["paths"] = std::move(paths);
  out["components"] = components();
  out["security"] = std::move(security);
  co_return json_response(200, out);
}

}  // namespace postern::web::api
