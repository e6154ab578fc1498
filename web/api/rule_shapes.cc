#include "web/api/rule_shapes.h"

#include <array>

#include "ticketing/errc.h"
#include "web/api/schemas.h"
#include "web/errc.h"

namespace postern::web {
namespace {

using pipeline::OnMatch;
using pipeline::RuleAction;
using pipeline::RuleMode;
using pipeline::TextKind;

constexpr std::size_t kWordBytesMax = 64;
constexpr std::size_t kTextBytesMax = 8U << 10U;  // of one pattern or sample; the rule book has limits of its own
constexpr std::size_t kListMax = 500;
constexpr std::array kModes{RuleMode::kOff, RuleMode::kShadow, RuleMode::kEnforce};
constexpr std::array kActions{RuleAction::kKeepEnds, RuleAction::kMask, RuleAction::kDrop};
constexpr std::array kOnMatch{OnMatch::kAccept, OnMatch::kSuspend, OnMatch::kReject};
constexpr std::array kKinds{TextKind::kHeader, TextKind::kBody, TextKind::kAttachment, TextKind::kFilename, TextKind::kTyped};

json::array strings_json(const std::vector<std::string>& from) { return json::array(from.begin(), from.end()); }

// One of the words of an enum.
template <class Enum, std::size_t N>
std::optional<Enum> parse_word(std::string_view word, const std::array<Enum, N>& among) {
  for (const Enum one : among) {
    if (to_string(one) == word) return one;
  }
  return std::nullopt;
}

template <class Enum, std::size_t N>
std::optional<Enum> read_word(Form& form, std::string_view name, const std::array<Enum, N>& among) {
  const std::optional<std::string> word = form.text(name, kWordBytesMax);
  if (!word) return std::nullopt;
  const std::optional<Enum> found = parse_word(*word, among);
  if (found) return found;
  std::string words;
  for (const Enum one : among) words += (words.empty() ? "" : ", ") + std::string(to_string(one));
  form.refuse(name, "InvalidValue", "one of: " + words);
  return std::nullopt;
}

void read_count(Form& form, std::string_view name, std::uint32_t& into) {
  constexpr std::uint64_t kMost = 1'000'000;
  const std::optional<std::uint64_t> value = form.id(name);
  if (!value) return;
  if (*value > kMost) return form.refuse(name, "InvalidValue", "too large");
  into = static_cast<std::uint32_t>(*value);
}

void read_texts(Form& form, std::string_view name, std::vector<std::string>& into) {
  if (form.has(name)) into = form.texts(name, kListMax, kTextBytesMax);
}

}  // namespace

core::Result<const ticketing::RuleBench*> bench_of(const Context& context) {
  if (context.services.rules == nullptr) return core::fail_transient(Errc::kUnavailable, "redaction rules");
  return context.services.rules;
}

json::object rule_json(const pipeline::RuleSpec& rule) {
  json::array kinds;
  for (const TextKind kind : rule.applies_to) kinds.emplace_back(to_string(kind));
  json::object out;
  out["url"] = "/api/v2/redaction_rules/" + rule.id;
  out["id"] = rule.id;
  out["description"] = rule.description;
  out["detector"] = rule.detector;
  out["patterns"] = strings_json(rule.patterns);
  out["validator"] = rule.validator;
  out["context"] = strings_json(rule.context);
  out["unless"] = strings_json(rule.unless);
  out["context_within"] = rule.context_within;
  out["applies_to"] = std::move(kinds);
  out["action"] = to_string(rule.action);
  out["keep_first"] = rule.keep_first;
  out["keep_last"] = rule.keep_last;
  out["tags"] = strings_json(rule.tags);
  out["on_match"] = to_string(rule.on_match);
  out["mode"] = to_string(rule.mode);
  out["inboxes"] = strings_json(rule.inboxes);
  out["elsewhere"] = to_string(rule.elsewhere);
  out["matches"] = strings_json(rule.matches);
  out["ignores"] = strings_json(rule.ignores);
  out["is_shipped"] = rule.is_shipped;
  out["is_locked"] = rule.is_locked;
  return out;
}

std::optional<RuleMode> read_mode(Form& form, std::string_view name) { return read_word(form, name, kModes); }

std::optional<TextKind> parse_kind(std::string_view word) { return parse_word(word, kKinds); }

void read_rule(Form& form, const json::object& object, pipeline::RuleSpec& rule) {
  refuse_others(form, object, "RedactionRuleWrite");
  rule.description = form.text("description", kTextBytesMax).value_or(rule.description);
  rule.detector = form.text("detector", kWordBytesMax).value_or(rule.detector);
  rule.validator = form.text("validator", kWordBytesMax).value_or(rule.validator);
  rule.action = read_word(form, "action", kActions).value_or(rule.action);
  rule.on_match = read_word(form, "on_match", kOnMatch).value_or(rule.on_match);
  rule.mode = read_mode(form, "mode").value_or(rule.mode);
  const RuleMode elsewhere = read_mode(form, "elsewhere").value_or(rule.elsewhere);
  read_texts(form, "patterns", rule.patterns);
  read_texts(form, "context", rule.context);
  read_texts(form, "unless", rule.unless);
  read_texts(form, "tags", rule.tags);
  read_texts(form, "inboxes", rule.inboxes);
  if (rule.inboxes.empty() && elsewhere != rule.elsewhere) {
    form.refuse("elsewhere", "InvalidValue", "only beside inboxes; without them the mode holds everywhere");
  }
  rule.elsewhere = elsewhere;
  read_texts(form, "matches", rule.matches);
  read_texts(form, "ignores", rule.ignores);
  read_count(form, "context_within", rule.context_within);
  read_count(form, "keep_first", rule.keep_first);
  read_count(form, "keep_last", rule.keep_last);
  if (!form.has("applies_to")) return;
  rule.applies_to.clear();
  for (const std::string& word : form.texts("applies_to", kKinds.size(), kWordBytesMax)) {
    const std::optional<TextKind> kind = parse_kind(word);
    if (kind) rule.applies_to.push_back(*kind);
    else form.refuse("applies_to", "InvalidValue", "of: header, body, attachment, filename, typed");
  }
}

json::array differences_json(const std::vector<ticketing::RuleDifference>& differences) {
  json::array out;
  for (const ticketing::RuleDifference& each : differences) {
    json::object one;
    one["rule"] = each.rule;
    one["change"] = each.change;
    one["field"] = each.field.empty() ? json::value() : json::value(each.field);
    one["before"] = each.before;
    one["after"] = each.after;
    out.push_back(std::move(one));
  }
  return out;
}

json::object rule_set_json(const ticketing::RuleSetVersion& version) {
  json::object out;
  out["url"] = "/api/v2/redaction_rule_sets/" + std::to_string(version.number);
  out["number"] = version.number;
  out["active"] = version.is_active;
  out["author_id"] = id_or_null(version.author.value);
  out["note"] = version.note;
  out["based_on"] = version.based_on;
  out["size"] = version.document_bytes;
  out["created_at"] = version.created_unix_ms == 0 ? json::value() : json::value(timestamp(version.created_unix_ms));
  return out;
}

json::array problems_json(const std::vector<pipeline::RuleProblem>& problems) {
  json::array out;
  for (const pipeline::RuleProblem& each : problems) {
    json::object one;
    one["line"] = each.line == 0 ? json::value() : json::value(each.line);
    one["rule"] = each.rule.empty() ? json::value() : json::value(each.rule);
    one["text"] = each.text;
    out.push_back(std::move(one));
  }
  return out;
}

Response rule_problems(const std::vector<pipeline::RuleProblem>& problems, const Request& request) {
  Problem problem;
  problem.status = 422;
  problem.error = "RecordInvalid";
  problem.detail = "The redaction rules have problems; nothing was changed";
  for (const pipeline::RuleProblem& each : problems) {
    std::string where = each.line == 0 ? std::string() : "line " + std::to_string(each.line) + ": ";
    if (!each.rule.empty()) where += each.rule + ": ";
    problem.fields.push_back({"document", "InvalidValue", where + each.text});
  }
  // The details that Zendesk's clients read are by field; programs find line, rule and text beside the words.
  Response response = problem_response(problem, request);
  json::value body = json::parse(response.body);
  json::array shown = problems_json(problems);
  json::array& details = body.at("details").at("document").as_array();
  for (std::size_t i = 0; i < details.size(); ++i) {
    for (auto& field : shown.at(i).as_object()) details[i].as_object()[field.key()] = field.value();
  }
  response.body = json::serialize(body);
  return response;
}

std::string rules_etag(std::uint64_t version) { return "\"rules-" + std::to_string(version) + "\""; }

core::Result<ticketing::RuleEdit> read_edit(const Request& request, Form* form, const ticketing::RuleBench& bench) {
  ticketing::RuleEdit out;
  if (form != nullptr) {
    out.note = form->text("note", bench.sets.limits().note_bytes_max).value_or(std::string());
    out.expected = form->id("expected_version");
  }
  std::string_view match = request.field("if-match");
  if (match.empty() || match == "*") return out;
  constexpr std::string_view kFront = "\"rules-";
  if (!match.starts_with(kFront) || !match.ends_with('"')) return core::fail(Errc::kPrecondition);
  match.remove_prefix(kFront.size());
  match.remove_suffix(1);
  const core::Result<std::uint64_t> version = read_number(match);
  if (!version) return core::fail(Errc::kPrecondition);
  out.expected = *version;
  return out;
}

namespace {

// What would have been undone is in the answer.
Response in_the_way(const ticketing::RuleSetChange& change, const Request& request, VersionNamed named) {
  const bool is_conditional = request.has_field("if-match");
  Problem problem = problem_of(is_conditional ? core::fail(Errc::kPrecondition) : core::fail(ticketing::Errc::kConflict));
  const std::string in_force = std::to_string(*change.in_the_way);
  problem.detail = "Rule set " + in_force + " is in force, and the document was made on top of another";
  if (named == VersionNamed::kNo) {
    problem.status = 428;
    problem.error = "PreconditionRequired";
    problem.detail = "Rule set " + in_force + " is in force: say that the document replaces it, with on_top_of " + in_force + " or If-Match " + rules_etag(*change.in_the_way);
  }
  Response response = problem_response(problem, request);
  json::value body = json::parse(response.body);
  body.as_object()["in_force"] = *change.in_the_way;
  body.as_object()["differences"] = differences_json(change.differences);
  response.body = json::serialize(body);
  response.set("ETag", rules_etag(*change.in_the_way));
  return response;
}

// The same of a change that names a version and replaces no document: nothing was compared.
core::Result<Response> not_on_top(const core::Error& error, const Request& request, const ticketing::RuleBench& bench) {
  POSTERN_TRY(const ticketing::RuleSetList sets, bench.sets.list(request.who().workspace));
  Response response = problem_response(request.has_field("if-match") ? core::fail(Errc::kPrecondition) : error, request);
  json::value body = json::parse(response.body);
  body.as_object()["in_force"] = sets.active;
  response.body = json::serialize(body);
  response.set("ETag", rules_etag(sets.active));
  return response;
}

}  // namespace

core::Result<Response> change_response(const core::Result<ticketing::RuleSetChange>& change, const Request& request, const ticketing::RuleBench& bench,
                                       int status, VersionNamed named) {
  if (!change && change.error() == ticketing::Errc::kConflict) return not_on_top(change.error(), request, bench);
  if (!change) return change.error();
  if (change->in_the_way) return in_the_way(*change, request, named);
  if (!change->is_done()) return rule_problems(change->problems, request);
  json::object out;
  out["redaction_rule_set"] = rule_set_json(*change->version);
  out["changed"] = !change->is_unchanged;
  out["differences"] = differences_json(change->differences);
  out["warnings"] = strings_json(change->warnings);
  Response response = json_response(change->is_unchanged ? 200 : status, out);
  if (change->version->is_active) response.set("ETag", rules_etag(change->version->number));
  return response;
}

}  // namespace postern::web
