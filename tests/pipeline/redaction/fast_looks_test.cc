// Looks over many bytes at once see what a look at each byte sees; a view that is not made, or not made again, would say
// nothing else.
#include <gtest/gtest.h>

#include <algorithm>
#include <cctype>
#include <random>
#include <string>
#include <vector>

#include "pipeline/redaction/body_scan.h"
#include "pipeline/redaction/rules/published_rules.h"
#include "pipeline/redaction/views/blocks.h"
#include "pipeline/redaction/views/telltales.h"

namespace postern::pipeline {
namespace {

bool holds_any_of(std::string_view text, std::string_view bytes) { return text.find_first_of(bytes) != std::string_view::npos; }

TEST(FastLooks, TelltalesAreThoseOfEachByte) {
  using std::string_view_literals::operator""sv;
  std::mt19937 random(21);
  for (int round = 0; round < 20'000; ++round) {
    std::string text(random() % 200, ' ');
    const bool is_binary = round % 4 == 0;
    for (char& c : text) c = is_binary ? static_cast<char>(random()) : "abcXYZ0189 ,.-/:\r\n\">"[random() % 20];
    for (std::size_t more = random() % 3; more > 0 && !text.empty(); --more) text[random() % text.size()] = static_cast<char>(random());
    const Telltales marks = look_for_telltales(text);
    ASSERT_EQ(marks.markup, holds_any_of(text, "<"));
    ASSERT_EQ(marks.reference, holds_any_of(text, "&"));
    ASSERT_EQ(marks.backslash, holds_any_of(text, "\\"));
    ASSERT_EQ(marks.percent, holds_any_of(text, "%"));
    ASSERT_EQ(marks.equals, holds_any_of(text, "="));
    ASSERT_EQ(marks.plus, holds_any_of(text, "+"));
    ASSERT_EQ(marks.emphasis, holds_any_of(text, "*_`~"));
    ASSERT_EQ(marks.bracket, holds_any_of(text, "["));
    ASSERT_EQ(marks.shift, holds_any_of(text, "\x1B\x0E\x0F"));
    ASSERT_EQ(marks.zero, holds_any_of(text, "\0"sv));
    ASSERT_EQ(marks.wide_mark, holds_any_of(text, "\xFE\xFF"));
    ASSERT_EQ(marks.high, std::any_of(text.begin(), text.end(), [](char c) { return static_cast<unsigned char>(c) >= 0x80; }));
  }
}

bool is_of_base64(char c) { return std::isalnum(static_cast<unsigned char>(c)) || (c != '\0' && std::string_view("+/-_").find(c) != std::string_view::npos); }

// Each row of sixteen and more characters stands whole in a block.
TEST(FastLooks, Base64IsFoundWhereverItStands) {
  std::mt19937 random(22);
  std::size_t rows = 0;
  for (int round = 0; round < 20'000; ++round) {
    std::string text;
    for (std::size_t words = random() % 12; words > 0; --words) {
      for (std::size_t size = random() % (random() % 3 == 0 ? 90 : 14); size > 0; --size) text += "ABCxyz019+/-_"[random() % 13];
      text += " .\n=:@\xC3"[random() % 7];
      if (random() % 4 == 0) text += " <> ";
    }
    std::vector<ByteRange> blocks;
    find_base64(text, [&](ByteRange block, std::string_view, const BlockPatch&) { blocks.push_back(block); });
    for (ByteRange block : blocks) ASSERT_GE(block.size(), 16U);
    for (std::size_t at = 0; at < text.size();) {
      std::size_t end = at;
      while (end < text.size() && is_of_base64(text[end])) ++end;
      const std::string_view row = std::string_view(text).substr(at, end - at);
      const bool has_letter = std::any_of(row.begin(), row.end(), [](char c) { return std::isalpha(static_cast<unsigned char>(c)); });
      if (row.size() >= 16 && has_letter && row.find_first_not_of(row[0]) != std::string_view::npos) {
        ++rows;
        const auto holds = [&](ByteRange block) { return block.begin <= at && end <= block.end; };
        ASSERT_TRUE(std::any_of(blocks.begin(), blocks.end(), holds)) << text << "\n" << row;
      }
      at = std::max(end, at + 1);
    }
  }
  EXPECT_GT(rows, 5'000U);
}

BodyScan scan_of(const std::string& html) {
  static const PublishedRules rules;
  const RuleScanner scanner = rules.scanner_for_mail({});
  return scan_body(scanner, html, {"text", "html", "utf-8"}, {});
}

std::vector<std::string> hidden_in(const std::string& html, const BodyScan& scan) {
  std::vector<std::string> out;
  for (ByteRange range : scan.hidden) out.push_back(html.substr(range.begin, range.size()));
  return out;
}

// The same number in a page whose map is kept with its text, and in one whose map is too large for that.
TEST(FastLooks, AValueIsHiddenWhetherTheMapWasKeptOrNot) {
  const std::string value = "<p>Card <b>4111</b> <i>1111</i> <b>11</b>11 1111, thanks</p>";
  std::string letter;
  std::string hostile;
  for (int i = 0; i < 400; ++i) {
    letter += "<p>Dear customer, your order was sent.</p>\r\n";
    hostile += "&#97;b&#99;";
  }
  const std::string small = letter + value + letter;
  const std::string large = hostile + value + hostile;
  const BodyScan one = scan_of(small);
  const BodyScan other = scan_of(large);
  EXPECT_EQ(one.findings, other.findings);
  EXPECT_EQ(one.findings.size(), 1U);
  EXPECT_EQ(hidden_in(small, one), hidden_in(large, other));
  EXPECT_FALSE(one.hidden.empty());
}

// Two readings of the same text at the same places are one; of the same text at other places both are hidden.
TEST(FastLooks, ReadingsOfOneTextAreBothHiddenWhereTheirPlacesDiffer) {
  const std::string shown = "<p>4111 1111 1111 1111</p>";
  const BodyScan plain = scan_of(shown);
  ASSERT_EQ(plain.findings.size(), 1U);
  EXPECT_EQ(plain.findings.begin()->second, 1U);
  // Rendered, the text between the tags; as a browser shows it, the alternative of the picture behind them.
  const std::string pictures = "<p><s>4111 1111 1111 1111</s></p><p><img alt='4111 1111 1111 1111'></p>";
  const BodyScan both = scan_of(pictures);
  for (const char* const place : {"<s>", "alt='"}) {
    const std::size_t first_hidden = pictures.find(place) + std::string_view(place).size() + 7;  // behind the first six digits
    EXPECT_TRUE(std::any_of(both.hidden.begin(), both.hidden.end(), [&](ByteRange one) { return one.begin <= first_hidden && first_hidden < one.end; })) << place;
  }
}

}  // namespace
}  // namespace postern::pipeline
