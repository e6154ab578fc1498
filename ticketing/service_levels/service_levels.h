#pragma once
// ticketing/service_levels/service_levels.h: keeps the clocks of every ticket in the transaction that changes it, and tells when a
// promise is broken, to the second.
//
//   TicketDraft::save ─► before_save(): clocks, policy, targets ─► the ticket's record
//                    └─► follow(): next breach ─► kTicketDue ─► tell_due(): event "sla_breach", feed, webhooks
//   a changed policy or schedule ─► DueRebuild ─► rebuild(): every ticket that is not solved, step by step
//
// Thread-safety: all methods from any executor; tell_due() and rebuild() of one workspace one at a time.
// Ownership: owns schedules and policies; borrows what RuleParts borrows.
// Errors: those of the store and the vault.  Limits: SlaLimits.
#include <atomic>

#include "ticketing/schedules/schedules.h"
#include "ticketing/service_levels/clocks.h"
#include "ticketing/service_levels/keys.h"
#include "ticketing/service_levels/policies.h"
#include "ticketing/ticket_hooks.h"

namespace postern::ticketing {

class ServiceLevels final : public TicketRules, public TicketIndex {
 public:
  explicit ServiceLevels(RuleParts parts);

  Schedules& schedules() { return schedules_; }
  SlaPolicies& policies() { return policies_; }
  SlaPolicies& group_policies() { return group_policies_; }
  const RuleParts& parts() const { return parts_; }
  const SlaLimits& limits() const { return limits_; }

  core::Result<void> before_save(TicketDraft& ticket) override;
  // Puts into the draft what before_save() would say of it as it stands, for rules that come before and ask; nothing is told.
  core::Result<void> foresee(TicketDraft& ticket);
  core::Result<void> follow(storage::Transaction& transaction, const TicketChange& change) override;

  // Tells what was broken by now; of how many tickets.
  core::Task<core::Result<std::size_t>> tell_due(core::WorkspaceId workspace, const std::atomic<bool>& is_stopping);
  // Brings tickets into step with changed policies and schedules; how many were looked at.
  core::Task<core::Result<std::size_t>> rebuild(core::WorkspaceId workspace, const std::atomic<bool>& is_stopping);

 private:
  // A policy may name a schedule that has gone since; a new one names one that is there.
  core::Result<void> check_schedule(storage::Transaction& transaction, core::WorkspaceId workspace, const schema::SlaPolicy* before,
                                    const schema::SlaPolicy* after);
  // What becomes of the clocks with this save; nothing: they stay as they are.
  struct Step {
    schema::ServiceLevels service;
    std::vector<SlaBreach> broken;
  };
  core::Result<std::optional<Step>> next_step(TicketDraft& ticket);
  // Policies, schedule and targets as they are now.
  core::Result<void> apply_policies(TicketDraft& ticket, const ScheduleSet& schedules, schema::ServiceLevels& service);
  core::Result<void> tell(TicketDraft& ticket, const std::vector<SlaBreach>& breaches);
  // What happened to the clocks, for programs that count for themselves.
  core::Result<void> note_clocks(storage::Transaction& transaction, const TicketChange& change);
  core::Task<core::Result<bool>> tell_one(core::WorkspaceId workspace, keys::SlaDue due);
  core::Result<bool> tell_one(storage::Transaction& transaction, core::WorkspaceId workspace, keys::SlaDue due);
  core::Result<std::size_t> rebuild_step(storage::Transaction& transaction, core::WorkspaceId workspace, std::size_t most);
  core::Result<void> look_again(storage::Transaction& transaction, core::WorkspaceId workspace, core::TicketId ticket);

  const RuleParts parts_;
  const SlaLimits limits_;
  Schedules schedules_;
  SlaPolicies policies_;
  SlaPolicies group_policies_;
};

}  // namespace postern::ticketing
