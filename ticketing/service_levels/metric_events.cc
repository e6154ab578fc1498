#include "ticketing/service_levels/metric_events.h"

#include <algorithm>

#include "storage/records.h"
#include "ticketing/detail/damage.h"
#include "ticketing/service_levels/keys.h"

namespace postern::ticketing {
namespace {

using schema::MetricEvent;
using schema::TicketClock;

std::uint32_t instance_of(const TicketClock& clock) { return std::max(1U, clock.instance()); }
std::uint64_t promiser_of(const schema::ServiceLevels& service, const TicketClock& clock) {
  return sla_metric(static_cast<SlaMetric>(clock.metric())).is_of_group ? service.group_policy() : service.policy();
}
ClockStage stage_now(const TicketClock& clock) { return static_cast<ClockStage>(clock.stage()); }

class Comparison {
 public:
  explicit Comparison(const ClockChange& change) : change_(change) {}

  core::Result<std::vector<MetricEvent>> run() {
    for (const TicketClock& after : change_.after->clocks()) {
      const auto metric = static_cast<SlaMetric>(after.metric());
      if (!sla_metric(metric).can_be_promised) continue;
      const TicketClock* before = clock_of(*change_.before, metric);
      if (before != nullptr && instance_of(*before) != instance_of(after)) {
        POSTERN_CHECK(end_instance(*before, after));
        before = nullptr;
      }
      follow_stage(before, after);
      follow_promise(before, after);
    }
    for (std::size_t i = 0; i < out_.size(); ++i) out_[i].set_id(i);  // what is told of one moment stays in order
    std::ranges::sort(out_, {}, [](const MetricEvent& each) { return std::pair(each.at_unix_ms(), each.id()); });
    return std::move(out_);
  }

 private:
  MetricEvent& add(const TicketClock& of, MetricEventType type, std::int64_t at_ms) {
    MetricEvent& out = out_.emplace_back();
    out.set_metric(of.metric());
    out.set_instance(instance_of(of));
    out.set_type(static_cast<std::uint32_t>(type));
    out.set_at_unix_ms(at_ms);
    return out;
  }

  void add_stop(const TicketClock& of, MetricEventType type, std::int64_t at_ms, const Spent& spent) {
    add(of, type, at_ms);
    MetricEvent& shown = add(of, MetricEventType::kUpdateStatus, at_ms);
    shown.set_calendar_ms(spent.calendar_ms);
    shown.set_business_ms(spent.business_ms);
  }

  // One that began anew did so because the answer came for which it ran.
  core::Result<void> end_instance(const TicketClock& before, const TicketClock& after) {
    if (stage_now(before) == ClockStage::kAchieved) return {};
    // Its new beginning is when the old one ended; what follows in the same save may have moved it on.
    const std::int64_t at = after.spent_ms() == 0 ? std::min(after.since_unix_ms(), change_.now_ms) : change_.now_ms;
    POSTERN_TRY(const Spent spent, change_.spent(before, at));
    add_stop(before, MetricEventType::kFulfill, at, spent);
    return {};
  }

  void follow_stage(const TicketClock* before, const TicketClock& after) {
    const ClockStage to = stage_now(after);
    if (before != nullptr && stage_now(*before) == to) return;
    const Spent spent{after.spent_ms(), after.business_ms()};
    switch (to) {
      case ClockStage::kRunning: add(after, MetricEventType::kActivate, after.since_unix_ms()); break;
      case ClockStage::kPaused: {
        const bool ran_unseen = before == nullptr && after.spent_ms() > 0;  // a ticket of before there were clocks
        if (ran_unseen) add(after, MetricEventType::kActivate, after.since_unix_ms() - after.spent_ms());
        const bool ran = before != nullptr && stage_now(*before) == ClockStage::kRunning;
        if (ran || ran_unseen) add_stop(after, MetricEventType::kPause, after.since_unix_ms(), spent);
        break;
      }
      case ClockStage::kAchieved:
        if (before == nullptr) add(after, MetricEventType::kActivate, after.since_unix_ms() - after.spent_ms());
        add_stop(after, MetricEventType::kFulfill, after.since_unix_ms(), spent);
        break;
    }
  }

  void follow_promise(const TicketClock* before, const TicketClock& after) {
    const bool is_promised = after.target_ms() != 0 && stage_now(after) != ClockStage::kAchieved;
    const bool is_another = before == nullptr || before->target_ms() != after.target_ms() || before->is_business() != after.is_business() ||
                            promiser_of(*change_.before, after) != promiser_of(*change_.after, after);
    const std::int64_t was_broken = before == nullptr ? 0 : before->breached_unix_ms();
    if (was_broken != 0 && after.breached_unix_ms() != was_broken) add(after, MetricEventType::kUnbreach, change_.now_ms);
    if (is_promised && is_another) {
      MetricEvent& out = add(after, MetricEventType::kApplySla, change_.now_ms);
      out.set_target_ms(after.target_ms());
      out.set_is_business(after.is_business());
      out.set_policy(promiser_of(*change_.after, after));
    }
    if (after.breached_unix_ms() != 0 && after.breached_unix_ms() != was_broken) add(after, MetricEventType::kBreach, after.breached_unix_ms());
  }

  const ClockChange& change_;
  std::vector<MetricEvent> out_;
};

}  // namespace

std::string_view to_string(MetricEventType type) {
  switch (type) {
    case MetricEventType::kActivate: return "activate";
    case MetricEventType::kPause: return "pause";
    case MetricEventType::kFulfill: return "fulfill";
    case MetricEventType::kApplySla: return "apply_sla";
    case MetricEventType::kBreach: return "breach";
    case MetricEventType::kUpdateStatus: return "update_status";
    case MetricEventType::kUnbreach: return "";
  }
  return "";
}

MetricName name_of(const schema::MetricEvent& event) {
  switch (static_cast<SlaMetric>(event.metric())) {
    case SlaMetric::kFirstReply: return {"reply_time", event.instance()};
    case SlaMetric::kNextReply: return {"reply_time", event.instance() + 1};
    case SlaMetric::kPeriodicUpdate: return {"periodic_update_time", event.instance()};
    case SlaMetric::kPausableUpdate: return {"pausable_update_time", event.instance()};
    case SlaMetric::kRequesterWait: return {"requester_wait_time", event.instance()};
    case SlaMetric::kAgentWork: return {"agent_work_time", event.instance()};
    case SlaMetric::kTotalResolution: return {"resolution_time", event.instance()};
    case SlaMetric::kGroupOwnership: return {"group_ownership_time", event.instance()};
    case SlaMetric::kAgentWait:
    case SlaMetric::kOnHold: break;
  }
  return {};
}

core::Result<std::vector<schema::MetricEvent>> compare_clocks(const ClockChange& change) { return Comparison(change).run(); }

core::Result<void> put_metric_events(storage::Transaction& transaction, const storage::Vault& vault, core::IdSource& ids, core::WorkspaceId workspace,
                                     core::TicketId ticket, std::int64_t now_ms, std::vector<schema::MetricEvent> events) {
  if (events.empty()) return {};
  schema::MetricEvents record;
  record.set_at_unix_ms(now_ms);
  for (schema::MetricEvent& each : events) {
    each.set_id(ids.next());
    *record.add_events() = std::move(each);
  }
  return storage::put_sealed(transaction, vault, workspace, keys::sla_events(workspace, ticket, record.events(0).id()), record);
}

core::Result<std::vector<schema::MetricEvents>> metric_events_of(const storage::Snapshot& snapshot, const storage::Vault& vault,
                                                                 core::WorkspaceId workspace, core::TicketId ticket) {
  POSTERN_TRY(const std::vector<storage::Entry> entries,
              snapshot.scan(keys::sla_events_prefix(workspace, ticket), storage::Direction::kForward, kMetricEventsMax));
  std::vector<schema::MetricEvents> out;
  for (const storage::Entry& each : entries) {
    schema::MetricEvents record;
    const auto opened = storage::open_record(vault, workspace, each.key, each.value, record);
    if (!opened && !is_damage(opened.error())) return opened.error();
    if (!opened) tell_damage("metric events", workspace, ticket.value, opened.error());
    if (opened) out.push_back(std::move(record));
  }
  return out;
}

core::Result<std::vector<std::string>> forget_metric_events(storage::Transaction& transaction, core::WorkspaceId workspace, core::TicketId ticket,
                                                            std::size_t most) {
  POSTERN_TRY(const std::vector<storage::Entry> entries,
              transaction.snapshot().scan(keys::sla_events_prefix(workspace, ticket), storage::Direction::kForward, most));
  std::vector<std::string> out;
  for (const storage::Entry& each : entries) {
    transaction.erase(each.key);
    out.push_back(each.key);
  }
  return out;
}

}  // namespace postern::ticketing
