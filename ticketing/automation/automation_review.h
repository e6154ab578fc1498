#pragma once
// ticketing/automation/automation_review.h: what an automation would do if it was switched on now, without doing it, and when it
// would be looked at next for those for which it does not hold yet. In transactions that are never committed; nothing is sent.
// Thread-safety: pure over the store.  Errors: Errc::kInvalid (the context begins with the field), those of the store.
// Limits: RuleLimits::dry_run_tickets_max.
#include "ticketing/automation/automations.h"
#include "ticketing/automation/trigger_review.h"

namespace postern::ticketing {

struct AutomationDryRun {
  std::size_t looked_at = 0;
  std::vector<TriggerReview> firing;               // as changes
  std::vector<Automations::Upcoming> upcoming;     // soonest first; what fires then is decided then
};
// Over the `last` newest tickets that are neither closed nor deleted. `automation` is one that prepare_automation() has checked.
core::Result<AutomationDryRun> dry_run(const RuleParts& parts, core::WorkspaceId workspace, const schema::Automation& automation, std::size_t last);

// Redacts and checks one as save() does; stores nothing.
core::Result<void> prepare_automation(const RuleParts& parts, core::WorkspaceId workspace, schema::Automation& automation);

}  // namespace postern::ticketing
