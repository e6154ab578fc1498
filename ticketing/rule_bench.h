#pragma once
// ticketing/rule_bench.h: the services of the operator's bench for redaction rules, passed as one value.
// Ownership: borrows everything.
#include "ticketing/finding_feedback.h"
#include "ticketing/finding_ledger.h"
#include "ticketing/rule_replay.h"
#include "ticketing/rule_sets.h"

namespace postern::ticketing {

struct RuleBench {
  RuleSets& sets;
  FindingLedger& findings;
  FindingFeedback& feedback;
  RuleReplays& replays;
};

}  // namespace postern::ticketing
