#pragma once
// net/loops.h: event loops of one thread each. What lives on a loop needs no strand and wakes no other thread, so that a connection's
// next step costs no hop. What blocks a loop blocks all that live on it: long work belongs to a pool.
// Thread-safety: next() from any thread; start() and stop() once, in this order, by the owner.
// Ownership: owns its threads; whatever still lives on a loop is destroyed with it.
#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>

#include <atomic>
#include <memory>
#include <thread>
#include <vector>

namespace postern::net {

class Loops {
 public:
  explicit Loops(std::size_t count);  // at least one is made
  ~Loops();
  // The loops in turn.
  boost::asio::any_io_executor next();
  void start();
  // Ends the threads when what they are running returns, and joins them; not to be called on a loop.
  void stop();

 private:
  struct Loop;
  std::vector<std::unique_ptr<Loop>> loops_;
  std::atomic<std::size_t> turn_{0};
};

}  // namespace postern::net
