#pragma once
// tests/pipeline/redaction/rules/rule_text.h: rule sets from TOML, and what they make of a text.
#include <string>
#include <string_view>
#include <vector>

#include "pipeline/redaction/finding_mask.h"
#include "pipeline/redaction/rules/rule_document.h"

namespace postern::test {

inline pipeline::RuleSet::Compiled compile_toml(std::string_view toml) {
  pipeline::ParsedRules parsed = pipeline::parse_rules(toml);
  pipeline::RuleSet::Compiled out;
  out.problems = parsed.problems;
  if (!parsed.problems.empty()) return out;
  return pipeline::RuleSet::compile(parsed.document.rules, parsed.document.rule_lines);
}

inline std::string first_problem(const std::vector<pipeline::RuleProblem>& problems) {
  return problems.empty() ? "" : std::to_string(problems.front().line) + ": " + problems.front().text;
}

inline std::vector<pipeline::Finding> findings_in(const pipeline::RuleSet& set, std::string_view text,
                                                  pipeline::TextKind kind = pipeline::TextKind::kBody,
                                                  pipeline::RuleMode mode = pipeline::RuleMode::kEnforce) {
  std::vector<pipeline::Finding> out;
  set.find(text, kind, std::vector<pipeline::RuleMode>(set.rules().size(), mode), out);
  return out;
}

// After one pass of all rules.
inline std::string redacted(const pipeline::RuleSet& set, std::string_view text, std::string_view mask = pipeline::kAsciiMask) {
  return pipeline::mask_findings(text, findings_in(set, text), mask);
}

}  // namespace postern::test
