#pragma once
// ticketing/automation/trigger_review.h: what a trigger would do, without doing it: for one ticket, condition by condition, or for
// the newest tickets. Everything happens in transactions that are never committed, and nothing is sent.
// Thread-safety: pure over the store.  Errors: Errc::kNotFound, Errc::kInvalid, those of the store and the vault.
// Limits: RuleLimits::dry_run_tickets_max.
#include <optional>
#include <string>
#include <vector>

#include "ticketing/automation/triggers.h"

namespace postern::ticketing {

struct ConditionAnswer {
  std::string words;      // "status less_than solved"
  bool is_any = false;    // one of `any`
  bool holds = false;
};

// As if the ticket was made now by its first message, or changed now by its newest one.
enum class ReviewAs : std::uint8_t { kCreate, kChange };

struct TriggerReview {
  core::TicketId ticket;
  ReviewAs as = ReviewAs::kChange;
  bool would_fire = false;
  std::vector<ConditionAnswer> conditions;
  RuleEffects effects;        // of one that would fire; `messages` would be sent, to whom they may be sent then
  Ticket before, after;
};

core::Result<TriggerReview> review_trigger(const RuleParts& parts, const auth::Reach& reach, const schema::Trigger& trigger,
                                           core::TicketId ticket, ReviewAs as);
// Over the `last` newest tickets, each both ways; those that it would fire for. `looked_at`: how many there were.
struct DryRun {
  std::size_t looked_at = 0;
  std::vector<TriggerReview> firing;
};
core::Result<DryRun> dry_run(const RuleParts& parts, core::WorkspaceId workspace, const schema::Trigger& trigger, std::size_t last);

}  // namespace postern::ticketing
