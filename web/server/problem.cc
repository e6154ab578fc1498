#include "web/server/problem.h"

#include <boost/json.hpp>

#include "auth/errc.h"
#include "core/errc.h"
#include "storage/errc.h"
#include "ticketing/errc.h"
#include "web/errc.h"

namespace postern::web {
namespace {

struct Row {
  int status;
  const char* error;
  bool shows_context;
};

Row row_of(Errc code) {
  switch (code) {
    case Errc::kMalformed: return {400, "BadRequest", true};
    case Errc::kBadJson: return {400, "BadRequest", true};
    case Errc::kUnauthenticated: return {401, "Couldn't authenticate you", true};
    case Errc::kForbidden: return {403, "Forbidden", true};
    case Errc::kCrossSite: return {403, "Forbidden", true};
    case Errc::kStaleFactor: return {403, "FreshFactorRequired", false};
    case Errc::kMustEnrol: return {403, "SecondFactorRequired", false};
    case Errc::kNotFound: return {404, "RecordNotFound", true};
    case Errc::kNotAllowed: return {405, "MethodNotAllowed", false};
    case Errc::kTimeout: return {408, "RequestTimeout", false};
    case Errc::kInFlight: return {409, "Conflict", false};
    case Errc::kCursorGone: return {410, "CursorExpired", true};
    case Errc::kPrecondition: return {412, "PreconditionFailed", false};
    case Errc::kBodyTooLarge: return {413, "RequestEntityTooLarge", false};
    case Errc::kTargetTooLong: return {414, "RequestURITooLong", false};
    case Errc::kUnsupportedType: return {415, "UnsupportedMediaType", true};
    case Errc::kExpectation: return {417, "ExpectationFailed", false};
    case Errc::kInvalid: return {422, "RecordInvalid", true};
    case Errc::kRateLimited: return {429, "TooManyRequests", true};
    case Errc::kHeaderTooLarge: return {431, "RequestHeaderFieldsTooLarge", false};
    case Errc::kInternal: return {500, "InternalError", false};
    case Errc::kUnknownCoding: return {501, "NotImplemented", false};
    case Errc::kUnavailable: return {503, "ServiceUnavailable", false};
    case Errc::kVersion: return {505, "HTTPVersionNotSupported", false};
  }
  return {500, "InternalError", false};
}

Row row_of(auth::Errc code) {
  switch (code) {
    case auth::Errc::kBadCredentials: return {401, "Couldn't authenticate you", false};
    case auth::Errc::kLocked: return {429, "TooManyRequests", false};
    case auth::Errc::kExpired: return {401, "Couldn't authenticate you", false};
    case auth::Errc::kForbidden: return {403, "Forbidden", false};
    case auth::Errc::kWeakPassword: return {422, "RecordInvalid", true};
    case auth::Errc::kExists: return {409, "RecordExists", false};
    case auth::Errc::kNotFound: return {404, "RecordNotFound", false};
    case auth::Errc::kNotSent: return {502, "TextMessageNotSent", true};
    case auth::Errc::kChanged: return {412, "PreconditionFailed", false};
  }
  return {500, "InternalError", false};
}

Row row_of(ticketing::Errc code) {
  switch (code) {
    case ticketing::Errc::kUnknownRecipient: return {422, "RecordInvalid", true};
    case ticketing::Errc::kNotFound: return {404, "RecordNotFound", false};
    case ticketing::Errc::kInvalid: return {422, "RecordInvalid", true};
    case ticketing::Errc::kConflict: return {409, "UpdateConflict", true};
  }
  return {500, "InternalError", false};
}

Row row_of(storage::Errc code) {
  switch (code) {
    case storage::Errc::kNotFound: return {404, "RecordNotFound", false};
    case storage::Errc::kConflict: return {503, "ServiceUnavailable", false};
    case storage::Errc::kIo: return {503, "ServiceUnavailable", false};
    case storage::Errc::kCorrupt: return {500, "InternalError", false};
    case storage::Errc::kClosed: return {503, "ServiceUnavailable", false};
    case storage::Errc::kTooLarge: return {413, "RequestEntityTooLarge", false};
    case storage::Errc::kSchema: return {500, "InternalError", false};
  }
  return {500, "InternalError", false};
}

Row row_of(core::Errc code) {
  switch (code) {
    case core::Errc::kTimedOut: return {504, "GatewayTimeout", false};
    case core::Errc::kCancelled: return {503, "ServiceUnavailable", false};
    case core::Errc::kOverloaded: return {503, "ServiceUnavailable", false};
    case core::Errc::kIo: return {500, "InternalError", false};
    case core::Errc::kInvalid: return {422, "RecordInvalid", true};
  }
  return {500, "InternalError", false};
}

template <class Enum>
bool is_of(const core::Error& error, Enum any) {
  return error.code().category() == make_error_code(any).category();
}

Row row_of(const core::Error& error) {
  int value = error.code().value();
  if (is_of(error, Errc::kInternal)) return row_of(static_cast<Errc>(value));
  if (is_of(error, auth::Errc::kNotFound)) return row_of(static_cast<auth::Errc>(value));
  if (is_of(error, ticketing::Errc::kNotFound)) return row_of(static_cast<ticketing::Errc>(value));
  if (is_of(error, storage::Errc::kNotFound)) return row_of(static_cast<storage::Errc>(value));
  if (is_of(error, core::Errc::kInvalid)) return row_of(static_cast<core::Errc>(value));
  return {500, "InternalError", false};
}

// "tickets.3.subject: too long" is about that field; anything else about the whole, which Zendesk calls base.
FieldProblem field_of_context(const std::string& context) {
  constexpr std::string_view kNameBytes = "abcdefghijklmnopqrstuvwxyz0123456789_.[]-";
  const std::size_t colon = context.find(": ");
  const bool is_field = colon != std::string::npos && colon > 0 && context.find_first_not_of(kNameBytes) == colon;
  return is_field ? FieldProblem{context.substr(0, colon), "InvalidValue", context.substr(colon + 2)} : FieldProblem{"base", "InvalidValue", context};
}

}  // namespace

Problem problem_of(const core::Error& error) {
  Row row = row_of(error);
  Problem problem;
  problem.status = row.status;
  problem.error = row.error;
  if (error == Errc::kStaleFactor) problem.type = "urn:postern:problem:fresh-factor-required";
  if (error == Errc::kMustEnrol) problem.type = "urn:postern:problem:second-factor-required";
  problem.detail = row.status >= 500 ? std::string(reason_phrase(row.status)) : error.code().message();
  if (row.shows_context && !error.context().empty()) {
    problem.detail = error == Errc::kForbidden || error == auth::Errc::kWeakPassword || error == auth::Errc::kNotSent
                         ? error.context()
                         : problem.detail + ": " + error.context();
    if (row.status == 422) problem.fields.push_back(field_of_context(error.context()));
  }
  return problem;
}

Response problem_response(const Problem& problem, const Request& request) {
  namespace json = boost::json;
  json::object body;
  body["type"] = problem.type;
  body["title"] = std::string(reason_phrase(problem.status));
  body["status"] = problem.status;
  if (!problem.detail.empty()) body["detail"] = problem.detail;
  body["instance"] = "urn:postern:request:" + request.id;
  body["error"] = problem.error;
  body["description"] = problem.detail;
  if (!problem.fields.empty()) {
    json::object details;
    json::array errors;
    for (const FieldProblem& each : problem.fields) {
      json::object entry;
      entry["error"] = each.error;
      entry["description"] = each.description;
      if (!details.contains(each.field)) details[each.field] = json::array();
      details[each.field].as_array().push_back(entry);
      json::object pointer;
      std::string path = "#/" + each.field;
      for (char& c : path) c = c == '.' ? '/' : c;
      pointer["pointer"] = path;
      pointer["detail"] = each.description;
      errors.push_back(std::move(pointer));
    }
    body["details"] = std::move(details);
    body["errors"] = std::move(errors);
  }
  Response response;
  response.status = problem.status;
  response.body = json::serialize(body);
  response.set("Content-Type", "application/problem+json");
  // Bearer only: a Basic challenge would make browsers ask for a password and send it by themselves ever after.
  if (problem.status == 401) response.set("WWW-Authenticate", "Bearer realm=\"postern\"");
  if (problem.status == 503) response.set("Retry-After", "5");
  if (problem.status == 429) response.set("Retry-After", "60");  // of a rate limit, its own number replaces this one
  return response;
}

Response problem_response(const core::Error& error, const Request& request) {
  return problem_response(problem_of(error), request);
}

Response invalid_field(const Request& request, std::string field, std::string error, std::string description) {
  Problem problem;
  problem.status = 422;
  problem.error = "RecordInvalid";
  problem.detail = "Record validation errors";
  problem.fields.push_back(FieldProblem{std::move(field), std::move(error), std::move(description)});
  return problem_response(problem, request);
}

}  // namespace postern::web
