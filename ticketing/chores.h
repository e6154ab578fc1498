#pragma once
// ticketing/chores.h: what is done again and again in the background, each thing in a task of its own: rounds at an interval,
// one after the other, over every workspace. A round that fails is logged and due again after its interval; what it did before
// it failed stays.
// Thread-safety: add(), start() and stop() by the owner; run_once() from any executor, for tests and commands.
// Ownership: owns its tasks; borrows the clock and whatever a chore uses.
#include <boost/asio/any_io_executor.hpp>
#include <atomic>
#include <functional>
#include <string>
#include <vector>

#include "core/ids.h"
#include "core/result.h"
#include "core/task_group.h"

namespace postern::ticketing {

class Chores {
 public:
  // Workspaces as of now.
  using Workspaces = std::function<std::vector<core::WorkspaceId>()>;
  // One round in one workspace; how much was done. It looks at `is_stopping` between steps.
  using Work = std::function<core::Task<core::Result<std::size_t>>(core::WorkspaceId, const std::atomic<bool>& is_stopping)>;

  Chores(core::Clock& clock, Workspaces workspaces);
  void add(std::string name, core::Duration interval, Work work);  // before start()
  void start(boost::asio::any_io_executor executor);
  core::Task<void> stop(core::Deadline by);
  // One round of the chore of that name, in all workspaces; how much was done. Errors: the first; Errc::kNotFound for a
  // name that there is not.
  core::Task<core::Result<std::size_t>> run_once(std::string name);

 private:
  struct Chore {
    std::string name;
    core::Duration interval;
    Work work;
  };
  core::Task<void> repeat(const Chore* chore);
  core::Task<core::Result<std::size_t>> round(const Chore* chore);

  core::Clock& clock_;
  const Workspaces workspaces_;
  std::vector<Chore> chores_;
  core::TaskGroup tasks_;
  std::atomic<bool> is_stopping_{false};
};

}  // namespace postern::ticketing
