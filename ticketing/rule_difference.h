#pragma once
// ticketing/rule_difference.h: what two rule sets differ in, rule by rule and field by field, for people and the audit.
// Thread-safety: pure.
#include <string>
#include <vector>

#include "pipeline/api/redaction_rules.h"

namespace postern::ticketing {

struct RuleDifference {
  std::string rule;
  std::string change;  // "added", "removed", "changed"
  std::string field;   // of "changed": a key of the rule document, such as "mode"
  std::string before;  // lists are joined with ", "; of added and removed rules: the mode
  std::string after;
};

// In order of the rules' ids. Stops at `differences_max` rows; each side of a row is cut to `bytes_max`.
std::vector<RuleDifference> compare_rules(const std::vector<pipeline::RuleSpec>& before, const std::vector<pipeline::RuleSpec>& after,
                                          std::size_t differences_max, std::size_t bytes_max);
// "iban: mode shadow -> enforce; order_no: added (shadow)". Inline samples are only said to have changed: they may hold
// what looks like a value. Cut to `bytes_max`.
std::string audit_text(const std::vector<RuleDifference>& differences, std::size_t bytes_max);

}  // namespace postern::ticketing
