#pragma once
// ticketing/automation/triggers.h: rules that look at every change of a ticket, in an order that people give them, in the
// transaction of that change: what a trigger does is there in the same commit, or nothing of it is.
//
//   save ─► from the first on: does one hold that has not fired? ─► it fires, each once in a save ─► it changed something: again
//   from the first ─► none holds any more ─► event "trigger" for each that fired, "trigger_loop" for those that undo each other
//
// Closed and deleted tickets are left alone. A trigger that fires again and again on one ticket is stopped there for a while
// and reported, on the ticket and in its own counts; it stays active.
// Thread-safety: all methods from any executor.  Ownership: borrows what RuleParts borrows.
// Errors: Errc::kNotFound, Errc::kInvalid (the context begins with the field), auth::Errc::kForbidden, those of the store.
// Limits: RuleLimits, DefinitionLimits.
#include <functional>
#include <memory>

#include "ticketing/automation/rule_book.h"
#include "ticketing/automation/rule_record.h"
#include "ticketing/ticket_hooks.h"

namespace postern::ticketing {

struct TriggerRevision {
  schema::Trigger trigger;
  std::int64_t at_unix_ms = 0;
};

class Triggers final : public TicketRules {
 public:
  using List = Definitions<schema::Trigger>::List;
  using Edit = std::function<core::Result<void>(schema::Trigger&)>;
  explicit Triggers(RuleParts parts);

  core::Result<List> all(core::WorkspaceId workspace) const { return definitions_.all(workspace); }
  core::Result<schema::Trigger> find(core::WorkspaceId workspace, std::uint64_t id) const { return definitions_.find(workspace, id); }
  // `edit` changes it as somebody typed it; then it is redacted and checked. Id 0: a new one.
  core::Task<core::Result<schema::Trigger>> save(auth::Principal by, std::uint64_t id, Edit edit);
  core::Task<core::Result<schema::Trigger>> erase(auth::Principal by, std::uint64_t id, Definitions<schema::Trigger>::Guard guard = {}) {
    return definitions_.erase(std::move(by), id, false, std::move(guard));
  }
  core::Task<core::Result<List>> reorder(auth::Principal by, std::vector<std::uint64_t> order) {
    return definitions_.reorder(std::move(by), std::move(order));
  }
  // Newest first.
  core::Result<std::vector<TriggerRevision>> revisions(core::WorkspaceId workspace, std::uint64_t id) const;
  // What is wrong with it, as save() would say; it is left as save() would leave it.
  core::Result<void> prepare(core::WorkspaceId workspace, schema::Trigger& trigger) const;

  // Before the first save: what brings the promises in a draft into step with it, for triggers that ask for them; service levels
  // are decided after all triggers. Without it they see those of before the change.
  void use(std::function<core::Result<void>(TicketDraft&)> foresight) { foresight_ = std::move(foresight); }

  core::Result<void> before_save(TicketDraft& ticket) override;

  // Now and then: the triggers of a new workspace, once, all inactive, and counters that nobody asks for any more. How much was
  // done.
  core::Task<core::Result<std::size_t>> keep_up(core::WorkspaceId workspace);

  const RuleParts& parts() const { return parts_; }
  std::shared_ptr<const RuleTiming> timing(std::uint64_t id) const { return book_.timing(id); }

 private:
  core::Task<core::Result<std::size_t>> ship(core::WorkspaceId workspace);
  core::Result<void> keep_revision(storage::Transaction& transaction, core::WorkspaceId workspace, const schema::Trigger* before,
                                   const schema::Trigger* after) const;

  const RuleParts parts_;
  Definitions<schema::Trigger> definitions_;
  RuleBook<schema::Trigger> book_;
  std::function<core::Result<void>(TicketDraft&)> foresight_;
  std::atomic<std::uint64_t> saves_{0};
};

}  // namespace postern::ticketing
