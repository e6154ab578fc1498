#pragma once
// app/block_feed_task.h: fetches the deny lists that block_feeds names by URL: each once an interval, by HTTPS to
// public addresses (app/http_caller.h), bounded in size; a good answer becomes the copy in force, anything else leaves
// the copy before and is tried again sooner. The operator of the instance owns it: nobody else can name a URL.
// Thread-safety: start() and stop() by one owner; the work runs on a strand of the executor.  Ownership: borrows desk
// and clock. Errors: none; they are logged, counted and told by BlockDesk::feed_states(). Limits:
// BlockDesk::kFetchedBytesMax, BlockFeedOptions.
#include <atomic>
#include <boost/asio/any_io_executor.hpp>
#include <map>

#include "app/block_desk.h"
#include "app/http_caller.h"
#include "core/task_group.h"

namespace postern::app {

struct BlockFeedOptions {
  std::chrono::minutes interval{60};    // at least, between two good copies of a feed
  std::chrono::minutes retry_first{5};  // after a failure; doubles up to the interval
  std::chrono::seconds look_every{30};  // for feeds that a reload has added
};

class BlockFeedTask {
 public:
  BlockFeedTask(BlockDesk& desk, HttpCaller caller, core::Clock& clock, BlockFeedOptions options = {});
  void start(boost::asio::any_io_executor executor);
  core::Task<void> stop(core::Deadline by);
  // Fetches what is due now; how many copies were taken.
  core::Task<std::size_t> fetch_due();

 private:
  struct Turn {
    core::Instant due = core::Instant::min();
    std::uint32_t failures = 0;
  };
  core::Task<void> run();
  core::Task<core::Result<void>> fetch(std::string url);
  bool is_due(const BlockDesk::Source& source);

  BlockDesk& desk_;
  const HttpCaller caller_;
  core::Clock& clock_;
  const BlockFeedOptions options_;
  std::map<std::string, Turn> turns_;
  std::atomic<bool> is_stopping_{false};
  core::TaskGroup tasks_;
};

}  // namespace postern::app
