#include "pipeline/redaction/remembering_detector.h"

#include <gtest/gtest.h>

#include <string>

namespace postern::pipeline {
namespace {

// Finds the word "secret" in texts that are no names of files.
class WordDetector final : public Detector {
 public:
  std::vector<Finding> find(std::string_view text, TextKind kind) const override {
    const std::size_t at = text.find("secret");
    if (at == std::string_view::npos || kind == TextKind::kFilename) return {};
    Finding finding;
    finding.rule = "word";
    finding.span = {at, at + 6};
    return {finding};
  }
};

TEST(RememberingDetector, LooksOnceAtATextWithoutFindings) {
  const WordDetector word;
  const RememberingDetector remembering(word);
  for (int i = 0; i < 3; ++i) EXPECT_TRUE(remembering.find(std::string(100, 'a') + "b", TextKind::kBody).empty());
  EXPECT_EQ(remembering.looks(), 1U);
  for (int i = 0; i < 3; ++i) EXPECT_EQ(remembering.find("a secret", TextKind::kBody).size(), 1U);
  EXPECT_EQ(remembering.looks(), 4U) << "what was found is found again, with its places";
}

TEST(RememberingDetector, TellsTextsApartByEveryByteAndTheirKind) {
  const WordDetector word;
  const RememberingDetector remembering(word);
  const std::string clean = std::string(200, 'a') + "seeret" + std::string(200, 'a');
  std::string other = clean;
  other[202] = 'c';  // same size, same ends
  EXPECT_TRUE(remembering.find(clean, TextKind::kBody).empty());
  EXPECT_EQ(remembering.find(other, TextKind::kBody).size(), 1U);
  EXPECT_TRUE(remembering.find("a secret", TextKind::kFilename).empty());
  EXPECT_EQ(remembering.find("a secret", TextKind::kBody).size(), 1U) << "a name that is clean is no body that is";
}

TEST(RememberingDetector, KeepsNoMoreThanItsLimit) {
  const WordDetector word;
  const RememberingDetector remembering(word);
  const std::string large(kRememberedBytesMax / 2 + 1, 'x');
  std::string second = large;
  second[0] = 'y';
  for (int i = 0; i < 2; ++i) EXPECT_TRUE(remembering.find(large, TextKind::kBody).empty());
  EXPECT_EQ(remembering.looks(), 1U);
  for (int i = 0; i < 2; ++i) EXPECT_TRUE(remembering.find(second, TextKind::kBody).empty());
  EXPECT_EQ(remembering.looks(), 3U) << "there is no room for it";
  EXPECT_TRUE(remembering.find("small", TextKind::kBody).empty());
  EXPECT_TRUE(remembering.find("small", TextKind::kBody).empty());
  EXPECT_EQ(remembering.looks(), 4U);
}

}  // namespace
}  // namespace postern::pipeline
