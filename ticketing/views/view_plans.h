#pragma once
// ticketing/views/view_plans.h: which lists are kept for each active view: those of its shape when they are complete ("live"),
// and those that are being filled because the view is new or was changed ("next"). Until then the old ones are shown.
// Whoever reads the plans through a transaction conflicts with a change of any of them: so a save of a ticket and a change of a
// view are one after the other, and lists are exact.
// Thread-safety: all methods from any executor.  Ownership: borrows the vault and the ids.
// Errors: those of the store and the vault.
#include <map>
#include <memory>
#include <mutex>
#include <vector>

#include "storage/records.h"
#include "storage/schema/views.pb.h"
#include "ticketing/views/view_shape.h"

namespace postern::ticketing {

struct PlannedGeneration {
  std::uint64_t view = 0;
  std::uint64_t id = 0;
  bool is_filling = false;
  CompiledView compiled;
};

// Of one workspace. What this version cannot compile, as a later one wrote it, is left out: it has no lists.
struct ViewPlanning {
  std::vector<PlannedGeneration> generations;
  const PlannedGeneration* find(std::uint64_t generation) const;
  const PlannedGeneration* live(std::uint64_t view) const;
  const PlannedGeneration* next(std::uint64_t view) const;
};

class ViewPlans {
 public:
  using Planning = std::shared_ptr<const ViewPlanning>;  // never null

  ViewPlans(const storage::Vault& vault, core::IdSource& ids, const ViewLimits& limits) : vault_(vault), ids_(ids), limits_(limits) {}

  core::Result<Planning> planning(storage::Transaction& transaction, core::WorkspaceId workspace) const;  // with conflict detection
  core::Result<Planning> planning(const storage::Snapshot& snapshot, core::WorkspaceId workspace) const;

  // What a change of a view comes to: null when it is gone. Nothing when its lists stay as they are.
  core::Result<void> follow(storage::Transaction& transaction, core::WorkspaceId workspace, std::uint64_t view, const schema::View* now) const;
  // The generation is complete: it takes the place of the live one. Nothing when it is no longer the next one.
  core::Result<void> complete(storage::Transaction& transaction, core::WorkspaceId workspace, std::uint64_t view, std::uint64_t generation) const;

 private:
  core::Result<Planning> planning_of(const storage::Snapshot& snapshot, core::WorkspaceId workspace, const std::string& version) const;
  core::Result<schema::ViewPlan> read(storage::Transaction& transaction, core::WorkspaceId workspace, std::uint64_t view) const;
  core::Result<void> write(storage::Transaction& transaction, core::WorkspaceId workspace, const schema::ViewPlan& plan) const;
  void leave(storage::Transaction& transaction, core::WorkspaceId workspace, const schema::ViewGeneration& generation) const;

  struct Cached {
    std::string version;
    Planning planning;
  };
  const storage::Vault& vault_;
  core::IdSource& ids_;
  const ViewLimits& limits_;
  mutable std::mutex mutex_;
  mutable std::map<core::WorkspaceId, Cached> cache_;
};

}  // namespace postern::ticketing
