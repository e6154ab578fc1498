#include "ticketing/search/analysis.h"

#include <gtest/gtest.h>

#include <set>


namespace postern::test {
namespace {

using ticketing::search::Limits;
using ticketing::search::WordKind;
using ticketing::search::WordPlace;
using Words = std::set<std::string>;

class KeepingSink final : public ticketing::search::WordSink {
 public:
  void take(std::string_view word, const WordPlace& place) override {
    if (place.kind != WordKind::kGlyph) words.emplace(word);
    bytes += word.size();
  }
  Words words;
  std::size_t bytes = 0;
};

Words words_of(std::string_view text) {
  KeepingSink sink;
  const std::string folded = ticketing::search::fold(text);
  ticketing::search::analyse(folded, Limits(), sink);
  return sink.words;
}

TEST(SearchAnalysis, FoldsCaseWidthAndAccents) {
  EXPECT_EQ(words_of("Straße ÉTÉ Ｆｕｌｌ ﬁne Łódź smørrebrød Ёлка Ὀδυσσεύς"),
            (Words{"strasse", "ete", "full", "fine", "lodz", "smorrebrod", "елка", "οδυσσευσ"}));
}

TEST(SearchAnalysis, ComposedAndDecomposedAreTheSameWord) { EXPECT_EQ(words_of("caf\u00e9"), words_of("cafe\u0301")); }

TEST(SearchAnalysis, WhatCannotBeSeenHidesNoWord) { EXPECT_EQ(words_of("re\u200bfu\u00adnd\u2060"), (Words{"refund"})); }

TEST(SearchAnalysis, CompoundsAreFoundWholeAndByPart) {
  EXPECT_EQ(words_of("INV-2024-17,"), (Words{"inv", "2024", "17", "inv-2024", "2024-17", "inv-2024-17"}));
  EXPECT_EQ(words_of("<Bob.Smith@example.com>"),
            (Words{"bob", "smith", "example", "com", "bob.smith", "smith@example", "example.com", "bob.smith@example",
                   "smith@example.com", "bob.smith@example.com"}));
  EXPECT_EQ(words_of("1,234.50 a,b foo_bar don’t"),
            (Words{"1", "234", "50", "1,234", "234.50", "1,234.50", "a", "b", "foo", "bar", "foo_bar", "don", "t", "don't"}));
  EXPECT_EQ(words_of("-- .end. a--b"), (Words{"end", "a", "b"}));
}

TEST(SearchAnalysis, LongCompoundsAreFoundByNeighbours) {
  const Words words = words_of("a.b.c.d.e");
  EXPECT_TRUE(words.contains("a.b.c.d"));
  EXPECT_TRUE(words.contains("b.c.d.e"));
  EXPECT_FALSE(words.contains("a.b.c.d.e"));
}

TEST(SearchAnalysis, ScriptsWithoutSpacesGivePairsAndDictionaryWords) {
  const Words chinese = words_of("我想退款 谢谢");
  for (const char* each : {"我想", "想退", "退款", "款", "谢谢"}) EXPECT_TRUE(chinese.contains(each)) << each;
  const Words japanese = words_of("コンピューターが壊れた");
  EXPECT_TRUE(japanese.contains("コンピューター"));
  EXPECT_TRUE(japanese.contains("壊れ"));
  const Words thai = words_of("ขอคืนเงินค่าสินค้า");
  EXPECT_TRUE(thai.contains("คืน"));
  EXPECT_TRUE(thai.contains("สินค้า"));
  EXPECT_TRUE(words_of("환불을 원합니다").contains("환불"));
  EXPECT_EQ(words_of("PDF版3"), (Words{"pdf", "版", "3"}));
}

TEST(SearchAnalysis, OtherScriptsKeepTheirMarks) {
  EXPECT_EQ(words_of("धन्यवाद שלום مرحبا"), (Words{"धन्यवाद", "שלום", "مرحبا"}));
}

TEST(SearchAnalysis, LongWordsAreCutAtALetter) {
  EXPECT_EQ(words_of(std::string(1U << 20U, 'x')), (Words{std::string(64, 'x')}));
  std::string wide;
  for (int i = 0; i < 1000; ++i) wide += "ж";
  EXPECT_EQ(words_of(wide).begin()->size(), 64U);
}

TEST(SearchAnalysis, AnyBytesAreTaken) {
  std::string text;
  std::uint32_t seed = 7;
  for (int i = 0; i < 60'000; ++i) {
    seed = seed * 1664525U + 1013904223U;
    text += static_cast<char>(seed >> 24U);
  }
  const Words once = words_of(text);
  EXPECT_EQ(once, words_of(text));
  for (const std::string& word : once) EXPECT_LE(word.size(), 64U);
}

TEST(SearchAnalysis, FoldedPlacesLeadBackToTheOriginal) {
  const std::string text = "Ärger mit ﬁne Straße 退款";
  const auto folded = ticketing::search::fold_with_places(text);
  const auto piece = [&](std::string_view word) {
    const std::size_t at = folded.text.find(word);
    return text.substr(folded.original(at), folded.original(at + word.size()) - folded.original(at));
  };
  EXPECT_EQ(piece("fine"), "ﬁne");
  EXPECT_EQ(piece("strasse"), "Straße");
  EXPECT_EQ(piece("退款"), "退款");
}

}  // namespace
}  // namespace postern::test
