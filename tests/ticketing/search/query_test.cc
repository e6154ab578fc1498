#include "ticketing/search/query.h"

#include <gtest/gtest.h>

#include "ticketing/search/filter.h"

namespace postern::test {
namespace {

using ticketing::search::Limits;
using ticketing::search::parse_query;
using ticketing::search::parse_time;
using ticketing::search::Query;
using Words = std::vector<std::string>;

Query parsed(std::string_view text) {
  const auto out = parse_query(text, Limits());
  EXPECT_TRUE(out) << text << ": " << out.error().describe();
  return out ? *out : Query();
}

std::string refusal(std::string_view text) {
  const auto out = parse_query(text, Limits());
  return out ? std::string() : out.error().describe();
}

TEST(SearchQuery, WordsPhrasesBeginningsAndNegations) {
  const Query query = parsed("Printer  \"on fire\" tone* -coffee -\"no thanks\"");
  ASSERT_EQ(query.words.size(), 5U);
  EXPECT_EQ(query.words[0].words, (Words{"printer"}));
  EXPECT_EQ(query.words[1].phrase, (Words{"on", "fire"}));
  EXPECT_EQ(query.words[2].prefix, "tone");
  EXPECT_TRUE(query.words[3].is_negated);
  EXPECT_TRUE(query.words[4].is_negated);
  EXPECT_EQ(query.words[4].phrase, (Words{"no", "thanks"}));
}

TEST(SearchQuery, CompoundsAreLookedForWholeAndPairsTogether) {
  EXPECT_EQ(parsed("INV-2024-17").words[0].words, (Words{"inv-2024-17"}));
  EXPECT_EQ(parsed("a.b.c.d.e").words[0].words, (Words{"a.b.c.d", "b.c.d.e"}));
  EXPECT_EQ(parsed("退款单").words[0].words, (Words{"款单", "退款"}));
  EXPECT_EQ(parsed("退").words[0].prefix, "退");
}

TEST(SearchQuery, KeywordsHaveComparisonsAndQuotedValues) {
  const Query query = parsed("status<solved created>=2026-11-01 -tags:vip assignee:\"Ann Lee\" custom_field_12:red order_by:created sort:asc");
  ASSERT_EQ(query.fields.size(), 5U);
  EXPECT_EQ(query.fields[0].comparison, ticketing::search::Comparison::kLess);
  EXPECT_EQ(query.fields[1].comparison, ticketing::search::Comparison::kMoreOrIs);
  EXPECT_TRUE(query.fields[2].is_negated);
  EXPECT_EQ(query.fields[3].value, "Ann Lee");
  EXPECT_EQ(query.fields[4].keyword, "custom_field_12");
  EXPECT_EQ(query.order, ticketing::search::Order::kCreated);
  EXPECT_EQ(query.is_ascending, true);
}

TEST(SearchQuery, TextKeywordsLookInOneField) {
  const Query query = parsed("subject:\"on fire\" description:smoke filename:scan*");
  EXPECT_EQ(query.words[0].fields, ticketing::search::kInSubject);
  EXPECT_EQ(query.words[0].phrase, (Words{"on", "fire"}));
  EXPECT_EQ(query.words[1].fields, ticketing::search::kInComment);
  EXPECT_EQ(query.words[2].fields, ticketing::search::kInFileName);
  EXPECT_EQ(query.words[2].prefix, "scan");
}

TEST(SearchQuery, NumbersNameTickets) {
  EXPECT_EQ(parsed("#123").numbers, (std::vector<std::uint64_t>{123}));
  EXPECT_TRUE(parsed("#123").words.empty());
  EXPECT_EQ(parsed(" 123 ").numbers, (std::vector<std::uint64_t>{123}));
  EXPECT_EQ(parsed("123").words.size(), 1U);
  EXPECT_TRUE(parsed("error 123").numbers.empty());
}

TEST(SearchQuery, TimesAndWebAddressesAreNoKeywords) {
  EXPECT_EQ(parsed("12:30 https://example.com/a?b=c").words.size(), 2U);
}

TEST(SearchQuery, RefusalsTellWhereAndNeverWhat) {
  EXPECT_NE(refusal("printer asignee:me").find("character 9: there is no such keyword"), std::string::npos);
  EXPECT_EQ(refusal("printer asignee:me").find("asignee"), std::string::npos);
  EXPECT_NE(refusal("é \"open").find("character 3: the quotation mark"), std::string::npos);
  EXPECT_NE(refusal("status:").find("character 7: a value is missing"), std::string::npos);
  EXPECT_NE(refusal("a*").find("2 letters"), std::string::npos);
  EXPECT_NE(refusal("(*").find("beginning of one word"), std::string::npos);
  EXPECT_NE(refusal("order_by:colour").find("relevance, created"), std::string::npos);
  EXPECT_NE(refusal("subject>a").find("no order"), std::string::npos);
}

TEST(SearchQuery, HasLimits) {
  std::string many;
  for (int i = 0; i < 10'000; ++i) many += "w" + std::to_string(i) + " ";
  EXPECT_NE(refusal(many).find("at most 4096 bytes"), std::string::npos);
  EXPECT_NE(refusal(std::string_view(many).substr(0, 400)).find("at most 32 words"), std::string::npos);
  std::string fields;
  for (int i = 0; i < 65; ++i) fields += "status:open ";
  EXPECT_NE(refusal(fields).find("at most 64 parts"), std::string::npos);
}

TEST(SearchQuery, AnyBytesAreParsedOrRefused) {
  std::uint32_t seed = 3;
  constexpr std::string_view kAlphabet = "ab:<>=\"*-#1 退\xc3 status@.";
  for (int round = 0; round < 1500; ++round) {
    std::string text;
    for (int i = 0; i < 24; ++i) {
      seed = seed * 1664525U + 1013904223U;
      text += kAlphabet[(seed >> 16U) % kAlphabet.size()];
    }
    const auto out = parse_query(text, Limits());
    if (!out) EXPECT_NE(out.error().describe().find("query: character "), std::string::npos);
  }
}

constexpr std::int64_t kNow = 1'795'500'000'000;  // 2026-11-24T06:00:00Z
constexpr std::int64_t kHour = 3'600'000;

TEST(SearchTimes, AreDaysMonthsYearsInstantsAndDistances) {
  EXPECT_EQ(parse_time("2026-11-24", kNow)->begin, kNow - 6 * kHour);
  EXPECT_EQ(parse_time("2026-11-24", kNow)->end, kNow + 18 * kHour);
  EXPECT_EQ(parse_time("today", kNow)->begin, kNow - 6 * kHour);
  EXPECT_EQ(parse_time("yesterday", kNow)->end, kNow - 6 * kHour);
  EXPECT_EQ(parse_time("2026-11", kNow)->end - parse_time("2026-11", kNow)->begin, 30 * 24 * kHour);
  EXPECT_EQ(parse_time("2024", kNow)->end - parse_time("2024", kNow)->begin, 366 * 24 * kHour);
  EXPECT_EQ(parse_time("2026-11-24T06:00:00Z", kNow)->begin, kNow);
  EXPECT_EQ(parse_time("2026-11-24T08:00+02:00", kNow)->begin, kNow);
  EXPECT_EQ(parse_time("4hours", kNow)->begin, kNow - 4 * kHour);
  EXPECT_EQ(parse_time("1day", kNow)->begin, kNow - 24 * kHour);
  for (const char* bad : {"", "soon", "2026-13-01", "2026-02-30", "26-01-01", "4parsecs", "2026-11-24T25:00", "99999999999999999999days", "2026-11-24T"})
    EXPECT_FALSE(parse_time(bad, kNow)) << bad;
}

}  // namespace
}  // namespace postern::test
