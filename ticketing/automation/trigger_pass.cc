#include "ticketing/automation/trigger_pass.h"

#include <algorithm>

#include "ticketing/automation/keys.h"

namespace postern::ticketing {
namespace {

bool has_tag(const schema::Ticket& ticket, const std::string& tag) { return std::ranges::find(ticket.tags(), tag) != ticket.tags().end(); }

bool would_change_tags(const schema::Ticket& ticket, const schema::RuleAction& action) {
  std::vector<std::string> tags;
  for (const std::string& value : action.values()) {
    for (const std::string_view each : rule_words(value, ' ')) tags.push_back(normal_tag(each));
  }
  const auto is_here = [&ticket](const std::string& tag) { return has_tag(ticket, tag); };
  if (action.field() == "remove_tags") return std::ranges::any_of(tags, is_here);
  if (action.field() == "current_tags") return !std::ranges::all_of(tags, is_here);
  std::ranges::sort(tags);
  const auto again = std::ranges::unique(tags);
  tags.erase(again.begin(), again.end());
  return !std::ranges::equal(tags, ticket.tags());
}

bool asks_for_promises(const TriggerPass::Set& set) {
  return std::ranges::any_of(set.rules, [](const auto& rule) { return (rule.conditions.parts() & promise_parts()) != 0; });
}

}  // namespace

bool would_change(const schema::Ticket& ticket, const schema::RuleAction& action) {
  const ActionSpec* spec = find_action(action.field());
  if (spec == nullptr) return false;
  if (spec->takes == ActionTakes::kTags) return would_change_tags(ticket, action);
  const std::string word = action.values_size() == 0 ? std::string() : action.values(0);
  if (action.field() == "status") return parse_status(word) && static_cast<std::uint32_t>(*parse_status(word)) != ticket.status();
  if (action.field() == "priority") return parse_priority(word) && static_cast<std::uint32_t>(*parse_priority(word)) != ticket.priority();
  if (action.field() == "type") return parse_ticket_type(word) && static_cast<std::uint32_t>(*parse_ticket_type(word)) != ticket.type();
  const bool is_id = word.empty() || rule_number(word) != 0;
  if (action.field() == "group_id") return is_id && rule_number(word) != ticket.group();
  if (action.field() == "assignee_id") return is_id && rule_number(word) != ticket.assignee();
  if (action.field() == "custom_status_id") return rule_number(word) != ticket.custom_status();
  const std::uint64_t field = custom_field_of(action.field());
  if (field == 0) return false;
  for (const schema::FieldValue& each : ticket.fields()) {
    if (each.field() == field) return !std::ranges::equal(each.values(), action.values());
  }
  return !action.values().empty();
}

TriggerPass::TriggerPass(const RuleParts& parts, const Set& set, TicketDraft& ticket, const Foresight& foresight)
    : parts_(parts), set_(set), ticket_(ticket), foresight_(foresight), asks_promises_(foresight && asks_for_promises(set)), groups_of_(groups_for_conditions(parts)),
      more_(parts.with, ticket.transaction(), ticket.workspace(), groups_of_, &ticket.source(), ticket.before() == nullptr),
      now_ms_(parts.with.now_ms()) {}

TicketFacts TriggerPass::facts() const {
  return {ticket_.before(), &ticket_.record(), ticket_.added(), &ticket_.source(), &more_, now_ms_};
}

core::Result<void> TriggerPass::look_ahead() { return asks_promises_ ? foresight_(ticket_) : core::Result<void>(); }

core::Result<void> TriggerPass::run(bool is_timed) {
  POSTERN_CHECK(look_ahead());
  for (std::size_t i = 0; i < set_.rules.size();) {
    const auto& rule = set_.rules[i++];
    if (std::ranges::find(fired_, &rule, &Fired::rule) != fired_.end()) continue;
    POSTERN_TRY(const bool is_due, holds(rule, is_timed));
    if (!is_due) continue;
    POSTERN_TRY(const bool has_changed, fire(rule));
    fired_.push_back({&rule, has_changed});
    if (!has_changed) continue;
    POSTERN_CHECK(look_ahead());
    i = 0;  // those before it may hold now; each fires once, so this ends
  }
  return report_loops();
}

core::Result<bool> TriggerPass::holds(const RuleBook<schema::Trigger>::Rule& rule, bool is_timed) {
  if (!is_timed) return rule.conditions.holds(facts());
  const core::Instant begin = parts_.with.clock.now();
  const core::Result<bool> out = rule.conditions.holds(facts());
  rule.timing->add(static_cast<std::uint64_t>((parts_.with.clock.now() - begin).count()));
  return out;
}

core::Result<bool> TriggerPass::fire(const RuleBook<schema::Trigger>::Rule& rule) {
  const std::uint64_t id = rule.record->id();
  if (is_looping(id)) {
    ticket_.transaction().add(keys::rule_loops(ticket_.workspace(), id), 1);
    POSTERN_CHECK(ticket_.add_event({}, "trigger_loop", std::to_string(id) + " fired too often on this ticket and was left out"));
    return false;
  }
  POSTERN_TRY(const std::vector<bool> held, rule.conditions.each(facts()));
  const std::uint64_t version = ticket_.record().version();
  POSTERN_TRY(RuleEffects effects, ActionRun(parts_, ticket_, {}, ticket_.source().actor).apply(rule.record->actions()));
  const bool has_changed = ticket_.record().version() != version || !effects.comment.empty();
  POSTERN_CHECK(RuleMessages(parts_, ticket_, id, ticket_.source().actor).send(effects));
  remember(id);
  count_rule_use(parts_, ticket_.transaction(), ticket_.workspace(), id);
  POSTERN_CHECK(ticket_.add_event({}, "trigger", told(id, rule.record->title(), rule.record->conditions(), held, effects, parts_.limits.told_bytes_max)));
  return has_changed;
}

// Those that would go on changing the ticket for ever, if each did not fire only once.
core::Result<void> TriggerPass::report_loops() {
  std::string loop;
  for (const Fired& each : fired_) {
    if (!each.has_changed) continue;
    const auto is_undone = [this](const schema::RuleAction& action) { return would_change(ticket_.record(), action); };
    if (std::ranges::none_of(each.rule->record->actions(), is_undone)) continue;
    POSTERN_TRY(const bool is_due_again, each.rule->conditions.holds(facts()));
    if (!is_due_again) continue;
    ticket_.transaction().add(keys::rule_loops(ticket_.workspace(), each.rule->record->id()), 1);
    loop += (loop.empty() ? "" : ", ") + std::to_string(each.rule->record->id());
  }
  if (loop.empty()) return {};
  return ticket_.add_event({}, "trigger_loop", loop + " would change the ticket again: other triggers undo what it does");
}

bool TriggerPass::is_looping(std::uint64_t rule) const {
  const std::int64_t since = now_ms_ - std::chrono::duration_cast<std::chrono::milliseconds>(parts_.limits.loop_window).count();
  const auto counts = [rule, since](const schema::RuleFiring& each) { return each.rule() == rule && each.at_unix_ms() > since; };
  return static_cast<std::size_t>(std::ranges::count_if(ticket_.record().firings(), counts)) >= parts_.limits.loop_firings_max;
}

// Old firings of triggers go; those of automations say that they fired, and stay.
void TriggerPass::remember(std::uint64_t rule) {
  const std::int64_t since = now_ms_ - std::chrono::duration_cast<std::chrono::milliseconds>(parts_.limits.loop_window).count();
  const auto is_trigger = [this](std::uint64_t id) {
    return std::ranges::any_of(*set_.list, [id](const schema::Trigger& each) { return each.id() == id; });
  };
  auto& firings = *ticket_.record().mutable_firings();
  const auto old = std::ranges::remove_if(firings, [&](const schema::RuleFiring& each) {
    return each.at_unix_ms() <= since && is_trigger(each.rule());
  });
  firings.DeleteSubrange(static_cast<int>(old.begin() - firings.begin()), static_cast<int>(old.size()));
  if (static_cast<std::size_t>(firings.size()) >= parts_.limits.firings_max) {
    const auto oldest = std::ranges::find_if(firings, [&](const schema::RuleFiring& each) { return is_trigger(each.rule()); });
    if (oldest == firings.end()) return;
    firings.erase(oldest);
  }
  schema::RuleFiring& firing = *ticket_.record().add_firings();
  firing.set_rule(rule);
  firing.set_at_unix_ms(now_ms_);
}

}  // namespace postern::ticketing
