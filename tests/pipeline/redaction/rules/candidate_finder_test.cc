#include "pipeline/redaction/rules/candidate_finder.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>

#include "pipeline/redaction/rules/shipped_rules.h"
#include "tests/pipeline/redaction/rules/rule_text.h"

namespace postern::pipeline {
namespace {

std::string words_of(std::string_view pattern) {
  std::string out;
  for (const PatternAnchor& anchor : shape_of_pattern(pattern).anchors) {
    out += (out.empty() ? "" : " ") + std::string(anchor.starts_word ? "<" : "") + anchor.text + (anchor.ends_word ? ">" : "");
  }
  return out;
}

TEST(PatternShape, FindsFixedWords) {
  EXPECT_EQ(words_of(R"(AKIA[0-9A-Z]{16})"), "akia");
  EXPECT_EQ(words_of(R"((?i)\b(?:code|otp)\b[^\n]{0,20}\d{4})"), "<code> <otp>");
  EXPECT_EQ(words_of(R"(\bgh[pous]_[A-Za-z0-9]{36})"), "<gho_ <ghp_ <ghs_ <ghu_");
  EXPECT_EQ(words_of(R"(x?token)"), "token xtoken");
  EXPECT_EQ(words_of(R"((?:key){2}=\S+)"), "keykey=");
  EXPECT_EQ(words_of(R"(\Qa.b\E\d)"), "a.b");
  EXPECT_EQ(words_of(R"((?P<value>\d+) is your code)"), " is your code");
  EXPECT_EQ(words_of(R"((?i)ПАРОЛЬ=\S+)"), "пароль=");
  EXPECT_EQ(words_of(R"(a|\d)"), "");
  EXPECT_EQ(words_of(R"([a-z]+\d*)"), "");
  // Beside a character of no word \b asks for a letter: nothing to check for free.
  EXPECT_EQ(words_of(R"(\b@home)"), "@home");
}

TEST(PatternShape, CountsDigitsInARow) {
  const auto row = [](std::string_view pattern) { return shape_of_pattern(pattern).digits_in_row; };
  EXPECT_EQ(row(R"(\b\d{3}[- ]?\d{2}[- ]?\d{4}\b)"), 9u);
  EXPECT_EQ(row(R"(\d{4,8}|[a-z]\d{3})"), 3u);
  EXPECT_EQ(row(R"([0-9A-F]{8})"), 0u);
  EXPECT_EQ(row(R"([[:digit:]]{3}\x30)"), 4u);
  EXPECT_EQ(row(R"(\d{4}[a-z]{3}\d{5})"), 9u);
  EXPECT_EQ(row(R"(\d{4}[a-z]{4}\d{5})"), 5u) << "too wide a gap";
  EXPECT_EQ(row(R"(\d{4}(?:[a-z]{4})?\d{5})"), 5u);
  EXPECT_EQ(row(R"((?:[ -]?[0-9]){14}\b)"), 14u);
  EXPECT_EQ(row(R"((?:ab)?\d{2}(?:\d{3}|x\d{4}))"), 5u);
  EXPECT_EQ(row(R"(\d{2}.\d{2})"), 2u) << "a character may have four bytes";
  EXPECT_EQ(row(R"((?:\d[a-z]{3}){3})"), 3u);
  EXPECT_EQ(row(R"((?:\d[a-z]{4}){3})"), 1u);
  EXPECT_EQ(row(R"(\d{500})"), 64u);
}

TEST(PatternShape, BoundsTheWidth) {
  const auto width = [](std::string_view pattern) { return shape_of_pattern(pattern).width_max; };
  EXPECT_EQ(width(R"(\b\d{3}[- ]?\d{2}[- ]?\d{4}\b)"), 11u);
  EXPECT_EQ(width(R"(a.{2}é)"), 13u);
  EXPECT_EQ(width(R"(\d+)"), kUnbounded);
  EXPECT_EQ(width(R"([^]x]{2})"), 8u);
  EXPECT_EQ(width(R"(x{2,3}{2})"), 6u);
  EXPECT_EQ(width(R"(\d{500})"), 500u);
}

TEST(PatternShape, KnowsNothingOfWhatItCannotRead) {
  for (std::string_view pattern : {R"(\C\C)", R"(\Qab\E*)", R"(\101bc)", "a\x01" "b"}) {
    EXPECT_TRUE(shape_of_pattern(pattern).anchors.empty()) << pattern;
    EXPECT_EQ(shape_of_pattern(pattern).width_max, kUnbounded) << pattern;
  }
  const std::string deep = std::string(kShapeDepthMax + 1, '(') + "word" + std::string(kShapeDepthMax + 1, ')');
  EXPECT_TRUE(shape_of_pattern(deep).anchors.empty());
}

TEST(CandidateFinder, ChoosesAWay) {
  EXPECT_EQ(way_of(shape_of_pattern(R"(sk_live_\w{20})")), CandidateWay::kWords);
  EXPECT_EQ(way_of(shape_of_pattern(R"(\b\d{9}\b)")), CandidateWay::kDigits);
  EXPECT_EQ(way_of(shape_of_pattern(R"(\bde\d{20}\b)")), CandidateWay::kDigits);
  EXPECT_EQ(way_of(shape_of_pattern(R"(\w+@\w+)")), CandidateWay::kWords);
  EXPECT_EQ(way_of(shape_of_pattern(R"([A-Z]{10})")), CandidateWay::kWhole);
  EXPECT_EQ(way_of(shape_of_pattern(R"(\d+)")), CandidateWay::kWhole);
}

TEST(CandidateFinder, RowsOfDigitsAreWhole) {
  for (std::size_t before = 0; before < 100; ++before) {
    for (const char* number : {"1-2-3-4-5-6-7-8-9", "123456789", "1...2...3...4...5...6...7...8...9", "12 34 56 78 9"}) {
      const std::string row = number;
      const std::string text = std::string(before, 'x') + row + std::string(200, 'y') + "1234567    8";
      const std::vector<DigitRow> rows = digit_rows(text, 8);
      ASSERT_EQ(rows.size(), 1u) << before << ' ' << row;
      ASSERT_EQ(rows[0].where, (ByteRange{before, before + row.size()}));
      ASSERT_EQ(rows[0].digits, 9u);
    }
  }
  EXPECT_EQ(digit_rows(std::string(10'000, '7'), 8).size(), 1u);
  EXPECT_TRUE(digit_rows("", 6).empty());
}

TEST(CandidateFinder, PlacesAreWholeAndDisjoint) {
  const CandidateFinder finder({R"((?i)\d{0,4}\bpin\b.{0,10}\d{4})", R"(\b\d{9}\b)", R"([A-Z]{10})"});
  const std::string text = "shopping pin: 1234 pin 2 PIN 3" + std::string(500, '.') + "123456789 pin" + std::string(100, ' ') + "ABCDEFGHIJ";
  std::vector<std::size_t> seen(3);
  std::size_t last = 0;
  std::uint32_t pattern = 0;
  for (const CandidateFinder::Place& place : finder.find(text)) {
    if (place.pattern != pattern) last = 0;
    EXPECT_GE(place.where.begin, last);
    last = place.where.end;
    pattern = place.pattern;
    ++seen[place.pattern];
  }
  EXPECT_EQ(seen, (std::vector<std::size_t>{2, 1, 1}));
}

// A number that counts only beside a word is a place only where the word stands near, whatever stands between its parts.
TEST(CandidateFinder, NumbersThatNeedAWordArePlacesBesideItOnly) {
  const CandidateFinder finder(std::vector<SoughtPattern>{{R"(\b\d{9}\b)", {"tax \u00DCbersicht", "kennzahl"}, 20}, {R"(\b\d{9}\b)", {}, 0}});
  const auto called = [&finder](const std::string& text) {
    const auto places = finder.find(text);
    return std::count_if(places.begin(), places.end(), [](const CandidateFinder::Place& place) { return place.pattern == 0; });
  };
  EXPECT_EQ(called("tax \u00DCbersicht 123456789"), 1);
  EXPECT_EQ(called("123456789 is the TAX \r\n  \u00FCBERSICHT"), 1);
  EXPECT_EQ(called("Kennzahl 123456789, 987654321"), 1);
  EXPECT_EQ(called("Kennzahl: 123456789" + std::string(300, '.') + "kennzahl 987654321"), 2);
  EXPECT_EQ(called("123456789 and 987654321"), 0);
  EXPECT_EQ(called("kennzahl" + std::string(200, '.') + "123456789"), 0);
  EXPECT_EQ(called("kennzahl 12345"), 0);
  EXPECT_EQ(finder.find("123456789").size(), 1U) << "the pattern without words";
}

TEST(PatternShape, TellsWhatStandsBeforeItsWord) {
  EXPECT_EQ(shape_of_pattern(R"(\bpassword[:=] ?\w{1,20})").lead_max, 0U);
  EXPECT_EQ(shape_of_pattern(R"(\d{4,8} is your code)").lead_max, 8U);
  EXPECT_EQ(shape_of_pattern(R"((?:[0-9]{3}|x{9})-secret)").lead_max, 9U);
  EXPECT_EQ(shape_of_pattern(R"(.*secret)").lead_max, kUnbounded);
  EXPECT_EQ(shape_of_pattern(R"((?:[a-z]{3}secret){2})").lead_max, 3U);
}

TEST(CandidateFinder, WhatBeginsWithItsWordIsTriedThereOnly) {
  const CandidateFinder finder(std::vector<std::string>{R"((?i)\bpin\b: \d{4})", R"((?:x )?(?i)token=\w{4})"});
  const std::vector<CandidateFinder::Place> places = finder.find("a pin: 1234, PIN: 5678 and pin, x token=abcd");
  std::vector<std::size_t> begins;
  for (const CandidateFinder::Place& place : places) {
    if (place.pattern == 0) EXPECT_TRUE(place.is_begin);
    if (place.pattern == 0) begins.push_back(place.where.begin);
  }
  EXPECT_EQ(begins, (std::vector<std::size_t>{2, 13})) << "the third has no colon";
  EXPECT_EQ(std::count_if(places.begin(), places.end(), [](const auto& place) { return place.pattern == 1; }), 2) << "with its beginning and without";
}

TEST(CandidateFinder, WhatItCostsToTryBeginningsIsBounded) {
  const CandidateFinder finder(std::vector<std::string>{R"(token=\w{4})", R"((?s)BEGIN SECRET.*?END SECRET)"});
  std::string text;
  for (int i = 0; i < 20'000; ++i) text += "token=abcd ";
  const std::size_t all = text.size();
  for (int i = 0; i < 20'000; ++i) text += "BEGIN SECRET ";
  std::size_t begins = 0;
  std::vector<CandidateFinder::Place> searched;
  for (const CandidateFinder::Place& place : finder.find(text)) place.is_begin ? void(++begins) : searched.push_back(place);
  EXPECT_EQ(begins, 4096U) << "of a match that is not wide";
  ASSERT_EQ(searched.size(), 2U) << "what is wide, and what is left of the other, are one place each";
  EXPECT_EQ(searched[0].pattern, 0U);
  EXPECT_GE(searched[0].where.end, all - 11) << "the last of them is in it";
  EXPECT_EQ(searched[1].where.end, text.size());
}

// The shipped rules, found through the finder and in whole texts.
struct BothWays {
  std::shared_ptr<const RuleSet> quick;
  std::shared_ptr<const RuleSet> slow;
  std::vector<std::string> samples;
};

BothWays shipped_both_ways() {
  std::vector<RuleSpec> on = shipped_rules().rules;
  std::vector<RuleSpec> off = on;
  BothWays out;
  for (std::size_t i = 0; i < on.size(); ++i) {
    for (const auto* list : {&on[i].matches, &on[i].ignores}) out.samples.insert(out.samples.end(), list->begin(), list->end());
    on[i].mode = RuleMode::kEnforce;
    off[i].mode = RuleMode::kOff;
    off[i].is_shipped = false;  // else it is found the quick way too
    for (auto* one : {&on[i], &off[i]}) {
      one->matches.clear();
      one->ignores.clear();
      one->inboxes.clear();
    }
  }
  out.quick = RuleSet::compile(on).set;
  out.slow = RuleSet::compile(off).set;
  return out;
}

std::size_t expect_the_same(const BothWays& ways, const std::string& text) {
  const std::vector<Finding> one = test::findings_in(*ways.quick, text);
  const std::vector<Finding> other = test::findings_in(*ways.slow, text);
  EXPECT_EQ(one.size(), other.size()) << text.substr(0, 400);
  for (std::size_t i = 0; i < std::min(one.size(), other.size()); ++i) {
    EXPECT_EQ(one[i].rule, other[i].rule) << text.substr(0, 400);
    EXPECT_EQ(one[i].span, other[i].span) << one[i].rule;
  }
  return one.size();
}

// The proof that the short cut misses nothing: the same rules, looked for in whole texts.
TEST(CandidateFinder, ShippedRulesFindThroughItWhatTheyFindWithoutIt) {
  const BothWays ways = shipped_both_ways();
  ASSERT_TRUE(ways.quick && ways.slow);
  std::size_t found = 0;
  std::string all;
  for (std::size_t i = 0; i < ways.samples.size(); ++i) {
    found += expect_the_same(ways, ways.samples[i]);
    all += ways.samples[i] + std::string(i % 70, ' ') + (i % 3 == 0 ? "\n" : " – ");
  }
  expect_the_same(ways, all);
  EXPECT_GT(found, ways.samples.size() / 2);
}

// The same for samples that are changed at a few places and stand beside anything.
TEST(CandidateFinder, ChangedSamplesAreFoundBothWays) {
  static const std::string kPieces[] = {"4", "0", "12", " ", "-", ".", ":", "/", "@", "\n", "a", "K", "_", "é", "４", "\xE2\x80\x8B", "\xC2\xAD", "ſ",
                                        "\xFF", "\xB2", "://", "IBAN", "code", std::string(1, '\0'), "2002 12:34", "20 Aug 2002"};
  const BothWays ways = shipped_both_ways();
  ASSERT_TRUE(ways.quick && ways.slow);
  std::mt19937 random(11);
  std::size_t found = 0;
  for (int i = 0; i < 1'500; ++i) {
    std::string text;
    for (std::size_t parts = 1 + random() % 4; parts > 0; --parts) {
      std::string one = ways.samples[random() % ways.samples.size()];
      for (std::size_t changes = random() % 3; changes > 0; --changes) one.insert(random() % (one.size() + 1), kPieces[random() % std::size(kPieces)]);
      if (random() % 4 == 0 && one.size() > 3) one.erase(random() % (one.size() - 2), 1 + random() % 2);
      text += one + (random() % 3 == 0 ? std::string(random() % 90, ' ') : kPieces[random() % std::size(kPieces)]);
    }
    found += expect_the_same(ways, text);
    if (testing::Test::HasFailure()) FAIL() << "text " << i;
  }
  EXPECT_GT(found, 500U);
}

TEST(ShippedRules, CardComesFirstAndIsLocked) {
  const ShippedRules& shipped = shipped_rules();
  EXPECT_EQ(shipped.rules.front().id, "card");
  EXPECT_TRUE(shipped.rules.front().is_locked);
  EXPECT_EQ(shipped.rules.front().mode, RuleMode::kEnforce);
  EXPECT_GT(shipped.tests_run, shipped.rules.size());
  for (const RuleSpec& rule : shipped.rules) {
    EXPECT_TRUE(rule.is_shipped);
    EXPECT_FALSE(rule.description.empty()) << rule.id;
    EXPECT_FALSE(rule.ignores.empty()) << rule.id;
    for (const std::string& pattern : rule.patterns) {
      // Looking for it in whole texts costs more than all others together.
      if (!is_never_used(rule)) {
        EXPECT_NE(way_of(shape_of_pattern(pattern)), CandidateWay::kWhole) << rule.id << ' ' << pattern;
      }
    }
  }
}

}  // namespace
}  // namespace postern::pipeline
