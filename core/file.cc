#include "core/file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>

#include "core/errc.h"

namespace postern::core {
namespace {

class Descriptor {
 public:
  explicit Descriptor(int fd) : fd_(fd) {}
  ~Descriptor() {
    if (fd_ >= 0) ::close(fd_);
  }
  Descriptor(const Descriptor&) = delete;
  int get() const { return fd_; }

 private:
  int fd_;
};

// The path and what the system says.
Error not_done(const std::filesystem::path& path) {
  const int reason = errno;
  return fail(Errc::kIo, path.string() + ": " + std::generic_category().message(reason));
}

}  // namespace

Result<std::string> read_file(const std::filesystem::path& path, std::size_t bytes_max) {
  const Descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (file.get() < 0) return not_done(path);
  std::string out;
  char block[65536];
  for (;;) {
    const ssize_t got = ::read(file.get(), block, sizeof block);
    if (got < 0) return not_done(path);
    if (got == 0) return out;
    out.append(block, static_cast<std::size_t>(got));
    if (out.size() > bytes_max) return fail(Errc::kInvalid, path.string() + ": larger than its limit");
  }
}

Result<void> write_file(const std::filesystem::path& path, std::string_view content, unsigned mode) {
  std::filesystem::path beside = path;
  beside += ".new";
  {
    const Descriptor file(::open(beside.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, mode));
    if (file.get() < 0) return not_done(path);
    if (::fchmod(file.get(), mode) != 0) return not_done(path);
    while (!content.empty()) {
      const ssize_t put = ::write(file.get(), content.data(), content.size());
      if (put < 0) return not_done(path);
      content.remove_prefix(static_cast<std::size_t>(put));
    }
    if (::fsync(file.get()) != 0) return not_done(path);
  }
  if (::rename(beside.c_str(), path.c_str()) != 0) return not_done(path);
  const Descriptor folder(::open(path.has_parent_path() ? path.parent_path().c_str() : ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (folder.get() < 0 || ::fsync(folder.get()) != 0) return not_done(path.has_parent_path() ? path.parent_path() : path);
  return {};
}

}  // namespace postern::core
