#include "ticketing/search/waiting_keys.h"

#include <algorithm>

#include "ticketing/search/keys.h"

namespace postern::ticketing::search {
namespace {
constexpr std::size_t kLoadedAtOnce = 1000;
}

// Once a workspace and start: a scan.
core::Result<void> WaitingKeys::load(State& state, const storage::Snapshot& snapshot, core::WorkspaceId workspace) const {
  if (state.is_loaded) return {};
  const std::string prefix = waiting_prefix(workspace);
  for (std::string after;;) {
    POSTERN_TRY(const std::vector<storage::Entry> page, snapshot.scan(prefix, storage::Direction::kForward, kLoadedAtOnce, after));
    for (const storage::Entry& each : page) state.keys.try_emplace(each.key, Since{Clock::now(), 0});
    if (page.size() < kLoadedAtOnce) break;
    after = page.back().key;
  }
  state.is_loaded = true;
  return {};
}

core::Result<WaitingKeys::Look> WaitingKeys::look(const storage::Store& store, core::WorkspaceId workspace, std::size_t most) {
  const std::lock_guard lock(mutex_);
  Look out;
  out.snapshot = store.snapshot();
  State& state = states_[workspace];
  POSTERN_CHECK(load(state, *out.snapshot, workspace));
  for (const auto& [key, since] : state.keys) {
    if (out.keys.size() == most) break;
    out.keys.push_back(key);
  }
  out.is_complete = out.keys.size() == state.keys.size();
  return out;
}

core::Result<std::vector<std::string>> WaitingKeys::known(const storage::Snapshot& snapshot, core::WorkspaceId workspace, std::size_t most) {
  const std::lock_guard lock(mutex_);
  State& state = states_[workspace];
  POSTERN_CHECK(load(state, snapshot, workspace));
  std::vector<std::string> out;
  for (const auto& [key, since] : state.keys) {
    if (out.size() == most) break;
    out.push_back(key);
  }
  return out;
}

void WaitingKeys::add(core::WorkspaceId workspace, const std::string& key) {
  const std::lock_guard lock(mutex_);
  states_[workspace].keys[key] = {Clock::now(), ++added_};
}

std::uint64_t WaitingKeys::mark() const {
  const std::lock_guard lock(mutex_);
  return added_;
}

void WaitingKeys::forget(core::WorkspaceId workspace, const std::vector<std::string>& keys, std::uint64_t mark) {
  const std::lock_guard lock(mutex_);
  State& state = states_[workspace];
  for (const std::string& each : keys) {
    const auto known = state.keys.find(each);
    if (known != state.keys.end() && known->second.count <= mark) state.keys.erase(known);
  }
}

void WaitingKeys::forget_old(core::WorkspaceId workspace, const std::vector<std::string>& keys) {
  const std::lock_guard lock(mutex_);
  State& state = states_[workspace];
  const Clock::time_point until = Clock::now() - kForgetAfter;
  for (const std::string& each : keys) {
    const auto known = state.keys.find(each);
    if (known != state.keys.end() && known->second.at < until) state.keys.erase(known);
  }
}

}  // namespace postern::ticketing::search
