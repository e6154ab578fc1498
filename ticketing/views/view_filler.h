#pragma once
// ticketing/views/view_filler.h: the background work of views, in bounded steps that a restart resumes: fills lists of new and
// changed views while tickets change, erases what is left of old ones, and moves tickets that time alone moves.
// Thread-safety: any executor; two rounds of one workspace at a time only cost conflicts.
// Ownership: borrows the store, the vault, the plans and the index.  Errors: those of the store and the vault.
// A damaged ticket is passed over.  Limits: ViewLimits.
#include <atomic>

#include "core/task.h"
#include "ticketing/views/view_index.h"

namespace postern::ticketing {

class ViewFiller {
 public:
  ViewFiller(storage::Store& store, const storage::Vault& vault, core::Clock& clock, const ViewPlans& plans, const ViewIndex& index,
             const ViewLimits& limits)
      : store_(store), vault_(vault), clock_(clock), plans_(plans), index_(index), limits_(limits) {}

  // Until nothing is left to do, or for ViewLimits::steps_a_round; how many tickets and keys were looked at.
  core::Task<core::Result<std::size_t>> fill(core::WorkspaceId workspace, const std::atomic<bool>& is_stopping);
  core::Task<core::Result<std::size_t>> erase(core::WorkspaceId workspace, const std::atomic<bool>& is_stopping);
  // Tickets whose time has come.
  core::Task<core::Result<std::size_t>> follow_clock(core::WorkspaceId workspace, const std::atomic<bool>& is_stopping);

  // One step of filling; false: nothing is to be filled.
  core::Task<core::Result<bool>> fill_step(core::WorkspaceId workspace);
  // Of the tickets, how many are in: 0 to 100.
  core::Result<int> percent_filled(const storage::Snapshot& snapshot, core::WorkspaceId workspace, std::uint64_t generation) const;

 private:
  struct Step;
  core::Result<Step> plan_step(storage::Transaction& transaction, core::WorkspaceId workspace) const;
  core::Result<void> take_step(storage::Transaction& transaction, core::WorkspaceId workspace, const Step& step, std::uint64_t last) const;
  core::Result<void> settle(storage::Transaction& transaction, core::WorkspaceId workspace, const PlannedGeneration& generation,
                            const schema::Ticket& ticket) const;
  core::Result<std::size_t> erase_some(storage::Transaction& transaction, core::WorkspaceId workspace, std::uint64_t generation) const;
  core::Result<std::size_t> move_some(storage::Transaction& transaction, core::WorkspaceId workspace, std::size_t limit) const;
  core::Result<std::optional<schema::Ticket>> read_ticket(storage::Transaction& transaction, core::WorkspaceId workspace,
                                                          std::uint64_t number) const;

  storage::Store& store_;
  const storage::Vault& vault_;
  core::Clock& clock_;
  const ViewPlans& plans_;
  const ViewIndex& index_;
  const ViewLimits& limits_;
};

}  // namespace postern::ticketing
