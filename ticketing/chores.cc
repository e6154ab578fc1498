#include "ticketing/chores.h"

#include <algorithm>
#include <optional>

#include "core/log.h"
#include "ticketing/errc.h"

namespace postern::ticketing {

Chores::Chores(core::Clock& clock, Workspaces workspaces) : clock_(clock), workspaces_(std::move(workspaces)), tasks_("chores", clock) {}

void Chores::add(std::string name, core::Duration interval, Work work) { chores_.push_back({std::move(name), interval, std::move(work)}); }

void Chores::start(boost::asio::any_io_executor executor) {
  for (const Chore& each : chores_) tasks_.spawn(executor, repeat(&each));
}

core::Task<void> Chores::stop(core::Deadline by) {
  is_stopping_ = true;
  tasks_.cancel();
  co_await tasks_.drain(by);
}

core::Task<core::Result<std::size_t>> Chores::run_once(std::string name) {
  const auto found = std::ranges::find(chores_, name, &Chore::name);
  if (found == chores_.end()) co_return core::fail(Errc::kNotFound, "chore/" + name);
  co_return co_await round(&*found);
}

core::Task<void> Chores::repeat(const Chore* chore) {
  while (!is_stopping_) {
    const core::Result<std::size_t> done = co_await round(chore);
    if (!done) core::log::warn("chore.failed", {{"chore", chore->name}, {"why", done.error().describe()}});
    if (is_stopping_) co_return;
    co_await clock_.sleep_for(chore->interval);
  }
}

core::Task<core::Result<std::size_t>> Chores::round(const Chore* chore) {
  std::size_t done = 0;
  std::optional<core::Error> failed;  // in one workspace: the others go on
  for (const core::WorkspaceId workspace : workspaces_()) {
    if (is_stopping_) break;
    const core::Result<std::size_t> here = co_await chore->work(workspace, is_stopping_);
    if (here) {
      done += *here;
    } else if (!failed) {
      failed = here.error();
    }
  }
  if (failed) co_return *failed;
  co_return done;
}

}  // namespace postern::ticketing
