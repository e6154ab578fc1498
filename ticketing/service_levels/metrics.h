#pragma once
// ticketing/service_levels/metrics.h: what can be promised about a ticket's times, by Zendesk's names, and in which statuses each
// of them counts.
// Thread-safety: constants and pure functions.
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

#include "ticketing/tickets.h"

namespace postern::ticketing {

// Never renumber: stored.
enum class SlaMetric : std::uint8_t {
  kFirstReply = 1,
  kNextReply = 2,
  kPeriodicUpdate = 3,
  kPausableUpdate = 4,
  kRequesterWait = 5,
  kAgentWork = 6,
  kTotalResolution = 7,
  kAgentWait = 8,  // this and the next are counted, and nothing is promised of them
  kOnHold = 9,
  kGroupOwnership = 10,  // promised by policies of groups, and by these alone
};

// Never renumber: stored. Achieved: a reply came, or the ticket was solved.
enum class ClockStage : std::uint8_t { kRunning = 1, kPaused = 2, kAchieved = 3 };
std::string_view to_string(ClockStage stage);  // "active", "paused", "achieved"

struct SlaMetricRow {
  SlaMetric metric;
  std::string_view name;    // "first_reply_time"
  std::string_view title;
  std::uint32_t statuses;   // bits: 1 << Status in which it runs
  bool is_ended_by_reply;   // and waits otherwise; the others end when the ticket is solved
  bool can_be_promised;
  bool is_of_group = false;  // counted since the ticket came to the group that has it
};

// Who promises: the desk its customers, or a group the others (Zendesk's group SLAs).
enum class SlaSide : std::uint8_t { kCustomers, kGroup };
inline bool is_promised_by(const SlaMetricRow& row, SlaSide side) { return row.can_be_promised && row.is_of_group == (side == SlaSide::kGroup); }

std::span<const SlaMetricRow> sla_metrics();
const SlaMetricRow& sla_metric(SlaMetric metric);
std::optional<SlaMetric> parse_sla_metric(std::string_view name);  // one that can be promised

}  // namespace postern::ticketing
