#include "core/task_group.h"

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/system/system_error.hpp>
#include <list>
#include <mutex>
#include <string>

#include "core/assert.h"
#include "core/log.h"

namespace postern::core {

struct TaskGroup::State {
  struct Entry {
    asio::any_io_executor executor;
    asio::cancellation_signal signal;
  };
  State(std::string_view group_name, Clock& the_clock) : name(group_name), clock(the_clock) {}

  std::string name;
  Clock& clock;
  mutable std::mutex mutex;
  std::list<std::shared_ptr<Entry>> entries;
  bool cancelled = false;
};

TaskGroup::TaskGroup(std::string_view name, Clock& clock) : state_(std::make_shared<State>(name, clock)) {}

TaskGroup::~TaskGroup() { POSTERN_ASSERT(size() == 0); }

std::size_t TaskGroup::size() const {
  std::lock_guard lock(state_->mutex);
  return state_->entries.size();
}

void TaskGroup::spawn(asio::any_io_executor executor, Task<void> body) {
  auto entry = std::make_shared<State::Entry>();
  entry->executor = executor;
  std::list<std::shared_ptr<State::Entry>>::iterator place;
  {
    std::lock_guard lock(state_->mutex);
    if (state_->cancelled) return;
    place = state_->entries.insert(state_->entries.end(), entry);
  }
  auto done = [state = state_, place, entry](std::exception_ptr failure) {
    if (failure) {
      try {
        std::rethrow_exception(failure);
      } catch (const boost::system::system_error& error) {
        if (error.code() != asio::error::operation_aborted) {
          log::error("task.failed", {{"group", state->name}, {"what", error.code().message()}});
        }
      } catch (const std::exception& error) {
        log::error("task.failed", {{"group", state->name}, {"what", log::printable(error.what())}});
      }
    }
    std::lock_guard lock(state->mutex);
    state->entries.erase(place);
  };
  asio::co_spawn(executor, std::move(body), asio::bind_cancellation_slot(entry->signal.slot(), std::move(done)));
}

void TaskGroup::cancel() {
  std::lock_guard lock(state_->mutex);
  state_->cancelled = true;
  for (auto& entry : state_->entries) {
    asio::post(entry->executor, [entry] { entry->signal.emit(asio::cancellation_type::terminal); });
  }
}

Task<void> TaskGroup::drain(Deadline by) {
  constexpr auto kPoll = std::chrono::milliseconds(5);
  Clock& wall = system_clock();  // polling is real time even under a manual clock
  auto state = state_;
  while (size() > 0 && !by.has_passed(state->clock)) co_await wall.sleep_for(kPoll);
  while (size() > 0) {
    cancel();
    co_await wall.sleep_for(kPoll);
  }
  std::lock_guard lock(state->mutex);
  state->cancelled = true;
}

}  // namespace postern::core
