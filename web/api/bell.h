#pragma once
// web/api/bell.h: wakes one coroutine that waits for a change or a time. Many rings are one wake-up.
// Thread-safety: ring() from any thread; wait_until() by one coroutine.  Ownership: shared with whoever rings.
#include <boost/asio/experimental/awaitable_operators.hpp>
#include <boost/asio/experimental/concurrent_channel.hpp>

#include "core/clock.h"
#include "core/task.h"

namespace postern::web {

class Bell {
 public:
  explicit Bell(boost::asio::any_io_executor executor) : channel_(std::move(executor), 1) {}
  void ring() { channel_.try_send(boost::system::error_code()); }
  core::Task<void> wait_until(core::Instant when, core::Clock& clock) {
    using boost::asio::experimental::awaitable_operators::operator||;
    co_await (channel_.async_receive(core::kTuple) || clock.sleep_until(when));
  }

 private:
  boost::asio::experimental::concurrent_channel<void(boost::system::error_code)> channel_;
};

}  // namespace postern::web
