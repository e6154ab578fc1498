#include "net/loops.h"

#include <algorithm>
#include <atomic>

namespace postern::net {

namespace asio = boost::asio;

struct Loops::Loop {
  std::atomic<std::size_t> living{0};
  asio::io_context io{1};  // one thread runs it
  asio::executor_work_guard<asio::io_context::executor_type> work{io.get_executor()};
  std::thread thread;
};

Loops::Loops(std::size_t count) {
  for (std::size_t i = 0; i < std::max<std::size_t>(count, 1); ++i) loops_.push_back(std::make_shared<Loop>());
}

Loops::~Loops() { stop(); }

Listener::Place Loops::place() {
  const std::shared_ptr<Loop>& loop = *std::ranges::min_element(loops_, {}, [](const auto& each) { return each->living.load(std::memory_order_relaxed); });
  loop->living.fetch_add(1, std::memory_order_relaxed);
  return {loop->io.get_executor(), std::shared_ptr<void>(loop.get(), [kept = loop](void*) { kept->living.fetch_sub(1, std::memory_order_relaxed); })};
}

void Loops::start() {
  for (auto& loop : loops_) loop->thread = std::thread([&io = loop->io] { io.run(); });
}

void Loops::stop() {
  for (auto& loop : loops_) loop->io.stop();
  for (auto& loop : loops_) {
    if (loop->thread.joinable()) loop->thread.join();
  }
}

}  // namespace postern::net
