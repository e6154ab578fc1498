#include "pipeline/redaction/rules/shipped_rules.h"

#include <fmt/format.h>

#include <stdexcept>
#include <string>

#include "pipeline/redaction/rules/rule_document.h"

namespace postern::pipeline {
namespace {

constexpr std::string_view kCard = "card";

[[noreturn]] void refuse(std::string_view file, const RuleProblem& problem) {
  throw std::runtime_error(fmt::format("shipped rules, {}:{}: {}: {}", file, problem.line, problem.rule, problem.text));
}

ShippedRules compile_shipped() {
  ShippedRules out;
  for (const shipped::EmbeddedFile& file : shipped::embedded_files()) {
    const std::string text(reinterpret_cast<const char*>(file.bytes), file.size);
    ParsedRules parsed = parse_rules(text, RuleSource::kShipped);
    if (!parsed.problems.empty()) refuse(file.name, parsed.problems.front());
    for (RuleSpec& rule : parsed.document.rules) {
      // What keeps card numbers out is no setting: a file cannot forget it.
      if (rule.id == kCard) {
        rule.is_locked = true;
        rule.mode = RuleMode::kEnforce;
        rule.inboxes.clear();
      }
      for (const RuleSpec& known : out.rules) {
        if (known.id == rule.id) refuse(file.name, {0, rule.id, "stands there twice"});
      }
      out.rules.push_back(std::move(rule));
    }
  }
  if (out.rules.empty() || out.rules.front().id != kCard) refuse("", {0, std::string(kCard), "is not the first rule"});
  RuleSet::Compiled compiled = RuleSet::compile(out.rules);
  if (!compiled.problems.empty()) refuse("", compiled.problems.front());
  out.set = std::move(compiled.set);
  out.tests_run = compiled.tests_run;
  return out;
}

}  // namespace

const ShippedRules& shipped_rules() {
  static const ShippedRules rules = compile_shipped();
  return rules;
}

}  // namespace postern::pipeline
