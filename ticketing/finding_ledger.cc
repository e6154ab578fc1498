#include "ticketing/finding_ledger.h"

#include <algorithm>
#include <map>

#include "core/log.h"
#include "ticketing/detail/keys.h"
#include "ticketing/dmarc_ledger.h"

namespace postern::ticketing {
namespace {

using keys::FindingCount;
using keys::FindingMeasure;
using keys::FindingMode;
using storage::Direction;

constexpr std::size_t kEntriesAtATime = 1'000;

std::uint64_t to_count(const std::string& value) {
  return static_cast<std::uint64_t>(std::max<std::int64_t>(0, storage::decode_counter(value)));
}

// Adds counters up to a report.
class Adder {
 public:
  explicit Adder(const FindingQuestion& question) : question_(question) {
    report_.days.reserve(question.last_day - question.first_day + 1);
    for (std::uint64_t day = question.first_day; day <= question.last_day; ++day) report_.days.push_back({day, 0, {}, {}, 0});
  }

  void add(const FindingCount& of, std::uint64_t count) {
    if (question_.inbox && of.inbox != question_.inbox) return;
    FindingDay& day = report_.days[of.day - question_.first_day];
    if (of.rule.empty()) {
      report_.messages_seen += count;
      day.messages_seen += count;
      return;
    }
    RuleFindings& rule = rules_[of.rule].first;
    rule.rule = of.rule;
    if (of.mode == FindingMode::kFalsePositive) {
      rule.false_positives += count;
      day.false_positives += count;
      return;
    }
    const bool is_shadow = of.mode == FindingMode::kShadow;
    FindingSums& sums = is_shadow ? rule.shadow : rule.enforced;
    FindingSums& sums_of_day = is_shadow ? day.shadow : day.enforced;
    if (of.measure == FindingMeasure::kMessages) {
      sums.messages += count;
      sums_of_day.messages += count;
      return;
    }
    sums.findings += count;
    sums_of_day.findings += count;
    rules_[of.rule].second[{of.place, of.label, is_shadow}] += count;
  }

  FindingReport take() && {
    for (auto& [id, rule] : rules_) {
      for (const auto& [kind, findings] : rule.second) {
        const auto& [where, label, is_shadow] = kind;
        rule.first.places.push_back({where, label, is_shadow, findings});
      }
      std::ranges::sort(rule.first.places, [](const FindingPlace& a, const FindingPlace& b) {
        return std::tie(b.findings, a.where, a.label, a.is_shadow) < std::tie(a.findings, b.where, b.label, b.is_shadow);
      });
      report_.rules.push_back(std::move(rule.first));
    }
    const auto messages = [](const RuleFindings& one) { return one.enforced.messages + one.shadow.messages; };
    std::ranges::sort(report_.rules, [&](const RuleFindings& a, const RuleFindings& b) {
      return messages(a) != messages(b) ? messages(a) > messages(b) : a.rule < b.rule;
    });
    return std::move(report_);
  }

 private:
  using Places = std::map<std::tuple<std::string, std::string, bool>, std::uint64_t>;
  const FindingQuestion& question_;
  FindingReport report_;
  std::map<std::string, std::pair<RuleFindings, Places>> rules_;
};

}  // namespace

FindingLedger::FindingLedger(storage::Store& store, const Directory& directory, core::Clock& clock, FindingLimits limits)
    : store_(store), directory_(directory), clock_(clock), limits_(limits), tasks_("finding_ledger", clock) {}

std::uint64_t FindingLedger::today() const {
  return utc_day(clock_.wall_now());
}

core::Result<FindingReport> FindingLedger::report(core::WorkspaceId workspace, const FindingQuestion& question) const {
  if (question.last_day < question.first_day || question.last_day - question.first_day >= limits_.period_days_max) {
    return core::fail(Errc::kInvalid, "a period is 1 to " + std::to_string(limits_.period_days_max) + " days");
  }
  const auto snapshot = store_.snapshot();
  Adder adder(question);
  std::size_t read = 0;
  const auto add_all = [&](const std::string& prefix) -> core::Result<void> {
    for (std::string after;;) {
      POSTERN_TRY(const std::vector<storage::Entry> entries, snapshot->scan(prefix, Direction::kForward, kEntriesAtATime, after));
      read += entries.size();
      if (read > limits_.counters_read_max) return core::fail(Errc::kInvalid, "too much was counted: ask for one rule, or for fewer days");
      for (const storage::Entry& entry : entries) adder.add(keys::read_finding_count(entry.key), to_count(entry.value));
      if (entries.size() < kEntriesAtATime) return {};
      after = entries.back().key;
    }
  };
  for (std::uint64_t day = question.first_day; day <= question.last_day; ++day) {
    if (question.rule.empty()) {
      POSTERN_CHECK(add_all(keys::finding_day_prefix(workspace, day)));
    } else {
      POSTERN_CHECK(add_all(keys::finding_rule_prefix(workspace, day, {})));
      POSTERN_CHECK(add_all(keys::finding_rule_prefix(workspace, day, question.rule)));
    }
  }
  return std::move(adder).take();
}

core::Task<core::Result<void>> FindingLedger::erase_before(core::WorkspaceId workspace, std::uint64_t day) {
  const std::string end = keys::finding_day_prefix(workspace, day);
  for (;;) {
    storage::Transaction transaction = store_.begin();
    POSTERN_CO_TRY(const std::vector<storage::Entry> entries,
                   transaction.snapshot().scan(keys::finding_days_prefix(workspace), Direction::kForward, limits_.erased_at_once_max));
    for (const storage::Entry& entry : entries) {
      if (entry.key < end) transaction.erase(entry.key);
    }
    if (transaction.writes().empty()) co_return core::Result<void>();
    POSTERN_CO_CHECK(co_await store_.commit(std::move(transaction)));
  }
}

void FindingLedger::start(boost::asio::any_io_executor executor) { tasks_.spawn(std::move(executor), erase_again_and_again()); }

core::Task<void> FindingLedger::stop(core::Deadline by) {
  tasks_.cancel();
  co_await tasks_.drain(by);
}

core::Task<void> FindingLedger::erase_again_and_again() {
  for (;;) {
    const std::uint64_t now = today();
    for (const core::WorkspaceId workspace : directory_.workspaces()) {
      if (now <= limits_.retention_days) break;
      const auto erased = co_await erase_before(workspace, now - limits_.retention_days);
      if (!erased) core::log::warn("finding_ledger.erase_failed", {{"what", erased.error().describe()}});
    }
    co_await clock_.sleep_for(limits_.erase_interval);
  }
}

}  // namespace postern::ticketing
