#include "core/file.h"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include "core/errc.h"
#include "core/random.h"

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
  EXPECT_NE(missing.error().context().find("none"), std::string::npos);
  ASSERT_TRUE(write_file(folder / "big", std::string(100, 'x')));
  const auto big = read_file(folder / "big", 99);
  EXPECT_TRUE(!big && big.error() == Errc::kInvalid);
  EXPECT_TRUE(read_file(folder / "big", 100));
  EXPECT_FALSE(write_file(folder / "no" / "folder", "x"));
}

}  // namespace
}  // namespace postern::core
