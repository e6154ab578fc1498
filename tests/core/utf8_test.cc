#include "core/utf8.h"

#include <gtest/gtest.h>

namespace postern::core {
namespace {

TEST(WellFormedUtf8, LeavesWhatIsAndMarksWhatIsNot) {
  const std::string mark = "\xEF\xBF\xBD";
  for (const char* good : {"", "plain", "caf\xC3\xA9", "\xE2\x82\xAC", "\xF0\x9F\x98\x80", "\xED\x9F\xBF", "\xEE\x80\x80", "\xF4\x8F\xBF\xBF"}) {
    EXPECT_EQ(well_formed_utf8(good), good);
  }
  EXPECT_EQ(well_formed_utf8("a\xFF" "b"), "a" + mark + "b");
  EXPECT_EQ(well_formed_utf8("\xC3"), mark);
  EXPECT_EQ(well_formed_utf8("\xC3(") , mark + "(");
  EXPECT_EQ(well_formed_utf8("\xC0\xAF"), mark + mark) << "overlong";
  EXPECT_EQ(well_formed_utf8("\xE0\x80\xAF"), mark + mark + mark);
  EXPECT_EQ(well_formed_utf8("\xED\xA0\x80"), mark + mark + mark) << "a surrogate";
  EXPECT_EQ(well_formed_utf8("\xF4\x90\x80\x80"), mark + mark + mark + mark) << "beyond U+10FFFF";
  EXPECT_EQ(well_formed_utf8("\xE2\x82"), mark + mark);
  EXPECT_EQ(well_formed_utf8(std::string_view("\0x", 2)), std::string("\0x", 2));
}

}  // namespace
}  // namespace postern::core
