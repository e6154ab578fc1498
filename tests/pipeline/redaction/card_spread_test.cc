// Numbers whose digits stand apart or hide behind others, and the numbers that look like them and stay.
#include "pipeline/redaction/card_spread.h"

#include <gtest/gtest.h>

#include "pipeline/redaction/card_detector.h"
#include "tests/pipeline/redaction/card_text.h"

namespace postern::pipeline {
namespace {

const CardDetector& detector() {
  static const CardDetector one;
  return one;
}
std::size_t cards_in(std::string_view text) { return detector().find(text).size(); }

std::string in_fours(const std::string& card, const std::string& separator) { return test::grouped(card, separator, {4, 4, 4, 4}); }
std::string digit_by_digit(const std::string& card, const std::string& separator) {
  return test::grouped(card, separator, std::vector<std::size_t>(card.size(), 1));
}

TEST(CardSpread, GroupsWithOneMarkAreANumberAlone) {
  for (std::uint32_t seed = 1; seed <= 20; ++seed) {
    const std::string card = test::make_card("4", 16, seed);
    for (const std::string mark : {" / ", " | ", "--", "||", "\" \"", "\\", "=", "#", "~", ">", "...", " -> ", "` `", "}{"})
      EXPECT_EQ(cards_in("please use " + in_fours(card, mark) + " thanks"), 1U) << mark << card;
    // What lists have between their members needs a word near it, or a line of its own.
    for (const std::string mark : {";", "; ", ", ", " & ", "\u2026", " \u2665 ", "'", "$", "%", " and ", " then "}) {
      EXPECT_EQ(cards_in("please use " + in_fours(card, mark) + " thanks"), 0U) << mark << card;
      EXPECT_EQ(cards_in("my number is " + in_fours(card, mark) + " thanks"), 1U) << mark;
      EXPECT_EQ(cards_in("hello\n" + in_fours(card, mark) + "\nbye"), 1U) << mark << card;
    }
  }
  EXPECT_EQ(cards_in("\"4111\",\"1111\",\"1111\",\"1111\""), 1U);
  EXPECT_EQ(cards_in("pay 3782;822463;10005 by amex"), 1U);
  EXPECT_EQ(cards_in("card 6212;3456;7890;0000;003"), 1U);
}

TEST(CardSpread, TheLastOfCountedPartsMayBeShorter) {
  EXPECT_EQ(cards_in("card 1: 3782, 2: 8224, 3: 6310, 4: 005"), 1U);
  EXPECT_EQ(cards_in("card 1: 6212, 2: 3456, 3: 7890, 4: 0000, 5: 003"), 1U);
  EXPECT_EQ(cards_in("card 1: 378, 2: 28224, 3: 631, 4: 0005"), 0U) << "no number is written so";
}

TEST(CardSpread, ACalledCardMayStandInPieces) {
  for (std::uint32_t seed = 1; seed <= 20; ++seed) {
    const std::string card = test::make_card("51", 16, seed);
    for (const std::string mark : {"; ", ", ", ",", ".", " then ", " and ", "x", "','", "\n", "\r\n* ", " -> ", "\u2028"})
      EXPECT_EQ(cards_in("my visa: " + digit_by_digit(card, mark) + " ok"), 1U) << mark << card;
    EXPECT_EQ(cards_in("card part 1: " + in_fours(card, " ").substr(0, 9) + " part 2: " + in_fours(card, " ").substr(10)), 1U) << card;
    std::string counted = "card digits\n";
    for (std::size_t i = 0; i < card.size(); ++i) counted += std::to_string(i + 1) + ": " + card[i] + "\n";
    EXPECT_EQ(cards_in(counted), 1U) << counted;
  }
  EXPECT_EQ(cards_in("first four: 4111\nsecond four: 1111\nthird four: 1111\nlast four: 1111"), 1U);
  EXPECT_EQ(cards_in("4111 1111 and 1111 1111"), 1U);
  EXPECT_EQ(cards_in("| 4111 1111 |\n| 1111 1111 |"), 1U);
}

TEST(CardSpread, OneDigitALineIsANumberAlone) {
  const std::string card = test::make_card("4", 16, 9);
  EXPECT_EQ(cards_in("hello\n" + digit_by_digit(card, "\n") + "\nbye"), 1U);
  EXPECT_EQ(cards_in("hello\n" + digit_by_digit(card, ",\r\n") + "\r\nbye"), 1U);
  EXPECT_EQ(cards_in("scores: " + digit_by_digit(card, ", ") + " ok"), 0U);
}

TEST(CardSpread, WhatNoReaderSeesHidesNothing) {
  const std::string card = test::make_card("4", 16, 12);
  for (const std::string mark : {"\x01", "\b", "\x1F", "\x7F", "\x1B[1m", "\x1B[0;31m", "\u0091", "\uE000", "\uFDD0", "\U000F0000"}) {
    const auto found = detector().find("at " + digit_by_digit(card, mark) + " ok");
    ASSERT_EQ(found.size(), 1U) << mark;
    EXPECT_EQ(found[0].digits.size(), card.size()) << mark;
    for (ByteRange digit : found[0].digits) EXPECT_EQ(digit.size(), 1U);
  }
  EXPECT_EQ(cards_in("at " + in_fours(card, "\x96") + " ok"), 1U);  // the dash of windows-1252
}

TEST(CardSpread, ENotationWithAllDigitsIsTheNumber) {
  EXPECT_EQ(cards_in("7,4.111111111111111E+15,12/27"), 1U);
  EXPECT_EQ(cards_in("{\"a\": 4.111111111111111e15}"), 1U);
  EXPECT_EQ(cards_in("x 3.78282246310005E+14 y"), 1U);
  EXPECT_EQ(cards_in("x 3.78282246310006E+14 y"), 0U);
  EXPECT_EQ(cards_in("x 4.111111111111111E+17 y"), 0U);
  EXPECT_EQ(cards_in("x 4.111111111111111E-15 y"), 0U);
  EXPECT_EQ(cards_in("x 14.111111111111111E+15 y"), 0U);
}

// Issue 4, item 3: a run of more than nineteen digits never matches in part.
TEST(CardSpread, ZerosBeforeAndExpiryBehindNeedAWord) {
  const std::string card = test::make_card("4", 16, 12);
  for (const std::string& text : {"000" + card, "0000" + card, card + "1227"}) {
    EXPECT_EQ(cards_in("ref " + text + " sent"), 0U) << text;
    const auto found = detector().find("my card " + text + " ok");
    ASSERT_EQ(found.size(), 1U) << text;
    EXPECT_EQ(found[0].digits.size(), text.size()) << text;
  }
  EXPECT_EQ(cards_in("my card " + card + "1327 ok"), 0U);
  EXPECT_EQ(cards_in("my card 00000" + card + " ok"), 0U);
  EXPECT_EQ(cards_in("my card " + card + "1227123 ok"), 0U);
}

TEST(CardSpread, ListsAndTablesStay) {
  for (std::uint32_t seed = 1; seed <= 20; ++seed) {
    const std::string card = test::make_card("4", 16, seed);
    EXPECT_EQ(cards_in("ports: " + in_fours(card, ", ")), 0U) << card;
    EXPECT_EQ(cards_in("at " + in_fours(card, ";") + ";4821;7734;1"), 0U) << card;
    EXPECT_EQ(cards_in("at " + in_fours(card, "=") + "=4821"), 0U) << card;
    EXPECT_EQ(cards_in("$" + in_fours(card, " and $")), 0U) << card;
    for (const std::string mark : {"; ", " | ", "\t", " ", ","}) {
      const std::string other = in_fours("4321876512340987", mark);
      EXPECT_EQ(cards_in(other + "\n" + in_fours(card, mark) + "\n" + other), 0U) << card << mark;
      EXPECT_EQ(cards_in("visa\n" + other + "\n" + in_fours(card, mark) + "\n" + other), 1U) << card << mark;
      EXPECT_EQ(cards_in(in_fours(card, mark) + "\n" + in_fours(test::make_card("51", 16, seed), mark)), 2U) << card << mark;
    }
    EXPECT_EQ(cards_in("17\t345\t" + in_fours(card, "\t") + "\t99\t12345\t1"), 0U) << card;
  }
}

TEST(CardSpread, UuidsDigestsAndDumpsStay) {
  for (std::uint32_t seed = 1; seed <= 50; ++seed) {
    const std::string card = test::make_card("4", 16, seed);
    // Digits only in the part that passes.
    EXPECT_EQ(cards_in("id abcdef12-bbbb-cccc-" + test::grouped(card, "-", {4, 12})), 0U) << card;
    EXPECT_EQ(cards_in("id " + test::grouped(card, "-", {8, 4, 4}) + "-abcd-0123456789ab"), 0U) << card;
    EXPECT_EQ(cards_in("id " + card + "deadbeef0f"), 0U) << card;
    EXPECT_EQ(cards_in("sum b1c2d3e4f5061728\n" + card.substr(0, 8) + "\n" + card.substr(8) + "ab"), 0U) << card;
    EXPECT_EQ(cards_in("00000010: " + in_fours(card, " ") + " ab12 3456"), 0U) << card;
    EXPECT_EQ(cards_in("4e e3 " + test::grouped(card, " ", std::vector<std::size_t>(8, 2)) + " ff"), 0U) << card;
    EXPECT_EQ(cards_in("12345678 " + in_fours(card, " ") + " thanks"), 1U) << card;
  }
}

TEST(CardSpread, IdsOfProgramsStay) {
  for (std::uint32_t seed = 1; seed <= 20; ++seed) {
    for (const std::size_t size : {18U, 19U}) {
      const std::string id = test::make_card("4", size, seed);
      EXPECT_EQ(cards_in("message " + id + " sent"), 0U) << id;
      EXPECT_EQ(cards_in("{\"id\": " + id + ", \"span\": 1}"), 0U) << id;
      EXPECT_EQ(cards_in("constexpr auto kSeed = " + id + ";"), 0U) << id;
      EXPECT_EQ(cards_in("52345678901234567\n" + id + "\n62345678901234567\n"), 0U) << id;
      EXPECT_EQ(cards_in("my visa " + id + " ok"), 1U) << id;
      EXPECT_EQ(cards_in("hello\n" + id + "\nbye"), 1U) << id;
    }
    for (const char* prefix : {"62", "67"}) EXPECT_EQ(cards_in("x " + test::make_card(prefix, 19, seed) + " y"), 1U);
    EXPECT_EQ(cards_in("seed " + test::make_card("4", 16, seed) + "ull;"), 0U);
  }
}

TEST(CardSpread, BoundedOnFloods) {
  std::string flood;
  for (int i = 0; i < 20'000; ++i) flood += "1; ";
  EXPECT_EQ(cards_in(flood), 0U);
  flood.clear();
  for (std::uint32_t i = 0; i < 10'000; ++i) flood += "visa " + std::to_string(4000 + i * 7919U % 2000) + ";";
  EXPECT_LT(cards_in(flood), flood.size());
  flood.clear();
  for (int i = 0; i < 5'000; ++i) flood += "4111\x1B[1m";
  EXPECT_LT(cards_in(flood), flood.size());
}

}  // namespace
}  // namespace postern::pipeline
