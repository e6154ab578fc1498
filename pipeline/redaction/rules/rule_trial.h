#pragma once
// pipeline/redaction/rules/rule_trial.h: a rule set tried out beside those that apply.
// Thread-safety: const methods from any thread. Ownership: shares the set.
#include <memory>

#include "pipeline/api/rule_book.h"
#include "pipeline/redaction/rules/rule_set.h"

namespace postern::pipeline {

std::unique_ptr<RuleTrial> make_trial(std::shared_ptr<const RuleSet> set);

}  // namespace postern::pipeline
