#pragma once
// app/rule_text.h: redaction rules as JSON and as lines for people.
// Thread-safety: pure.
#include <string>
#include <vector>

#include "app/json.h"
#include "pipeline/api/redaction_rules.h"

namespace postern::app {

JsonObject rule_json(const pipeline::RuleSpec& rule);
// The same with "toml": the rule as a table of a rule document.
JsonObject rule_json_with_toml(const pipeline::RuleSpec& rule);
// "enforce", or "enforce in 2 inboxes, else shadow".
std::string mode_text(const JsonObject& rule);
// "keep first 6, last 4", "mask, suspend, tag pci".
std::string action_text(const JsonObject& rule);
// One row a rule: id, mode, action, description. `rules`: objects of rule_json().
std::vector<std::string> rule_list_lines(const JsonArray& rules);
// Everything about one rule of rule_json_with_toml().
std::vector<std::string> rule_lines(const JsonObject& rule);
JsonArray problems_json(const std::vector<pipeline::RuleProblem>& problems, const std::string& file);
// "FILE:LINE: rule ID: what is wrong".
std::string problem_line(const pipeline::RuleProblem& problem, const std::string& file);

}  // namespace postern::app
