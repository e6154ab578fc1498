#include "ticketing/service_levels/service_levels.h"

#include <fmt/format.h>

#include "core/log.h"
#include "ticketing/automation/rule_record.h"
#include "ticketing/detail/retry.h"
#include "ticketing/detail/ticket_draft.h"
#include "ticketing/imports/mail_import.h"
#include "ticketing/service_levels/metric_events.h"

namespace postern::ticketing {
namespace {

constexpr std::int64_t kLookAgainMs = 600'000;  // at a ticket whose record is damaged

// What may be broken next; nothing of tickets that nobody works on any more.
std::optional<std::int64_t> due_of(const schema::Ticket* ticket) {
  if (ticket == nullptr || ticket->deleted_unix_ms() != 0) return {};
  return next_breach(ticket->service());
}

core::Result<void> ask_for_rebuild(storage::Transaction& transaction, core::WorkspaceId workspace) {
  schema::DueRebuild state;
  state.set_is_running(true);
  state.set_status(static_cast<std::uint32_t>(Status::kNew));
  return storage::put_plain(transaction, keys::sla_rebuild(workspace), state);
}

}  // namespace

ServiceLevels::ServiceLevels(RuleParts parts)
    : parts_(std::move(parts)),
      schedules_(parts_),
      policies_(parts_, SlaSide::kCustomers, [this](storage::Transaction& transaction, core::WorkspaceId workspace, const schema::SlaPolicy* before,
                               const schema::SlaPolicy* after) -> core::Result<void> {
        POSTERN_CHECK(check_schedule(transaction, workspace, before, after));
        return ask_for_rebuild(transaction, workspace);
      }),
      group_policies_(parts_, SlaSide::kGroup, [](storage::Transaction& transaction, core::WorkspaceId workspace, const schema::SlaPolicy*,
                                                  const schema::SlaPolicy*) { return ask_for_rebuild(transaction, workspace); }) {
  schedules_.tell(&ask_for_rebuild);
}

core::Result<void> ServiceLevels::check_schedule(storage::Transaction& transaction, core::WorkspaceId workspace, const schema::SlaPolicy* before,
                                                 const schema::SlaPolicy* after) {
  const std::uint64_t wanted = after == nullptr ? 0 : after->schedule();
  if (wanted == 0 || (before != nullptr && before->schedule() == wanted)) return {};
  POSTERN_TRY(const auto schedules, schedules_.set(transaction, workspace));
  if (schedules->hours_of(wanted) == nullptr) return core::fail(Errc::kInvalid, "schedule_id: there is no such schedule");
  return {};
}

core::Result<std::optional<ServiceLevels::Step>> ServiceLevels::next_step(TicketDraft& ticket) {
  if (ticket.source().via == kImportWay) return std::optional<Step>();  // its past was lived elsewhere; what is known of it is taken over at its next change
  const schema::Ticket& record = ticket.record();
  const std::int64_t now = parts_.with.now_ms();
  Step step;
  schema::ServiceLevels& service = step.service;
  if (ticket.before() != nullptr) service = ticket.before()->service();
  const bool is_frozen = record.status() == static_cast<std::uint32_t>(Status::kClosed) && !service.clocks().empty() &&
                         ticket.before()->status() == record.status();
  if (is_frozen) return std::optional<Step>();
  step.broken = take_breaches(service, now);  // before this change could answer it
  POSTERN_TRY(const auto schedules, schedules_.set(ticket.transaction(), ticket.workspace()));
  const BusinessHours* until_now = schedules->hours_of(service.schedule());
  if (until_now == nullptr) until_now = schedules->choose(0, record.group()).hours;
  count_time(service, {ticket.before(), &record, ticket.added(), &ticket.source(), until_now, now});
  POSTERN_CHECK(apply_policies(ticket, *schedules, service));
  for (SlaBreach& each : take_breaches(service, now)) step.broken.push_back(each);
  return std::optional(std::move(step));
}

core::Result<void> ServiceLevels::before_save(TicketDraft& ticket) {
  POSTERN_TRY(std::optional<Step> step, next_step(ticket));
  if (!step) return {};
  const schema::ServiceLevels none;
  const schema::ServiceLevels& was = ticket.before() != nullptr ? ticket.before()->service() : none;
  const schema::ServiceLevels& is = step->service;
  if (was.policy() != is.policy()) POSTERN_CHECK(ticket.add_event({}, "sla_policy", fmt::format("{} -> {}", was.policy(), is.policy())));
  if (was.group_policy() != is.group_policy()) {
    POSTERN_CHECK(ticket.add_event({}, "group_sla_policy", fmt::format("{} -> {}", was.group_policy(), is.group_policy())));
  }
  *ticket.record().mutable_service() = std::move(step->service);
  return tell(ticket, step->broken);
}

core::Result<void> ServiceLevels::foresee(TicketDraft& ticket) {
  POSTERN_TRY(std::optional<Step> step, next_step(ticket));
  if (step) *ticket.record().mutable_service() = std::move(step->service);
  return {};
}

core::Result<void> ServiceLevels::apply_policies(TicketDraft& ticket, const ScheduleSet& schedules, schema::ServiceLevels& service) {
  const std::int64_t now = parts_.with.now_ms();
  const GroupsOf groups_of = groups_for_conditions(parts_);
  const StoredFacts more(parts_.with, ticket.transaction(), ticket.workspace(), groups_of);
  POSTERN_TRY(const auto policies, policies_.active(ticket.transaction(), ticket.workspace()));
  POSTERN_TRY(const auto of_groups, group_policies_.active(ticket.transaction(), ticket.workspace()));
  SlaPromisers chosen;
  POSTERN_TRY(chosen.to_customers, first_that_holds(*policies, ticket.record(), more, now));
  if (ticket.record().group() != 0) {
    POSTERN_TRY(chosen.of_group, first_that_holds(*of_groups, ticket.record(), more, now));
  }
  const schema::SlaPolicy* policy = chosen.to_customers;
  const ScheduleSet::Chosen schedule = schedules.choose(policy != nullptr ? policy->schedule() : 0, ticket.record().group());
  const std::uint64_t id = policy != nullptr ? policy->id() : 0;
  if (service.policy() != id) {
    service.set_policy(id);
    service.set_policy_since_unix_ms(now);
  }
  service.set_group_policy(chosen.of_group != nullptr ? chosen.of_group->id() : 0);
  service.set_schedule(schedule.id);
  promise(service, chosen, static_cast<Priority>(ticket.record().priority()), *schedule.hours, now);
  return {};
}

core::Result<void> ServiceLevels::tell(TicketDraft& ticket, const std::vector<SlaBreach>& breaches) {
  for (const SlaBreach& each : breaches) {
    const std::string detail = fmt::format("{} {} after {} {}minutes", sla_metric(each.metric).name, core::to_rfc3339(core::from_unix_ms(each.at_ms)),
                                           each.target_ms / 60'000, each.is_business ? "business " : "");
    POSTERN_CHECK(ticket.add_event({}, "sla_breach", detail));
  }
  if (!breaches.empty()) ticket.transaction().record(ticket.workspace(), {"ticket.sla_breached", ticket.id().value, 0});
  return {};
}

core::Result<void> ServiceLevels::note_clocks(storage::Transaction& transaction, const TicketChange& change) {
  const schema::ServiceLevels none;
  const std::int64_t now = parts_.with.now_ms();
  const auto spent = [&](const schema::TicketClock& clock, std::int64_t at_ms) -> core::Result<Spent> {
    POSTERN_TRY(const auto schedules, schedules_.set(transaction, change.workspace));
    const BusinessHours* hours = schedules->hours_of(change.before->service().schedule());
    if (hours == nullptr) hours = schedules->choose(0, change.before->group()).hours;
    return spent_of(clock, *hours, at_ms);
  };
  const ClockChange clocks{change.before != nullptr ? &change.before->service() : &none, &change.after->service(), now, spent};
  POSTERN_TRY(std::vector<schema::MetricEvent> events, compare_clocks(clocks));
  return put_metric_events(transaction, parts_.with.vault, parts_.with.ids, change.workspace, core::TicketId{change.after->id()}, now, std::move(events));
}

core::Result<void> ServiceLevels::follow(storage::Transaction& transaction, const TicketChange& change) {
  POSTERN_CHECK(note_clocks(transaction, change));
  const std::optional<std::int64_t> from = due_of(change.before);
  const std::optional<std::int64_t> to = due_of(change.after);
  if (from == to) return {};
  const core::TicketId ticket{change.after->id()};
  if (from) transaction.erase(keys::sla_due(change.workspace, *from, ticket));
  if (to) transaction.put(keys::sla_due(change.workspace, *to, ticket), {});
  return {};
}

core::Task<core::Result<std::size_t>> ServiceLevels::tell_due(core::WorkspaceId workspace, const std::atomic<bool>& is_stopping) {
  const auto entries = parts_.with.store.snapshot()->scan(keys::sla_due_prefix(workspace), storage::Direction::kForward, limits_.broken_at_once_max);
  if (!entries) co_return entries.error();
  const std::int64_t now = parts_.with.now_ms();
  std::size_t told = 0;
  for (const storage::Entry& entry : *entries) {
    const keys::SlaDue due = keys::read_sla_due(entry.key);
    if (due.due_ms > now || is_stopping) break;
    const core::Result<bool> one = co_await tell_one(workspace, due);
    if (one) {
      told += *one ? 1 : 0;
      continue;
    }
    if (one.error().is_transient()) co_return one.error();
    core::log::error("service_level.failed", {{"ticket", due.ticket.value}, {"why", one.error().describe()}});
    storage::Transaction transaction = parts_.with.store.begin();  // so that it does not stand before the others
    transaction.erase(entry.key);
    transaction.put(keys::sla_due(workspace, now + kLookAgainMs, due.ticket), {});
    POSTERN_CO_CHECK(co_await parts_.with.store.commit(std::move(transaction)));
  }
  co_return told;
}

core::Task<core::Result<bool>> ServiceLevels::tell_one(core::WorkspaceId workspace, keys::SlaDue due) {
  for (std::size_t attempt = 1;; ++attempt) {
    storage::Transaction transaction = parts_.with.store.begin();
    POSTERN_CO_TRY(const bool has_told, tell_one(transaction, workspace, due));
    if (transaction.writes().empty()) co_return has_told;
    const auto committed = co_await parts_.with.store.commit(std::move(transaction));
    if (committed) co_return has_told;
    if (!should_retry(committed.error(), attempt, parts_.with.options)) co_return committed.error();
  }
}

core::Result<bool> ServiceLevels::tell_one(storage::Transaction& transaction, core::WorkspaceId workspace, keys::SlaDue due) {
  auto ticket = TicketDraft::open(parts_.with, transaction, workspace, due.ticket);
  if (!ticket && !(ticket.error() == Errc::kNotFound)) return ticket.error();
  const std::int64_t now = parts_.with.now_ms();
  const std::optional<std::int64_t> real = ticket ? due_of(&ticket->record()) : std::optional<std::int64_t>();
  if (real != due.due_ms) {  // the ticket is gone, or was put off and can be read again
    transaction.erase(keys::sla_due(workspace, due.due_ms, due.ticket));
    if (real) transaction.put(keys::sla_due(workspace, *real, due.ticket), {});
    if (!real || *real > now) return false;
  }
  ticket->changed_by({{}, auth::Role::kContact, "rule"});
  const std::vector<SlaBreach> broken = take_breaches(*ticket->record().mutable_service(), now);
  if (broken.empty()) return false;  // the clock was set back meanwhile
  POSTERN_CHECK(tell(*ticket, broken));
  POSTERN_CHECK(ticket->save(false));
  return true;
}

}  // namespace postern::ticketing
