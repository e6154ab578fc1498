#pragma once
// ticketing/service_levels/ticket_times.h: what a ticket's clocks say at a moment: how its promises stand, and its metrics.
// Thread-safety: pure functions.  Errors: none.
#include <optional>
#include <vector>

#include "ticketing/service_levels/clocks.h"

namespace postern::ticketing {

struct PromiseState {
  SlaMetric metric = SlaMetric::kFirstReply;
  ClockStage stage = ClockStage::kPaused;
  std::optional<std::int64_t> breach_at_ms;    // while it runs
  std::optional<std::int64_t> breached_at_ms;  // it was broken
  std::int64_t left_ms = 0;                    // calendar or business time, as promised; below 0: over
  std::int64_t target_ms = 0;
  bool is_business = false;
};
// Of the clocks that have a target, by metric.
std::vector<PromiseState> promises(const schema::ServiceLevels& service, const BusinessHours& hours, std::int64_t now_ms);

// Nothing: it has not happened. What is going on is counted up to now.
struct TicketTimes {
  std::optional<Spent> first_reply;
  std::optional<Spent> first_resolution;
  std::optional<Spent> full_resolution;
  std::optional<Spent> requester_wait;
  std::optional<Spent> agent_wait;
  std::optional<Spent> on_hold;
};
TicketTimes ticket_times(const schema::ServiceLevels& service, const BusinessHours& hours, std::int64_t now_ms);

}  // namespace postern::ticketing
