#pragma once
// net/loops.h: event loops of one thread each. What lives on a loop needs no strand and wakes no other thread, so that a connection's
// next step costs no hop. What blocks a loop blocks all that live on it: long work belongs to a pool.
// Thread-safety: place() from any thread; start() and stop() once, in this order, by the owner.
// Ownership: owns its threads; a loop, with whatever still lives on it, is destroyed when its last lease is, or with this.
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>

#include <memory>
#include <thread>
#include <vector>

#include "net/listener.h"

namespace postern::net {

class Loops {
 public:
  explicit Loops(std::size_t count);  // at least one is made
  ~Loops();
  // On the loop where the fewest live; a place is given up with its lease, before the loops end.
  Listener::Place place();
  void start();
  // Ends the threads when what they are running returns, and joins them; not to be called on a loop.
  void stop();

 private:
  struct Loop;
  std::vector<std::shared_ptr<Loop>> loops_;  // whoever has a place keeps its loop
};

}  // namespace postern::net
