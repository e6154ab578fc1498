#include "pipeline/extraction/confinement.h"

#include <fcntl.h>
#include <linux/landlock.h>
#include <seccomp.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <csignal>
#include <cstdio>
#include <filesystem>
#include <memory>
#include <vector>

#include "core/errc.h"
#include "core/secret.h"

namespace postern::pipeline {
namespace {

constexpr rlim_t kOpenFilesMax = 16;  // three, and a character table at a time
constexpr const char* kCharacterTables = "/usr/share/poppler";
constexpr std::uint64_t kRead = LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_READ_DIR;

core::Error refused(const char* step) { return core::fail(core::Errc::kInvalid, step); }

bool set_limit(__rlimit_resource what, rlim_t soft, rlim_t hard) {
  rlimit now{};
  if (::getrlimit(what, &now) != 0) return false;
  const rlimit wanted{std::min(soft, now.rlim_max), std::min(hard, now.rlim_max)};
  return ::setrlimit(what, &wanted) == 0;
}

// Address space in use: the program and its libraries are no part of what a document may take.
rlim_t mapped_bytes() {
  unsigned long pages = 0;
  const std::unique_ptr<std::FILE, decltype([](std::FILE* file) { std::fclose(file); })> file(std::fopen("/proc/self/statm", "re"));
  if (!file || std::fscanf(file.get(), "%lu", &pages) != 1) return 0;
  return static_cast<rlim_t>(pages) * static_cast<rlim_t>(::sysconf(_SC_PAGESIZE));
}

struct Path {
  std::string name;
  std::uint64_t rights;
};

enum class Landlocked { kYes, kNoKernel, kFailed };

// landlock(7): everything that has a bit is forbidden but beneath `paths`.
Landlocked forbid_files_but(const std::vector<Path>& paths) {
  const auto version = ::syscall(SYS_landlock_create_ruleset, nullptr, 0, LANDLOCK_CREATE_RULESET_VERSION);
  if (version < 1) return Landlocked::kNoKernel;
  landlock_ruleset_attr rules{};
  rules.handled_access_fs = (LANDLOCK_ACCESS_FS_MAKE_SYM << 1U) - 1;  // all of version 1
  if (version >= 2) rules.handled_access_fs |= LANDLOCK_ACCESS_FS_MAKE_SYM << 1U;  // REFER: rename to another folder
  if (version >= 3) rules.handled_access_fs |= LANDLOCK_ACCESS_FS_MAKE_SYM << 2U;  // TRUNCATE
  const int set = static_cast<int>(::syscall(SYS_landlock_create_ruleset, &rules, sizeof rules, 0));
  if (set < 0) return Landlocked::kFailed;
  bool good = true;
  for (const Path& path : paths) {
    const int folder = ::open(path.name.c_str(), O_PATH | O_CLOEXEC);
    if (folder < 0) continue;  // not there, so nothing to allow
    const landlock_path_beneath_attr beneath{path.rights, folder};
    good = ::syscall(SYS_landlock_add_rule, set, LANDLOCK_RULE_PATH_BENEATH, &beneath, 0) == 0 && good;
    ::close(folder);
  }
  good = good && ::syscall(SYS_landlock_restrict_self, set, 0) == 0;
  ::close(set);
  return good ? Landlocked::kYes : Landlocked::kFailed;
}

class Filter {
 public:
  explicit Filter(std::uint32_t otherwise) : context_(::seccomp_init(otherwise)), good_(context_ != nullptr) {}

  // A name that this machine's kernel headers do not know is left out; everything not named gets `otherwise`.
  void add(std::uint32_t action, std::initializer_list<const char*> names) {
    for (const char* name : names) {
      const int number = ::seccomp_syscall_resolve_name(name);
      if (number != __NR_SCMP_ERROR) good_ = good_ && ::seccomp_rule_add_array(context_.get(), action, number, 0, nullptr) == 0;
    }
  }
  void add(std::uint32_t action, int call, scmp_arg_cmp condition) {
    good_ = good_ && ::seccomp_rule_add_array(context_.get(), action, call, 1, &condition) == 0;
  }
  bool load() { return good_ && ::seccomp_load(context_.get()) == 0; }

 private:
  std::unique_ptr<void, decltype([](void* context) { ::seccomp_release(context); })> context_;
  bool good_;
};

scmp_arg_cmp argument(unsigned index, scmp_compare how, std::uint64_t mask_or_value, std::uint64_t value = 0) {
  return {index, how, mask_or_value, value};
}

// A reader that asks for one of these is not reading any more.
constexpr std::initializer_list<const char*> kNeverOfAReader{
    "execve", "execveat", "fork", "vfork", "clone", "clone3", "ptrace", "process_vm_readv", "process_vm_writev", "socket", "socketpair",
    "connect", "bind", "listen", "accept", "accept4", "sendto", "sendmsg", "sendmmsg", "mount", "umount2", "pivot_root", "chroot",
    "setns", "unshare", "bpf", "io_uring_setup", "userfaultfd", "perf_event_open", "keyctl", "add_key", "init_module", "finit_module",
    "memfd_create", "pidfd_getfd", "kill", "tkill"};

core::Result<void> filter_reader(bool has_tables) {
  Filter filter(SCMP_ACT_ERRNO(EPERM));
  filter.add(SCMP_ACT_ALLOW,
             {"read", "write", "readv", "writev", "close", "lseek", "fstat", "munmap", "mremap", "brk", "madvise", "futex", "getrandom",
              "clock_gettime", "clock_getres", "gettimeofday", "time", "getpid", "gettid", "exit", "exit_group", "rt_sigreturn",
              "rt_sigprocmask", "rt_sigaction", "sigaltstack", "sched_yield", "sched_getaffinity", "restart_syscall", "rseq",
              "pipe2"});  // to itself: how sanitizers look whether memory can be read
  // No memory becomes code.
  filter.add(SCMP_ACT_ALLOW, SCMP_SYS(mmap), argument(2, SCMP_CMP_MASKED_EQ, PROT_EXEC, 0));
  filter.add(SCMP_ACT_ALLOW, SCMP_SYS(mprotect), argument(2, SCMP_CMP_MASKED_EQ, PROT_EXEC, 0));
  // Signals to itself only: abort().
  filter.add(SCMP_ACT_ALLOW, SCMP_SYS(tgkill), argument(0, SCMP_CMP_EQ, static_cast<std::uint64_t>(::getpid())));
  // Limits of itself only: the CPU time of the next document.
  filter.add(SCMP_ACT_ALLOW, SCMP_SYS(prlimit64), argument(0, SCMP_CMP_EQ, 0));
  filter.add(SCMP_ACT_ALLOW, {"getrusage"});
  if (has_tables) {
    constexpr std::uint64_t kWrites = O_WRONLY | O_RDWR | O_CREAT | O_TRUNC | O_APPEND;
    filter.add(SCMP_ACT_ALLOW, SCMP_SYS(openat), argument(2, SCMP_CMP_MASKED_EQ, kWrites, 0));
    filter.add(SCMP_ACT_ALLOW, {"newfstatat", "getdents64"});
  }
  filter.add(SCMP_ACT_KILL_PROCESS, kNeverOfAReader);
  if (!filter.load()) return refused("seccomp");
  return {};
}

}  // namespace

core::Result<void> give_up_resources(const ConfinementLimits& limits) {
  // One that was orphaned before this line sees the end of its input.
  if (::prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0) != 0) return refused("parent");
  if (::close_range(3, ~0U, 0) != 0) return refused("descriptors");
  core::forbid_core_dumps();
  const rlim_t cpu = limits.cpu_seconds_max;
  const rlim_t memory = mapped_bytes() + limits.memory_bytes_max;
  const bool limited = set_limit(RLIMIT_AS, memory, memory) && set_limit(RLIMIT_NOFILE, kOpenFilesMax, kOpenFilesMax) &&
                       set_limit(RLIMIT_FSIZE, 0, 0) && set_limit(RLIMIT_CPU, cpu, cpu + 1);
  if (!limited) return refused("limits");
  if (::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0) return refused("privileges");
  return {};
}

core::Result<void> confine_reader() {
  std::error_code ignored;
  const bool has_tables = std::filesystem::is_directory(kCharacterTables, ignored);
  const Landlocked files = forbid_files_but({{kCharacterTables, kRead}});
  if (files == Landlocked::kFailed) return refused("landlock");
  // Where the kernel cannot bound the paths, no file is opened at all.
  return filter_reader(has_tables && files == Landlocked::kYes);
}

core::Result<void> confine_program(const std::string& program) {
  const std::string folder = std::filesystem::path(program).parent_path().string();
  const std::uint64_t run = kRead | LANDLOCK_ACCESS_FS_EXECUTE;
  // Without landlock the program could read files of this user, though it could tell nobody; that is refused too.
  const Landlocked files = forbid_files_but({{"/usr", run}, {"/lib", run}, {"/lib64", run}, {folder, run}, {"/etc/ld.so.cache", LANDLOCK_ACCESS_FS_READ_FILE}});
  if (files != Landlocked::kYes) return refused("landlock");
  Filter filter(SCMP_ACT_ALLOW);
  filter.add(SCMP_ACT_ERRNO(EPERM),
             {"socket", "socketpair", "connect", "bind", "listen", "accept", "accept4", "ptrace", "process_vm_readv", "process_vm_writev",
              "mount", "umount2", "pivot_root", "chroot", "setns", "unshare", "bpf", "io_uring_setup", "userfaultfd", "perf_event_open",
              "keyctl", "add_key", "init_module", "finit_module", "fork", "vfork", "pidfd_getfd", "kill"});
  if (!filter.load()) return refused("seccomp");
  return {};
}

bool limit_cpu_from_now(std::uint32_t seconds) {
  rusage used{};
  if (::getrusage(RUSAGE_SELF, &used) != 0) return false;
  const auto so_far = static_cast<rlim_t>(used.ru_utime.tv_sec + used.ru_stime.tv_sec);
  rlimit now{};
  if (::getrlimit(RLIMIT_CPU, &now) != 0) return false;
  now.rlim_cur = std::min(now.rlim_max, so_far + seconds + 1);
  return ::setrlimit(RLIMIT_CPU, &now) == 0;
}

}  // namespace postern::pipeline
