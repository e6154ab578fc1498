#include "app/purge_task.h"

#include "core/log.h"
#include "core/metrics.h"

namespace postern::app {

PurgeTask::PurgeTask(storage::Store& store, storage::Vault& vault, core::IdSource& ids, core::Clock& clock, PurgeTaskOptions options)
    : clock_(clock), options_(options), purger_(store, vault, ids, clock, pool_), wiper_(store, vault, ids, clock), tasks_("purge", clock) {}

void PurgeTask::start(boost::asio::any_io_executor executor) { tasks_.spawn(std::move(executor), run()); }

core::Task<void> PurgeTask::stop(core::Deadline by) {
  is_stopping_ = true;
  tasks_.cancel();
  co_await tasks_.drain(by);
}

core::Task<void> PurgeTask::run() {
  co_await clock_.sleep_for(options_.first_look);
  while (!is_stopping_) {
    co_await look();
    if (is_stopping_) co_return;
    co_await clock_.sleep_for(options_.interval);
  }
}

core::Task<std::size_t> PurgeTask::look() {
  const core::Result<std::size_t> wiped = co_await wiper_.erase_some();
  if (!wiped) core::log::warn("ticketing.wipe_failed", {{"what", wiped.error().describe()}});
  else if (*wiped > 0) core::log::info("ticketing.wiped", {{"entries", *wiped}});
  const core::Result<std::size_t> done = co_await purger_.run();
  if (!done) {
    core::metrics().counter("postern_purge_failures_total", "purges of redacted values that have to be repeated").add();
    core::log::warn("ticketing.purge_failed", {{"what", done.error().describe()}});
    co_return 0;
  }
  if (*done > 0) {
    core::metrics().counter("postern_redactions_purged_total", "redactions by hand whose old values have left the disk").add(*done);
    core::log::info("ticketing.purged", {{"redactions", *done}});
  }
  co_return *done;
}

}  // namespace postern::app
