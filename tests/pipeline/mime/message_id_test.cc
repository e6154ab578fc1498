#include "pipeline/mime/message_id.h"

#include <gtest/gtest.h>

namespace postern::pipeline {
namespace {

using Ids = std::vector<std::string>;

TEST(MessageIds, ReadsAList) {
  EXPECT_EQ(parse_message_ids(" <1@a>\r\n <2@b> (comment) <3@c>"), (Ids{"1@a", "2@b", "3@c"}));
  EXPECT_EQ(parse_message_ids("<1@a><2@b>"), (Ids{"1@a", "2@b"}));
}

TEST(MessageIds, DropsFoldingInsideAnId) { EXPECT_EQ(parse_message_ids("<long\r\n id@a>"), (Ids{"longid@a"})); }
TEST(MessageIds, TakesBareIds) { EXPECT_EQ(parse_message_ids("1@a, words 2@b"), (Ids{"1@a", "2@b"})); }
TEST(MessageIds, ListsEachOnce) { EXPECT_EQ(parse_message_ids("<1@a> <2@b> <1@a>"), (Ids{"1@a", "2@b"})); }

TEST(MessageIds, IgnoresWhatIsNone) {
  EXPECT_TRUE(parse_message_ids("").empty());
  EXPECT_TRUE(parse_message_ids("<>").empty());
  EXPECT_TRUE(parse_message_ids("your mail of Monday").empty());
  EXPECT_TRUE(parse_message_ids("<" + std::string(2000, 'x') + "@a>").empty());
}

TEST(MessageIds, KeepsTheFirstAndTheNewest) {
  std::string raw;
  for (int i = 0; i < 10'000; ++i) raw += "<" + std::to_string(i) + "@a> ";
  const auto ids = parse_message_ids(raw);
  ASSERT_EQ(ids.size(), 100U);
  EXPECT_EQ(ids.front(), "0@a");
  EXPECT_EQ(ids[1], "9901@a");
  EXPECT_EQ(ids.back(), "9999@a");
}

}  // namespace
}  // namespace postern::pipeline
