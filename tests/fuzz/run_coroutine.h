#pragma once
// tests/fuzz/run_coroutine.h: runs a coroutine to its end for a fuzz target (no GoogleTest there).
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <exception>
#include <optional>

#include "core/assert.h"
#include "core/task.h"

namespace postern::fuzz {

template <class T>
T run_coroutine(core::Task<T> task) {
  boost::asio::io_context io;
  std::optional<T> value;
  boost::asio::co_spawn(io, std::move(task), [&value](std::exception_ptr error, T got) {
    if (error) std::rethrow_exception(error);
    value.emplace(std::move(got));
  });
  io.run();
  POSTERN_ASSERT(value.has_value());
  return std::move(*value);
}

}  // namespace postern::fuzz
