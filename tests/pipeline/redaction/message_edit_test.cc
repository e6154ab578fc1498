// Edits and ranges: what is masked and what vanishes must never touch twice.
#include "pipeline/redaction/message_edit.h"

#include <gtest/gtest.h>

#include "pipeline/redaction/finding_mask.h"

namespace postern::pipeline {
namespace {

TEST(MessageEdit, TakesRangesOutOfRanges) {
  using Ranges = std::vector<ByteRange>;
  EXPECT_EQ(without({{0, 10}}, {}), (Ranges{{0, 10}}));
  EXPECT_EQ(without({{0, 10}}, {{2, 4}, {6, 7}}), (Ranges{{0, 2}, {4, 6}, {7, 10}}));
  EXPECT_EQ(without({{0, 4}, {5, 9}}, {{3, 6}}), (Ranges{{0, 3}, {6, 9}}));
  EXPECT_EQ(without({{2, 4}}, {{0, 9}}), Ranges{});
  EXPECT_EQ(without({{2, 4}, {4, 6}}, {{2, 4}}), (Ranges{{4, 6}}));
}

TEST(FindingMask, MasksWinOverWhatVanishesAndOverlapsCountOnce) {
  const std::string text = "pin 12345678 end";
  Finding masked{"card", "", false, {4, 12}, {}, {}};
  for (std::size_t at = 6; at < 8; ++at) masked.hidden.push_back({at, at + 1});
  Finding dropped{"pin", "", false, {4, 12}, {}, {}};
  for (std::size_t at = 4; at < 12; ++at) (at < 5 ? dropped.hidden : dropped.dropped).push_back({at, at + 1});
  const std::vector<Finding> both{masked, dropped};
  EXPECT_EQ(mask_findings(text, both, "*"), "pin *** end");
  EXPECT_TRUE(hides_any(both));
}

TEST(FindingMask, ShadowFindingsHideNothing) {
  const std::vector<Finding> shadow{{"iban", "", true, {0, 3}, {}, {}}};
  EXPECT_FALSE(hides_any(shadow));
  EXPECT_EQ(mask_findings("abc", shadow, "*"), "abc");
}

}  // namespace
}  // namespace postern::pipeline
