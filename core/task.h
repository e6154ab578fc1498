#pragma once
// core/task.h: the coroutine type of the whole product. A Task starts when awaited or spawned in a TaskGroup,
// resumes on the executor it was started on, and must not be held longer than what it refers to.
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/use_awaitable.hpp>

namespace postern::core {

namespace asio = boost::asio;

template <class T>
using Task = asio::awaitable<T>;

// Completion token of every Asio call: the error code is a value, turned into an Error on the next line.
constexpr auto kTuple = asio::as_tuple(asio::use_awaitable);

}  // namespace postern::core
