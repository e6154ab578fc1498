#include "net/loops.h"

#include <algorithm>

namespace postern::net {

namespace asio = boost::asio;

struct Loops::Loop {
  asio::io_context io{1};  // one thread runs it
  asio::executor_work_guard<asio::io_context::executor_type> work{io.get_executor()};
  std::thread thread;
};

Loops::Loops(std::size_t count) {
  for (std::size_t i = 0; i < std::max<std::size_t>(count, 1); ++i) loops_.push_back(std::make_unique<Loop>());
}

Loops::~Loops() { stop(); }

asio::any_io_executor Loops::next() {
  return loops_[turn_.fetch_add(1, std::memory_order_relaxed) % loops_.size()]->io.get_executor();
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
