#pragma once
// tests/ticketing/automation/rule_desk.h: a helpdesk with words in which rules are written.
#include <gtest/gtest.h>

#include "tests/ticketing/desk.h"
#include "ticketing/automation/automations.h"
#include "ticketing/automation/macros.h"
#include "ticketing/automation/trigger_review.h"
#include "ticketing/automation/triggers.h"

namespace postern::test {

// {"status", "is", "open"}; {"priority", "high"}.
using RuleWords = std::vector<std::string>;

template <class Record>
void write_rule(Record& rule, const std::string& title, const std::vector<RuleWords>& all, const std::vector<RuleWords>& actions) {
  rule.set_title(title);
  rule.clear_conditions();
  for (const RuleWords& each : all) {
    auto& condition = *rule.mutable_conditions()->add_all();
    condition.set_field(each.at(0));
    condition.set_op(each.at(1));
    for (std::size_t i = 2; i < each.size(); ++i) condition.add_values(each[i]);
  }
  rule.clear_actions();
  for (const RuleWords& each : actions) {
    auto& action = *rule.add_actions();
    action.set_field(each.at(0));
    for (std::size_t i = 1; i < each.size(); ++i) action.add_values(each[i]);
  }
}

class RuleDesk : public Desk {
 public:
  core::Result<schema::Trigger> try_trigger(const std::vector<RuleWords>& all, const std::vector<RuleWords>& actions, const std::string& title = "T") {
    auto edit = [&](schema::Trigger& trigger) -> core::Result<void> {
      write_rule(trigger, title, all, actions);
      return {};
    };
    return run(helpdesk->triggers().save(agent, 0, std::move(edit)));
  }
  std::uint64_t trigger(const std::vector<RuleWords>& all, const std::vector<RuleWords>& actions, const std::string& title = "T") {
    const auto made = try_trigger(all, actions, title);
    EXPECT_TRUE(made) << made.error().describe();
    return made ? made->id() : 0;
  }
  core::Result<schema::Automation> try_automation(const std::vector<RuleWords>& all, const std::vector<RuleWords>& actions) {
    auto edit = [&](schema::Automation& automation) -> core::Result<void> {
      write_rule(automation, "A", all, actions);
      return {};
    };
    return run(helpdesk->automations().save(agent, 0, std::move(edit)));
  }
  std::uint64_t automation(const std::vector<RuleWords>& all, const std::vector<RuleWords>& actions) {
    const auto made = try_automation(all, actions);
    EXPECT_TRUE(made) << made.error().describe();
    return made ? made->id() : 0;
  }
  // What the background does in the second that begins now.
  std::size_t tick() {
    EXPECT_TRUE(run(helpdesk->chores().run_once("automation index")));
    return run(helpdesk->chores().run_once("automations")).value();
  }
  std::string details(core::TicketId id, const std::string& kind) {
    std::string out;
    for (const auto& event : events(acme, id).value()) {
      if (event.kind == kind) out += event.detail + "\n";
    }
    return out;
  }
  std::size_t count_events(core::TicketId id, const std::string& kind) {
    std::size_t out = 0;
    for (const auto& event : events(acme, id).value()) out += event.kind == kind ? 1 : 0;
    return out;
  }
};

inline constexpr core::TicketId kFirst{1};

// Ann's, or somebody else's, with a Message-ID made of `id`.
inline Mail mail_of(const std::string& id, const std::string& subject = "Help", const std::string& from = "ann@customer.example") {
  Mail mail;
  mail.from = from;
  mail.subject = subject;
  mail.text = "Text " + id;
  mail.message_id = id + "@customer.example";
  return mail;
}

}  // namespace postern::test
