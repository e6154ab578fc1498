// Numbers that are masked already: a security code beside one is still a secret.
#include "pipeline/redaction/masked_numbers.h"

#include <gtest/gtest.h>

#include <random>
#include <string>

#include "pipeline/redaction/cvv_detector.h"
#include "pipeline/redaction/rules/folded_text.h"

namespace postern::pipeline {
namespace {

std::vector<std::string> shown(const std::string& text) {
  std::vector<std::string> out;
  for (ByteRange one : masked_numbers(text)) out.push_back(text.substr(one.begin, one.size()));
  return out;
}
using Shown = std::vector<std::string>;

TEST(MaskedNumbers, MarksInGroupsAndFourDigits) {
  EXPECT_EQ(shown("card **** **** **** 1111 ok"), Shown{"**** **** **** 1111"});
  EXPECT_EQ(shown("xxxx-xxxx-xxxx-1111, XXXX XXXX 2222"), (Shown{"xxxx-xxxx-xxxx-1111", "XXXX XXXX 2222"}));
  EXPECT_EQ(shown("4111 11▇▇ ▇▇▇▇ 1111"), Shown{"▇▇ ▇▇▇▇ 1111"});
  EXPECT_EQ(shown("•••• 1111 ●●●● 2222"), (Shown{"•••• 1111", "●●●● 2222"}));
  EXPECT_EQ(shown("####1111\n"), Shown{"####1111"});
  EXPECT_EQ(shown("ｘｘｘｘ １１１１"), Shown{"ｘｘｘｘ １１１１"});
  EXPECT_EQ(shown("*\u200B*\u200B** 11\u00AD11"), Shown{"*\u200B*\u200B** 11\u00AD11"});
}

TEST(MaskedNumbers, OtherMarksAreNone) {
  for (const std::string text : {"", "x", "**", "*** 1111", "**** 111", "**** 11111", "xx xx xx xx 1111", "**** a 1111",
                                 "####", "▇▇▇ 1111", "xxxx", "####\xD9"})
    EXPECT_TRUE(shown(text).empty()) << text;
}

TEST(MaskedNumbers, StandAtEveryPlaceOfABlock) {
  for (std::size_t shift = 0; shift < 200; ++shift) {
    for (const std::string number : {"**** 1111", "▇▇▇▇ 1111", "xxxxxxxxxxxx1111", "＊＊＊＊1111"})
      ASSERT_EQ(shown(std::string(shift, 'a') + " " + number + std::string(shift % 3, ' ')), Shown{number}) << shift;
  }
}

// A look at the folded text of the whole, character by character.
std::vector<ByteRange> whole_look(const std::string& text) {
  const FoldedText folded(text);
  const std::string_view all = folded.text();
  const auto is_mark = [&](std::size_t at) { return std::string_view("*xX#").find(all[at]) != std::string_view::npos; };
  std::vector<ByteRange> out;
  for (std::size_t at = 0; at + 4 < all.size();) {
    if (!is_mark(at) || all[at + 1] != all[at] || all[at + 2] != all[at] || all[at + 3] != all[at]) {
      ++at;
      continue;
    }
    std::size_t end = at;
    while (end < all.size() &&
           (is_mark(end) || std::string_view(" \t\r\n-.,").find(all[end]) != std::string_view::npos))
      ++end;
    std::size_t digits = 0;
    while (end + digits < all.size() && all[end + digits] >= '0' && all[end + digits] <= '9') ++digits;
    if (digits == 4) out.push_back(folded.source_of({at, end + digits}));
    at = end;
  }
  return out;
}

TEST(MaskedNumbers, AgreeWithALookAtTheWholeFoldedText) {
  static const std::string kPieces[] = {"*",      "**",
                                        "****",   "x",
                                        "xxxx",   "X",
                                        "####",   "1",
                                        "11",     "1111",
                                        "ｘ",     "＊",
                                        "１",     "\u200B",
                                        "\u00AD", "é",
                                        "\xA0",   "\xB2",
                                        "\xEF",   "\xEF\xBC",
                                        "\xF0",   " ",
                                        "-",      "\n",
                                        "a",      std::string(1, '\0'),
                                        "\u2013"};
  std::mt19937 random(5);
  std::size_t found = 0;
  for (int i = 0; i < 50'000; ++i) {
    std::string text = std::string(random() % 70, 'a');
    for (std::size_t count = 5 + random() % 60; count > 0; --count) text += kPieces[random() % std::size(kPieces)];
    ASSERT_EQ(masked_numbers(text), whole_look(text)) << i;
    found += whole_look(text).size();
  }
  EXPECT_GT(found, 1'000U);
}

TEST(MaskedNumbers, ASecurityCodeBesideOneIsFound) {
  for (const std::string number : {"**** **** **** 1111", "•••• 1111", "xxxx-1111"}) {
    std::vector<RawMatch> found;
    CvvDetector().find("paid with " + number + ", cvv 123 thanks", found);
    EXPECT_EQ(found.size(), 1U) << number;
  }
}

}  // namespace
}  // namespace postern::pipeline
