#include "app/block_feed_task.h"

#include <boost/asio/strand.hpp>

#include "core/errc.h"
#include "core/log.h"
#include "core/metrics.h"

namespace postern::app {
namespace {

constexpr std::uint32_t kFetchDoublingsMax = 10;

}  // namespace

BlockFeedTask::BlockFeedTask(BlockDesk& desk, HttpCaller caller, core::Clock& clock, BlockFeedOptions options)
    : desk_(desk), caller_(std::move(caller)), clock_(clock), options_(options), tasks_("block feeds", clock) {}

void BlockFeedTask::start(boost::asio::any_io_executor executor) {
  tasks_.spawn(boost::asio::make_strand(executor), run());
}

core::Task<void> BlockFeedTask::stop(core::Deadline by) {
  is_stopping_ = true;
  tasks_.cancel();
  co_await tasks_.drain(by);
}

core::Task<void> BlockFeedTask::run() {
  while (!is_stopping_) {
    co_await fetch_due();
    if (is_stopping_) co_return;
    co_await clock_.sleep_for(options_.look_every);
  }
}

// After a restart, a copy that is young enough is not fetched again.
bool BlockFeedTask::is_due(const BlockDesk::Source& source) {
  const auto [turn, is_new] = turns_.try_emplace(source.url);
  if (is_new && source.copied) {
    const auto age = clock_.wall_now() - *source.copied;
    if (age >= std::chrono::seconds(0) && age < options_.interval)
      turn->second.due = clock_.now() + std::chrono::duration_cast<core::Duration>(options_.interval - age);
  }
  return turn->second.due <= clock_.now();
}

core::Task<core::Result<void>> BlockFeedTask::fetch(std::string url) {
  auto request = std::make_shared<HttpRequest>();
  request->url = url;
  request->limits.body_bytes_max = BlockDesk::kFetchedBytesMax;
  request->limits.body_time_max = std::chrono::minutes(1);
  request->headers = {{"Accept", "text/plain"}};
  const core::Result<net::HttpAnswer> answer = co_await caller_.call(std::move(request));
  if (!answer) co_return core::fail_transient(core::Errc::kIo, problem_of(answer.error()));
  if (answer->status != 200)
    co_return core::fail_transient(core::Errc::kIo, "answered " + std::to_string(answer->status));
  if (!answer->is_whole)
    co_return core::fail_transient(core::Errc::kIo, "the answer broke off, has no length, or is too long");
  co_return desk_.take_copy(url, answer->body);
}

core::Task<std::size_t> BlockFeedTask::fetch_due() {
  static core::Counter& failures =
      core::metrics().counter("postern_block_feed_failures_total", "deny lists that could not be fetched or believed");
  std::size_t taken = 0;
  const std::vector<BlockDesk::Source> all = desk_.sources();
  for (const BlockDesk::Source& source : all) {
    if (is_stopping_) co_return taken;
    if (!is_due(source)) continue;
    const core::Result<void> fetched = co_await fetch(source.url);
    Turn& turn = turns_[source.url];
    turn.failures = fetched ? 0 : turn.failures + 1;
    const auto wait = std::chrono::minutes(options_.retry_first) *
                      (std::uint64_t{1} << std::min(turn.failures, kFetchDoublingsMax)) / 2;
    turn.due =
        clock_.now() + (fetched ? options_.interval
                                : std::min<std::chrono::minutes>(
                                      options_.interval, std::chrono::duration_cast<std::chrono::minutes>(wait)));
    if (fetched) {
      ++taken;
      continue;
    }
    failures.add();
    desk_.note_problem(source.url, fetched.error().context());
    core::log::warn("blocks.feed_not_fetched",
                    {{"url", source.url.substr(0, source.url.find('?'))}, {"why", fetched.error().context()}});
  }
  co_return taken;
}

}  // namespace postern::app
