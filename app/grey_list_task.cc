#include "app/grey_list_task.h"

#include "core/file.h"
#include "core/log.h"

namespace postern::app {

GreyListTask::GreyListTask(std::shared_ptr<smtp::GreyList> list, std::filesystem::path file, core::WorkPool& pool, core::Clock& clock)
    : list_(std::move(list)), file_(std::move(file)), pool_(pool), clock_(clock), tasks_("greylist", clock) {
  if (list_->is_on()) read();
}

void GreyListTask::read() {
  std::error_code ignored;
  if (!std::filesystem::exists(file_, ignored)) return;
  const core::Result<std::string> text = core::read_file(file_, kFileBytesMax);
  const core::Result<void> taken = text ? list_->read(*text) : core::Result<void>(text.error());
  if (!taken) core::log::warn("greylist.unreadable", {{"what", taken.error().describe()}});
}

void GreyListTask::start(boost::asio::any_io_executor executor) {
  if (list_->is_on()) tasks_.spawn(std::move(executor), run());
}

core::Task<void> GreyListTask::stop(core::Deadline by) {
  tasks_.cancel();
  co_await tasks_.drain(by);
  if (list_->is_on()) co_await write();
}

core::Task<void> GreyListTask::run() {
  while (true) {
    co_await clock_.sleep_for(kWriteEvery);
    co_await write();
  }
}

core::Task<void> GreyListTask::write() {
  // Empty: it was written.
  const auto problem = co_await core::offload(pool_, [list = list_, file = file_] {
    const core::Result<void> written = core::write_file(file, list->write(), 0600);
    return written ? std::string() : written.error().describe();
  });
  const std::string words = problem ? *problem : problem.error().describe();
  if (!words.empty()) core::log::warn("greylist.not_written", {{"what", words}});
}

}  // namespace postern::app
