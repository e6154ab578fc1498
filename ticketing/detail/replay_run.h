#pragma once
// ticketing/detail/replay_run.h: one replay of two rule sets over stored mail (the trial `active` is what the candidate is
// compared with): finds the newest messages of its period, then
// reads them, a slice at a time.
// Thread-safety: step() by one job at a time; the others from any thread.  Ownership: owns its trials, borrows the store.
// Errors: none leave step(): a message that cannot be read or scanned is counted.
#include <atomic>
#include <queue>

#include "ticketing/rule_replay.h"

namespace postern::ticketing {

class ReplayRun {
 public:
  struct Trials {
    std::unique_ptr<pipeline::RuleTrial> active;
    std::unique_ptr<pipeline::RuleTrial> candidate;
  };
  ReplayRun(const storage::Store& store, const storage::Vault& vault, core::Clock& clock, const ReplayLimits& limits,
            core::WorkspaceId workspace, ReplayRequest request, Trials trials, ReplayStatus status);

  // A slice of work. False when there is nothing left to do.
  bool step();
  void cancel() { is_cancelled_ = true; }
  bool is_cancelled() const { return is_cancelled_; }
  // The end; the rule sets are let go.
  void end(ReplayState state, std::string cut_short_by);
  ReplayStatus status(bool with_rules) const;
  bool is_running() const;
  core::Instant ended_at() const;

 private:
  struct Found {  // a stored message; the oldest is on top of the queue
    std::int64_t created_unix_ms = 0;
    core::TicketId ticket;
    std::string raw_blob;
    friend bool operator<(const Found& a, const Found& b) { return a.created_unix_ms > b.created_unix_ms; }
  };
  struct Tally {
    ReplayRule rule;
    std::map<std::pair<std::string, std::string>, std::size_t> places;  // where they stand in rule.places
  };
  using Counts = std::map<std::string, std::vector<pipeline::TrialCount>>;

  bool find_some();
  bool add_messages_of(const storage::Snapshot& snapshot, core::TicketId ticket);
  void add_found(Found found);
  void begin_reading();
  bool read_some();
  void read_one(const storage::Snapshot& snapshot, const Found& found);
  void add(core::TicketId ticket, const Counts& active, const Counts& candidate);
  void add_places(Tally& tally, const std::vector<pipeline::TrialCount>& counts, std::uint64_t ReplayPlace::*side);
  bool is_slice_over(core::Instant begun, std::size_t done) const;
  void cut_short(std::string_view by);

  const storage::Store& store_;
  const storage::Vault& vault_;
  core::Clock& clock_;
  const ReplayLimits limits_;
  const core::WorkspaceId workspace_;
  const ReplayRequest request_;
  Trials trials_;
  std::atomic<bool> is_cancelled_{false};

  // Of step() alone.
  std::string index_after_;
  std::size_t comments_read_ = 0;
  std::priority_queue<Found> newest_;
  std::vector<Found> to_read_;  // newest first
  std::size_t next_ = 0;
  bool is_reading_ = false;

  mutable std::mutex mutex_;
  ReplayStatus status_;
  std::map<std::string, Tally> tallies_;
  core::Instant ended_at_;
};

}  // namespace postern::ticketing
