#pragma once
// ticketing/automation/trigger_pass.h: all triggers over one ticket that is being saved; see triggers.h.
// Thread-safety: one owner.  Errors: those of the store and the vault.
#include <functional>

#include "ticketing/automation/rule_book.h"
#include "ticketing/automation/rule_messages.h"
#include "ticketing/automation/rule_record.h"

namespace postern::ticketing {

class TriggerPass {
 public:
  using Set = RuleBook<schema::Trigger>::Set;
  using Foresight = std::function<core::Result<void>(TicketDraft&)>;
  // `foresight`: see Triggers::use(); may be empty.
  TriggerPass(const RuleParts& parts, const Set& set, TicketDraft& ticket, const Foresight& foresight);
  // `is_timed`: how long each takes is measured.
  core::Result<void> run(bool is_timed);

 private:
  struct Fired {
    const RuleBook<schema::Trigger>::Rule* rule;
    bool has_changed = false;
  };
  core::Result<bool> holds(const RuleBook<schema::Trigger>::Rule& rule, bool is_timed);
  // Whether it changed the ticket.
  core::Result<bool> fire(const RuleBook<schema::Trigger>::Rule& rule);
  // Brings what is promised of the ticket's times into step with what became of it, if a rule asks for that.
  core::Result<void> look_ahead();
  core::Result<void> report_loops();
  bool is_looping(std::uint64_t rule) const;
  void remember(std::uint64_t rule);
  TicketFacts facts() const;

  const RuleParts& parts_;
  const Set& set_;
  TicketDraft& ticket_;
  const Foresight& foresight_;
  const bool asks_promises_;
  const GroupsOf groups_of_;
  const StoredFacts more_;
  const std::int64_t now_ms_;
  std::vector<Fired> fired_;
};

// Whether the action would change the ticket as it stands: of fields and tags; what is sent is no change.
bool would_change(const schema::Ticket& ticket, const schema::RuleAction& action);

}  // namespace postern::ticketing
