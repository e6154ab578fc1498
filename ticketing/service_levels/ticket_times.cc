#include "ticketing/service_levels/ticket_times.h"

namespace postern::ticketing {
namespace {

std::optional<std::int64_t> moment(std::int64_t at_ms) { return at_ms == 0 ? std::optional<std::int64_t>() : at_ms; }

std::optional<Spent> if_known(const schema::ServiceLevels& service, SlaMetric metric, const BusinessHours& hours, std::int64_t now_ms) {
  const schema::TicketClock* clock = clock_of(service, metric);
  return clock == nullptr ? std::optional<Spent>() : spent_of(*clock, hours, now_ms);
}

}  // namespace

std::vector<PromiseState> promises(const schema::ServiceLevels& service, const BusinessHours& hours, std::int64_t now_ms) {
  std::vector<PromiseState> out;
  for (const schema::TicketClock& clock : service.clocks()) {
    if (clock.target_ms() == 0) continue;
    const Spent spent = spent_of(clock, hours, now_ms);
    PromiseState& state = out.emplace_back();
    state.metric = static_cast<SlaMetric>(clock.metric());
    state.stage = static_cast<ClockStage>(clock.stage());
    state.target_ms = clock.target_ms();
    state.is_business = clock.is_business();
    state.left_ms = clock.target_ms() - (clock.is_business() ? spent.business_ms : spent.calendar_ms);
    state.breach_at_ms = moment(clock.breach_unix_ms());
    state.breached_at_ms = moment(clock.breached_unix_ms());
  }
  return out;
}

TicketTimes ticket_times(const schema::ServiceLevels& service, const BusinessHours& hours, std::int64_t now_ms) {
  TicketTimes out;
  const schema::TicketClock* reply = clock_of(service, SlaMetric::kFirstReply);
  const bool has_reply = reply != nullptr && static_cast<ClockStage>(reply->stage()) == ClockStage::kAchieved;
  if (has_reply) out.first_reply = Spent{reply->spent_ms(), reply->business_ms()};
  if (service.first_resolution_ms() != 0) out.first_resolution = Spent{service.first_resolution_ms(), service.first_resolution_business_ms()};
  if (service.full_resolution_ms() != 0) out.full_resolution = Spent{service.full_resolution_ms(), service.full_resolution_business_ms()};
  out.requester_wait = if_known(service, SlaMetric::kRequesterWait, hours, now_ms);
  out.agent_wait = if_known(service, SlaMetric::kAgentWait, hours, now_ms);
  out.on_hold = if_known(service, SlaMetric::kOnHold, hours, now_ms);
  return out;
}

}  // namespace postern::ticketing
