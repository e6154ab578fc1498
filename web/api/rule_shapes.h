#pragma once
// web/api/rule_shapes.h: redaction rules, their sets and what is wrong with them as JSON, with the words of rule documents.
// Versions: the ETag of everything here names the rule set in force, "rules-7"; changes take it as If-Match (412) or its
// number as expected_version (409). A whole document has to name the one that it replaces (428).
// Thread-safety: values and free functions.  Errors: web::Errc::kUnavailable, kPrecondition, kInvalid.
#include "ticketing/rule_bench.h"
#include "web/api/context.h"
#include "web/api/json.h"

namespace postern::web {

core::Result<const ticketing::RuleBench*> bench_of(const Context& context);

json::object rule_json(const pipeline::RuleSpec& rule);
// The fields that are given; the others stay. Fields that no rule has are problems of the form.
void read_rule(Form& form, const json::object& object, pipeline::RuleSpec& rule);
std::optional<pipeline::RuleMode> read_mode(Form& form, std::string_view name);
std::optional<pipeline::TextKind> parse_kind(std::string_view word);

json::array differences_json(const std::vector<ticketing::RuleDifference>& differences);
json::object rule_set_json(const ticketing::RuleSetVersion& version);
json::array problems_json(const std::vector<pipeline::RuleProblem>& problems);
// 422: `details` has line, rule and text of each.
Response rule_problems(const std::vector<pipeline::RuleProblem>& problems, const Request& request);

std::string rules_etag(std::uint64_t version);
// Note and expected version of a change, from If-Match and the fields of `form` (nullptr: there is no body).
core::Result<ticketing::RuleEdit> read_edit(const Request& request, Form* form, const ticketing::RuleBench& bench);
// 200 (or `status`) with the new version and what it changes, 200 when there was nothing to change, 422 with its problems, or
// the error. Another version in the way: 409, 412 where If-Match was given, or 428 (RFC 6585) where none was named; with what
// the document would have changed. All of them say which is `in_force`.
enum class VersionNamed { kNo, kYes };
core::Result<Response> change_response(const core::Result<ticketing::RuleSetChange>& change, const Request& request, const ticketing::RuleBench& bench,
                                       int status = 200, VersionNamed named = VersionNamed::kYes);

}  // namespace postern::web
