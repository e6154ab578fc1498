// Any bytes as a rule document: it parses or has problems, a good one renders and parses to the same, and its rules
// compile or have problems.
#include <cstddef>
#include <cstdint>

#include "core/assert.h"
#include "pipeline/redaction/rules/rule_document.h"
#include "pipeline/redaction/rules/shipped_rules.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  namespace pipeline = postern::pipeline;
  constexpr std::size_t kCompiledBytesMax = 4096;  // compiling is slow
  const pipeline::ParsedRules parsed = pipeline::parse_rules({reinterpret_cast<const char*>(data), size});
  for (const pipeline::RuleProblem& problem : parsed.problems) POSTERN_ASSERT(!problem.text.empty());
  if (!parsed.problems.empty()) return 0;
  const std::string text = pipeline::render_rules(parsed.document);
  const pipeline::ParsedRules again = pipeline::parse_rules(text);
  POSTERN_ASSERT(again.problems.empty() || text.size() > pipeline::kRuleDocumentBytesMax);
  if (again.problems.empty()) POSTERN_ASSERT(pipeline::render_rules(again.document) == text);
  if (size > kCompiledBytesMax) return 0;
  const pipeline::MergedRules all = pipeline::merged(pipeline::shipped_rules().rules, parsed.document);
  POSTERN_ASSERT(all.rules.size() == all.lines.size());
  const auto compiled = pipeline::RuleSet::compile(parsed.document.rules, parsed.document.rule_lines);
  POSTERN_ASSERT((compiled.set == nullptr) == !compiled.problems.empty());
  return 0;
}
