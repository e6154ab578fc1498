// Which numbers are cards: third-party lists, layouts, disguises, look-alikes.
#include "pipeline/redaction/card_detector.h"

#include <gtest/gtest.h>

#include <set>

#include "tests/pipeline/redaction/card_text.h"

namespace postern::pipeline {
namespace {

const CardDetector& detector() {
  static const CardDetector one;
  return one;
}
std::size_t count_in(std::string_view text) { return detector().find(text).size(); }

struct Brand {
  const char* prefix;
  std::size_t length;
  std::vector<std::size_t> layout;
};
const std::vector<Brand> kBrands{{"4", 16, {4, 4, 4, 4}},    {"5321", 16, {4, 4, 4, 4}},  {"2345", 16, {4, 4, 4, 4}},
                                 {"37", 15, {4, 6, 5}},      {"36", 14, {4, 6, 4}},       {"6011", 16, {4, 4, 4, 4}},
                                 {"3544", 16, {4, 4, 4, 4}}, {"62", 19, {4, 4, 4, 4, 3}}, {"9792", 16, {4, 4, 4, 4}}};

TEST(CardDetector, FindsEveryListedCard) {
  const auto rows = test::shared_rows("data/pan/positives.tsv");
  if (!rows) GTEST_SKIP() << "POSTERN_SHARED is unset";
  ASSERT_GT(rows->size(), 90U);
  for (const auto& row : *rows) EXPECT_EQ(count_in(row[0]), 1U) << row[0];
}

TEST(CardDetector, LeavesLookAlikes) {
  const auto rows = test::shared_rows("data/pan/negatives.tsv");
  if (!rows) GTEST_SKIP() << "POSTERN_SHARED is unset";
  ASSERT_GT(rows->size(), 400U);
  // A whole valid card number with three digits behind a blank: we take those for its security code (README).
  const std::set<std::string> exceptions{"4012888888881881 401"};
  for (const auto& row : *rows) EXPECT_EQ(count_in(row[0]), exceptions.count(row[0])) << row[0] << " " << row[1];
}

// Z-35, the disguises of the README's table.
TEST(CardDetector, Z35FindsEveryDisguise) {
  const std::vector<std::string> separators{" ", "-", "\t", "  ",   "\u00A0", "\u2013", "\u2212", " - ",    ".",
                                            ",", "_", "\n", "\r\n", "\r\n> ", "\u200B", "\u00AD", "\u2011", "\u202F"};
  for (std::uint32_t seed = 1; seed <= 20; ++seed) {
    for (const Brand& brand : kBrands) {
      const std::string card = test::make_card(brand.prefix, brand.length, seed);
      for (const std::string& separator : separators) {
        const std::string text = "Please charge " + test::grouped(card, separator, brand.layout) + " today";
        const auto matches = detector().find(text);
        ASSERT_EQ(matches.size(), 1U) << text;
        EXPECT_EQ(matches[0].digits.size(), brand.length);
      }
    }
  }
}

TEST(CardDetector, FindsAnyGroupingByBlanksAndOneLineWrap) {
  for (std::uint32_t seed = 1; seed <= 30; ++seed) {
    const std::string card = test::make_card("4", 16, seed);
    EXPECT_EQ(count_in(test::grouped(card, " ", {2, 2, 2, 2, 2, 2, 2, 2})), 1U) << card;
    EXPECT_EQ(count_in(test::grouped(card, " ", std::vector<std::size_t>(16, 1))), 1U) << card;
    for (std::size_t cut = 1; cut < 16; ++cut) {
      EXPECT_EQ(count_in("on\r\n" + card.substr(0, cut) + "\r\n" + card.substr(cut) + " ok"), 1U) << card << cut;
    }
  }
}

TEST(CardDetector, FindsFullWidthAndMixedDigits) {
  const std::string card = test::make_card("4", 16, 7);
  std::string wide;
  for (char digit : card) wide += std::string("\xEF\xBC") + static_cast<char>(0x90 + (digit - '0'));
  const auto matches = detector().find("x " + wide + " y");
  ASSERT_EQ(matches.size(), 1U);
  EXPECT_EQ(matches[0].digits[0], (ByteRange{2, 5}));
}

TEST(CardDetector, AWholeRunOrNothing) {
  const std::string card = test::make_card("4", 16, 3);
  EXPECT_EQ(count_in(card + card), 0U);
  EXPECT_EQ(count_in("0000" + card), 0U);
  EXPECT_EQ(count_in(card + " " + card), 2U);
}

TEST(CardDetector, KeepsPhonesUrlsIdentifiersAndLabelledNumbers) {
  const std::string card = test::make_card("4", 16, 11);
  EXPECT_EQ(count_in("+" + card), 0U);
  EXPECT_EQ(count_in("https://x.test/tickets/" + card), 0U);
  EXPECT_EQ(count_in("https://x.test/pay?card=" + card), 1U);
  EXPECT_EQ(count_in("see /kb/articles/" + card + "/en"), 0U);
  EXPECT_EQ(count_in("a3f" + card + "9c"), 0U);
  EXPECT_EQ(count_in("invoice" + card), 0U);
  EXPECT_EQ(count_in("mastercard" + card + "exp0627"), 1U);
  EXPECT_EQ(count_in("Tracking number: " + card), 0U);
  EXPECT_EQ(count_in("the card I track: " + card), 1U);
  EXPECT_EQ(count_in("value 0." + card), 0U);
  EXPECT_EQ(count_in("1," + card + ",12/27"), 1U);
  EXPECT_EQ(count_in("卡号" + card + "号码"), 1U);
}

TEST(CardDetector, ShortNationalNumbersNeedContext) {
  const std::string card = test::make_card("5018", 12, 5);
  EXPECT_EQ(count_in("ref " + card + " sent"), 0U);
  EXPECT_EQ(count_in("my card is " + card + " ok"), 1U);
  EXPECT_EQ(count_in("hello\n" + card + "\nbye"), 1U);
}

TEST(CardDetector, BoundedOnDigitFloods) {
  std::string flood;
  for (int i = 0; i < 200'000; ++i) flood += i % 3 == 0 ? "1 " : "4";
  EXPECT_LT(count_in(flood), flood.size());
  EXPECT_EQ(count_in(std::string(1'000'000, '4')), 0U);
}

}  // namespace
}  // namespace postern::pipeline
