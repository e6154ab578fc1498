#pragma once
// app/offline.h: runs one coroutine on an event loop of its own: for command-line verbs.
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <exception>
#include <optional>

#include "core/result.h"
#include "core/task.h"

namespace postern::app {

template <class T>
core::Result<T> run_to_end(boost::asio::io_context& io, core::Task<core::Result<T>> task) {
  std::optional<core::Result<T>> out;
  std::exception_ptr failure;
  auto finish = [&](std::exception_ptr error, std::optional<core::Result<T>> result) {
    failure = error;
    out = std::move(result);
    io.stop();
  };
  // Wrapped because a completion value must be default constructible.
  auto wrapped = [](core::Task<core::Result<T>> inner) -> core::Task<std::optional<core::Result<T>>> {
    co_return std::optional<core::Result<T>>(co_await std::move(inner));
  };
  boost::asio::co_spawn(io, wrapped(std::move(task)), finish);
  io.run();
  io.restart();
  if (failure) std::rethrow_exception(failure);
  return std::move(*out);
}

}  // namespace postern::app
