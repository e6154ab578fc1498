#include "ticketing/automation/automation_review.h"

#include <algorithm>

#include "ticketing/detail/codec.h"
#include "ticketing/detail/keys.h"

namespace postern::ticketing {
namespace {

struct AutomationAnswer {
  std::optional<TriggerReview> firing;
  std::optional<std::int64_t> next_ms;
};

core::Result<std::optional<AutomationAnswer>> review_automation(const RuleParts& parts, core::WorkspaceId workspace, const schema::Automation& automation,
                                                                const CompiledConditions& conditions, core::TicketId id) {
  storage::Transaction transaction = parts.with.store.begin();  // never committed
  auto ticket = TicketDraft::open(parts.with, transaction, workspace, id);
  if (!ticket && ticket.error() == Errc::kNotFound) return std::optional<AutomationAnswer>();
  if (!ticket) return ticket.error();
  const schema::Ticket before = ticket->record();
  const bool is_over = before.deleted_unix_ms() != 0 || before.status() == static_cast<std::uint32_t>(Status::kClosed);
  if (is_over) return std::optional<AutomationAnswer>();
  ticket->changed_by({{}, auth::Role::kContact, "rule"});
  const GroupsOf groups_of = groups_for_conditions(parts);
  const StoredFacts more(parts.with, transaction, workspace, groups_of);
  const TicketFacts facts{nullptr, &before, {}, nullptr, &more, parts.with.now_ms()};
  AutomationAnswer out;
  POSTERN_TRY(const bool holds, conditions.holds(facts));
  if (!holds) {
    out.next_ms = conditions.next_flip(facts);
    return std::optional(std::move(out));
  }
  TriggerReview& review = out.firing.emplace();
  review.ticket = id;
  review.would_fire = true;
  review.before = codec::decode(before);
  POSTERN_TRY(const std::vector<bool> held, conditions.each(facts));
  for (const schema::Condition& each : automation.conditions().all()) review.conditions.push_back({describe(each), false, held.at(review.conditions.size())});
  for (const schema::Condition& each : automation.conditions().any()) review.conditions.push_back({describe(each), true, held.at(review.conditions.size())});
  POSTERN_TRY(review.effects, ActionRun(parts, *ticket, {}, {}).apply(automation.actions()));
  review.after = codec::decode(ticket->record());
  return std::optional(std::move(out));
}

}  // namespace

core::Result<void> prepare_automation(const RuleParts& parts, core::WorkspaceId workspace, schema::Automation& automation) {
  POSTERN_CHECK(prepare_rule(parts, workspace, RuleKind::kAutomation, ConditionContext::kAutomation, automation));
  return check_ends(automation);
}

core::Result<AutomationDryRun> dry_run(const RuleParts& parts, core::WorkspaceId workspace, const schema::Automation& automation, std::size_t last) {
  if (last == 0 || last > parts.limits.dry_run_tickets_max) {
    return core::fail(Errc::kInvalid, "last: 1 to " + std::to_string(parts.limits.dry_run_tickets_max));
  }
  POSTERN_TRY(const CompiledConditions conditions, CompiledConditions::compile(automation.conditions(), ConditionContext::kAutomation));
  POSTERN_TRY(const auto entries, parts.with.store.snapshot()->scan(keys::by_update_prefix(workspace), storage::Direction::kForward, last));
  AutomationDryRun out;
  for (const storage::Entry& entry : entries) {
    std::uint64_t number = 0;
    for (const char c : entry.key.substr(entry.key.size() - 8)) number = (number << 8U) | static_cast<unsigned char>(c);
    POSTERN_TRY(auto answer, review_automation(parts, workspace, automation, conditions, core::TicketId{number}));
    if (!answer) continue;
    ++out.looked_at;
    if (answer->firing) out.firing.push_back(std::move(*answer->firing));
    else if (answer->next_ms) out.upcoming.push_back({core::TicketId{number}, *answer->next_ms});
  }
  std::ranges::sort(out.upcoming, {}, &Automations::Upcoming::at_unix_ms);
  return out;
}

}  // namespace postern::ticketing
