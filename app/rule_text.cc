#include "app/rule_text.h"

#include <fmt/format.h>

#include <algorithm>
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>

#include "app/text_table.h"
#include "app/verdict_text.h"
#include "pipeline/redaction/rules/rule_document.h"

namespace postern::app {
namespace {

JsonArray words(const std::vector<std::string>& texts) {
  JsonArray out;
  for (const std::string& text : texts) out.emplace_back(text);
  return out;
}

std::string text(const JsonObject& rule, std::string_view key) { return std::string(rule.at(key).as_string()); }

std::uint64_t number(const JsonObject& rule, std::string_view key) { return rule.at(key).to_number<std::uint64_t>(); }

std::string joined(const JsonArray& all) {
  std::string out;
  for (const Json& one : all) {
    if (!out.empty()) out += ", ";
    out += std::string_view(one.as_string());
  }
  return out;
}

}  // namespace

JsonObject rule_json(const pipeline::RuleSpec& rule) {
  JsonArray kinds;
  for (const pipeline::TextKind kind : rule.applies_to) kinds.emplace_back(pipeline::to_string(kind));
  return {{"id", rule.id},
          {"description", rule.description},
          {"detector", rule.detector},
          {"patterns", words(rule.patterns)},
          {"validator", rule.validator},
          {"context", words(rule.context)},
          {"unless", words(rule.unless)},
          {"context_within", rule.context_within},
          {"applies_to", std::move(kinds)},
          {"action", pipeline::to_string(rule.action)},
          {"keep_first", rule.keep_first},
          {"keep_last", rule.keep_last},
          {"tags", words(rule.tags)},
          {"on_match", pipeline::to_string(rule.on_match)},
          {"mode", pipeline::to_string(rule.mode)},
          {"inboxes", words(rule.inboxes)},
          {"elsewhere", pipeline::to_string(rule.elsewhere)},
          {"matches", words(rule.matches)},
          {"ignores", words(rule.ignores)},
          {"is_shipped", rule.is_shipped},
          {"is_locked", rule.is_locked}};
}

JsonObject rule_json_with_toml(const pipeline::RuleSpec& rule) {
  pipeline::RuleDocument document;
  document.rules.push_back(rule);
  JsonObject out = rule_json(rule);
  out["toml"] = pipeline::render_rules(document);
  return out;
}

std::string mode_text(const JsonObject& rule) {
  const std::size_t inboxes = rule.at("inboxes").as_array().size();
  if (inboxes == 0) return text(rule, "mode");
  return fmt::format("{} in {} inbox{}, else {}", text(rule, "mode"), inboxes, inboxes == 1 ? "" : "es", text(rule, "elsewhere"));
}

std::string action_text(const JsonObject& rule) {
  std::string out = text(rule, "action");
  if (out == "keep_ends") out = fmt::format("keep first {}, last {}", number(rule, "keep_first"), number(rule, "keep_last"));
  if (text(rule, "on_match") != "accept") out += ", " + text(rule, "on_match");
  for (const Json& tag : rule.at("tags").as_array()) out += fmt::format(", tag {}", std::string_view(tag.as_string()));
  return out;
}

std::vector<std::string> rule_list_lines(const JsonArray& rules) {
  TextTable table{{"rule", "mode", "inboxes", "action", "description"}};
  for (const Json& one : rules) {
    const JsonObject& rule = one.as_object();
    const std::string inboxes = joined(rule.at("inboxes").as_array());
    table.push_back({text(rule, "id"), mode_text(rule), inboxes.empty() ? "all" : inboxes, action_text(rule), text(rule, "description")});
  }
  return table_lines(table);
}

std::vector<std::string> rule_lines(const JsonObject& rule) {
  const auto list = [&rule](std::string_view key) { return joined(rule.at(key).as_array()); };
  std::vector<std::string> lines;
  const auto add = [&lines](std::string_view name, std::string_view value) {
    if (!value.empty()) lines.push_back(fmt::format("{:<12}{}", name, for_terminal(value)));
  };
  add("rule", text(rule, "id"));
  add("", text(rule, "description"));
  const std::string origin = rule.at("is_locked").as_bool() ? "shipped, cannot be turned off" : rule.at("is_shipped").as_bool() ? "shipped" : "own";
  add("origin", origin);
  add("mode", mode_text(rule));
  add("inboxes", list("inboxes"));
  add("action", action_text(rule));
  add("looks at", rule.at("applies_to").as_array().empty() ? "everything" : list("applies_to"));
  if (text(rule, "detector") != "pattern") add("detector", text(rule, "detector"));
  for (const Json& pattern : rule.at("patterns").as_array()) add("pattern", std::string_view(pattern.as_string()));
  add("validator", text(rule, "validator"));
  if (!list("context").empty()) add("needs", fmt::format("within {} characters: {}", number(rule, "context_within"), list("context")));
  if (!list("unless").empty()) add("unless", fmt::format("within {} characters: {}", number(rule, "context_within"), list("unless")));
  for (const Json& example : rule.at("matches").as_array()) add("catches", std::string_view(example.as_string()));
  for (const Json& example : rule.at("ignores").as_array()) add("leaves", std::string_view(example.as_string()));
  lines.emplace_back();
  std::string_view toml = rule.at("toml").as_string();
  while (!toml.empty()) {
    const std::size_t end = std::min(toml.find('\n'), toml.size());
    lines.push_back(for_terminal(toml.substr(0, end)));
    toml.remove_prefix(std::min(end + 1, toml.size()));
  }
  return lines;
}

JsonArray problems_json(const std::vector<pipeline::RuleProblem>& problems, const std::string& file) {
  JsonArray out;
  for (const auto& one : problems) out.emplace_back(JsonObject{{"file", file}, {"line", one.line}, {"rule", one.rule}, {"problem", one.text}});
  return out;
}

std::string problem_line(const pipeline::RuleProblem& problem, const std::string& file) {
  std::string out = problem.line == 0 ? file : fmt::format("{}:{}", file, problem.line);
  if (!problem.rule.empty()) out += fmt::format(": rule {}", problem.rule);
  return for_terminal(out + ": " + problem.text);
}

}  // namespace postern::app
