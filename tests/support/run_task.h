#pragma once
// tests/support/run_task.h: runs one coroutine to its end on a fresh io_context and returns what it returned.
// CO_TEST(Suite, Name) { … co_await …; } is a GoogleTest whose body is a coroutine; it fails if work is left pending.
#include <gtest/gtest.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <chrono>
#include <exception>
#include <optional>
#include <type_traits>

#include "core/task.h"

namespace postern::test {

// Runs `task` until it ends, at most `bound` of real time; a task that does not end fails the test.
template <class T>
T run_task(boost::asio::io_context& io, core::Task<T> task, std::chrono::seconds bound = std::chrono::seconds(30)) {
  std::exception_ptr failure;
  bool done = false;
  io.restart();
  // Without it a pool thread that drops the last work of an earlier run could end this one at once.
  const auto keep = boost::asio::make_work_guard(io);
  if constexpr (std::is_void_v<T>) {
    boost::asio::co_spawn(io, std::move(task), [&](std::exception_ptr error) {
      failure = error;
      done = true;
      io.stop();
    });
    io.run_for(bound);
    io.restart();
    if (failure) std::rethrow_exception(failure);
    if (!done) throw std::runtime_error("the task did not end in time");
  } else {
    std::optional<T> value;
    boost::asio::co_spawn(io, std::move(task), [&](std::exception_ptr error, T got) {
      failure = error;
      value.emplace(std::move(got));
      done = true;
      io.stop();
    });
    io.run_for(bound);
    io.restart();
    if (failure) std::rethrow_exception(failure);
    if (!done) throw std::runtime_error("the task did not end in time");
    return std::move(*value);
  }
}

template <class T>
T run_task(core::Task<T> task) {
  boost::asio::io_context io;
  return run_task(io, std::move(task));
}

}  // namespace postern::test

#define CO_TEST(suite, name)                                                   \
  static ::postern::core::Task<void> co_test_body_##suite##_##name();          \
  TEST(suite, name) { ::postern::test::run_task(co_test_body_##suite##_##name()); } \
  static ::postern::core::Task<void> co_test_body_##suite##_##name()

// ASSERT_* return void and cannot be used in a coroutine.
#define CO_ASSERT_TRUE(...)                              \
  if (bool postern_ok = static_cast<bool>(__VA_ARGS__); !postern_ok) { \
    ADD_FAILURE() << "not true: " #__VA_ARGS__;          \
    co_return;                                           \
  }
