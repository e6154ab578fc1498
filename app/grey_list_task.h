#pragma once
// app/grey_list_task.h: keeps what greylisting knows (smtp/server/grey_list.h) over restarts: reads the file "greylist" of the data
// folder before the first session, writes it every few minutes and at the end. A file that cannot be read begins an empty list, with
// a warning: mail is then delayed once more, not lost. Does nothing where greylisting is off.
// Thread-safety: start() and stop() by the owner; the rest runs on the executor.  Ownership: borrows the pool and the clock.
#include <boost/asio/any_io_executor.hpp>
#include <filesystem>
#include <memory>

#include "core/offload.h"
#include "core/task_group.h"
#include "smtp/server/grey_list.h"

namespace postern::app {

class GreyListTask {
 public:
  static constexpr std::chrono::minutes kWriteEvery{5};
  static constexpr std::size_t kFileBytesMax = std::size_t{16} << 20U;

  GreyListTask(std::shared_ptr<smtp::GreyList> list, std::filesystem::path file, core::WorkPool& pool, core::Clock& clock);
  void start(boost::asio::any_io_executor executor);
  // Writes once more.
  core::Task<void> stop(core::Deadline by);

 private:
  void read();
  core::Task<void> run();
  core::Task<void> write();

  const std::shared_ptr<smtp::GreyList> list_;
  const std::filesystem::path file_;
  core::WorkPool& pool_;
  core::Clock& clock_;
  core::TaskGroup tasks_;
};

}  // namespace postern::app
