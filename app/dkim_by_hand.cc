#include "app/dkim_by_hand.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "core/errc.h"

namespace postern::app {
namespace {

using pipeline::DkimKeyInfo;
using pipeline::DkimKeyState;
using DkimKeys = std::vector<DkimKeyInfo>;

constexpr std::array kBothAlgorithms{pipeline::DkimAlgorithm::kRsaSha256, pipeline::DkimAlgorithm::kEd25519Sha256};

const DkimKeyInfo* key_in(const DkimKeys& keys, DkimKeyState state, pipeline::DkimAlgorithm algorithm) {
  const auto it = std::ranges::find_if(keys, [&](const DkimKeyInfo& key) { return key.state == state && key.algorithm == algorithm; });
  return it == keys.end() ? nullptr : &*it;
}

// The newest waiting keys sign, then the others stop: in between both do.
core::Result<void> switch_now(pipeline::DkimKeyFolder& folder, const std::string& domain, core::Clock& clock) {
  for (const auto algorithm : kBothAlgorithms) {
    POSTERN_TRY(const DkimKeys keys, folder.list(domain));
    const DkimKeyInfo* next = key_in(keys, DkimKeyState::kWaiting, algorithm);
    if (next == nullptr) continue;
    DkimKeyInfo after = *next;
    after.state = DkimKeyState::kActive;
    after.activated = clock.wall_now();
    POSTERN_CHECK(folder.update(*next, after));
    for (const DkimKeyInfo& key : keys) {
      if (key.state != DkimKeyState::kActive || key.algorithm != algorithm) continue;
      POSTERN_CHECK(folder.retire(domain, key.selector, clock));
    }
  }
  return {};
}

}  // namespace

core::Result<bool> rotate_by_hand(pipeline::DkimKeyFolder folder, const std::string& domain, bool is_now, core::Clock& clock) {
  POSTERN_TRY(const DkimKeys before, folder.list(domain));
  const bool has_active = std::ranges::any_of(before, [](const DkimKeyInfo& key) { return key.state == DkimKeyState::kActive; });
  if (!has_active && !is_now) {
    POSTERN_CHECK(folder.create(domain, clock));
    return true;
  }
  std::vector<pipeline::DkimAlgorithm> missing;
  for (const auto algorithm : kBothAlgorithms) {
    if (key_in(before, DkimKeyState::kWaiting, algorithm) == nullptr) missing.push_back(algorithm);
  }
  if (!missing.empty()) POSTERN_CHECK(folder.create(domain, clock, DkimKeyState::kWaiting, missing));
  if (is_now) POSTERN_CHECK(switch_now(folder, domain, clock));
  return is_now || !missing.empty();
}

core::Result<void> retire_by_hand(pipeline::DkimKeyFolder folder, const std::string& domain, const std::string& selector, bool is_forced,
                                  core::Clock& clock, const pipeline::DkimRotationOptions& rotation) {
  POSTERN_TRY(const DkimKeys keys, folder.list(domain));
  const auto key = std::ranges::find(keys, selector, &DkimKeyInfo::selector);
  if (key != keys.end() && !is_forced) {
    if (is_last_active(keys, selector)) {
      return core::fail(core::Errc::kInvalid,
                        fmt::format("{} is the only key that signs for {}; rotate first, or force it to send without a signature", selector, domain));
    }
    const auto outlook = look_ahead({*key}, {}, clock.wall_now(), rotation).front();
    if (outlook.next == pipeline::DkimNext::kKeepRecord && clock.wall_now() < *outlook.at) {
      return core::fail(core::Errc::kInvalid, fmt::format("{} {}; force it to give it up now", selector, describe(outlook)));
    }
  }
  POSTERN_CHECK(folder.retire(domain, selector, clock));
  return {};
}

}  // namespace postern::app
