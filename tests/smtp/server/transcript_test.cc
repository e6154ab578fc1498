// Every transcript, whole, byte by byte and in random pieces. A failure names file, line and seed.
#include "tests/smtp/server/transcript.h"

#include <gtest/gtest.h>

namespace postern::test {
namespace {

class Transcript : public testing::TestWithParam<std::filesystem::path> {};

TEST_P(Transcript, Plays) {
  for (const Split split : {Split::kNone, Split::kEveryByte, Split::kRandom}) {
    const std::uint64_t seeds = split == Split::kRandom ? 5 : 1;
    for (std::uint64_t seed = 1; seed <= seeds; ++seed) {
      SimOptions sim;
      sim.split = split;
      sim.seed = seed;
      const std::string wrong = play(GetParam(), sim);
      ASSERT_TRUE(wrong.empty()) << wrong << " (split " << static_cast<int>(split) << ", seed " << seed << ')';
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Smtp, Transcript, testing::ValuesIn(transcripts()),
                         [](const auto& instance) { return instance.param.stem().string(); });

TEST(TranscriptGlob, MatchesWholeText) {
  EXPECT_TRUE(matches_glob("250 2.1.0 Ok", "250 *"));
  EXPECT_TRUE(matches_glob("", "*"));
  EXPECT_TRUE(matches_glob("abcbc", "a*bc"));
  EXPECT_FALSE(matches_glob("250 Ok", "250"));
  EXPECT_FALSE(matches_glob("", "?"));
}

}  // namespace
}  // namespace postern::test
