#pragma once
// pipeline/extraction/worker_process.h: one child process and the socket to it. It ends at the latest with this object.
// Thread-safety: one user at a time; start() from any thread (no code of ours runs between fork and exec).
// Ownership: owns the process and both descriptors; the destructor kills it and waits until it is gone.
// Errors: core::Errc::kTimedOut when the deadline passed, kIo when the process is gone or could not be started.
#include <sys/types.h>

#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/deadline.h"
#include "core/result.h"

namespace postern::pipeline {

// How the program is started: its path, and what stands before the arguments of a worker.
struct WorkerProgram {
  std::string path;
  std::vector<std::string> arguments;
};
// This program itself, also when its file was replaced meanwhile by a newer version.
WorkerProgram own_program();

class WorkerProcess {
 public:
  static core::Result<std::unique_ptr<WorkerProcess>> start(const WorkerProgram& program, const std::vector<std::string>& arguments,
                                                            const core::Clock& clock);
  ~WorkerProcess();
  WorkerProcess(const WorkerProcess&) = delete;

  core::Result<void> send(std::span<const char> bytes, core::Deadline by);
  core::Result<void> end_of_input();
  core::Result<void> receive(std::span<char> into, core::Deadline by);              // all of it
  core::Result<std::size_t> receive_some(std::span<char> into, core::Deadline by);  // 0: the other end closed
  // True while it runs and has said nothing that nobody asked for.
  bool is_idle() const;
  pid_t id() const { return id_; }

  struct End {
    int signal = 0;  // 0: it exited
    int code = 0;
  };
  // Waits for the end, at most until `by`, then makes it happen.
  End end(core::Deadline by);

 private:
  WorkerProcess(pid_t id, int handle, int socket, const core::Clock& clock);
  core::Result<void> wait_for(short events, core::Deadline by) const;
  void close_all();

  pid_t id_;
  int handle_;  // pidfd: the number alone could be another process's by now
  int socket_;
  bool is_gone_ = false;
  End end_;
  const core::Clock& clock_;
};

}  // namespace postern::pipeline
