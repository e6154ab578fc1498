// What was refused is cut off before an instance is replaced, and a log that cannot be looked at stops the replacement.
#include <gtest/gtest.h>

#include <fstream>

#include "storage/resilient_files.h"
#include "tests/storage/store_fixture.h"

namespace postern::storage {
namespace {

class LogTailsTest : public ::testing::Test {
 protected:
  LogTailsTest() {
    tails_.appended(log_.string(), 10);
    tails_.synced(log_.string(), 4);
    tails_.appended(log_.string(), 10);
  }
  void write_log() { std::ofstream(log_, std::ios::binary) << "synced, no"; }
  test::TempFolder folder_;
  std::filesystem::path log_ = folder_.path() / "000007.log";
  LogTails tails_;
};

TEST_F(LogTailsTest, CutsWhatWasNotSynced) {
  write_log();
  EXPECT_TRUE(tails_.cut());
  EXPECT_EQ(std::filesystem::file_size(log_), 4U);
  EXPECT_TRUE(tails_.cut());
  EXPECT_EQ(std::filesystem::file_size(log_), 4U);
}

TEST_F(LogTailsTest, ALogThatIsGoneHasNoTail) { EXPECT_TRUE(tails_.cut()); }

TEST_F(LogTailsTest, ALogThatCannotBeLookedAtIsNotTakenForCut) {
  std::filesystem::create_symlink(log_.filename(), log_);  // to itself: stat() fails with ELOOP
  EXPECT_FALSE(tails_.cut());
  std::filesystem::remove(log_);
  write_log();
  EXPECT_TRUE(tails_.cut());
  EXPECT_EQ(std::filesystem::file_size(log_), 4U);
}

}  // namespace
}  // namespace postern::storage
