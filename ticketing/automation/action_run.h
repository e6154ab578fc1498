#pragma once
// ticketing/automation/action_run.h: what the actions of a rule do to a ticket. Fields change in the draft, each with its event;
// comments and messages are only worked out: a preview forgets them, a trigger carries them out (rule_messages.h).
// What cannot be done any more (a group that is gone, one tag too many) is left out and told: a rule never stops a mail
// from becoming a ticket.
// Thread-safety: one owner.  Errors: those of the store and the vault.
#include <optional>
#include <string>
#include <vector>

#include "ticketing/automation/action_table.h"
#include "ticketing/automation/placeholders.h"

namespace postern::ticketing {

struct RuleEffects {
  std::vector<std::string> done;     // "priority high"
  std::vector<std::string> skipped;  // "group_id 12: there is no such group"
  std::string comment;               // filled in; empty: none
  std::string comment_html;          // the same, formatted; empty: it is plain
  std::optional<bool> is_public;     // of the comment, where the rule says so
  std::vector<schema::RuleAction> messages;  // to be sent
};

class ActionRun {
 public:
  // `actor`: who the events name; 0: the system. `current`: who makes the change that the rule looks at; 0: nobody.
  ActionRun(const RuleParts& parts, TicketDraft& ticket, core::UserId actor, core::UserId current)
      : parts_(parts), ticket_(ticket), actor_(actor), current_(current) {}
  core::Result<RuleEffects> apply(const Actions& actions);
  // The comment alone, with its placeholders as they stand in the rule.
  RuleEffects comment_as_written(const Actions& actions);

 private:
  core::Result<void> apply_one(const schema::RuleAction& action);
  core::Result<void> apply_word(const schema::RuleAction& action);
  core::Result<void> apply_tags(const schema::RuleAction& action);
  core::Result<void> apply_person(const schema::RuleAction& action);
  core::Result<void> apply_text(const schema::RuleAction& action);
  void add_comment(const std::string& text, const std::string& html);
  core::Result<void> apply_custom(const schema::RuleAction& action);
  core::Result<void> set_status(Status status);
  core::Result<void> assign();
  core::Result<core::UserId> agent_of(std::string_view value);
  core::Result<bool> works_here(core::UserId user);

  const RuleParts& parts_;
  TicketDraft& ticket_;
  core::UserId actor_;
  core::UserId current_;
  RuleEffects out_;
  std::optional<std::uint64_t> group_;      // wished for: both are settled together
  std::optional<core::UserId> assignee_;
};

// Simple HTML as text: line ends for blocks, no tags, characters for entities.
std::string html_as_text(std::string_view html);

}  // namespace postern::ticketing
