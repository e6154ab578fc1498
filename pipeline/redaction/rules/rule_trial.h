#pragma once
// pipeline/redaction/rules/rule_trial.h: a rule set tried out beside those that apply.
// Thread-safety: const methods from any thread. Ownership: shares the set.
#include <memory>

#include "pipeline/api/rule_book.h"
#include "pipeline/options.h"
#include "pipeline/redaction/formats/text_extractor.h"
#include "pipeline/redaction/rules/rule_set.h"

namespace postern::pipeline {

// How a trial reads messages: as live mail is read, so that it finds what a rule would find there. Without an extractor it
// reads neither PDF files nor pictures. Ownership: borrows the extractor.
struct TrialMeans {
  RedactionLimits limits;
  MimeLimits mime_limits;
  RedactionOptions options;
  const TextExtractor* extractor = nullptr;
};

std::unique_ptr<RuleTrial> make_trial(std::shared_ptr<const RuleSet> set, std::shared_ptr<const TrialMeans> means);

}  // namespace postern::pipeline
