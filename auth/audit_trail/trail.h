#pragma once
// auth/audit_trail/trail.h: the owner of what works on the audit trail in the background: the linker, which chains each
// entry within a second, the alerts, which read what was chained, and verifications that somebody asked for, one at a time, on
// the pool.
// Thread-safety: start() and stop() by the owner; the rest from any executor.  Ownership: borrows the store, the vault, the
// clock and the pool.  Errors: a round that fails is logged and repeated.
// Limits: TrailOptions; a verification yields the pool after every ChainVerifier::kStepEntries entries.
#include <boost/asio/any_io_executor.hpp>
#include <functional>
#include <mutex>
#include <set>

#include "auth/audit_trail/alerts.h"
#include "auth/audit_trail/verify.h"
#include "core/offload.h"
#include "core/task_group.h"

namespace postern::auth {

struct TrailOptions {
  core::Duration link_interval = std::chrono::milliseconds(500);
  core::Duration retry_delay = std::chrono::seconds(5);  // after a round that failed
  LinkLimits link = LinkLimits();
};

class AuditTrail {
 public:
  // Workspaces as of now; the global one is always among the chained.
  using Workspaces = std::function<std::vector<core::WorkspaceId>()>;

  AuditTrail(storage::Store& store, const storage::Vault& vault, core::Clock& clock, core::WorkPool& pool, Workspaces workspaces,
             TrailOptions options = TrailOptions());
  // Before start(): alerts look at every workspace after each round. They outlive the trail's stop().
  void watch_with(AuditAlerts& alerts) { alerts_ = &alerts; }
  // Before start(): what is done for every workspace, between two rounds of the linker and never beside a verification:
  // removing old entries, ending support access. One that fails is logged and due again after its interval.
  using Chore = std::function<core::Task<core::Result<std::size_t>>(core::WorkspaceId)>;
  void also_do(std::string name, core::Duration interval, Chore chore) { chores_.push_back({std::move(name), interval, std::move(chore), core::Instant::min()}); }
  void start(boost::asio::any_io_executor executor);
  core::Task<void> stop(core::Deadline by);

  // Chains all that waits now, in every workspace; how many entries. One at a time: beside a started trail it is the linker's.
  core::Task<core::Result<std::size_t>> link_all();
  core::Task<core::Result<std::size_t>> link_all(core::WorkspaceId workspace);

  struct State {
    ChainHead head;
    std::size_t waiting = 0;  // counted up to kWaitingMax
    bool is_verifying = false;
    std::optional<ChainReport> verified;  // the last verification
  };
  static constexpr std::size_t kWaitingMax = 1000;
  core::Result<State> state(core::WorkspaceId workspace) const;
  // Has the running trail verify a workspace soon; again while one is due changes nothing.
  void request_verification(core::WorkspaceId workspace);
  // To its end, here and now; the result is stored.
  core::Task<core::Result<ChainReport>> verify(core::WorkspaceId workspace, std::optional<ChainAnchor> anchor = std::nullopt);

 private:
  core::Task<void> run();
  core::Task<void> look_for_alerts();
  core::Task<void> do_chores();
  core::Task<bool> verify_next();
  std::optional<core::WorkspaceId> next_due() const;

  struct Repeated {
    std::string name;
    core::Duration interval;
    Chore chore;
    core::Instant last;
  };

  storage::Store& store_;
  const storage::Vault& vault_;
  core::Clock& clock_;
  core::WorkPool& pool_;
  std::vector<Repeated> chores_;
  const Workspaces workspaces_;
  const TrailOptions options_;
  ChainLinker linker_;
  AuditAlerts* alerts_ = nullptr;
  mutable std::mutex mutex_;
  std::set<core::WorkspaceId> due_;  // verifications, the running one included
  core::TaskGroup tasks_;
  std::atomic<bool> is_stopping_{false};
};

}  // namespace postern::auth
