#include <algorithm>

#include "core/assert.h"
#include "storage/counter.h"
#include "storage/store.h"

namespace postern::storage {
namespace {

using Kind = Transaction::Write::Kind;

std::string operand_of(const Transaction::Write& write) {
  return write.kind == Kind::kAdd ? encode_sum(write.delta) : encode_maximum(static_cast<std::uint64_t>(write.delta));
}

}  // namespace

core::Result<std::optional<std::string>> Transaction::get(std::string_view key) {
  const auto own = writes_.find(key);
  if (own != writes_.end() && own->second.kind == Kind::kPut) return std::optional<std::string>(own->second.value);
  if (own != writes_.end() && own->second.kind == Kind::kErase) return std::optional<std::string>();
  POSTERN_TRY(auto stored, snapshot_->get(key));
  reads_.emplace_back(key);
  if (own == writes_.end()) return stored;
  auto merged =
      merge_counter(stored ? std::optional<std::string_view>(*stored) : std::nullopt, operand_of(own->second));
  if (!merged) return core::fail(Errc::kCorrupt, "counter of another kind");
  return merged;
}

void Transaction::put(std::string key, std::string value) {
  bytes_ += key.size() + value.size();
  auto& write = writes_[std::move(key)];
  write = Write{Kind::kPut, std::move(value), 0};
}

void Transaction::erase(std::string key) {
  bytes_ += key.size();
  auto& write = writes_[std::move(key)];
  write = Write{Kind::kErase, {}, 0};
}

// Folds a merge into an earlier write of the same key, so that an engine sees one write a key.
void Transaction::merge(std::string key, Write operand) {
  bytes_ += key.size() + sizeof(operand.delta);
  const auto [place, is_new] = writes_.try_emplace(std::move(key), operand);
  if (is_new) return;
  Write& before = place->second;
  if (before.kind == Kind::kErase) {
    before = Write{Kind::kPut, operand_of(operand), 0};
  } else if (before.kind == Kind::kPut) {
    auto merged = merge_counter(before.value, operand_of(operand));
    POSTERN_ASSERT(merged);
    before.value = std::move(*merged);
  } else {
    POSTERN_ASSERT(before.kind == operand.kind);
    if (operand.kind == Kind::kAdd) {
      before.delta += operand.delta;
    } else {
      before.delta = static_cast<std::int64_t>(
          std::max(static_cast<std::uint64_t>(before.delta), static_cast<std::uint64_t>(operand.delta)));
    }
  }
}

void Transaction::add(std::string key, std::int64_t delta) { merge(std::move(key), Write{Kind::kAdd, {}, delta}); }

void Transaction::raise(std::string key, std::uint64_t at_least) {
  merge(std::move(key), Write{Kind::kRaise, {}, static_cast<std::int64_t>(at_least)});
}

void Transaction::record(core::WorkspaceId workspace, Change change) {
  bytes_ += change.kind.size() + sizeof(Change);
  changes_[workspace].push_back(std::move(change));
}

std::int64_t decode_counter(const std::optional<std::string>& value) {
  return value ? decode_sum(*value).value_or(0) : 0;
}

std::uint64_t decode_number(const std::optional<std::string>& value) {
  return value ? decode_maximum(*value).value_or(0) : 0;
}

}  // namespace postern::storage
