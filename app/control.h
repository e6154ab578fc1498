#pragma once
// app/control.h: the control socket, by which command-line verbs act through a running server, which alone may write
// to the store. A Unix stream socket, mode 0600, in the data folder: one JSON object a line in, one out; the peer's user
// id must be ours or root's. Without a running server a verb opens the store itself and runs the same command.
// Thread-safety: ControlServer from any thread; call_control blocks.  Errors: a failed accept is logged and tried again
// after a pause, so that a moment without file descriptors does not end control for good.  Limits: ControlLimits.
#include <boost/asio/io_context.hpp>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>

#include "app/json.h"
#include "core/deadline.h"
#include "core/result.h"
#include "core/task.h"
#include "core/task_group.h"

namespace postern::app {

struct ControlLimits {
  std::size_t line_bytes_max = 1U << 20U;
  std::size_t connections_max = 16;
  // For a request to arrive, and for an answer to be taken; a command that has begun is never cut. For the caller: for
  // the whole exchange.
  std::chrono::seconds time_max{60};
};

using ControlHandler = std::function<core::Task<core::Result<Json>>(Json request)>;

class ControlServer {
 public:
  static core::Result<std::unique_ptr<ControlServer>> bind(boost::asio::io_context& io, std::filesystem::path at,
                                                           core::Clock& clock, ControlLimits limits = {});
  ~ControlServer();
  void start(ControlHandler handler);
  core::Task<void> stop(core::Deadline by);

 private:
  struct State;
  explicit ControlServer(std::shared_ptr<State> state);
  std::shared_ptr<State> state_;
};

// Sends one request to a running server. nullopt when none listens there. A failed command is {"error": "…"}.
// Errors: kTimedOut when a server is there and does not answer; kIo for what else keeps us from talking to it.
core::Result<std::optional<Json>> call_control(const std::filesystem::path& at, const Json& request, ControlLimits limits = {});

}  // namespace postern::app
