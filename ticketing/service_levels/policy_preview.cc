#include "ticketing/service_levels/policy_preview.h"

#include <algorithm>

#include "ticketing/automation/rule_record.h"
#include "ticketing/detail/keys.h"
#include "ticketing/detail/ticket_draft.h"

namespace postern::ticketing {
namespace {

core::TicketId newest_of_key(const std::string& key) {
  std::uint64_t number = 0;
  for (const char c : key.substr(key.size() - 8)) number = (number << 8U) | static_cast<unsigned char>(c);
  return core::TicketId{number};
}

std::vector<PreviewedPromise> promises_of(const schema::SlaPolicy& policy, const schema::Ticket& ticket, const BusinessHours& hours, std::int64_t now_ms) {
  std::vector<PreviewedPromise> out;
  const auto priority = static_cast<Priority>(ticket.priority());
  const auto wanted = static_cast<std::uint32_t>(priority == Priority::kNone ? Priority::kNormal : priority);
  for (const schema::SlaTarget& target : policy.targets()) {
    const auto metric = static_cast<SlaMetric>(target.metric());
    const schema::TicketClock* clock = clock_of(ticket.service(), metric);
    if (target.priority() != wanted || clock == nullptr) continue;
    const Spent spent = spent_of(*clock, hours, now_ms);
    PreviewedPromise& each = out.emplace_back();
    each.metric = metric;
    each.stage = static_cast<ClockStage>(clock->stage());
    each.target_ms = target.target_ms();
    each.is_business = target.is_business();
    each.used_ms = target.is_business() ? spent.business_ms : spent.calendar_ms;
    each.is_broken = each.used_ms >= each.target_ms;
  }
  return out;
}

// The active ones that come first.
SlaPolicies::Set those_before(const SlaPolicies::Set& all, const schema::SlaPolicy& policy) {
  SlaPolicies::Set out;
  out.list = all.list;
  for (const auto& each : all.rules) {
    if (each.record->id() == policy.id()) continue;
    const bool is_before = policy.position() == 0 || std::pair(each.record->position(), each.record->id()) < std::pair(policy.position(), policy.id());
    if (is_before) out.rules.push_back(each);
  }
  return out;
}

}  // namespace

core::Result<PolicyRun> preview_policy(ServiceLevels& levels, SlaPolicies& book, core::WorkspaceId workspace, const schema::SlaPolicy& policy, std::size_t last) {
  const RuleParts& parts = levels.parts();
  if (last == 0 || last > levels.limits().preview_tickets_max) {
    return core::fail(Errc::kInvalid, "last: 1 to " + std::to_string(levels.limits().preview_tickets_max));
  }
  POSTERN_TRY(const CompiledConditions conditions, CompiledConditions::compile(policy.conditions(), ConditionContext::kSla));
  storage::Transaction transaction = parts.with.store.begin();  // never committed
  POSTERN_TRY(const auto active, book.active(transaction, workspace));
  const SlaPolicies::Set before = those_before(*active, policy);
  POSTERN_TRY(const auto schedules, levels.schedules().set(transaction, workspace));
  POSTERN_TRY(const auto entries, transaction.snapshot().scan(keys::by_update_prefix(workspace), storage::Direction::kForward, last));
  const GroupsOf groups_of = groups_for_conditions(parts);
  const std::int64_t now = parts.with.now_ms();
  PolicyRun out;
  for (const storage::Entry& entry : entries) {
    const auto draft = TicketDraft::open(parts.with, transaction, workspace, newest_of_key(entry.key));
    if (!draft && (draft.error() == Errc::kNotFound || is_damage(draft.error()))) continue;
    if (!draft) return draft.error();
    const schema::Ticket& ticket = draft->record();
    ++out.looked_at;
    const StoredFacts more(parts.with, transaction, workspace, groups_of);
    POSTERN_TRY(const bool holds, conditions.holds({nullptr, &ticket, {}, nullptr, &more, now}));
    if (!holds) continue;
    PolicyPreview& one = out.chosen.emplace_back();
    one.ticket = draft->id();
    POSTERN_TRY(const schema::SlaPolicy* first, first_that_holds(before, ticket, more, now));
    one.overruled_by = first != nullptr ? first->id() : 0;
    one.promises = promises_of(policy, ticket, *schedules->choose(policy.schedule(), ticket.group()).hours, now);
    out.broken += std::ranges::any_of(one.promises, &PreviewedPromise::is_broken) ? 1 : 0;
  }
  return out;
}

}  // namespace postern::ticketing
