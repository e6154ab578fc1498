#include "pipeline/extraction/worker_process.h"

#include <fcntl.h>
#include <poll.h>
#include <spawn.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <csignal>

#include "core/errc.h"

namespace postern::pipeline {
namespace {

// What a child is started with; released whatever happens.
class SpawnPlan {
 public:
  explicit SpawnPlan(int socket) {
    ::posix_spawn_file_actions_init(&files_);
    ::posix_spawnattr_init(&attributes_);
    is_good_ = ::posix_spawn_file_actions_adddup2(&files_, socket, 0) == 0 &&
               ::posix_spawn_file_actions_addopen(&files_, 1, "/dev/null", O_WRONLY, 0) == 0 &&
               // Libraries complain there in words of the document.
               ::posix_spawn_file_actions_addopen(&files_, 2, "/dev/null", O_WRONLY, 0) == 0 &&
               ::posix_spawn_file_actions_addclosefrom_np(&files_, 3) == 0;
    sigset_t all, none;
    ::sigfillset(&all);
    ::sigemptyset(&none);
    is_good_ = is_good_ && ::posix_spawnattr_setsigdefault(&attributes_, &all) == 0 &&
               ::posix_spawnattr_setsigmask(&attributes_, &none) == 0 &&
               ::posix_spawnattr_setflags(&attributes_, POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK) == 0;
  }
  ~SpawnPlan() {
    ::posix_spawn_file_actions_destroy(&files_);
    ::posix_spawnattr_destroy(&attributes_);
  }
  SpawnPlan(const SpawnPlan&) = delete;

  bool start(pid_t& id, const WorkerProgram& program, const std::vector<std::string>& more) {
    std::vector<std::string> words{program.path};
    words.insert(words.end(), program.arguments.begin(), program.arguments.end());
    words.insert(words.end(), more.begin(), more.end());
    std::vector<char*> arguments;
    for (std::string& word : words) arguments.push_back(word.data());
    arguments.push_back(nullptr);
    // Nothing of our environment; text recognition would start a thread a core.
    std::string locale = "LC_ALL=C.UTF-8";
    std::string threads = "OMP_THREAD_LIMIT=1";
    char* environment[] = {locale.data(), threads.data(), nullptr};
    return is_good_ && ::posix_spawn(&id, program.path.c_str(), &files_, &attributes_, arguments.data(), environment) == 0;
  }

 private:
  posix_spawn_file_actions_t files_{};
  posix_spawnattr_t attributes_{};
  bool is_good_ = false;
};

}  // namespace

WorkerProgram own_program() { return {"/proc/self/exe", {}}; }

core::Result<std::unique_ptr<WorkerProcess>> WorkerProcess::start(const WorkerProgram& program, const std::vector<std::string>& arguments,
                                                                  const core::Clock& clock) {
  int ends[2];
  if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) != 0) return core::fail_transient(core::Errc::kIo, "extract.socket");
  pid_t id = -1;
  const bool started = SpawnPlan(ends[1]).start(id, program, arguments);
  ::close(ends[1]);
  if (!started) {
    ::close(ends[0]);
    return core::fail_transient(core::Errc::kIo, "extract.start");
  }
  const int handle = static_cast<int>(::syscall(SYS_pidfd_open, id, 0));
  return std::unique_ptr<WorkerProcess>(new WorkerProcess(id, handle, ends[0], clock));
}

WorkerProcess::WorkerProcess(pid_t id, int handle, int socket, const core::Clock& clock)
    : id_(id), handle_(handle), socket_(socket), clock_(clock) {}

WorkerProcess::~WorkerProcess() {
  static_cast<void>(end(core::Deadline(clock_.now())));
  close_all();
}

void WorkerProcess::close_all() {
  if (socket_ >= 0) ::close(socket_);
  if (handle_ >= 0) ::close(handle_);
  socket_ = handle_ = -1;
}

core::Result<void> WorkerProcess::wait_for(short events, core::Deadline by) const {
  pollfd one{socket_, events, 0};
  for (;;) {
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(by.left(clock_)).count();
    const int ready = ::poll(&one, 1, static_cast<int>(std::min<std::int64_t>(left, 60'000)));
    if (ready > 0) return {};
    if (ready < 0 && errno != EINTR) return core::fail_transient(core::Errc::kIo, "extract.poll");
    if (by.has_passed(clock_)) return core::fail_transient(core::Errc::kTimedOut, "extract");
  }
}

core::Result<void> WorkerProcess::send(std::span<const char> bytes, core::Deadline by) {
  while (!bytes.empty()) {
    const ssize_t put = ::send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
    if (put > 0) {
      bytes = bytes.subspan(static_cast<std::size_t>(put));
    } else if (put < 0 && (errno == EAGAIN || errno == EWOULDBLOCK)) {
      POSTERN_CHECK(wait_for(POLLOUT, by));
    } else if (put < 0 && errno != EINTR) {
      return core::fail_transient(core::Errc::kIo, "extract.send");
    }
  }
  return {};
}

core::Result<void> WorkerProcess::end_of_input() {
  if (::shutdown(socket_, SHUT_WR) != 0) return core::fail_transient(core::Errc::kIo, "extract.send");
  return {};
}

core::Result<std::size_t> WorkerProcess::receive_some(std::span<char> into, core::Deadline by) {
  for (;;) {
    const ssize_t got = ::recv(socket_, into.data(), into.size(), MSG_DONTWAIT);
    if (got >= 0) return static_cast<std::size_t>(got);
    if (errno == ECONNRESET) return std::size_t{0};  // it went without reading all that was sent; what it said came before
    if (errno == EAGAIN || errno == EWOULDBLOCK) {
      POSTERN_CHECK(wait_for(POLLIN, by));
    } else if (errno != EINTR) {
      return core::fail_transient(core::Errc::kIo, "extract.receive");
    }
  }
}

core::Result<void> WorkerProcess::receive(std::span<char> into, core::Deadline by) {
  while (!into.empty()) {
    POSTERN_TRY(const std::size_t got, receive_some(into, by));
    if (got == 0) return core::fail_transient(core::Errc::kIo, "extract.closed");
    into = into.subspan(got);
  }
  return {};
}

bool WorkerProcess::is_idle() const {
  pollfd one{socket_, POLLIN, 0};
  return !is_gone_ && ::poll(&one, 1, 0) == 0;
}

WorkerProcess::End WorkerProcess::end(core::Deadline by) {
  if (is_gone_) return end_;
  pollfd one{handle_, POLLIN, 0};
  const auto left = std::chrono::ceil<std::chrono::milliseconds>(by.left(clock_)).count();
  if (handle_ < 0 || ::poll(&one, 1, static_cast<int>(std::clamp<std::int64_t>(left, 0, 10'000))) != 1) {
    if (handle_ < 0 || ::syscall(SYS_pidfd_send_signal, handle_, SIGKILL, nullptr, 0) != 0) ::kill(id_, SIGKILL);
  }
  siginfo_t facts{};
  int waited = -1;
  do {
    waited = handle_ >= 0 ? ::waitid(P_PIDFD, static_cast<id_t>(handle_), &facts, WEXITED) : ::waitid(P_PID, static_cast<id_t>(id_), &facts, WEXITED);
  } while (waited != 0 && errno == EINTR);
  is_gone_ = true;  // ECHILD: somebody ignores SIGCHLD, and the system reaped it
  if (waited == 0) end_ = facts.si_code == CLD_EXITED ? End{0, facts.si_status} : End{facts.si_status, 0};
  return end_;
}

}  // namespace postern::pipeline
