#pragma once
// ticketing/rule_replay.h: tries a rule set over the stored mail of a workspace, beside another one, the one in force unless
// a request names some other: what each rule would have found, where, and in which tickets; never a value. Stored mail is
// redacted already, so that values which enforced rules have hidden do not show in either column.
// It runs on the CPU pool in short slices, so that mail goes on; one replay of a workspace at a time. Results stay in memory
// for a while and are lost with a restart.
// Thread-safety: any executor; stop() by one owner.  Ownership: borrows everything; stop() before destruction.
// Errors: auth::Errc::kForbidden; Errc::kConflict while another one runs; kInvalid; kNotFound; those of the store.
// Limits: ReplayLimits.
#include <map>
#include <memory>
#include <mutex>

#include "core/task_group.h"
#include "ticketing/finding_ledger.h"
#include "ticketing/rule_sets.h"

namespace postern::ticketing {

class ReplayRun;

struct ReplayRequest {
  std::optional<std::string> document;  // the candidate …
  std::uint64_t version = 0;            // … or a stored version
  std::optional<std::string> against_document;   // compared with this one …
  std::optional<std::uint64_t> against_version;  // … or a stored version, 0: the shipped rules alone; neither: those in force
  std::size_t messages_max = 0;         // the newest so many; 0: the default
  std::int64_t from_unix_ms = 0;        // of the period; 0: open
  std::int64_t until_unix_ms = 0;
};

struct ReplayPlace {
  std::string where;  // as in FindingPlace
  std::string label;
  std::uint64_t active = 0;  // findings of the rules that the candidate is compared with
  std::uint64_t candidate = 0;
};

struct ReplayRule {
  std::string rule;
  FindingSums active;  // of the rules that the candidate is compared with, here and below
  FindingSums candidate;
  std::uint64_t only_active = 0;  // messages
  std::uint64_t only_candidate = 0;
  std::vector<ReplayPlace> places;
  std::vector<core::TicketId> tickets;  // samples: with a finding of the candidate, newest mail first …
  std::vector<core::TicketId> only_active_tickets;
  std::vector<core::TicketId> only_candidate_tickets;
};

enum class ReplayState { kRunning, kDone, kCancelled };
std::string_view to_string(ReplayState state);  // "running", "done", "cancelled"

struct ReplayStatus {
  std::uint64_t id = 0;
  ReplayState state = ReplayState::kRunning;
  std::int64_t started_unix_ms = 0;
  std::int64_t ended_unix_ms = 0;
  std::uint64_t active_version = 0;                // in force
  std::optional<std::uint64_t> against_version;    // of the column `active`; none: a document of the request
  std::optional<std::uint64_t> candidate_version;  // none: a document of the request
  std::uint64_t messages_found = 0;                // to be read; grows until reading begins
  std::uint64_t messages_read = 0;
  std::uint64_t messages_failed = 0;               // could not be read or scanned
  std::uint64_t bytes_read = 0;
  std::string cut_short_by;                        // "bytes", "time", "comments", "failure"; empty: all of it was read
  std::vector<ReplayRule> rules;                   // by id; while it runs: so far
};

struct ReplayStart {
  std::uint64_t id = 0;
  std::vector<pipeline::RuleProblem> problems;  // of the candidate or what it is compared with; then nothing was started
  bool are_of_against = false;
};

// What is run over each message: the texts of two rule sets, and which versions they are.
struct ReplaySides {
  std::string active, candidate;
  std::uint64_t active_version = 0;
  std::optional<std::uint64_t> against_version, candidate_version;
};

class RuleReplays {
 public:
  RuleReplays(storage::Store& store, storage::Vault& vault, RuleSets& sets, core::IdSource& ids, core::Clock& clock, ReplayLimits limits,
              core::WorkPool* cpu = nullptr);
  ~RuleReplays();

  // Goes on by itself, on the caller's executor.
  core::Task<core::Result<ReplayStart>> start(auth::Principal by, ReplayRequest request);
  core::Result<ReplayStatus> find(core::WorkspaceId workspace, std::uint64_t id);
  std::vector<ReplayStatus> list(core::WorkspaceId workspace);  // newest first, without their rules
  // It ends after its slice; what it has found stays readable.
  core::Result<void> cancel(const auth::Principal& by, std::uint64_t id);
  core::Task<void> stop(core::Deadline by);

 private:
  using Runs = std::map<std::pair<core::WorkspaceId, std::uint64_t>, std::shared_ptr<ReplayRun>>;
  core::Result<void> check(const auth::Principal& by, const ReplayRequest& request) const;
  core::Task<core::Result<ReplaySides>> sides_of(core::WorkspaceId workspace, ReplayRequest& request, ReplayStart& started);
  core::Result<void> has_room(core::WorkspaceId workspace);  // under the lock
  void forget_old(std::size_t kept_max);                     // under the lock
  core::Task<void> work(std::shared_ptr<ReplayRun> run);

  storage::Store& store_;
  storage::Vault& vault_;
  RuleSets& sets_;
  core::IdSource& ids_;
  core::Clock& clock_;
  ReplayLimits limits_;
  core::WorkPool* cpu_;
  std::mutex mutex_;
  Runs runs_;
  core::TaskGroup tasks_;
};

}  // namespace postern::ticketing
