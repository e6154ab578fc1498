#pragma once
// ticketing/automation/automations.h: rules that time sets off: "solved for 96 hours: close". An index holds, for each ticket, the
// next moment at which one may hold; whoever saves a ticket keeps it right, and a chore does what is due, to the second.
//
//   TicketDraft::save ─► follow(): due time of the ticket ─► kTicketDue ─► fire_due(): conditions hold? ─► actions, save
//   a changed automation ─► DueRebuild ─► rebuild(): every ticket that is not closed, step by step
//
// An automation fires once for a ticket from the moment its conditions hold until they do not any more: the ticket
// remembers. To be sure that they end, it must contain a moment ("is 24 hours"), or an action that makes a condition false.
// A firing, what it does and what comes next are one transaction: after a crash nothing is done twice.
// Thread-safety: all methods from any executor; fire_due() and rebuild() of one workspace one at a time.
// Ownership: borrows what RuleParts borrows.
// Errors: Errc::kNotFound, Errc::kInvalid (the context begins with the field), those of the store.
// Limits: RuleLimits, DefinitionLimits.
#include <atomic>
#include <functional>

#include "ticketing/automation/rule_book.h"
#include "ticketing/automation/rule_record.h"
#include "ticketing/ticket_hooks.h"

namespace postern::ticketing {

class Automations final : public TicketRules, public TicketIndex {
 public:
  using List = Definitions<schema::Automation>::List;
  using Edit = std::function<core::Result<void>(schema::Automation&)>;
  explicit Automations(RuleParts parts);

  core::Result<List> all(core::WorkspaceId workspace) const { return definitions_.all(workspace); }
  core::Result<schema::Automation> find(core::WorkspaceId workspace, std::uint64_t id) const { return definitions_.find(workspace, id); }
  // `edit` changes it as somebody typed it; then it is redacted and checked. Id 0: a new one.
  core::Task<core::Result<schema::Automation>> save(auth::Principal by, std::uint64_t id, Edit edit);
  core::Task<core::Result<schema::Automation>> erase(auth::Principal by, std::uint64_t id, Definitions<schema::Automation>::Guard guard = {}) {
    return definitions_.erase(std::move(by), id, false, std::move(guard));
  }
  core::Task<core::Result<List>> reorder(auth::Principal by, std::vector<std::uint64_t> order) {
    return definitions_.reorder(std::move(by), std::move(order));
  }

  // Forgets that one fired when its conditions do not hold any more.
  core::Result<void> before_save(TicketDraft& ticket) override;
  core::Result<void> follow(storage::Transaction& transaction, const TicketChange& change) override;

  // What is due by now; how many tickets were changed.
  core::Task<core::Result<std::size_t>> fire_due(core::WorkspaceId workspace, const std::atomic<bool>& is_stopping);
  // Brings the index into step with changed automations; how many tickets were looked at.
  core::Task<core::Result<std::size_t>> rebuild(core::WorkspaceId workspace, const std::atomic<bool>& is_stopping);

  struct Upcoming {
    core::TicketId ticket;
    std::int64_t at_unix_ms = 0;
  };
  // When tickets are looked at next, soonest first, behind `behind`; what fires then is decided then.
  core::Result<std::vector<Upcoming>> upcoming(core::WorkspaceId workspace, std::size_t limit, const Upcoming& behind) const;

  const RuleParts& parts() const { return parts_; }

 private:
  using Set = RuleBook<schema::Automation>::Set;
  core::Result<std::shared_ptr<const Set>> active(storage::Transaction& transaction, core::WorkspaceId workspace);
  // When one may hold that has not fired, or one that has may not hold any more. Nothing: never.
  core::Result<std::optional<std::int64_t>> next_due(const Set& set, const schema::Ticket& ticket, const StoredFacts& more) const;
  core::Result<void> move_due(storage::Transaction& transaction, core::WorkspaceId workspace, core::TicketId ticket,
                              std::optional<std::int64_t> due_ms) const;
  // Whether the ticket was changed.
  core::Task<core::Result<bool>> look_at(core::WorkspaceId workspace, core::TicketId ticket);
  core::Result<bool> look_at(storage::Transaction& transaction, core::WorkspaceId workspace, core::TicketId ticket);
  core::Result<bool> fire_all(const Set& set, TicketDraft& ticket);
  core::Result<void> fire(const RuleBook<schema::Automation>::Rule& rule, TicketDraft& ticket, const TicketFacts& facts);
  core::Task<core::Result<std::size_t>> put_off(core::WorkspaceId workspace, core::TicketId ticket);
  core::Result<std::size_t> rebuild_step(storage::Transaction& transaction, core::WorkspaceId workspace, std::size_t most);
  core::Result<std::size_t> clear_step(storage::Transaction& transaction, core::WorkspaceId workspace) const;

  const RuleParts parts_;
  Definitions<schema::Automation> definitions_;
  RuleBook<schema::Automation> book_;
};

// Whether it ends by itself: kInvalid "conditions: …" when neither a condition is true for a while only nor an action makes one
// of `all` false.
core::Result<void> check_ends(const schema::Automation& automation);

}  // namespace postern::ticketing
