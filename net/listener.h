#pragma once
// net/listener.h: accepts TCP connections, each on a strand of its own or where it is told to live, and hands them to a session
// factory. A connection above the cap is closed at once and counted. Sessions belong to the listener's TaskGroup.
// Thread-safety: start() once; stop() and drain() from any thread.  Limits: connections_max, backlog 1024.
#include <boost/asio/io_context.hpp>
#include <functional>
#include <memory>

#include "core/task_group.h"
#include "net/stream.h"

namespace postern::net {

class Listener {
 public:
  // Where a connection lives: runs one thing at a time. The lease is held until its session has ended.
  struct Place {
    boost::asio::any_io_executor executor;
    std::shared_ptr<void> lease;
  };
  using Home = std::function<Place()>;  // of the next connection
  using Session = std::function<core::Task<void>(std::unique_ptr<Stream>)>;  // must not be a capturing-lambda coroutine

  // Binds now, so that a privileged port is taken before privileges are dropped. Errors: Errc::kListen.
  static core::Result<std::unique_ptr<Listener>> bind(boost::asio::io_context& io, std::string name, Endpoint at,
                                                      std::size_t connections_max, core::Clock& clock);
  ~Listener();
  Endpoint local() const;  // with the port that the system chose
  // Without `home`, a strand of the listener's io_context for each connection.
  void start(Session session, Home home = nullptr);
  void stop_accepting();
  std::size_t connections() const;
  // Waits for sessions to end by themselves until the deadline, then cancels them.
  core::Task<void> drain(core::Deadline by);

 private:
  struct State;
  explicit Listener(std::shared_ptr<State> state);
  std::shared_ptr<State> state_;
};

}  // namespace postern::net
