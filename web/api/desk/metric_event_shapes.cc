#include "web/api/desk/metric_event_shapes.h"

#include <algorithm>
#include <map>
#include <set>

#include "ticketing/errc.h"
#include "ticketing/helpdesk.h"
#include "ticketing/service_levels/metric_events.h"
#include "ticketing/service_levels/service_levels.h"
#include "web/api/desk/people_handlers.h"
#include "web/api/shapes.h"

namespace postern::web::api {
namespace {

using ticketing::MetricEventType;

constexpr std::int64_t kMinuteMs = 60'000;

MetricEventType type_of(const schema::MetricEvent& event) { return static_cast<MetricEventType>(event.type()); }

class MetricEventList {
 public:
  MetricEventList(const Request& request, Context& context) : request_(request), context_(context) {}

  core::Result<void> add(core::TicketId ticket, std::int64_t from_ms, std::int64_t to_ms) {
    POSTERN_TRY(const auto saves,
                ticketing::metric_events_of(*context_.services.store.snapshot(), context_.services.vault, request_.who().workspace, ticket));
    std::map<std::pair<std::uint32_t, std::uint32_t>, std::uint64_t> broken;  // metric and instance: the breach that counts
    for (const schema::MetricEvents& save : saves) {
      const bool is_wanted = save.at_unix_ms() >= from_ms && save.at_unix_ms() <= to_ms;
      for (const schema::MetricEvent& each : save.events()) {
        const std::pair clock(each.metric(), each.instance());
        if (type_of(each) == MetricEventType::kBreach) broken[clock] = each.id();
        if (type_of(each) == MetricEventType::kUnbreach && broken.contains(clock)) taken_back_.insert(broken[clock]);
        if (is_wanted && type_of(each) != MetricEventType::kUnbreach) shown_.emplace_back(ticket, each);
      }
    }
    return {};
  }

  core::Result<json::array> shape() {
    std::ranges::sort(shown_, {}, [](const auto& each) { return std::pair(each.second.at_unix_ms(), each.second.id()); });
    json::array out;
    for (const auto& [ticket, event] : shown_) {
      const ticketing::MetricName name = ticketing::name_of(event);
      json::object one;
      one["id"] = event.id();
      one["ticket_id"] = ticket.value;
      one["metric"] = name.name;
      one["instance_id"] = name.instance;
      one["type"] = ticketing::to_string(type_of(event));
      one["time"] = timestamp(event.at_unix_ms());
      if (type_of(event) == MetricEventType::kApplySla) {
        POSTERN_TRY(one["sla"], sla_json(event));
      }
      if (type_of(event) == MetricEventType::kBreach) one["deleted"] = taken_back_.contains(event.id());
      if (type_of(event) == MetricEventType::kUpdateStatus) {
        one["status"] = json::object{{"calendar", event.calendar_ms() / kMinuteMs}, {"business", event.business_ms() / kMinuteMs}};
      }
      out.push_back(std::move(one));
    }
    return out;
  }

 private:
  // The policy as it is called now; one that is gone has its id alone.
  core::Result<json::value> sla_json(const schema::MetricEvent& event) {
    json::object policy{{"id", event.policy()}, {"title", nullptr}, {"description", nullptr}};
    POSTERN_TRY(ticketing::Helpdesk* const desk, desk_of(context_));
    ticketing::ServiceLevels& levels = desk->service_levels();
    const bool is_of_group = ticketing::sla_metric(static_cast<ticketing::SlaMetric>(event.metric())).is_of_group;
    const auto known = (is_of_group ? levels.group_policies() : levels.policies()).find(request_.who().workspace, event.policy());
    if (!known && !(known.error() == ticketing::Errc::kNotFound)) return known.error();
    if (known) policy["title"] = known->title();
    if (known) policy["description"] = known->description();
    json::object out;
    out["target"] = event.target_ms() / kMinuteMs;
    out["target_in_seconds"] = event.target_ms() / 1000;
    out["business_hours"] = event.is_business();
    out["policy"] = std::move(policy);
    return json::value(std::move(out));
  }

  const Request& request_;
  Context& context_;
  std::vector<std::pair<core::TicketId, schema::MetricEvent>> shown_;
  std::set<std::uint64_t> taken_back_;
};

}  // namespace

core::Result<json::array> metric_events_json(const Request& request, Context& context, std::span<const core::TicketId> tickets,
                                             std::int64_t from_ms, std::int64_t to_ms) {
  MetricEventList list(request, context);
  for (const core::TicketId each : tickets) POSTERN_CHECK(list.add(each, from_ms, to_ms));
  return list.shape();
}

}  // namespace postern::web::api
