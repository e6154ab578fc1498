#pragma once
// app/purge_task.h: makes what people redacted by hand leave the disk: looks each minute whether something is due, and has
// the store purged. What fails (the disk, or a reader of an old view) is logged and tried again at the next look; what is
// due outlives a restart.
// Thread-safety: start() and stop() by the owner; the rest runs on the executor.  Ownership: borrows the services; owns the
// thread on which the store works.  A purge cannot be interrupted but by closing the store: close it first, when nobody else
// needs it any more, then stop().
#include <boost/asio/any_io_executor.hpp>

#include "core/task_group.h"
#include "ticketing/purge.h"
#include "ticketing/workspace_wipe.h"

namespace postern::app {

struct PurgeTaskOptions {
  core::Duration first_look = std::chrono::seconds(10);  // after the start
  core::Duration interval = std::chrono::minutes(1);     // redactions of that time share one purge
};

class PurgeTask {
 public:
  PurgeTask(storage::Store& store, storage::Vault& vault, core::IdSource& ids, core::Clock& clock, PurgeTaskOptions options = {});
  void start(boost::asio::any_io_executor executor);
  core::Task<void> stop(core::Deadline by);
  // One look now, also for what wiped workspaces left; how many redactions have left the disk. Not beside another one.
  core::Task<std::size_t> look();

 private:
  core::Task<void> run();

  core::Clock& clock_;
  const PurgeTaskOptions options_;
  core::WorkPool pool_{"purge", 1, 2};
  ticketing::Purger purger_;
  ticketing::WorkspaceWiper wiper_;
  core::TaskGroup tasks_;
  std::atomic<bool> is_stopping_{false};
};

}  // namespace postern::app
