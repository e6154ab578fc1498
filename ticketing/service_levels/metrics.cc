#include "ticketing/service_levels/metrics.h"

#include <algorithm>
#include <array>

namespace postern::ticketing {
namespace {

constexpr std::uint32_t while_in() { return 0; }
template <class... Rest>
constexpr std::uint32_t while_in(Status first, Rest... rest) {
  return (1U << static_cast<unsigned>(first)) | while_in(rest...);
}

constexpr std::uint32_t kUnsolved = while_in(Status::kNew, Status::kOpen, Status::kPending, Status::kHold);
constexpr std::uint32_t kOurTurn = while_in(Status::kNew, Status::kOpen, Status::kHold);

constexpr std::array kMetricRows = {
    SlaMetricRow{SlaMetric::kFirstReply, "first_reply_time", "First reply time", kUnsolved, true, true},
    SlaMetricRow{SlaMetric::kNextReply, "next_reply_time", "Next reply time", kUnsolved, true, true},
    SlaMetricRow{SlaMetric::kPeriodicUpdate, "periodic_update_time", "Periodic update", kUnsolved, false, true},
    SlaMetricRow{SlaMetric::kPausableUpdate, "pausable_update_time", "Pausable update", kOurTurn, false, true},
    SlaMetricRow{SlaMetric::kRequesterWait, "requester_wait_time", "Requester wait time", kOurTurn, false, true},
    SlaMetricRow{SlaMetric::kAgentWork, "agent_work_time", "Agent work time", while_in(Status::kNew, Status::kOpen), false, true},
    SlaMetricRow{SlaMetric::kTotalResolution, "total_resolution_time", "Total resolution time", kUnsolved, false, true},
    SlaMetricRow{SlaMetric::kAgentWait, "agent_wait_time", "Agent wait time", while_in(Status::kPending), false, false},
    SlaMetricRow{SlaMetric::kGroupOwnership, "group_ownership_time", "Group ownership time", kUnsolved, false, true, true},
    SlaMetricRow{SlaMetric::kOnHold, "on_hold_time", "On-hold time", while_in(Status::kHold), false, false},
};

}  // namespace

std::string_view to_string(ClockStage stage) {
  switch (stage) {
    case ClockStage::kRunning: return "active";
    case ClockStage::kPaused: return "paused";
    case ClockStage::kAchieved: return "achieved";
  }
  return "paused";
}

std::span<const SlaMetricRow> sla_metrics() { return kMetricRows; }

const SlaMetricRow& sla_metric(SlaMetric metric) {
  const auto* found = std::ranges::find(kMetricRows, metric, &SlaMetricRow::metric);
  return found == kMetricRows.end() ? kMetricRows.back() : *found;
}

std::optional<SlaMetric> parse_sla_metric(std::string_view name) {
  const auto* found = std::ranges::find(kMetricRows, name, &SlaMetricRow::name);
  if (found == kMetricRows.end() || !found->can_be_promised) return {};
  return found->metric;
}

}  // namespace postern::ticketing
