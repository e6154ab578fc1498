#include "storage/counter_fold.h"

#include <algorithm>

#include "core/assert.h"
#include "storage/counter.h"

namespace postern::storage {
namespace {

using FoldKind = Transaction::Write::Kind;

std::size_t fold_hash(const std::string& key) { return std::hash<std::string>{}(key); }

}  // namespace

void CounterFold::begin() {
  sums_.clear();
  replaced_.clear();
}

void CounterFold::add(const std::string& key, const Transaction::Write& write, bool is_hot) {
  const auto [place, is_new] = sums_.try_emplace(key, Sum{write.kind, write.delta, is_hot});
  if (is_new) return;
  Sum& sum = place->second;
  POSTERN_ASSERT(sum.kind == write.kind);  // a key is a counter or a number sequence, never both
  if (sum.kind == FoldKind::kAdd) {
    sum.delta = static_cast<std::int64_t>(static_cast<std::uint64_t>(sum.delta) + static_cast<std::uint64_t>(write.delta));
  } else {
    sum.delta = static_cast<std::int64_t>(std::max(static_cast<std::uint64_t>(sum.delta), static_cast<std::uint64_t>(write.delta)));
  }
}

void CounterFold::replace(const std::string& key) {
  sums_.erase(key);
  values_.erase(key);
  replaced_.push_back(fold_hash(key));
}

std::optional<std::string>* CounterFold::find_value(const std::string& key, bool is_hot, const Read& read) {
  if (const auto known = values_.find(key); known != values_.end()) return &known->second;
  if (!is_hot || std::ranges::find(replaced_, fold_hash(key)) != replaced_.end()) return nullptr;
  auto stored = read(key);
  if (!stored) return nullptr;
  if (values_.size() >= kHotCountersMax) values_.clear();
  return &values_.emplace(key, std::move(*stored)).first->second;
}

void CounterFold::finish(const Read& read, const Emit& emit) {
  for (const auto& [key, sum] : sums_) {
    const std::string operand = sum.kind == FoldKind::kAdd ? encode_sum(sum.delta) : encode_maximum(static_cast<std::uint64_t>(sum.delta));
    std::optional<std::string>* const value = find_value(key, sum.is_hot, read);
    auto merged = value == nullptr ? std::nullopt : merge_counter(*value ? std::optional<std::string_view>(**value) : std::nullopt, operand);
    if (merged) {
      emit.put(key, *merged);
      *value = std::move(merged);
    } else {
      values_.erase(key);
      emit.merge(key, operand);
    }
  }
  sums_.clear();
}

}  // namespace postern::storage
