// The windows of a text find what a look at the whole finds, and leave out text that cannot hold a number.
#include "pipeline/redaction/digit_windows.h"

#include <gtest/gtest.h>

#include <random>
#include <string>

#include "pipeline/redaction/card_detector.h"
#include "pipeline/redaction/scan_text.h"
#include "tests/pipeline/redaction/card_text.h"

namespace postern::pipeline {
namespace {

std::string utf8(char32_t c) {
  std::string out;
  if (c < 0x80) {
    out = {static_cast<char>(c)};
  } else if (c < 0x800) {
    out = {static_cast<char>(0xC0 | (c >> 6)), static_cast<char>(0x80 | (c & 0x3F))};
  } else if (c < 0x10000) {
    out = {static_cast<char>(0xE0 | (c >> 12)), static_cast<char>(0x80 | ((c >> 6) & 0x3F)),
           static_cast<char>(0x80 | (c & 0x3F))};
  } else {
    out = {static_cast<char>(0xF0 | (c >> 18)), static_cast<char>(0x80 | ((c >> 12) & 0x3F)),
           static_cast<char>(0x80 | ((c >> 6) & 0x3F)), static_cast<char>(0x80 | (c & 0x3F))};
  }
  return out;
}

TEST(DigitWindows, TextWithoutEnoughDigitsHasNone) {
  EXPECT_TRUE(digit_windows("").empty());
  EXPECT_TRUE(digit_windows("Call 01 23 45 67 or write to room 12, 75001 Paris, by 2026-11-22.").empty());
  EXPECT_TRUE(digit_windows(std::string(10'000, 'x')).empty());
  EXPECT_TRUE(digit_windows("Привет, как дела? Ça va très bien, merci. 您好，你好吗").empty());
}

TEST(DigitWindows, LettersOfControlSequencesDoNotEndAnEscapedNumber) {
  const auto rows = [](std::string_view text) { return escaped_rows(text, {0, text.size()}); };
  EXPECT_EQ(rows("4111\x1B[1m 1111\x1B[0m 1111"), (std::vector<ByteRange>{{0, 22}}));
  EXPECT_EQ(rows("to \x1B[1;31m411111111111 x"), (std::vector<ByteRange>{{2, 23}}));
  EXPECT_TRUE(rows("\x1B[1;31m41111111111").empty());
  EXPECT_TRUE(rows("4111 m 1111\x1B[0m 1111").empty());
  EXPECT_TRUE(rows("\x1B[411111111111m").empty());
  EXPECT_TRUE(rows("411111111111\x1B[").empty());
  EXPECT_TRUE(rows("\x1B").empty());
  const std::string two = "a4111\x1B[m11111111b a\x1B[m511111111111b";
  EXPECT_EQ(rows(two), (std::vector<ByteRange>{{1, 16}, {19, 34}}));
  EXPECT_EQ(escaped_rows(two, {0, 8}), (std::vector<ByteRange>{{1, 16}}));
}

// An escaped number is found wherever it stands, and a part of a longer one never is.
TEST(DigitWindows, EscapedNumbersAreFoundInLongTexts) {
  const CardDetector detector;
  for (std::size_t shift = 0; shift < 700; ++shift) {
    const std::string card = test::make_card("4", 16, static_cast<std::uint32_t>(shift));
    const std::string hidden = "pay " + test::grouped(card, "\x1B[0;1m", {4, 4, 4, 4}) + " now";
    const std::string text = std::string(shift, 'n') + " \x1B[1m" + hidden + std::string(1400 - shift, 'n') + " \x1B[1mx";
    ASSERT_EQ(detector.find(text).size(), 1U) << shift;
    const std::string longer = std::string(shift, 'n') + " " + test::grouped("7" + card + "12345", "\x1B[m", {5, 4, 4, 4, 5}) + " " + std::string(600, '.');
    ASSERT_TRUE(detector.find(longer).empty()) << shift;
  }
}

TEST(DigitWindows, ContextWindowsHoldWhatTheRulesLookAt) {
  const std::string text(5'000, 'a');
  const std::vector<ByteRange> places{{100, 120}, {2'000, 2'010}, {2'300, 2'400}, {4'990, 5'000}};
  const auto windows = context_windows(text, places);
  ASSERT_EQ(windows.size(), 3U);
  EXPECT_EQ(windows[0].window.begin, 0U);
  EXPECT_GE(windows[0].window.end, 120U + 256U);
  EXPECT_EQ(windows[1].places, (std::vector<ByteRange>{{2'000, 2'010}, {2'300, 2'400}}));
  EXPECT_EQ(windows[2].window.end, 5'000U);
  for (std::size_t i = 1; i < windows.size(); ++i) EXPECT_LT(windows[i - 1].window.end, windows[i].window.begin);
  EXPECT_TRUE(windows[1].holds(2'009) && windows[1].holds(2'300));
  EXPECT_FALSE(windows[1].holds(2'010) || windows[1].holds(1'999) || windows[1].holds(2'400));
  // Characters that vanish do not count.
  std::string thin;
  for (int i = 0; i < 2'000; ++i) thin += "\xE2\x80\x8B";
  const std::vector<ByteRange> last{{thin.size() + 300, thin.size() + 310}};
  EXPECT_EQ(context_windows(std::string(300, 'a') + thin + "1111111111", last).front().window.begin, 42U);
}

TEST(DigitWindows, WindowsAreAscendingAndDisjoint) {
  std::string text;
  for (int i = 0; i < 200; ++i) text += "4111 1111 1111 1111" + std::string(static_cast<std::size_t>(i * 7 % 900), 'a');
  const auto windows = digit_windows(text);
  ASSERT_GT(windows.size(), 10U);
  for (std::size_t i = 1; i < windows.size(); ++i) EXPECT_LT(windows[i - 1].end, windows[i].begin);
  EXPECT_EQ(windows.front().begin, 0U);
}

// Twelve of a digit character are looked at; what may stand inside a number does not end the block.
TEST(DigitWindows, AgreesWithScanTextOnEveryCodePoint) {
  for (char32_t c = 0; c <= 0x10FFFF; ++c) {
    if (c >= 0xD800 && c <= 0xDFFF) continue;
    const std::string one = utf8(c);
    const ScanText alone("x" + one + "x");
    const std::string_view shown = alone.text().substr(1, alone.text().size() - 2);
    const bool is_digit = shown.size() == 1 && shown[0] >= '0' && shown[0] <= '9';
    const bool may_stand_between = shown.empty() || std::string_view(" \x02.,_|/:*+\n()[]-").find(shown) != std::string_view::npos;
    if (is_digit) {
      std::string twelve;
      for (int i = 0; i < 12; ++i) twelve += one;
      ASSERT_FALSE(digit_windows("abc" + twelve + "def").empty()) << "U+" << std::hex << static_cast<unsigned>(c);
    } else if (may_stand_between) {
      ASSERT_FALSE(digit_windows("abc 411111" + one + "111111 def").empty()) << "U+" << std::hex << static_cast<unsigned>(c);
    }
  }
}

TEST(DigitWindows, AgreesWithScanTextOnEveryLoneByte) {
  for (unsigned c = 0; c < 256; ++c) {
    const std::string one(1, static_cast<char>(c));
    const ScanText alone("x" + one + "x");
    const std::string_view shown = alone.text().substr(1, alone.text().size() - 2);
    if (shown.empty() || std::string_view(" \x02.,_|/:*+\n()[]-").find(shown) != std::string_view::npos)
      EXPECT_FALSE(digit_windows("abc 411111" + one + "111111 def").empty()) << c;
    if (shown.size() == 1 && shown[0] >= '0' && shown[0] <= '9')
      EXPECT_FALSE(digit_windows("abc 4111" + one + "1111111 def").empty()) << c;
  }
}

class RandomText {
 public:
  explicit RandomText(std::uint32_t seed) : random_(seed) {}
  std::string make() {
    static const std::vector<std::string> kPieces = {
        " ",     "  ",      "\t",  "\r\n",     "\r\n> ", "\n>> | ", "-",    ".",    "/",      "+",       "card ",  "tracking: ",
        "IMEI ", "https://x.example/",        "0.",     "é",       "т",    "\xA0", "\xE2\x80", "\xC2\xA0", "\xE2\x80\x8B", "٤",
        "visa ", "FR76",    "(",   ")",      ") (",  "][",   "**",     "** **",   "_",    "，",  "（",    "12/27",  "&nbsp;",    "a",   "abcdef",   "12",     "4111",    "1111", "0",    "x"};
    std::string text;
    for (std::size_t i = 0, count = 5 + next(60); i < count; ++i) {
      switch (next(6)) {
        case 0: text += test::make_card("4", 16, next(1U << 30)); break;
        case 1: text += test::grouped(test::make_card("5105", 16, next(1U << 30)), kPieces[next(kPieces.size())], {4, 4, 4, 4}); break;
        case 2: text += std::string(next(400), "a 1\xD0"[next(4)]); break;
        default: text += kPieces[next(kPieces.size())];
      }
    }
    return text;
  }

 private:
  std::uint32_t next(std::size_t below) { return static_cast<std::uint32_t>(random_() % below); }
  std::mt19937 random_;
};

TEST(DigitWindows, FindWhatAWholeLookFinds) {
  const CardDetector detector;
  std::size_t found = 0;
  for (std::uint32_t seed = 1; seed <= 3'000; ++seed) {
    const std::string text = RandomText(seed).make();
    const std::vector<ByteRange> whole{{0, text.size()}};
    const auto expected = detector.find_in(text, whole);
    const auto actual = detector.find(text);
    ASSERT_EQ(actual.size(), expected.size()) << "seed " << seed;
    for (std::size_t i = 0; i < actual.size(); ++i) {
      ASSERT_EQ(actual[i].brand, expected[i].brand) << "seed " << seed;
      ASSERT_EQ(actual[i].span(), expected[i].span()) << "seed " << seed;
    }
    found += expected.size();
  }
  EXPECT_GT(found, 1'000U);
}

}  // namespace
}  // namespace postern::pipeline
