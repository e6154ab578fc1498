#pragma once
// ticketing/automation/rule_book.h: the triggers or automations of each workspace with their conditions compiled, once for each
// version of their definitions; and how long looking at each of them takes.
// Thread-safety: any executor.  A set that was handed out stays as it is.
// Errors: none of its own. A rule whose conditions this version cannot read is left out and never fires.
#include <atomic>
#include <map>
#include <memory>
#include <mutex>

#include "core/log.h"
#include "ticketing/conditions/condition.h"
#include "ticketing/definitions/definitions.h"

namespace postern::ticketing {

// Since the program started.
struct RuleTiming {
  std::atomic<std::uint64_t> samples{0};
  std::atomic<std::uint64_t> nanoseconds{0};
  std::atomic<std::uint64_t> slowest_ns{0};
  void add(std::uint64_t ns) {
    samples.fetch_add(1, std::memory_order_relaxed);
    nanoseconds.fetch_add(ns, std::memory_order_relaxed);
    std::uint64_t slowest = slowest_ns.load(std::memory_order_relaxed);
    while (ns > slowest && !slowest_ns.compare_exchange_weak(slowest, ns, std::memory_order_relaxed)) {}
  }
};

template <class Record>
class RuleBook {
 public:
  using List = typename Definitions<Record>::List;
  struct Rule {
    const Record* record;  // of the set's list
    CompiledConditions conditions;
    std::shared_ptr<RuleTiming> timing;
  };
  struct Set {
    List list;                // what it was made of
    std::vector<Rule> rules;  // the active ones, in their order
  };

  explicit RuleBook(ConditionContext context) : context_(context) {}

  std::shared_ptr<const Set> of(core::WorkspaceId workspace, const List& list) {
    const std::lock_guard lock(mutex_);
    std::shared_ptr<const Set>& known = sets_[workspace];
    if (known != nullptr && known->list == list) return known;
    auto made = std::make_shared<Set>();
    made->list = list;
    for (const Record& each : *list) {
      if (!each.is_active()) continue;
      auto compiled = CompiledConditions::compile(each.conditions(), context_);
      if (!compiled) {
        core::log::warn("rule.unreadable", {{"rule", each.id()}});
        continue;
      }
      std::shared_ptr<RuleTiming>& timing = timings_[each.id()];
      if (timing == nullptr) timing = std::make_shared<RuleTiming>();
      made->rules.push_back({&each, std::move(*compiled), timing});
    }
    known = std::move(made);
    return known;
  }
  // Null: it was not looked at since the program started.
  std::shared_ptr<const RuleTiming> timing(std::uint64_t rule) const {
    const std::lock_guard lock(mutex_);
    const auto found = timings_.find(rule);
    return found == timings_.end() ? nullptr : found->second;
  }

 private:
  const ConditionContext context_;
  mutable std::mutex mutex_;
  std::map<core::WorkspaceId, std::shared_ptr<const Set>> sets_;
  std::map<std::uint64_t, std::shared_ptr<RuleTiming>> timings_;
};

}  // namespace postern::ticketing
