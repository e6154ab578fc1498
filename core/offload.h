#pragma once
// core/offload.h: runs a blocking or long job on a named pool and resumes the caller on its own executor.
// The job owns its inputs (values and shared_ptr only) and cannot be cancelled. A pool's queue is bounded.
#include <atomic>
#include <boost/asio/associated_executor.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/thread_pool.hpp>
#include <optional>
#include <string>

#include "core/errc.h"
#include "core/result.h"
#include "core/task.h"

namespace postern::core {

// Threads for one kind of work, named by how it fails: "cpu" (scanning, KDFs: ms), "disk".
class WorkPool {
 public:
  WorkPool(std::string name, std::size_t threads, std::size_t jobs_max)
      : name_(std::move(name)), jobs_max_(jobs_max), pool_(threads) {}
  ~WorkPool() { pool_.join(); }
  const std::string& name() const { return name_; }
  asio::thread_pool& threads() { return pool_; }
  std::size_t jobs() const { return jobs_.load(std::memory_order_relaxed); }
  bool try_enter() {
    if (jobs_.fetch_add(1, std::memory_order_relaxed) < jobs_max_) return true;
    leave();
    return false;
  }
  void leave() { jobs_.fetch_sub(1, std::memory_order_relaxed); }
  void join() { pool_.join(); }

 private:
  std::string name_;
  std::size_t jobs_max_;
  std::atomic<std::size_t> jobs_{0};
  asio::thread_pool pool_;
};

// Runs `job` on `pool`. kOverloaded (transient) when the pool's queue is full. An exception that the job throws is
// rethrown here.
template <class F, class R = std::invoke_result_t<F&>>
Task<Result<R>> offload(WorkPool& pool, F job) {
  if (!pool.try_enter()) co_return fail_transient(Errc::kOverloaded, pool.name());
  auto start = [](auto handler, WorkPool* work_pool, F work) {
    auto home = asio::get_associated_executor(handler);
    auto run = [handler = std::move(handler), keep = asio::make_work_guard(home), home, work_pool,
                work = std::move(work)]() mutable {
      std::exception_ptr failure;
      std::optional<R> out;
      try {
        out.emplace(work());
      } catch (...) {
        failure = std::current_exception();
      }
      work_pool->leave();
      // The guard travels with the handler: this thread touches nothing of the caller's loop once it is posted.
      asio::post(home, [handler = std::move(handler), keep = std::move(keep), failure, out = std::move(out)]() mutable {
        handler(failure, std::move(out));
      });
    };
    asio::post(work_pool->threads(), std::move(run));
  };
  std::optional<R> out = co_await asio::async_initiate<const asio::use_awaitable_t<>, void(std::exception_ptr, std::optional<R>)>(
      std::move(start), asio::use_awaitable, &pool, std::move(job));
  co_return std::move(*out);
}

}  // namespace postern::core
