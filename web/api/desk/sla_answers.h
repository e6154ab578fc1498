#pragma once
// web/api/desk/sla_answers.h: what schedules and SLA policies have in common as answers: one with its version, all in their order.
// Thread-safety: pure.  Errors: those of the store.
#include "web/api/desk/definition_answers.h"
#include "web/api/desk/definition_version.h"
#include "web/api/desk/rule_shapes.h"
#include "web/api/desk/sla_shapes.h"

namespace postern::web::api {

template <class Record>
struct SlaKind {
  std::string_view name;    // "schedule"
  std::string_view plural;  // "schedules"
  std::string_view path;    // where they are
  json::object (*shape)(const Record&);
};

inline constexpr SlaKind<schema::Schedule> kScheduleKind{"schedule", "schedules", "/api/v2/business_hours/schedules", &schedule_json};
inline constexpr SlaKind<schema::SlaPolicy> kPolicyKind{"sla_policy", "sla_policies", "/api/v2/slas/policies", &sla_policy_json};
inline constexpr SlaKind<schema::SlaPolicy> kGroupPolicyKind{"group_sla_policy", "group_sla_policies", "/api/v2/group_slas/policies", &group_sla_policy_json};

template <class Record>
Response sla_answer(const SlaKind<Record>& kind, int status, const Record& record) {
  json::object out;
  out[kind.name] = kind.shape(record);
  Response response = json_response(status, out);
  if (status == 201) response.set("Location", std::string(kind.path) + "/" + std::to_string(record.id()));
  response.set("ETag", definition_etag(record));
  return response;
}

// `book`: Schedules or SlaPolicies.
template <class Record, class Book>
core::Result<Response> show_sla(const SlaKind<Record>& kind, const Book& book, const Request& request) {
  POSTERN_TRY(const Record found, book.find(request.who().workspace, definition_id(request)));
  return sla_answer(kind, 200, found);
}

template <class Record, class Book>
core::Result<Response> list_slas(const SlaKind<Record>& kind, const Book& book, const Request& request, const Context& context) {
  POSTERN_TRY(const auto list, book.all(request.who().workspace));
  json::array out;
  for (const Record& each : *list) out.push_back(kind.shape(each));
  return rule_list(request, context.options, kind.plural, std::move(out));
}

}  // namespace postern::web::api
