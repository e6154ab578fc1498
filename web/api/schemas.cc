#include "web/api/schemas.h"

#include <algorithm>
#include <stdexcept>
#include <vector>
#include "web/api/desk/tables.h"
#include "web/api/mail_schemas.h"

namespace postern::web {
namespace {

using Need = SchemaField::Need;
using Type = FieldType;

constexpr std::string_view kModes = "off,shadow,enforce";
constexpr std::string_view kKinds = "header,body,attachment,filename,typed";

constexpr SchemaField kRuleWrite[] = {
    {"id", Type::kText, {}},
    {"description", Type::kText, {}},
    {"detector", Type::kText, {}},
    {"patterns", Type::kTexts, {}},
    {"validator", Type::kText, {}},
    {"context", Type::kTexts, {}},
    {"unless", Type::kTexts, {}},
    {"context_within", Type::kInteger, {}},
    {"applies_to", Type::kTexts, kKinds},
    {"action", Type::kText, "keep_ends,mask,drop"},
    {"keep_first", Type::kInteger, {}},
    {"keep_last", Type::kInteger, {}},
    {"tags", Type::kTexts, {}},
    {"on_match", Type::kText, "accept,suspend,reject"},
    {"mode", Type::kText, kModes},
    {"inboxes", Type::kTexts, {}},
    {"elsewhere", Type::kText, kModes},
    {"matches", Type::kTexts, {}},
    {"ignores", Type::kTexts, {}},
    {"url", Type::kText, {}, Need::kReadOnly},
    {"is_shipped", Type::kFlag, {}, Need::kReadOnly},
    {"is_locked", Type::kFlag, {}, Need::kReadOnly},
    {"counts", Type::kObject, "RedactionRuleCounts", Need::kReadOnly},
    {"note", Type::kText, {}},
    {"expected_version", Type::kInteger, {}}};
// The same without what is said of the change: the last two.
constexpr std::span<const SchemaField> kRule = std::span(kRuleWrite).first(std::size(kRuleWrite) - 2);

constexpr SchemaField kRuleBody[] = {{"redaction_rule", Type::kObject, "RedactionRuleWrite", Need::kRequired}};
constexpr SchemaField kCounts[] = {{"messages", Type::kInteger, {}},        {"findings", Type::kInteger, {}},
                                   {"shadow_messages", Type::kInteger, {}}, {"shadow_findings", Type::kInteger, {}},
                                   {"false_positives", Type::kInteger, {}}, {"hit_rate", Type::kNumber, {}, Need::kNullable}};
constexpr SchemaField kRuleAnswer[] = {{"version", Type::kInteger, {}}, {"redaction_rule", Type::kObject, "RedactionRule"}};
constexpr SchemaField kRulesAnswer[] = {{"version", Type::kInteger, {}},
                                        {"is_fallback", Type::kFlag, {}},
                                        {"days_counted", Type::kInteger, {}},
                                        {"messages_seen", Type::kInteger, {}, Need::kNullable},
                                        {"redaction_rules", Type::kObjects, "RedactionRule"}};
constexpr SchemaField kRolloutBody[] = {{"rollout", Type::kObject, "RedactionRollout", Need::kRequired}};
constexpr SchemaField kRollout[] = {{"mode", Type::kText, kModes, Need::kRequired},
                                    {"inboxes", Type::kTexts, {}},
                                    {"elsewhere", Type::kText, kModes},
                                    {"note", Type::kText, {}},
                                    {"expected_version", Type::kInteger, {}}};
constexpr SchemaField kCheckBody[] = {{"document", Type::kText, {}, Need::kRequired}};
constexpr SchemaField kCheckAnswer[] = {{"tests_run", Type::kInteger, {}}, {"redaction_rules", Type::kObjects, "RedactionRule"}};
constexpr SchemaField kTestBody[] = {{"text", Type::kText, {}, Need::kRequired}, {"document", Type::kText, {}}, {"kind", Type::kText, kKinds}};
constexpr SchemaField kTestAnswer[] = {{"findings", Type::kObjects, "RedactionTrialFinding"}, {"after", Type::kText, {}}};
constexpr SchemaField kTrialFinding[] = {{"rule", Type::kText, {}},
                                         {"label", Type::kText, {}},
                                         {"mode", Type::kText, kModes},
                                         {"begin", Type::kInteger, {}},
                                         {"end", Type::kInteger, {}}};

constexpr SchemaField kSetBody[] = {{"redaction_rule_set", Type::kObject, "RedactionRuleSetWrite", Need::kRequired}};
constexpr SchemaField kSetWrite[] = {{"document", Type::kText, {}, Need::kRequired},
                                     {"activate", Type::kFlag, {}},
                                     {"note", Type::kText, {}},
                                     {"on_top_of", Type::kInteger, {}},
                                     {"expected_version", Type::kInteger, {}}};
constexpr SchemaField kSet[] = {{"url", Type::kText, {}},
                                {"number", Type::kInteger, {}},
                                {"active", Type::kFlag, {}},
                                {"author_id", Type::kInteger, {}, Need::kNullable},
                                {"note", Type::kText, {}},
                                {"based_on", Type::kInteger, {}},
                                {"size", Type::kInteger, {}},
                                {"created_at", Type::kTime, {}, Need::kNullable},
                                {"document", Type::kText, {}}};
constexpr SchemaField kSetAnswer[] = {{"redaction_rule_set", Type::kObject, "RedactionRuleSet"}};
constexpr SchemaField kSetsAnswer[] = {{"active", Type::kInteger, {}},
                                       {"rolls_back_to", Type::kInteger, {}, Need::kNullable},
                                       {"is_fallback", Type::kFlag, {}},
                                       {"count", Type::kInteger, {}},
                                       {"redaction_rule_sets", Type::kObjects, "RedactionRuleSet"}};
constexpr SchemaField kChangeAnswer[] = {{"redaction_rule_set", Type::kObject, "RedactionRuleSet"},
                                         {"changed", Type::kFlag, {}},
                                         {"differences", Type::kObjects, "RedactionRuleDifference"},
                                         {"warnings", Type::kTexts, {}}};
constexpr SchemaField kDifference[] = {{"rule", Type::kText, {}},
                                       {"change", Type::kText, "added,removed,changed"},
                                       {"field", Type::kText, {}, Need::kNullable},
                                       {"before", Type::kText, {}},
                                       {"after", Type::kText, {}}};
constexpr SchemaField kDifferencesAnswer[] = {{"from", Type::kInteger, {}},
                                              {"to", Type::kInteger, {}},
                                              {"differences", Type::kObjects, "RedactionRuleDifference"}};

constexpr SchemaField kSums[] = {{"messages", Type::kInteger, {}}, {"findings", Type::kInteger, {}}, {"hit_rate", Type::kNumber, {}, Need::kNullable}};
constexpr SchemaField kStatsAnswer[] = {{"from", Type::kDate, {}},
                                        {"to", Type::kDate, {}},
                                        {"messages_seen", Type::kInteger, {}},
                                        {"rules", Type::kObjects, "RedactionRuleStats"},
                                        {"days", Type::kObjects, "RedactionDay"}};
constexpr SchemaField kRuleStats[] = {{"rule", Type::kText, {}},
                                      {"hit_rate", Type::kNumber, {}, Need::kNullable},
                                      {"enforced", Type::kObject, "RedactionSums"},
                                      {"shadow", Type::kObject, "RedactionSums"},
                                      {"false_positives", Type::kInteger, {}},
                                      {"false_positive_rate", Type::kNumber, {}, Need::kNullable},
                                      {"places_left_out", Type::kInteger, {}},
                                      {"places", Type::kObjects, "RedactionPlace"}};
constexpr SchemaField kPlace[] = {{"where", Type::kText, {}},
                                  {"label", Type::kText, {}},
                                  {"mode", Type::kText, "shadow,enforce"},
                                  {"findings", Type::kInteger, {}}};
constexpr SchemaField kDay[] = {{"date", Type::kDate, {}},
                                {"messages_seen", Type::kInteger, {}},
                                {"enforced", Type::kObject, "RedactionSums"},
                                {"shadow", Type::kObject, "RedactionSums"},
                                {"false_positives", Type::kInteger, {}}};

constexpr SchemaField kMarkBody[] = {{"redaction_feedback", Type::kObject, "RedactionFeedbackWrite", Need::kRequired}};
constexpr SchemaField kMarkWrite[] = {{"rule", Type::kText, {}, Need::kRequired}, {"part", Type::kText, {}}, {"where", Type::kText, {}}};
constexpr SchemaField kMark[] = {{"id", Type::kInteger, {}},
                                 {"ticket_id", Type::kInteger, {}},
                                 {"ticket_url", Type::kText, {}},
                                 {"comment_id", Type::kInteger, {}},
                                 {"inbox_id", Type::kInteger, {}, Need::kNullable},
                                 {"rule", Type::kText, {}},
                                 {"label", Type::kText, {}},
                                 {"part", Type::kText, {}},
                                 {"where", Type::kText, {}},
                                 {"count", Type::kInteger, {}},
                                 {"mode", Type::kText, "shadow,enforce"},
                                 {"author_id", Type::kInteger, {}, Need::kNullable},
                                 {"created_at", Type::kTime, {}}};
constexpr SchemaField kMarkAnswer[] = {{"redaction_feedback", Type::kObject, "RedactionFeedback"}};
constexpr SchemaField kMarksAnswer[] = {{"redaction_feedback", Type::kObjects, "RedactionFeedback"},
                                        {"meta", Type::kObject, "PageMeta"},
                                        {"links", Type::kObject, "PageLinks"}};
constexpr SchemaField kPageMeta[] = {{"has_more", Type::kFlag, {}}, {"after_cursor", Type::kText, {}, Need::kNullable}};
constexpr SchemaField kPageLinks[] = {{"next", Type::kText, {}, Need::kNullable}};

constexpr SchemaField kReplayBody[] = {{"redaction_replay", Type::kObject, "RedactionReplayWrite", Need::kRequired}};
constexpr SchemaField kReplayWrite[] = {{"document", Type::kText, {}},
                                        {"version", Type::kInteger, {}},
                                        {"against_document", Type::kText, {}},
                                        {"against_version", Type::kInteger, {}},
                                        {"messages", Type::kInteger, {}},
                                        {"from", Type::kDate, {}},
                                        {"to", Type::kDate, {}}};
constexpr SchemaField kReplay[] = {{"url", Type::kText, {}},
                                   {"id", Type::kInteger, {}},
                                   {"state", Type::kText, "running,done,cancelled"},
                                   {"started_at", Type::kTime, {}},
                                   {"ended_at", Type::kTime, {}, Need::kNullable},
                                   {"active_version", Type::kInteger, {}},
                                   {"against_version", Type::kInteger, {}, Need::kNullable},
                                   {"candidate_version", Type::kInteger, {}, Need::kNullable},
                                   {"messages_found", Type::kInteger, {}},
                                   {"messages_read", Type::kInteger, {}},
                                   {"messages_failed", Type::kInteger, {}},
                                   {"bytes_read", Type::kInteger, {}},
                                   {"cut_short_by", Type::kText, {}, Need::kNullable},
                                   {"limitation", Type::kText, {}},
                                   {"rules", Type::kObjects, "RedactionReplayRule"}};
constexpr SchemaField kReplayRule[] = {{"rule", Type::kText, {}},
                                       {"active", Type::kObject, "RedactionSums"},
                                       {"candidate", Type::kObject, "RedactionSums"},
                                       {"only_active", Type::kInteger, {}},
                                       {"only_candidate", Type::kInteger, {}},
                                       {"places", Type::kObjects, "RedactionReplayPlace"},
                                       {"ticket_ids", Type::kIntegers, {}},
                                       {"only_active_ticket_ids", Type::kIntegers, {}},
                                       {"only_candidate_ticket_ids", Type::kIntegers, {}}};
constexpr SchemaField kReplayPlace[] = {{"where", Type::kText, {}},
                                        {"label", Type::kText, {}},
                                        {"active", Type::kInteger, {}},
                                        {"candidate", Type::kInteger, {}}};
constexpr SchemaField kReplayAnswer[] = {{"redaction_replay", Type::kObject, "RedactionReplay"}};
constexpr SchemaField kReplaysAnswer[] = {{"redaction_replays", Type::kObjects, "RedactionReplay"}};

constexpr Schema kRuleSchemas[] = {{"RedactionRule", kRule},
                                   {"RedactionRuleWrite", kRuleWrite},
                                   {"RedactionRuleBody", kRuleBody},
                                   {"RedactionRuleCounts", kCounts},
                                   {"RedactionRuleAnswer", kRuleAnswer},
                                   {"RedactionRulesAnswer", kRulesAnswer},
                                   {"RedactionRollout", kRollout},
                                   {"RedactionRolloutBody", kRolloutBody},
                                   {"RedactionCheckBody", kCheckBody},
                                   {"RedactionCheckAnswer", kCheckAnswer},
                                   {"RedactionTestBody", kTestBody},
                                   {"RedactionTestAnswer", kTestAnswer},
                                   {"RedactionTrialFinding", kTrialFinding},
                                   {"RedactionRuleSet", kSet},
                                   {"RedactionRuleSetWrite", kSetWrite},
                                   {"RedactionRuleSetBody", kSetBody},
                                   {"RedactionRuleSetAnswer", kSetAnswer},
                                   {"RedactionRuleSetsAnswer", kSetsAnswer},
                                   {"RedactionChangeAnswer", kChangeAnswer},
                                   {"RedactionRuleDifference", kDifference},
                                   {"RedactionDifferencesAnswer", kDifferencesAnswer},
                                   {"RedactionSums", kSums},
                                   {"RedactionStatsAnswer", kStatsAnswer},
                                   {"RedactionRuleStats", kRuleStats},
                                   {"RedactionPlace", kPlace},
                                   {"RedactionDay", kDay},
                                   {"RedactionFeedback", kMark},
                                   {"RedactionFeedbackWrite", kMarkWrite},
                                   {"RedactionFeedbackBody", kMarkBody},
                                   {"RedactionFeedbackAnswer", kMarkAnswer},
                                   {"RedactionFeedbacksAnswer", kMarksAnswer},
                                   {"PageMeta", kPageMeta},
                                   {"PageLinks", kPageLinks},
                                   {"RedactionReplay", kReplay},
                                   {"RedactionReplayWrite", kReplayWrite},
                                   {"RedactionReplayBody", kReplayBody},
                                   {"RedactionReplayRule", kReplayRule},
                                   {"RedactionReplayPlace", kReplayPlace},
                                   {"RedactionReplayAnswer", kReplayAnswer},
                                   {"RedactionReplaysAnswer", kReplaysAnswer}};

json::array words_json(std::string_view words) {
  json::array out;
  for (std::size_t at = 0; at < words.size();) {
    const std::size_t end = std::min(words.find(',', at), words.size());
    out.emplace_back(words.substr(at, end - at));
    at = end + 1;
  }
  return out;
}

json::object reference(std::string_view schema) { return json::object{{"$ref", "#/components/schemas/" + std::string(schema)}}; }

json::object text_json(std::string_view words) {
  json::object out{{"type", "string"}};
  if (!words.empty()) out["enum"] = words_json(words);
  return out;
}

json::object list_of(json::object items) {
  json::object out{{"type", "array"}};
  out["items"] = std::move(items);
  return out;
}

json::object field_json(const SchemaField& field) {
  switch (field.type) {
    case Type::kText: return text_json(field.of);
    case Type::kInteger: return {{"type", "integer"}};
    case Type::kNumber: return {{"type", "number"}};
    case Type::kFlag: return {{"type", "boolean"}};
    case Type::kTexts: return list_of(text_json(field.of));
    case Type::kIntegers: return list_of({{"type", "integer"}});
    case Type::kTime: return {{"type", "string"}, {"format", "date-time"}};
    case Type::kDate: return {{"type", "string"}, {"format", "date"}};
    case Type::kObject: return reference(field.of);
    case Type::kObjects: return list_of(reference(field.of));
    case Type::kAny: {
      json::object any{{"type", json::array{"string", "number", "boolean", "array", "object", "null"}}};
      any["items"] = json::object{{"type", json::array{"string", "number", "boolean", "array", "object"}}, {"items", json::object()}};
      return any;
    }
  }
  return {};
}

}  // namespace

std::span<const Schema> schemas() {
  static const std::vector<Schema> all = [] {
    std::vector<Schema> out(std::begin(kRuleSchemas), std::end(kRuleSchemas));
    for (const auto part : {people_schemas(), conversation_schemas(), mail_schemas()}) out.insert(out.end(), part.begin(), part.end());
    for (const auto part : desk_schema_tables()) out.insert(out.end(), part.begin(), part.end());
    return out;
  }();
  return all;
}

const Schema& schema_named(std::string_view name) {
  const auto found = std::ranges::find(schemas(), name, &Schema::name);
  if (found == schemas().end()) throw std::logic_error("no such schema: " + std::string(name));
  return *found;
}

void refuse_others(Form& form, const json::object& object, std::string_view schema) {
  constexpr std::size_t kShownMax = 64;  // of a key that a client made up
  const std::span<const SchemaField> fields = schema_named(schema).fields;
  for (const auto& [key, value] : object) {
    const std::string_view name(key.data(), key.size());
    if (std::ranges::find(fields, name, &SchemaField::name) != fields.end()) continue;
    form.refuse(cut_text(name, kShownMax), "UnknownField", "there is no such field");
  }
}

json::object schema_json(const Schema& schema) {
  json::object properties;
  json::array required;
  for (const SchemaField& field : schema.fields) {
    json::object shown = field_json(field);
    if (field.need == Need::kReadOnly) shown["readOnly"] = true;
    if (field.need == Need::kRequired) required.emplace_back(field.name);
    if (field.need == Need::kNullable && shown.contains("enum")) shown["enum"].as_array().emplace_back(nullptr);  // else no value is both
    if (field.need == Need::kNullable && shown.contains("type")) shown["type"] = json::array{shown.at("type"), "null"};
    else if (field.need == Need::kNullable) shown = json::object{{"anyOf", json::array{std::move(shown), json::object{{"type", "null"}}}}};
    properties[field.name] = std::move(shown);
  }
  json::object out{{"type", "object"}};
  out["properties"] = std::move(properties);
  if (!required.empty()) out["required"] = std::move(required);
  return out;
}

}  // namespace postern::web
