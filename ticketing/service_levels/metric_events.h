#pragma once
// ticketing/service_levels/metric_events.h: what happened to a ticket's clocks, as Zendesk's ticket metric events have it: told by
// comparing the clocks before and after a save, in its transaction, so that whatever changes them (an answer, a rule, an undo, a
// changed policy) is told and nothing twice.
// Thread-safety: pure, apart from the transaction.  Errors: those of the store and the vault.  Limits: kMetricEventsMax.
#include <functional>
#include <string_view>
#include <vector>

#include "storage/schema/metric_events.pb.h"
#include "storage/store.h"
#include "storage/vault.h"
#include "ticketing/service_levels/clocks.h"

namespace postern::ticketing {

inline constexpr std::size_t kMetricEventsMax = 1000;  // saves of one ticket whose events are read

// Never renumber: stored.
enum class MetricEventType : std::uint8_t {
  kActivate = 1,
  kPause = 2,
  kFulfill = 3,
  kApplySla = 4,
  kBreach = 5,
  kUpdateStatus = 6,  // what the clock shows, where it stops
  kUnbreach = 7,      // more time: the breach before it counts no more
};
std::string_view to_string(MetricEventType type);

// Zendesk's metric: both reply times are one, whose first instance is the first reply.
struct MetricName {
  std::string_view name;  // empty: no events are told of it
  std::uint32_t instance = 0;
};
MetricName name_of(const schema::MetricEvent& event);

struct ClockChange {
  const schema::ServiceLevels* before = nullptr;  // never null
  const schema::ServiceLevels* after = nullptr;   // never null
  std::int64_t now_ms = 0;
  // What a clock of before showed then; asked where a running one began anew.
  std::function<core::Result<Spent>(const schema::TicketClock& clock, std::int64_t at_ms)> spent;
};
// In the order in which they happened; they have no ids of their own yet.
core::Result<std::vector<schema::MetricEvent>> compare_clocks(const ClockChange& change);

core::Result<void> put_metric_events(storage::Transaction& transaction, const storage::Vault& vault, core::IdSource& ids, core::WorkspaceId workspace,
                                     core::TicketId ticket, std::int64_t now_ms, std::vector<schema::MetricEvent> events);

// By save, oldest first.
core::Result<std::vector<schema::MetricEvents>> metric_events_of(const storage::Snapshot& snapshot, const storage::Vault& vault,
                                                                 core::WorkspaceId workspace, core::TicketId ticket);
// They go with the ticket; their keys, at most `most` a call.
core::Result<std::vector<std::string>> forget_metric_events(storage::Transaction& transaction, core::WorkspaceId workspace, core::TicketId ticket,
                                                            std::size_t most);

}  // namespace postern::ticketing
