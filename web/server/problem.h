#pragma once
// web/server/problem.h: every refusal as one RFC 9457 body that also carries error, description and details, so that
// clients of the Zendesk API read it. The table from error codes to statuses stands here and nowhere else.
// An error's context is shown only where it was written for users (form errors): never of 5xx.
#include <string>
#include <vector>

#include "core/result.h"
#include "web/server/message.h"

namespace postern::web {

struct FieldProblem {
  std::string field;        // "ticket.status"
  std::string error;        // "InvalidValue", "BlankValue", "InvalidFormat", "TooLong"
  std::string description;  // for people
};

struct Problem {
  int status = 500;
  std::string error;   // Zendesk's word: "RecordNotFound", "RecordInvalid" …
  std::string detail;  // for people; may be empty
  std::string type = "about:blank";  // a URN where a client has to tell it from others of its status
  std::vector<FieldProblem> fields;
};

Problem problem_of(const core::Error& error);
Response problem_response(const Problem& problem, const Request& request);
Response problem_response(const core::Error& error, const Request& request);
// 422 that names one field.
Response invalid_field(const Request& request, std::string field, std::string error, std::string description);

}  // namespace postern::web
