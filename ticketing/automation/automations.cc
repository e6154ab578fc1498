#include "ticketing/automation/automations.h"

#include <algorithm>

#include "core/log.h"
#include "ticketing/automation/automation_review.h"
#include "ticketing/automation/keys.h"
#include "ticketing/automation/rule_messages.h"
#include "ticketing/detail/retry.h"

namespace postern::ticketing {
namespace {

constexpr std::int64_t kPutOffMs = 600'000;  // a ticket that cannot be looked at: its record is damaged

bool is_done_with(const schema::Ticket& ticket) {
  return ticket.deleted_unix_ms() != 0 || ticket.status() == static_cast<std::uint32_t>(Status::kClosed);
}

bool has_fired(const schema::Ticket& ticket, std::uint64_t rule) {
  return std::ranges::any_of(ticket.firings(), [rule](const schema::RuleFiring& each) { return each.rule() == rule; });
}

void forget_firing(schema::Ticket& ticket, std::uint64_t rule) {
  auto& firings = *ticket.mutable_firings();
  const auto gone = std::ranges::remove_if(firings, [rule](const schema::RuleFiring& each) { return each.rule() == rule; });
  firings.DeleteSubrange(static_cast<int>(gone.begin() - firings.begin()), static_cast<int>(gone.size()));
}

bool is_same_rule(const schema::Automation& a, const schema::Automation& b) {
  return a.is_active() == b.is_active() && a.conditions().SerializeAsString() == b.conditions().SerializeAsString();
}

}  // namespace

Automations::Automations(RuleParts parts)
    : parts_(std::move(parts)),
      definitions_(parts_.with.store, parts_.with.vault, parts_.with.ids, parts_.with.clock,
                   {.kind = DefinitionKind::kAutomation,
                    .word = "automation",
                    .shown = [](const schema::Automation& of) { return shown_rule(of.is_active(), &of.conditions(), of.actions()); },
                    .also = [](storage::Transaction& transaction, core::WorkspaceId workspace, const schema::Automation* before,
                               const schema::Automation* after) -> core::Result<void> {
                      if (before != nullptr && after != nullptr && is_same_rule(*before, *after)) return {};
                      schema::DueRebuild rebuild;
                      rebuild.set_is_running(true);
                      rebuild.set_status(static_cast<std::uint32_t>(Status::kNew));
                      return storage::put_plain(transaction, keys::rule_due_rebuild(workspace), rebuild);
                    }}),
      book_(ConditionContext::kAutomation) {}

core::Task<core::Result<schema::Automation>> Automations::save(auth::Principal by, std::uint64_t id, Edit edit) {
  auto change = [this, &by, &edit](schema::Automation& automation) -> core::Result<void> {
    POSTERN_CHECK(edit(automation));
    return prepare_automation(parts_, by.workspace, automation);
  };
  if (id != 0) co_return co_await definitions_.update(by, id, std::move(change));
  schema::Automation draft;
  draft.set_is_active(true);
  POSTERN_CO_CHECK(change(draft));
  co_return co_await definitions_.create(by, std::move(draft));
}

core::Result<std::shared_ptr<const Automations::Set>> Automations::active(storage::Transaction& transaction, core::WorkspaceId workspace) {
  POSTERN_TRY(const List list, definitions_.all(transaction, workspace));
  return book_.of(workspace, list);
}

core::Result<void> Automations::before_save(TicketDraft& ticket) {
  if (ticket.record().firings().empty()) return {};
  POSTERN_TRY(const auto set, active(ticket.transaction(), ticket.workspace()));
  const GroupsOf groups_of = groups_for_conditions(parts_);
  const StoredFacts more(parts_.with, ticket.transaction(), ticket.workspace(), groups_of);
  for (const auto& rule : set->rules) {
    if (!has_fired(ticket.record(), rule.record->id())) continue;
    POSTERN_TRY(const bool holds, rule.conditions.holds({nullptr, &ticket.record(), {}, nullptr, &more, parts_.with.now_ms()}));
    if (!holds) forget_firing(ticket.record(), rule.record->id());
  }
  return {};
}

core::Result<void> Automations::follow(storage::Transaction& transaction, const TicketChange& change) {
  POSTERN_TRY(const auto set, active(transaction, change.workspace));
  if (set->rules.empty()) return {};
  const GroupsOf groups_of = groups_for_conditions(parts_);
  const StoredFacts more(parts_.with, transaction, change.workspace, groups_of);
  POSTERN_TRY(const auto due, next_due(*set, *change.after, more));
  return move_due(transaction, change.workspace, core::TicketId{change.after->id()}, due);
}

core::Result<std::optional<std::int64_t>> Automations::next_due(const Set& set, const schema::Ticket& ticket, const StoredFacts& more) const {
  std::optional<std::int64_t> out;
  if (is_done_with(ticket)) return out;
  const std::int64_t now = parts_.with.now_ms();
  const TicketFacts facts{nullptr, &ticket, {}, nullptr, &more, now};
  for (const auto& rule : set.rules) {
    POSTERN_TRY(const bool holds, rule.conditions.holds(facts));
    if (holds && !has_fired(ticket, rule.record->id())) return std::optional(now);
    const std::optional<std::int64_t> flip = rule.conditions.next_flip(facts);
    if (flip && (!out || *flip < *out)) out = *flip;
  }
  return out;
}

core::Result<void> Automations::move_due(storage::Transaction& transaction, core::WorkspaceId workspace, core::TicketId ticket,
                                         std::optional<std::int64_t> due_ms) const {
  const std::string of_ticket = keys::rule_due_of(workspace, ticket);
  POSTERN_TRY(const auto known, transaction.get(of_ticket));
  std::string wanted;
  if (due_ms) wanted = storage::KeyBuilder(workspace, storage::Space::kTicketDue).u64(static_cast<std::uint64_t>(*due_ms)).bytes().substr(9);
  if (known.value_or(std::string()) == wanted) return {};
  if (known && known->size() == 8) {
    std::uint64_t before = 0;
    for (const char c : *known) before = (before << 8U) | static_cast<unsigned char>(c);
    transaction.erase(keys::rule_due(workspace, static_cast<std::int64_t>(before), ticket));
  }
  if (!due_ms) {
    transaction.erase(of_ticket);
    return {};
  }
  transaction.put(keys::rule_due(workspace, *due_ms, ticket), {});
  transaction.put(of_ticket, wanted);
  return {};
}

core::Result<std::vector<Automations::Upcoming>> Automations::upcoming(core::WorkspaceId workspace, std::size_t limit, const Upcoming& behind) const {
  const std::string after = behind.ticket ? keys::rule_due(workspace, behind.at_unix_ms, behind.ticket) : std::string();
  POSTERN_TRY(const auto entries, parts_.with.store.snapshot()->scan(keys::rule_due_prefix(workspace), storage::Direction::kForward, limit, after));
  std::vector<Upcoming> out;
  for (const storage::Entry& each : entries) {
    const keys::RuleDue due = keys::read_rule_due(each.key);
    out.push_back({due.ticket, due.due_ms});
  }
  return out;
}

core::Task<core::Result<std::size_t>> Automations::fire_due(core::WorkspaceId workspace, const std::atomic<bool>& is_stopping) {
  const auto entries = parts_.with.store.snapshot()->scan(keys::rule_due_prefix(workspace), storage::Direction::kForward, parts_.limits.fired_at_once_max);
  if (!entries) co_return entries.error();
  const std::int64_t now = parts_.with.now_ms();
  std::size_t changed = 0;
  for (const storage::Entry& entry : *entries) {
    const keys::RuleDue due = keys::read_rule_due(entry.key);
    if (due.due_ms > now || is_stopping) break;
    const core::Result<bool> looked = co_await look_at(workspace, due.ticket);
    if (looked) {
      changed += *looked ? 1 : 0;
      continue;
    }
    if (looked.error().is_transient()) co_return looked.error();
    core::log::error("automation.failed", {{"ticket", due.ticket.value}, {"why", looked.error().describe()}});
    POSTERN_CO_CHECK(co_await put_off(workspace, due.ticket));
  }
  co_return changed;
}

core::Task<core::Result<bool>> Automations::look_at(core::WorkspaceId workspace, core::TicketId ticket) {
  for (Patience patience(parts_.with.clock, parts_.with.options);;) {
    storage::Transaction transaction = parts_.with.store.begin();
    POSTERN_CO_TRY(const bool has_changed, look_at(transaction, workspace, ticket));
    if (transaction.writes().empty()) co_return has_changed;
    const auto committed = co_await parts_.with.store.commit(std::move(transaction));
    if (committed) co_return has_changed;
    if (!co_await patience.again(committed.error())) co_return committed.error();
  }
}

core::Result<bool> Automations::look_at(storage::Transaction& transaction, core::WorkspaceId workspace, core::TicketId id) {
  POSTERN_TRY(const auto set, active(transaction, workspace));
  auto ticket = TicketDraft::open(parts_.with, transaction, workspace, id);
  if (!ticket && !(ticket.error() == Errc::kNotFound)) return ticket.error();
  if (!ticket || is_done_with(ticket->record())) {
    POSTERN_CHECK(move_due(transaction, workspace, id, std::nullopt));
    return false;
  }
  ticket->changed_by({{}, auth::Role::kContact, "rule"});
  const std::string before = ticket->record().SerializeAsString();
  POSTERN_TRY(const bool has_fired_any, fire_all(*set, *ticket));
  const bool has_changed = ticket->record().SerializeAsString() != before;
  if (has_changed) {
    POSTERN_CHECK(ticket->save(has_fired_any));  // its index follows
    return has_fired_any;
  }
  const GroupsOf groups_of = groups_for_conditions(parts_);
  const StoredFacts more(parts_.with, transaction, workspace, groups_of);
  POSTERN_TRY(const auto due, next_due(*set, ticket->record(), more));
  POSTERN_CHECK(move_due(transaction, workspace, id, due));
  return false;
}

core::Result<bool> Automations::fire_all(const Set& set, TicketDraft& ticket) {
  const GroupsOf groups_of = groups_for_conditions(parts_);
  const StoredFacts more(parts_.with, ticket.transaction(), ticket.workspace(), groups_of);
  bool has_fired_any = false;
  for (const auto& rule : set.rules) {
    const TicketFacts facts{nullptr, &ticket.record(), {}, nullptr, &more, parts_.with.now_ms()};
    POSTERN_TRY(const bool holds, rule.conditions.holds(facts));
    const bool is_known = has_fired(ticket.record(), rule.record->id());
    if (!holds && is_known) forget_firing(ticket.record(), rule.record->id());
    if (!holds || is_known) continue;
    POSTERN_CHECK(fire(rule, ticket, facts));
    has_fired_any = true;
  }
  return has_fired_any;
}

core::Result<void> Automations::fire(const RuleBook<schema::Automation>::Rule& rule, TicketDraft& ticket, const TicketFacts& facts) {
  const schema::Automation& automation = *rule.record;
  POSTERN_TRY(const std::vector<bool> held, rule.conditions.each(facts));
  POSTERN_TRY(RuleEffects effects, ActionRun(parts_, ticket, {}, {}).apply(automation.actions()));
  POSTERN_CHECK(RuleMessages(parts_, ticket, automation.id(), {}).send(effects));
  schema::RuleFiring& firing = *ticket.record().add_firings();
  firing.set_rule(automation.id());
  firing.set_at_unix_ms(parts_.with.now_ms());
  count_rule_use(parts_, ticket.transaction(), ticket.workspace(), automation.id());
  return ticket.add_event({}, "automation", told(automation.id(), automation.title(), automation.conditions(), held, effects, parts_.limits.told_bytes_max));
}

core::Task<core::Result<std::size_t>> Automations::put_off(core::WorkspaceId workspace, core::TicketId ticket) {
  storage::Transaction transaction = parts_.with.store.begin();
  POSTERN_CO_CHECK(move_due(transaction, workspace, ticket, parts_.with.now_ms() + kPutOffMs));
  POSTERN_CO_CHECK(co_await parts_.with.store.commit(std::move(transaction)));
  co_return 1;
}

}  // namespace postern::ticketing
