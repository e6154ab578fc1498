// The planes of a text tell what a look at each byte tells, with AVX2 and without; their hints leave nothing out.
#include "pipeline/redaction/text_planes.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <string>
#include <vector>

#include "pipeline/redaction/dense_digits.h"
#include "pipeline/redaction/issuers.h"
#include "pipeline/redaction/rules/digit_rows.h"
#include "pipeline/redaction/rules/pattern_shape.h"

namespace postern::pipeline {
namespace {

bool is_ascii_digit(char c) { return c >= '0' && c <= '9'; }
bool is_ascii_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
bool is_outside_ascii(char c) { return static_cast<unsigned char>(c) >= 0x80; }

// Digits in prose, in rows, in data; letters and marks at every place of a block.
std::string text_of_pieces(std::mt19937& random) {
  static const std::string kPieces[] = {"4", "11", "4111", "1234567", " ", "-", "\n", ":", ".", "**", "x", "#", "****", std::string(1, '\0'), "é", "\xBC",
                                        "\xEF\xBC\x94", "\xB2", "\xE2\x80\x8B", "word", "Z", "a"};
  std::string text;
  const std::size_t size = random() % 3 == 0 ? random() % 70 : random() % 1500;
  const unsigned kind = random() % 4;
  while (text.size() < size) {
    switch (random() % (kind == 0 ? 4 : 12)) {
      case 0: text += std::string(random() % 70, "x. 1a\xC3"[random() % 6]); break;
      case 1: text += static_cast<char>(random()); break;
      case 2: text += std::string(random() % 9, 'q') + " and "; break;
      default: text += kPieces[random() % (kind == 1 ? 13 : std::size(kPieces))];
    }
  }
  return text;
}

bool has(const TextPlanes& planes, std::size_t block, std::uint8_t hint) { return planes.next(block, hint) == block; }
bool bit(std::uint64_t plane, std::size_t at) { return (plane >> (at % kMaskBytes) & 1U) != 0; }

void expect_planes_of(std::string_view text, const TextPlanes& planes) {
  ASSERT_EQ(planes.blocks(), (text.size() + kMaskBytes - 1) / kMaskBytes);
  for (std::size_t at = 0; at < planes.blocks() * kMaskBytes; ++at) {
    const char c = at < text.size() ? text[at] : ' ';
    const std::size_t block = at / kMaskBytes;
    ASSERT_EQ(bit(planes.digits(block), at), is_ascii_digit(c)) << at;
    ASSERT_EQ(bit(planes.letters(block), at), is_ascii_letter(c)) << at;
    ASSERT_EQ(bit(planes.wide(block), at), is_outside_ascii(c)) << at;
    ASSERT_EQ(bit(planes.marks(block), at), std::string_view("*xX#").find(c) != std::string_view::npos) << at;
  }
  ASSERT_EQ(planes.digit_count(), static_cast<std::size_t>(std::count_if(text.begin(), text.end(), is_ascii_digit)));
  ASSERT_EQ(planes.has_wide(), std::any_of(text.begin(), text.end(), is_outside_ascii));
  ASSERT_EQ(planes.has_zero(), text.find('\0') != std::string_view::npos);
}

// Each hint against a count byte by byte.
void expect_hints_of(std::string_view text, const TextPlanes& planes) {
  std::size_t number = 0;  // digits and bytes outside ASCII since the last letter
  for (std::size_t at = 0; at < text.size(); ++at) {
    const std::size_t block = at / kMaskBytes;
    number = is_ascii_letter(text[at]) ? 0 : number + (is_ascii_digit(text[at]) || is_outside_ascii(text[at]) ? 1 : 0);
    if (number >= kCardDigitsMin && (is_ascii_digit(text[at]) || is_outside_ascii(text[at]))) {
      ASSERT_TRUE(has(planes, block, TextPlanes::kNumber)) << at;
    }
    const bool is_mark = bit(planes.marks(block), at);
    const char next = at + 1 < text.size() ? text[at + 1] : ' ';
    if (is_outside_ascii(text[at]) || (is_mark && (next == '\0' || is_outside_ascii(next) || std::string_view("*xX#").find(next) != std::string_view::npos))) {
      ASSERT_TRUE(has(planes, block, TextPlanes::kMask)) << at;
    }
  }
  for (std::size_t block = 0; block < planes.blocks(); ++block) {
    const auto count = [&](std::size_t blocks, auto is_counted) {
      const std::size_t begin = (block + 1 - std::min(blocks, block + 1)) * kMaskBytes;
      const std::string_view bytes = text.substr(begin, (block + 1) * kMaskBytes - begin);
      return static_cast<std::size_t>(std::count_if(bytes.begin(), bytes.end(), is_counted));
    };
    const auto is_dense_digit = [](char c) { return is_ascii_digit(c) || c == '\xBC'; };
    ASSERT_EQ(has(planes, block, TextPlanes::kDense), count(kDenseBytes / kMaskBytes, is_dense_digit) >= kCardDigitsMin) << block;
    ASSERT_EQ(has(planes, block, TextPlanes::kRow), count(2, is_ascii_digit) >= kRowDigitsMin) << block;
  }
}

TEST(TextPlanes, TellWhatALookAtEachByteTells) {
  std::mt19937 random(5);
  for (int i = 0; i < 4'000; ++i) {
    const std::string text = text_of_pieces(random);
    for (const TextPlanes::Code code : {TextPlanes::Code::kBest, TextPlanes::Code::kPlain}) {
      const TextPlanes planes(text, code);
      expect_planes_of(text, planes);
      expect_hints_of(text, planes);
      if (testing::Test::HasFatalFailure()) FAIL() << "text " << i;
    }
  }
}

TEST(TextPlanes, TheNextHintIsTheFirstOne) {
  std::string text(40 * kMaskBytes, 'a');
  for (const std::size_t block : {0U, 7U, 8U, 23U, 39U}) text.replace(block * kMaskBytes + 20, 6, "123456");
  const TextPlanes planes(text);
  std::vector<std::size_t> found;
  for (std::size_t block = planes.next(0, TextPlanes::kRow); block < planes.blocks(); block = planes.next(block + 1, TextPlanes::kRow)) found.push_back(block);
  EXPECT_EQ(found, (std::vector<std::size_t>{0, 1, 7, 8, 9, 23, 24, 39}));
  EXPECT_EQ(TextPlanes("").next(0, TextPlanes::kRow), 0U);
}

TEST(TextPlanes, GroupsOfDigitsAreWholeWhereverBlocksEnd) {
  std::mt19937 random(6);
  for (int i = 0; i < 4'000; ++i) {
    const std::string text = text_of_pieces(random);
    std::size_t begin = text.empty() ? 0 : random() % text.size();
    std::size_t end = begin + (text.empty() ? 0 : random() % (text.size() - begin + 1));
    while (begin > 0 && is_ascii_digit(text[begin - 1])) --begin;
    while (end < text.size() && is_ascii_digit(text[end])) ++end;
    std::vector<ByteRange> expected;
    for (std::size_t at = begin; at < end; ++at) {
      if (!is_ascii_digit(text[at])) continue;
      if (expected.empty() || expected.back().end != at) expected.push_back({at, at});
      expected.back().end = at + 1;
    }
    std::vector<ByteRange> found;
    for_each_digit_group(TextPlanes(text), begin, end, [&](std::size_t from, std::size_t to) { found.push_back({from, to}); });
    ASSERT_EQ(found, expected) << i;
  }
}

// A row, and the parts of it between bytes that stand in no match.
TEST(DigitRows, AreThoseOfALookAtEachByte) {
  std::mt19937 random(7);
  std::size_t rows = 0;
  std::bitset<256> bytes;
  for (const char c : std::string_view("0123456789 -.ax")) bytes.set(static_cast<unsigned char>(c));
  for (int i = 0; i < 6'000; ++i) {
    const std::string text = text_of_pieces(random);
    const std::size_t least = kRowDigitsMin + random() % (kRowDigitsMost - kRowDigitsMin + 1);
    std::vector<std::pair<ByteRange, std::size_t>> expected;
    std::vector<std::pair<ByteRange, std::size_t>> parts;
    const auto note = [&](auto& list, std::size_t at, bool goes_on) {
      if (!goes_on) list.push_back({{at, at}, 0});
      list.back().first.end = at + 1;
      ++list.back().second;
    };
    bool is_cut = true;
    for (std::size_t at = 0; at < text.size(); ++at) {
      if (!is_ascii_digit(text[at])) {
        is_cut = is_cut || !bytes[static_cast<unsigned char>(text[at])];
        continue;
      }
      const bool goes_on = !expected.empty() && at - expected.back().first.end <= kDigitGapMax;
      note(expected, at, goes_on);
      note(parts, at, goes_on && !is_cut && !parts.empty());
      is_cut = false;
    }
    const auto is_short = [least](const auto& one) { return one.second < least; };
    std::erase_if(expected, is_short);
    std::erase_if(parts, is_short);
    const std::vector<DigitRow> found = digit_rows(text, least);
    ASSERT_EQ(found.size(), expected.size()) << i;
    for (std::size_t at = 0; at < found.size(); ++at) {
      ASSERT_EQ(found[at].where, expected[at].first) << i;
      ASSERT_EQ(found[at].digits, expected[at].second) << i;
    }
    const std::vector<DigitRow> cut = parts_of_rows(text, found, bytes, least);
    ASSERT_EQ(cut.size(), parts.size()) << i;
    for (std::size_t at = 0; at < cut.size(); ++at) ASSERT_EQ(cut[at].where, parts[at].first) << i;
    rows += found.size();
  }
  EXPECT_GT(rows, 5'000U);
}

TEST(DigitRows, ReachEndsAtABytesThatStandsInNoMatch) {
  std::bitset<256> bytes;
  for (const char c : std::string_view("0123456789-")) bytes.set(static_cast<unsigned char>(c));
  const std::string text = "a1-22-333333-4 55";
  const ByteRange row{6, 12};
  EXPECT_EQ(reach_of(text, row, 3, bytes), (ByteRange{3, 14}));
  EXPECT_EQ(reach_of(text, row, 60, bytes), (ByteRange{1, 14}));
  EXPECT_EQ(reach_of("333333", {0, 6}, 60, bytes), (ByteRange{0, 6}));
}

TEST(PatternShape, KnowsTheBytesOfItsMatches) {
  const auto bytes_of = [](std::string_view pattern) {
    std::string out;
    const std::bitset<256> bytes = shape_of_pattern(pattern).bytes;
    for (unsigned c = 0; c < 0x80; ++c) {
      if (bytes[c]) out.push_back(static_cast<char>(c));
    }
    return out + (bytes[0x80] && bytes[0xFF] ? "…" : "");
  };
  EXPECT_EQ(bytes_of(R"(\b\d{3}[ -]?\d{2}\b)"), " -0123456789");
  EXPECT_EQ(bytes_of(R"((?:ab|[x-z]\.)?7{0,2})"), ".7ABXYZabxyz");
  EXPECT_EQ(bytes_of(R"(ä_\x41)"), "AKS_aks…") << "a letter outside ASCII may be 's' or 'k' in another case";
  EXPECT_EQ(bytes_of(R"(\Qa+\E$)"), "+Aa");
  EXPECT_FALSE(shape_of_pattern(R"([^xX])").bytes['x']);
  EXPECT_TRUE(shape_of_pattern(R"([^x])").bytes['x']) << "in either case";
  for (std::string_view all : {R"(.)", R"(\pL)", R"(\D|\d)", R"(\101)", "a\x01" "b"}) EXPECT_TRUE(shape_of_pattern(all).bytes.all()) << all;
}

TEST(PatternShape, KnowsTheShortestMatch) {
  const auto width = [](std::string_view pattern) { return shape_of_pattern(pattern).width_min; };
  EXPECT_EQ(width(R"(\b\d{3}[- ]?\d{2,7}(?:ab|c)$)"), 6U);
  EXPECT_EQ(width(R"(é+(?:x|))"), 1U) << "of a letter outside ASCII another case may be one byte";
  EXPECT_EQ(width(R"((?i)(?:[A-Z]{2}){3}\Q.+\E)"), 8U);
  EXPECT_EQ(width(R"(\C{4})"), 0U) << "it cannot be read";
}

}  // namespace
}  // namespace postern::pipeline
