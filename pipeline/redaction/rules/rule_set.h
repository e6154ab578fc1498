#pragma once
// pipeline/redaction/rules/rule_set.h: rules compiled to be scanned with: one immutable value, shared by all who scan.
// Candidates come from a CandidateFinder, exact spans from RE2 (linear time), confirmation from validators and from the
// words that stand near. Shipped patterns are compiled once and shared by
// all sets; rules of an operator that are off everywhere are compiled, tested and left out.
// Thread-safety: const methods from any thread; scratch memory is one per thread. Ownership: shared_ptr<const RuleSet>.
// Errors: compile() tells problems as values; find() throws std::exception when scanning itself failed.
#include <memory>
#include <span>
#include <string_view>
#include <vector>

#include "pipeline/api/rule_book.h"
#include "pipeline/redaction/detector.h"

namespace postern::pipeline {

// Lines of one rule in its document, for what compile() has to say; 0: unknown.
struct RuleLines {
  std::uint32_t rule = 0;
  std::vector<std::uint32_t> patterns;
  std::vector<std::uint32_t> matches;
  std::vector<std::uint32_t> ignores;
};

class RuleSet {
 public:
  struct Compiled {
    std::shared_ptr<const RuleSet> set;  // nullptr when there are problems
    std::vector<RuleProblem> problems;
    std::uint32_t tests_run = 0;
  };
  // Runs every inline test; a rule that fails one is a problem. `lines`: one a rule, or none.
  // `base`: a set whose rules are the first of `rules`, with the same patterns and samples; what it has compiled is
  // shared, and of its rules only those with a line are tested again, because a document changes them.
  // kTrust leaves the tests out, for rules that have passed them.
  enum class Samples { kRun, kTrust };
  static Compiled compile(std::vector<RuleSpec> rules, std::span<const RuleLines> lines = {}, const RuleSet* base = nullptr,
                          Samples samples = Samples::kRun);
  ~RuleSet();
  RuleSet(const RuleSet&) = delete;

  const std::vector<RuleSpec>& rules() const { return rules_; }
  // `modes`: one a rule; rules that are off are not looked for. Appends to `findings`, in order of the rules.
  void find(std::string_view text, TextKind kind, std::span<const RuleMode> modes, std::vector<Finding>& findings) const;

 private:
  RuleSet();
  std::vector<RuleSpec> rules_;
  struct Engine;
  std::unique_ptr<Engine> engine_;
};

// True when the rule is off wherever it could apply.
bool is_never_used(const RuleSpec& rule);

}  // namespace postern::pipeline
