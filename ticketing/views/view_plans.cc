#include "ticketing/views/view_plans.h"

#include <algorithm>

#include "core/log.h"
#include "ticketing/views/keys.h"

namespace postern::ticketing {
namespace {

constexpr std::size_t kPlansMax = 10'000;  // far more than there can be views

bool is_same(const schema::ViewShape& a, const schema::ViewShape& b) { return a.SerializeAsString() == b.SerializeAsString(); }

}  // namespace

const PlannedGeneration* ViewPlanning::find(std::uint64_t generation) const {
  const auto found = std::ranges::find(generations, generation, &PlannedGeneration::id);
  return found == generations.end() ? nullptr : &*found;
}

const PlannedGeneration* ViewPlanning::live(std::uint64_t view) const {
  const auto found = std::ranges::find_if(generations, [view](const auto& each) { return each.view == view && !each.is_filling; });
  return found == generations.end() ? nullptr : &*found;
}

const PlannedGeneration* ViewPlanning::next(std::uint64_t view) const {
  const auto found = std::ranges::find_if(generations, [view](const auto& each) { return each.view == view && each.is_filling; });
  return found == generations.end() ? nullptr : &*found;
}

core::Result<ViewPlans::Planning> ViewPlans::planning(storage::Transaction& transaction, core::WorkspaceId workspace) const {
  POSTERN_TRY(const std::optional<std::string> version, transaction.get(view_keys::plans_version(workspace)));
  return planning_of(transaction.snapshot(), workspace, version.value_or(std::string()));
}

core::Result<ViewPlans::Planning> ViewPlans::planning(const storage::Snapshot& snapshot, core::WorkspaceId workspace) const {
  POSTERN_TRY(const std::optional<std::string> version, snapshot.get(view_keys::plans_version(workspace)));
  return planning_of(snapshot, workspace, version.value_or(std::string()));
}

core::Result<ViewPlans::Planning> ViewPlans::planning_of(const storage::Snapshot& snapshot, core::WorkspaceId workspace,
                                                         const std::string& version) const {
  {
    const std::lock_guard lock(mutex_);
    const auto known = cache_.find(workspace);
    if (known != cache_.end() && known->second.version == version) return known->second.planning;
  }
  auto out = std::make_shared<ViewPlanning>();
  POSTERN_TRY(const std::vector<storage::Entry> entries,
              snapshot.scan(view_keys::prefix(workspace, view_keys::Kind::kPlan), storage::Direction::kForward, kPlansMax,
                            view_keys::plans_version(workspace)));
  for (const storage::Entry& entry : entries) {
    schema::ViewPlan plan;
    POSTERN_CHECK(storage::open_record(vault_, workspace, entry.key, entry.value, plan));
    const auto take = [&](const schema::ViewGeneration& generation, bool is_filling) {
      core::Result<CompiledView> compiled = CompiledView::compile(generation.shape(), limits_);
      if (compiled) {
        out->generations.push_back({plan.view(), generation.id(), is_filling, std::move(*compiled)});
        return;
      }
      core::log::warn("view.unusable", {{"view", plan.view()}});
    };
    if (plan.has_live()) take(plan.live(), false);
    if (plan.has_next()) take(plan.next(), true);
  }
  const std::lock_guard lock(mutex_);
  cache_[workspace] = {version, out};
  return Planning(out);
}

core::Result<schema::ViewPlan> ViewPlans::read(storage::Transaction& transaction, core::WorkspaceId workspace, std::uint64_t view) const {
  schema::ViewPlan plan;
  plan.set_view(view);
  const std::string key = view_keys::plan(workspace, view);
  POSTERN_TRY(const std::optional<std::string> value, transaction.get(key));
  if (value) POSTERN_CHECK(storage::open_record(vault_, workspace, key, *value, plan));
  return plan;
}

core::Result<void> ViewPlans::write(storage::Transaction& transaction, core::WorkspaceId workspace, const schema::ViewPlan& plan) const {
  const std::string key = view_keys::plan(workspace, plan.view());
  transaction.put(view_keys::plans_version(workspace), std::to_string(ids_.next()));
  if (!plan.has_live() && !plan.has_next()) {
    transaction.erase(key);
    return {};
  }
  return storage::put_sealed(transaction, vault_, workspace, key, plan);
}

void ViewPlans::leave(storage::Transaction& transaction, core::WorkspaceId workspace, const schema::ViewGeneration& generation) const {
  transaction.put(view_keys::leftover(workspace, generation.id()), {});
}

core::Result<void> ViewPlans::follow(storage::Transaction& transaction, core::WorkspaceId workspace, std::uint64_t view,
                                     const schema::View* now) const {
  POSTERN_TRY(schema::ViewPlan plan, read(transaction, workspace, view));
  if (now == nullptr || !now->is_active()) {
    if (!plan.has_live() && !plan.has_next()) return {};
    if (plan.has_live()) leave(transaction, workspace, plan.live());
    if (plan.has_next()) leave(transaction, workspace, plan.next());
    plan.clear_live();
    plan.clear_next();
    return write(transaction, workspace, plan);
  }
  if (plan.has_next() && is_same(plan.next().shape(), now->shape())) return {};
  if (!plan.has_next() && plan.has_live() && is_same(plan.live().shape(), now->shape())) return {};
  if (plan.has_next()) leave(transaction, workspace, plan.next());
  plan.clear_next();
  if (!plan.has_live() || !is_same(plan.live().shape(), now->shape())) {
    plan.mutable_next()->set_id(ids_.next());
    *plan.mutable_next()->mutable_shape() = now->shape();
  }
  return write(transaction, workspace, plan);
}

core::Result<void> ViewPlans::complete(storage::Transaction& transaction, core::WorkspaceId workspace, std::uint64_t view,
                                       std::uint64_t generation) const {
  POSTERN_TRY(schema::ViewPlan plan, read(transaction, workspace, view));
  if (!plan.has_next() || plan.next().id() != generation) return {};
  if (plan.has_live()) leave(transaction, workspace, plan.live());
  *plan.mutable_live() = plan.next();
  plan.clear_next();
  transaction.erase(view_keys::filling(workspace, generation));
  return write(transaction, workspace, plan);
}

}  // namespace postern::ticketing
