#include "storage/conflict_window.h"

#include <algorithm>
#include <functional>
#include <limits>

namespace postern::storage {
namespace {

constexpr std::size_t kSlotsMin = 4096;
constexpr std::uint64_t kStaged = std::numeric_limits<std::uint64_t>::max();

}  // namespace

ConflictWindow::ConflictWindow(std::size_t keys_max, std::uint64_t floor)
    : keys_max_(std::max<std::size_t>(keys_max / 2, 1)), floor_(floor), young_(kSlotsMin), old_(2) {}

std::uint64_t ConflictWindow::hash(std::string_view key) { return std::hash<std::string_view>{}(key); }

const ConflictWindow::Slot* ConflictWindow::Table::find(std::uint64_t key_hash) const {
  const std::size_t mask = slots_.size() - 1;
  for (std::size_t i = key_hash & mask; slots_[i].version != 0; i = (i + 1) & mask) {
    if (slots_[i].hash == key_hash) return &slots_[i];
  }
  return nullptr;
}

ConflictWindow::Slot& ConflictWindow::Table::insert(std::uint64_t key_hash) {
  if (used_ >= capacity()) grow();
  const std::size_t mask = slots_.size() - 1;
  std::size_t i = key_hash & mask;
  for (; slots_[i].version != 0; i = (i + 1) & mask) {
    if (slots_[i].hash == key_hash) return slots_[i];
  }
  ++used_;
  slots_[i].hash = key_hash;
  return slots_[i];
}

void ConflictWindow::Table::grow() {
  Table larger(slots_.size() * 2);
  for (const Slot& slot : slots_) {
    if (slot.version != 0) larger.insert(slot.hash).version = slot.version;
  }
  *this = std::move(larger);
}

std::uint64_t ConflictWindow::Table::newest() const {
  std::uint64_t out = 0;
  for (const Slot& slot : slots_) out = std::max(out, slot.version);
  return out;
}

bool ConflictWindow::has_changed(std::uint64_t key_hash, std::uint64_t version) const {
  if (version < floor_) return true;
  const Slot* slot = young_.find(key_hash);
  if (slot == nullptr) slot = old_.find(key_hash);
  return slot != nullptr && slot->version > version;
}

void ConflictWindow::stage(std::uint64_t key_hash) {
  Slot& slot = young_.insert(key_hash);
  if (slot.version == kStaged) return;
  staged_.push_back({key_hash, slot.version});
  slot.version = kStaged;
}

void ConflictWindow::publish(std::uint64_t version) {
  for (const Staged& staged : staged_) young_.insert(staged.hash).version = version;
  staged_.clear();
  if (young_.size() < keys_max_) return;
  floor_ = std::max(floor_, old_.newest());
  old_ = std::exchange(young_, Table(kSlotsMin));
}

void ConflictWindow::discard() {
  // A key that was new keeps a version that changes nothing: 0 would mean a free slot and break a probe sequence.
  for (const Staged& staged : staged_) {
    const Slot* older = old_.find(staged.hash);
    young_.insert(staged.hash).version =
        std::max<std::uint64_t>({staged.before, older != nullptr ? older->version : 0, 1});
  }
  staged_.clear();
}

}  // namespace postern::storage
