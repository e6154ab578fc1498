#pragma once
// ticketing/finding_ledger.h: what redaction rules find in live traffic, by rule, inbox and UTC day, enforced and in shadow,
// with the places and never the values. The counts themselves are written with each message (detail/finding_counts.h).
// A message for inboxes of several workspaces counts in each, with what the rules of all of them found; rules that another
// workspace has written count together as "other_workspace".
// Thread-safety: any executor; start() and stop() by one owner.  Ownership: borrows everything; stop() before destruction.
// Errors: Errc::kInvalid for a period too long or with too many counters; those of the store.  Limits: FindingLimits.
#include <boost/asio/any_io_executor.hpp>
#include <string>
#include <vector>

#include "core/task_group.h"
#include "storage/store.h"
#include "ticketing/directory.h"

namespace postern::ticketing {

struct FindingSums {
  std::uint64_t messages = 0;  // with a finding; comments count as messages
  std::uint64_t findings = 0;
  friend bool operator==(const FindingSums&, const FindingSums&) = default;
};

struct FindingPlace {
  std::string where;  // "text/html", "header:subject", "other"
  std::string label;  // brand of a card, kind of a key; may be empty
  bool is_shadow = false;
  std::uint64_t findings = 0;
};

struct RuleFindings {
  std::string rule;
  FindingSums enforced;
  FindingSums shadow;
  std::uint64_t false_positives = 0;  // marked within the period
  std::vector<FindingPlace> places;   // most findings first
};

struct FindingDay {
  std::uint64_t day = 0;
  std::uint64_t messages_seen = 0;
  FindingSums enforced;
  FindingSums shadow;
  std::uint64_t false_positives = 0;
};

// Days are numbered from 1970-01-01, UTC.
struct FindingQuestion {
  std::uint64_t first_day = 0;
  std::uint64_t last_day = 0;  // included
  std::string rule;            // empty: all
  core::InboxId inbox;         // none: all
};

struct FindingReport {
  std::uint64_t messages_seen = 0;
  std::vector<RuleFindings> rules;  // most messages first
  std::vector<FindingDay> days;     // every day of the period, of all rules asked for together
};

class FindingLedger {
 public:
  FindingLedger(storage::Store& store, const Directory& directory, core::Clock& clock, FindingLimits limits);

  core::Result<FindingReport> report(core::WorkspaceId workspace, const FindingQuestion& question) const;
  core::Task<core::Result<void>> erase_before(core::WorkspaceId workspace, std::uint64_t day);
  std::uint64_t today() const;
  const FindingLimits& limits() const { return limits_; }

  // Erases what is older than the retention, again and again.
  void start(boost::asio::any_io_executor executor);
  core::Task<void> stop(core::Deadline by);

 private:
  core::Task<void> erase_again_and_again();

  storage::Store& store_;
  const Directory& directory_;
  core::Clock& clock_;
  FindingLimits limits_;
  core::TaskGroup tasks_;
};

}  // namespace postern::ticketing
