#pragma once
// core/task_group.h: every background coroutine has an owner that can cancel and join it. This is the only place
// where a coroutine is spawned without being awaited.
// Thread-safety: all methods from any thread.  Ownership: borrows the clock; must be drained before destruction.
// Errors: an exception that leaves a task is logged as "task.failed" and counted; it never ends the process.
#include <boost/asio/any_io_executor.hpp>
#include <cstddef>
#include <memory>
#include <string_view>

#include "core/deadline.h"
#include "core/task.h"

namespace postern::core {

class TaskGroup {
 public:
  TaskGroup(std::string_view name, Clock& clock);
  ~TaskGroup();  // asserts that no task is left
  TaskGroup(const TaskGroup&) = delete;

  // Starts `body` on `executor`. After cancel() nothing starts any more: the task is destroyed unstarted.
  void spawn(asio::any_io_executor executor, Task<void> body);
  // Asks every task to stop, with terminal cancellation delivered on the task's own executor.
  void cancel();
  std::size_t size() const;
  // Waits until the tasks have ended by themselves or the deadline has passed; then cancels and waits for the rest.
  Task<void> drain(Deadline by);

 private:
  struct State;
  std::shared_ptr<State> state_;
};

}  // namespace postern::core
