// Z-35: text is known as text whatever its label, script and charset, so that markup between digits is looked through.
#include <gtest/gtest.h>

#include <random>

#include "pipeline/redaction/body_scan.h"
#include "pipeline/redaction/redactor.h"

namespace postern::pipeline {
namespace {

constexpr RedactionLimits kSniffLimits;
constexpr std::string_view kPageInTags = "<p>4111 1<b>1</b>11 11<i>1</i>1 1111</p>";

std::string filled_with(std::string_view text, std::size_t size) {
  std::string out;
  while (out.size() < size) out += text;
  out.resize(size);
  return out;
}

TEST(Textual, ACharacterCutByTheEndOfTheSampleIsStillText) {
  for (std::string_view character : {"\xC3\xA9", "\xE0\xA5\xA7", "\xE4\xB8\xAD", "\xF0\x9D\x9F\x97"}) {
    for (std::size_t size = 16; size < 90; ++size) EXPECT_TRUE(is_textual(filled_with(character, size), kSniffLimits)) << character << size;
    for (std::size_t size = 4090; size < 4110; ++size) EXPECT_TRUE(is_textual(filled_with(character, size), kSniffLimits)) << character << size;
  }
}

TEST(Textual, SingleByteAndDoubleByteCharsetsAreText) {
  const std::string cyrillic = filled_with("\xCF\xF0\xE8\xE2\xE5\xF2, ", 600);       // windows-1251
  const std::string japanese = filled_with("\x82\xB1\x82\xF1\x82\xC9\x82\xBF", 600);  // Shift_JIS
  EXPECT_TRUE(is_textual(cyrillic, kSniffLimits));
  EXPECT_TRUE(is_textual(japanese, kSniffLimits));
}

TEST(Textual, AStrayZeroIsInTextTooAndNoiseIsNone) {
  EXPECT_TRUE(is_textual(filled_with("Some words of a page, ", 300) + '\0' + filled_with("and more of them ", 300), kSniffLimits));
  std::mt19937 random(7);
  for (int round = 0; round < 2000; ++round) {
    std::string noise(1024, '\0');
    for (char& c : noise) c = static_cast<char>(random() & 0xFFU);
    EXPECT_FALSE(is_textual(noise, kSniffLimits)) << round;
  }
}

// Digits of a script with three bytes each, spaces of three, and a page that ends in such a digit and a line end.
TEST(Textual, ANumberInTagsIsHiddenInFilesCalledBinary) {
  static const Redactor redactor;
  const std::string devanagari =
      "<title>x</title><p>Visa: \u096B\u0967\u096A<!--[if mso]>7<![endif]-->\u0966\u2009\u096E\u0969\u0967\u096E\u2009"
      "\u096B\u096B\u096D\u096B\u2009\u096A\u0968<b/>\u096A\u096C\n";
  const std::string cyrillic = filled_with("\xCF\xF0\xE8\xE2\xE5\xF2, ", 200) + std::string(kPageInTags);
  const std::string chinese = filled_with("\xE4\xB8\xAD\xE6\x96\x87 ", 5000) + std::string(kPageInTags);
  const std::string with_zero = filled_with("some words ", 300) + '\0' + std::string(kPageInTags);
  for (const std::string& page : {devanagari, cyrillic, chinese, with_zero}) {
    const RedactedFile once = redactor.redact_file("a.bin", "application/octet-stream", page, {"file", {}, {}});
    ASSERT_EQ(once.redactions().size(), 1U) << page.substr(page.size() - 60);
    EXPECT_EQ(once.redactions()[0].rule, "card");
    EXPECT_TRUE(redactor.redact_file("a.bin", "application/octet-stream", once.content(), {"file", {}, {}}).redactions().empty());
  }
}

}  // namespace
}  // namespace postern::pipeline
