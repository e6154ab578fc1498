#include "core/file.h"

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>

#include "core/errc.h"
#include "core/random.h"

namespace {
// What the disk refuses. The two functions below stand before those of the C library in this program.
bool refuses_modes = false;
bool refuses_folders = false;

long refuse() {
  errno = EIO;
  return -1;
}
bool is_folder(int fd) {
  struct stat info{};
  return ::fstat(fd, &info) == 0 && S_ISDIR(info.st_mode);
}
}  // namespace

extern "C" int fchmod(int fd, mode_t mode) noexcept {
  return static_cast<int>(refuses_modes ? refuse() : ::syscall(SYS_fchmod, fd, mode));
}
extern "C" int fsync(int fd) {
  return static_cast<int>(refuses_folders && is_folder(fd) ? refuse() : ::syscall(SYS_fsync, fd));
}

namespace postern::core {
namespace {

class FileTest : public testing::Test {
 protected:
  FileTest() : folder(std::filesystem::temp_directory_path() / ("postern-core-" + random_token(8))) {
    std::filesystem::create_directory(folder);
  }
  ~FileTest() override { std::filesystem::remove_all(folder); }
  std::filesystem::path folder;
};

TEST_F(FileTest, WritesWholeAndReadsBack) {
  ASSERT_TRUE(write_file(folder / "key", "one", 0600));
  ASSERT_TRUE(write_file(folder / "key", "two", 0600));
  EXPECT_EQ(read_file(folder / "key").value(), "two");
  struct stat info{};
  ASSERT_EQ(::stat((folder / "key").c_str(), &info), 0);
  EXPECT_EQ(info.st_mode & 0777U, 0600U);
  EXPECT_EQ(std::distance(std::filesystem::directory_iterator(folder), {}), 1) << "nothing is left beside";
}

TEST_F(FileTest, NamesWhatIsMissingAndBoundsWhatIsRead) {
  const auto missing = read_file(folder / "none");
  ASSERT_FALSE(missing);
  EXPECT_TRUE(missing.error() == Errc::kIo);
  EXPECT_EQ(missing.error().context(), (folder / "none").string() + ": No such file or directory");
  ASSERT_TRUE(write_file(folder / "big", std::string(100, 'x')));
  const auto big = read_file(folder / "big", 99);
  EXPECT_TRUE(!big && big.error() == Errc::kInvalid);
  EXPECT_TRUE(read_file(folder / "big", 100));
  EXPECT_FALSE(write_file(folder / "no" / "folder", "x"));
}

TEST_F(FileTest, TellsWhenTheModeOrTheNameIsNotDurable) {
  refuses_modes = true;
  const auto without_mode = write_file(folder / "key", "secret", 0600);
  refuses_modes = false;
  EXPECT_TRUE(!without_mode && without_mode.error() == Errc::kIo);
  EXPECT_FALSE(std::filesystem::exists(folder / "key")) << "never with a mode that was not asked for";
  refuses_folders = true;
  const auto without_name = write_file(folder / "key", "secret", 0600);
  refuses_folders = false;
  EXPECT_TRUE(!without_name && without_name.error() == Errc::kIo);
  EXPECT_TRUE(write_file(folder / "key", "secret", 0600));
}

}  // namespace
}  // namespace postern::core
