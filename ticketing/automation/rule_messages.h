#pragma once
// ticketing/automation/rule_messages.h: what rules send: mails to agents and customers, calls of webhooks, internal notes; all of
// it in the transaction of the change that they tell of.
// A mail to a customer is one that nobody typed now, so (RFC 3834; backscatter):
//   - in answer to a mail only its author gets one, only when it is proven that he wrote it, and never a machine;
//   - somebody who is not known to have written the ticket is shown nothing that its author typed;
//   - so many to an address and no more within a while; none to ourselves, nor to a mailbox that nobody reads;
//   - null envelope sender, Auto-Submitted, X-Auto-Response-Suppress and our name, by which other machines know it.
// Replies to one come to the same ticket: its Reply-To is the recipient's signed reply address.
// Thread-safety: one owner.  Errors: those of the store and the vault; what cannot be sent is told in the answer.
#include <string>
#include <vector>

#include "auth/accounts.h"
#include "ticketing/automation/action_run.h"

namespace postern::ticketing {

class RuleMessages {
 public:
  // `rule`: the trigger or automation that sends.
  RuleMessages(const RuleParts& parts, TicketDraft& ticket, std::uint64_t rule, core::UserId current)
      : parts_(parts), ticket_(ticket), rule_(rule), current_(current), text_(parts, ticket, current) {}
  // Carries out what ActionRun left to do, and says what became of it in `effects`.
  core::Result<void> send(RuleEffects& effects);

 private:
  struct Recipient {
    auth::User user;
    Readers readers = Readers::kAgents;
  };
  core::Result<void> add_note(const std::string& text, const std::string& html);
  core::Result<void> send_one(const schema::RuleAction& action, RuleEffects& effects);
  core::Result<void> call_webhook(const schema::RuleAction& action, RuleEffects& effects);
  core::Result<std::vector<core::UserId>> whom(const schema::RuleAction& action);
  core::Result<std::vector<core::UserId>> all_agents();
  // Empty: may be mailed, as `readers` says; otherwise why not.
  core::Result<std::string> refusal(const auth::User& user, Readers& readers);
  core::Result<std::string> refusal_of_customer(const auth::User& user, Readers& readers);
  core::Result<bool> has_proven_himself(const auth::User& user);
  core::Result<bool> is_within_budget(const auth::User& user);
  core::Result<void> mail(const Recipient& to, const schema::RuleAction& action);
  bool is_answer() const;  // to a mail of a customer

  const RuleParts& parts_;
  TicketDraft& ticket_;
  std::uint64_t rule_;
  core::UserId current_;
  TicketText text_;
};

}  // namespace postern::ticketing
