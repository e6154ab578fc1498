#include "pipeline/redaction/rules/folded_text.h"

#include <gtest/gtest.h>

#include <random>
#include <string>
#include <vector>

namespace postern::pipeline {
namespace {

// The source bytes of the first place where `part` stands in the folded text.
std::string source_of(const std::string& source, std::string_view part) {
  const FoldedText folded(source);
  const std::size_t at = folded.text().find(part);
  if (at == std::string_view::npos) return "not there: " + std::string(folded.text());
  const ByteRange range = folded.source_of({at, at + part.size()});
  return source.substr(range.begin, range.size());
}

TEST(FoldedText, LeavesPlainTextWhereItIs) {
  const std::string text = "Order 12\r\nthanks\t(Ann) ~";
  const FoldedText folded(text);
  EXPECT_EQ(folded.text().data(), text.data());
  EXPECT_EQ(folded.source_of({3, 9}), (ByteRange{3, 9}));
}

TEST(FoldedText, BringsDisguisesToAsciiAndBack) {
  EXPECT_EQ(FoldedText("Ｋｅｙ：４１１１").text(), "Key:4111");
  EXPECT_EQ(source_of("x Ｋｅｙ：４１１１ y", "4111"), "４１１１");
  EXPECT_EQ(FoldedText("٤١١١ ४१११ 𝟒𝟏 ④① ⁴¹").text(), "4111 4111 41 41 41");
  EXPECT_EQ(FoldedText("𝐩𝐚𝐬𝐬𝗐𝗈𝗋𝖽 ⓚⓔⓨ").text(), "password key");
  EXPECT_EQ(source_of("my 𝐩𝐚𝐬𝐬 is", "pass"), "𝐩𝐚𝐬𝐬");
  EXPECT_EQ(FoldedText("12–34—56−78").text(), "12-34-56-78");
  EXPECT_EQ(source_of("12–34—56", "4-5"), "4—5");
  EXPECT_EQ(FoldedText("a\u00A0b\u2003c\u3000d").text(), "a b c d");
  EXPECT_EQ(FoldedText("\u212Aey \u017Fecret").text(), "Key secret");
}

TEST(FoldedText, DropsWhatNobodySees) {
  EXPECT_EQ(FoldedText("pa\u00ADss\u200Bwo\u2060rd\uFEFF").text(), "password");
  EXPECT_EQ(source_of("<pa\u00ADss\u200B>", "pass"), "pa\u00ADss");
  EXPECT_EQ(source_of("12\u200B34", "2"), "2");
  EXPECT_EQ(source_of("12\u200B34", "3"), "3");
  EXPECT_EQ(FoldedText(std::string_view("4\0001\0001\0", 6)).text(), "411");
  EXPECT_EQ(FoldedText("\u200B").text(), "");
}

TEST(FoldedText, KeepsOtherLettersAndLineEnds) {
  const std::string text = "Grüße\r\nпароль 密码 ▇▇ €";
  const FoldedText folded(text);
  EXPECT_EQ(folded.text(), text);
  EXPECT_EQ(source_of(text, "пароль"), "пароль");
}

TEST(FoldedText, ReadsOtherBytesAsLatin1) {
  EXPECT_EQ(FoldedText("caf\xE9\xA0" "12\xAD" "34").text(), "caf\u00E9 1234");
  EXPECT_EQ(source_of("caf\xE9 x", "\u00E9"), "\xE9");
  EXPECT_EQ(source_of("\xC3" "A\xE9\xE9z", "A\u00E9\u00E9z"), "A\xE9\xE9z");
  // A character cut short at the end.
  EXPECT_EQ(FoldedText("a\xD0").text(), "a\u00D0");
}

TEST(FoldedText, EveryCharacterLeadsBackToItsSource) {
  const std::string_view pieces[] = {"a", "７", "é", "\u200B", "\xE9", "密", "–", "\n", "𝟒", "12345", "\u00AD", "ſ"};
  std::string source;
  std::uint32_t seed = 7;
  for (int i = 0; i < 3000; ++i) source += pieces[(seed = seed * 1664525 + 1013904223) >> 16 & 7] , source += pieces[(seed >> 9) % 12];
  const FoldedText folded(source);
  std::size_t last_end = 0;
  for (std::size_t at = 0; at < folded.text().size();) {
    std::size_t end = at + 1;
    while (end < folded.text().size() && (static_cast<unsigned char>(folded.text()[end]) & 0xC0) == 0x80) ++end;
    const ByteRange range = folded.source_of({at, end});
    ASSERT_GE(range.begin, last_end);
    ASSERT_GT(range.end, range.begin);
    ASSERT_EQ(FoldedText(source.substr(range.begin, range.size())).text(), folded.text().substr(at, end - at));
    last_end = range.end;
    at = end;
  }
}

// Each character folded alone says what the whole is, and where each of its characters came from.
TEST(FoldedText, ALongTextIsItsCharactersOneByOne) {
  static const std::string kPieces[] = {"a", "Order 12 ", "é", "д", "中", "▇", "１", "ｘ", "\u200B", "\u00A0", "\xE9 ", "\xA0 ", "\xAD ", std::string(1, '\0'), "𝟒", "\xF0\x9D ", "\xE2 "};
  std::mt19937 random(3);
  for (int round = 0; round < 300; ++round) {
    std::string text;
    std::string expected;
    struct Origin {
      ByteRange folded;
      ByteRange source;
    };
    std::vector<Origin> origins;
    for (std::size_t count = 200 + random() % 400; count > 0; --count) {
      const std::string piece = random() % 8 == 0 ? std::string(random() % 150, 'q') : kPieces[random() % std::size(kPieces)];
      const FoldedText alone(piece);
      if (!alone.text().empty() && piece.find('\0') == std::string::npos && piece.find(' ') == std::string::npos)
        origins.push_back({{expected.size(), expected.size() + alone.text().size()}, {text.size(), text.size() + piece.size()}});
      expected += alone.text();
      text += piece;
    }
    const FoldedText whole(text);
    ASSERT_EQ(whole.text(), expected) << round;
    for (const Origin& one : origins) ASSERT_EQ(whole.source_of(one.folded), one.source) << round;
  }
}

}  // namespace
}  // namespace postern::pipeline
