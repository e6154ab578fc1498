#include "pipeline/runner/rule_hits.h"

#include <algorithm>

#include "pipeline/runner/policy.h"

namespace postern::pipeline {
namespace {

struct Demand {
  OnMatch action = OnMatch::kAccept;
  std::string rule;
};

Demand strictest_for(const Recipient& rcpt, const std::vector<RuleHit>& hits) {
  Demand demand;
  for (const RuleHit& hit : hits) {
    const bool is_here = hit.workspace == rcpt.workspace && std::ranges::find(hit.inboxes, rcpt.inbox) != hit.inboxes.end();
    if (is_here && hit.on_match > demand.action) demand = {hit.on_match, hit.rule};
  }
  return demand;
}

bool has_unread_file(const ParseReport& parse) { return std::ranges::find(parse.defects, "unread_file") != parse.defects.end(); }

}  // namespace

std::optional<SmtpVerdict> apply_rule_hits(Envelope& envelope, const Verdicts& verdicts, bool suspends_unread) {
  std::vector<Demand> demands;
  for (const Recipient& rcpt : envelope.rcpts) demands.push_back(strictest_for(rcpt, verdicts.rule_hits));
  const bool is_refused = !demands.empty() && std::ranges::all_of(demands, [](const Demand& one) { return one.action == OnMatch::kReject; });
  if (is_refused) {
    return refusal(550, "5.7.1", "Holds what must not be sent by mail (" + demands.front().rule + "): remove it and send again");
  }
  const bool is_unread = suspends_unread && has_unread_file(verdicts.parse);
  for (std::size_t i = 0; i < demands.size(); ++i) {
    std::string& cause = envelope.rcpts[i].held_cause;
    if (!cause.empty()) continue;
    if (demands[i].action != OnMatch::kAccept) {
      cause = "redaction_rule";
    } else if (is_unread) {
      cause = "unread_file";
    }
  }
  return std::nullopt;
}

}  // namespace postern::pipeline
