#pragma once
// storage/counter_fold.h: what the transactions of one batch add to counters, folded to one write a key: ten messages
// that share a sync share their counters' writes too. A counter that is written again and again is kept here with its value and
// written as one: a merge operand costs a search of the memtable for the operands before it, and each reading folds them.
// Thread-safety: none; the writer owns it. Errors: none; a value that cannot be read or is no counter is left to the merge operator.
// Limits: kHotCountersMax values are kept.
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "core/result.h"
#include "storage/store.h"

namespace postern::storage {

class CounterFold {
 public:
  static constexpr std::size_t kHotCountersMax = 8192;
  // The value as of the last batch.
  using Read = std::function<core::Result<std::optional<std::string>>(const std::string& key)>;
  struct Emit {
    std::function<void(const std::string& key, const std::string& value)> put;
    std::function<void(const std::string& key, const std::string& operand)> merge;
  };

  // A new batch begins; the one before was written.
  void begin();
  // Of kind kAdd or kRaise. `is_hot`: the key was written lately, so that its value is worth a reading.
  void add(const std::string& key, const Transaction::Write& write, bool is_hot);
  // The batch puts or erases the key: what was added before is void, and what the store has is not its value any more.
  void replace(const std::string& key);
  // One write for each counter of the batch.
  void finish(const Read& read, const Emit& emit);
  // The batch was not written: the values are not what the store has.
  void forget() { values_.clear(); }

 private:
  struct Sum {
    Transaction::Write::Kind kind;
    std::int64_t delta;
    bool is_hot;
  };
  // The value to add to, or nullptr when it is not known.
  std::optional<std::string>* find_value(const std::string& key, bool is_hot, const Read& read);

  std::map<std::string, Sum, std::less<>> sums_;                            // of this batch; in order, as a memtable likes it
  std::vector<std::size_t> replaced_;                                       // hashes of keys put or erased in this batch
  std::unordered_map<std::string, std::optional<std::string>> values_;      // as the last batch left them
};

}  // namespace postern::storage
