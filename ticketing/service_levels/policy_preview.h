#pragma once
// ticketing/service_levels/policy_preview.h: what a policy would have said of the newest tickets, without storing anything: whose
// tickets it chooses, which policy comes before it there, and which of its promises were kept.
// A ticket's past counts as its clocks counted it; of a clock that starts again and again, the last time.
// Thread-safety: pure over the store.  Errors: Errc::kInvalid, those of the store and the vault.
// Limits: SlaLimits::preview_tickets_max.
#include <vector>

#include "ticketing/service_levels/service_levels.h"

namespace postern::ticketing {

struct PreviewedPromise {
  SlaMetric metric = SlaMetric::kFirstReply;
  ClockStage stage = ClockStage::kPaused;
  std::int64_t target_ms = 0;
  bool is_business = false;
  std::int64_t used_ms = 0;
  bool is_broken = false;
};

struct PolicyPreview {
  core::TicketId ticket;
  std::uint64_t overruled_by = 0;  // the policy that comes before it and holds, too; 0: none does
  std::vector<PreviewedPromise> promises;
};

struct PolicyRun {
  std::size_t looked_at = 0;
  std::size_t broken = 0;             // tickets of which a promise is
  std::vector<PolicyPreview> chosen;  // tickets whose conditions hold, newest change first
};

// `policy`: prepared by `book`, one of the two of `levels`; with an id it is looked at in the place of that one, without behind all
// others.
core::Result<PolicyRun> preview_policy(ServiceLevels& levels, SlaPolicies& book, core::WorkspaceId workspace, const schema::SlaPolicy& policy, std::size_t last);

}  // namespace postern::ticketing
