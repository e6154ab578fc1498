#include "ticketing/service_levels/clocks.h"

#include <algorithm>

namespace postern::ticketing {
namespace {

using schema::TicketClock;

ClockStage stage_of(const TicketClock& clock) { return static_cast<ClockStage>(clock.stage()); }
SlaMetric metric_of(const TicketClock& clock) { return static_cast<SlaMetric>(clock.metric()); }
bool is_running(const TicketClock& clock) { return stage_of(clock) == ClockStage::kRunning; }
bool is_solved(std::uint32_t status) { return status >= static_cast<std::uint32_t>(Status::kSolved); }

TicketClock* find_clock(schema::ServiceLevels& service, SlaMetric metric) {
  const auto found = std::ranges::find_if(*service.mutable_clocks(), [metric](const TicketClock& each) { return metric_of(each) == metric; });
  return found == service.mutable_clocks()->end() ? nullptr : &*found;
}

void move_to(TicketClock& clock, ClockStage stage, const BusinessHours& hours, std::int64_t now_ms) {
  if (stage_of(clock) == stage) return;
  if (is_running(clock)) {
    const Spent spent = spent_of(clock, hours, now_ms);
    clock.set_spent_ms(spent.calendar_ms);
    clock.set_business_ms(spent.business_ms);
    clock.set_breach_unix_ms(0);
  }
  clock.set_stage(static_cast<std::uint32_t>(stage));
  clock.set_since_unix_ms(now_ms);
}

// From zero, standing still.
void start_over(schema::ServiceLevels& service, SlaMetric metric, std::int64_t at_ms) {
  TicketClock* clock = find_clock(service, metric);
  if (clock == nullptr) {
    service.add_clocks()->set_metric(static_cast<std::uint32_t>(metric));
    std::sort(service.mutable_clocks()->begin(), service.mutable_clocks()->end(), [](const TicketClock& a, const TicketClock& b) { return a.metric() < b.metric(); });
    clock = find_clock(service, metric);
  }
  const std::uint32_t instance = clock->stage() == 0 ? 1 : std::max(1U, clock->instance()) + 1;
  clock->Clear();
  clock->set_instance(instance);
  clock->set_metric(static_cast<std::uint32_t>(metric));
  clock->set_stage(static_cast<std::uint32_t>(ClockStage::kPaused));
  clock->set_since_unix_ms(at_ms);
}

bool is_reply_to_customer(const schema::Comment& comment, const ClockFacts& facts) {
  const bool is_own = comment.author() == facts.source->actor.value && comment.author() != facts.after->requester();  // not in somebody's name
  return comment.is_public() && is_own && facts.source->role >= auth::Role::kAgent && !facts.source->is_machine;
}

bool is_from_customer(const schema::Comment& comment, const ClockFacts& facts) {
  return comment.is_public() && !facts.source->is_machine && !is_reply_to_customer(comment, facts) && comment.author() != 0;
}

// What is known of a ticket that lived before there were clocks.
void take_over(schema::ServiceLevels& service, const schema::TicketMetrics& known, std::int64_t created, const BusinessHours& hours) {
  if (known.first_reply() != 0) {
    TicketClock* clock = find_clock(service, SlaMetric::kFirstReply);
    clock->set_stage(static_cast<std::uint32_t>(ClockStage::kAchieved));
    clock->set_since_unix_ms(known.first_reply());
    clock->set_spent_ms(std::max<std::int64_t>(0, known.first_reply() - created));
    clock->set_business_ms(hours.between(created, known.first_reply()));
  }
  if (known.solved() == 0) return;
  service.set_full_resolution_ms(std::max<std::int64_t>(1, known.solved() - created));
  service.set_full_resolution_business_ms(hours.between(created, known.solved()));
}

void begin_clocks(schema::ServiceLevels& service, const ClockFacts& facts) {
  const std::int64_t created = facts.after->created_unix_ms();
  for (const SlaMetric metric : {SlaMetric::kRequesterWait, SlaMetric::kAgentWork, SlaMetric::kTotalResolution}) start_over(service, metric, created);
  // Whoever opens a ticket by writing to the customer owes no first reply.
  const bool is_opened_by_us = facts.before == nullptr && !facts.added.empty() && is_reply_to_customer(facts.added.front(), facts);
  if (!is_opened_by_us) start_over(service, SlaMetric::kFirstReply, created);
  if (facts.before != nullptr) take_over(service, facts.before->metrics(), created, *facts.hours);
}

void end_by_reply(schema::ServiceLevels& service, const ClockFacts& facts) {
  for (const SlaMetric metric : {SlaMetric::kFirstReply, SlaMetric::kNextReply}) {
    if (TicketClock* clock = find_clock(service, metric)) move_to(*clock, ClockStage::kAchieved, *facts.hours, facts.now_ms);
  }
  for (const SlaMetric metric : {SlaMetric::kPeriodicUpdate, SlaMetric::kPausableUpdate}) start_over(service, metric, facts.now_ms);
}

void start_by_question(schema::ServiceLevels& service, const ClockFacts& facts) {
  const TicketClock* first = find_clock(service, SlaMetric::kFirstReply);
  if (first != nullptr && stage_of(*first) != ClockStage::kAchieved) return;  // that is what is owed
  const TicketClock* next = find_clock(service, SlaMetric::kNextReply);
  if (next == nullptr || stage_of(*next) == ClockStage::kAchieved) start_over(service, SlaMetric::kNextReply, facts.now_ms);
}

// The clock of the group begins anew with each group, and ends when none has the ticket. Of a ticket of before there was such a
// clock it begins now.
void follow_group(schema::ServiceLevels& service, const ClockFacts& facts) {
  TicketClock* clock = find_clock(service, SlaMetric::kGroupOwnership);
  const std::uint64_t group = facts.after->group();
  if (group == 0) {
    if (clock != nullptr) move_to(*clock, ClockStage::kAchieved, *facts.hours, facts.now_ms);
    return;
  }
  const std::uint64_t was = facts.before != nullptr ? facts.before->group() : 0;
  if (clock == nullptr || was != group) start_over(service, SlaMetric::kGroupOwnership, facts.now_ms);
}

void follow_status(schema::ServiceLevels& service, std::uint32_t status, const BusinessHours& hours, std::int64_t at_ms, bool has_group) {
  const std::uint32_t here = 1U << status;
  for (const SlaMetric metric : {SlaMetric::kAgentWait, SlaMetric::kOnHold}) {
    if ((sla_metric(metric).statuses & here) != 0 && find_clock(service, metric) == nullptr) start_over(service, metric, at_ms);
  }
  for (TicketClock& clock : *service.mutable_clocks()) {
    const SlaMetricRow& row = sla_metric(metric_of(clock));
    if (row.is_ended_by_reply && stage_of(clock) == ClockStage::kAchieved) continue;
    if (row.is_of_group && !has_group) continue;  // follow_group() has ended it
    if ((row.statuses & here) != 0) {
      move_to(clock, ClockStage::kRunning, hours, at_ms);
    } else {
      const bool has_ended = is_solved(status) && !row.is_ended_by_reply;
      move_to(clock, has_ended ? ClockStage::kAchieved : ClockStage::kPaused, hours, at_ms);
    }
  }
}

void keep_resolution(schema::ServiceLevels& service, const ClockFacts& facts) {
  const std::int64_t created = facts.after->created_unix_ms();
  service.set_full_resolution_ms(std::max<std::int64_t>(1, facts.now_ms - created));
  service.set_full_resolution_business_ms(facts.hours->between(created, facts.now_ms));
  if (service.first_resolution_ms() != 0) return;
  service.set_first_resolution_ms(service.full_resolution_ms());
  service.set_first_resolution_business_ms(service.full_resolution_business_ms());
}

const schema::SlaTarget* target_of(const schema::SlaPolicy* policy, SlaMetric metric, Priority priority) {
  if (policy == nullptr) return nullptr;
  const auto wanted = static_cast<std::uint32_t>(priority == Priority::kNone ? Priority::kNormal : priority);
  const auto found = std::ranges::find_if(policy->targets(), [&](const schema::SlaTarget& each) {
    return each.priority() == wanted && each.metric() == static_cast<std::uint32_t>(metric);
  });
  return found == policy->targets().end() ? nullptr : &*found;
}

std::int64_t breach_time(const TicketClock& clock, const BusinessHours& hours) {
  const std::int64_t left = clock.target_ms() - (clock.is_business() ? clock.business_ms() : clock.spent_ms());
  if (left <= 0) return clock.breached_unix_ms() != 0 ? clock.breached_unix_ms() : clock.since_unix_ms();
  if (!clock.is_business()) return clock.since_unix_ms() + left;
  return hours.after(clock.since_unix_ms(), left).value_or(0);
}

}  // namespace

Spent spent_of(const TicketClock& clock, const BusinessHours& hours, std::int64_t now_ms) {
  Spent out{clock.spent_ms(), clock.business_ms()};
  if (!is_running(clock)) return out;
  out.calendar_ms += std::max<std::int64_t>(0, now_ms - clock.since_unix_ms());
  out.business_ms += hours.between(clock.since_unix_ms(), now_ms);
  return out;
}

void count_time(schema::ServiceLevels& service, const ClockFacts& facts) {
  const std::uint32_t status = facts.after->status();
  if (service.clocks().empty()) {
    begin_clocks(service, facts);
    follow_status(service, facts.before != nullptr ? facts.before->status() : status, *facts.hours, facts.after->created_unix_ms(), false);
  }
  for (const schema::Comment& each : facts.added) {
    if (is_reply_to_customer(each, facts)) {
      end_by_reply(service, facts);
    } else if (is_from_customer(each, facts)) {
      start_by_question(service, facts);
    }
  }
  follow_group(service, facts);
  follow_status(service, status, *facts.hours, facts.now_ms, facts.after->group() != 0);
  const bool was_solved = facts.before != nullptr && is_solved(facts.before->status());
  if (is_solved(status) && !was_solved) keep_resolution(service, facts);
}

void promise(schema::ServiceLevels& service, const SlaPromisers& policies, Priority priority, const BusinessHours& hours, std::int64_t now_ms) {
  for (TicketClock& clock : *service.mutable_clocks()) {
    if (stage_of(clock) == ClockStage::kAchieved) continue;
    const bool is_of_group = sla_metric(metric_of(clock)).is_of_group;
    const schema::SlaTarget* target = target_of(is_of_group ? policies.of_group : policies.to_customers, metric_of(clock), priority);
    if (target == nullptr) {
      clock.clear_target_ms();
      clock.clear_is_business();
      clock.clear_breach_unix_ms();
      clock.clear_breached_unix_ms();
      continue;
    }
    const bool is_another = clock.target_ms() != target->target_ms() || clock.is_business() != target->is_business();
    clock.set_target_ms(target->target_ms());
    clock.set_is_business(target->is_business());
    if (!is_running(clock)) {
      const std::int64_t used = clock.is_business() ? clock.business_ms() : clock.spent_ms();
      if (is_another && used < clock.target_ms()) clock.clear_breached_unix_ms();
      continue;
    }
    clock.set_breach_unix_ms(breach_time(clock, hours));
    const bool has_time_again = clock.breach_unix_ms() == 0 || clock.breach_unix_ms() > now_ms;
    if (has_time_again) clock.clear_breached_unix_ms();
  }
}

std::vector<SlaBreach> take_breaches(schema::ServiceLevels& service, std::int64_t now_ms) {
  std::vector<SlaBreach> out;
  for (TicketClock& clock : *service.mutable_clocks()) {
    const bool is_broken = is_running(clock) && clock.breach_unix_ms() != 0 && clock.breach_unix_ms() <= now_ms && clock.breached_unix_ms() == 0;
    if (!is_broken) continue;
    clock.set_breached_unix_ms(clock.breach_unix_ms());
    service.set_last_breach_unix_ms(std::max(service.last_breach_unix_ms(), clock.breach_unix_ms()));
    out.push_back({metric_of(clock), clock.breach_unix_ms(), clock.target_ms(), clock.is_business()});
  }
  return out;
}

const TicketClock* clock_of(const schema::ServiceLevels& service, SlaMetric metric) {
  const auto found = std::ranges::find_if(service.clocks(), [metric](const TicketClock& each) { return metric_of(each) == metric; });
  return found == service.clocks().end() ? nullptr : &*found;
}

PromiseSum promise_state(const schema::ServiceLevels& service) {
  bool is_active = false;
  bool is_paused = false;
  bool is_kept = false;
  for (const TicketClock& clock : service.clocks()) {
    if (clock.target_ms() == 0) continue;
    if (stage_of(clock) == ClockStage::kAchieved) {
      is_kept = true;
      continue;
    }
    if (clock.breached_unix_ms() != 0) return PromiseSum::kBreached;
    (is_running(clock) ? is_active : is_paused) = true;
  }
  return is_active ? PromiseSum::kActive : is_paused ? PromiseSum::kPaused : is_kept ? PromiseSum::kAchieved : PromiseSum::kNone;
}

std::optional<std::int64_t> next_breach(const schema::ServiceLevels& service) {
  std::optional<std::int64_t> out;
  for (const TicketClock& clock : service.clocks()) {
    const bool waits = is_running(clock) && clock.breach_unix_ms() != 0 && clock.breached_unix_ms() == 0;
    if (waits && (!out || clock.breach_unix_ms() < *out)) out = clock.breach_unix_ms();
  }
  return out;
}

std::optional<std::int64_t> earliest_breach(const schema::ServiceLevels& service) {
  std::optional<std::int64_t> out;
  for (const TicketClock& clock : service.clocks()) {
    const bool counts = is_running(clock) && clock.breach_unix_ms() != 0;
    if (counts && (!out || clock.breach_unix_ms() < *out)) out = clock.breach_unix_ms();
  }
  return out;
}

}  // namespace postern::ticketing
