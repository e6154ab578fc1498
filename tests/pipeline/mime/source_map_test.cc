#include "pipeline/mime/source_map.h"

#include <gtest/gtest.h>

#include <random>

#include "pipeline/mime/decode.h"
#include "pipeline/mime/encode.h"

namespace postern::pipeline {
namespace {

using Ranges = std::vector<ByteRange>;

TEST(SourceMap, IdentityIsOneRun) {
  SourceMap map;
  map.append_identity(10, 5);
  map.append_identity(15, 5);
  EXPECT_EQ(map.run_count(), 1U);
  EXPECT_EQ(map.out_size(), 10U);
  EXPECT_EQ(map.covering({2, 4}), (ByteRange{12, 14}));
}

// A decoder's caller that wants no map gets none, with the same bytes.
TEST(SourceMap, CanBeLeftOut) {
  std::string hostile;
  for (int i = 0; i < 1'000; ++i) hostile += "=41a";
  const Decoded kept = decode_quoted_printable(hostile);
  const Decoded skipped = decode_quoted_printable(hostile, 0, Mapping::kSkip);
  EXPECT_EQ(skipped.bytes, kept.bytes);
  EXPECT_GT(kept.map.run_count(), 1'000U);
  EXPECT_EQ(skipped.map.run_count(), 0U);
  EXPECT_EQ(skipped.map.out_size(), kept.map.out_size());
  for (const auto encoding : {TransferEncoding::kBase64, TransferEncoding::kUuencode, TransferEncoding::kIdentity}) {
    const std::string raw = "begin 644 a\n#86)C\nend\nQUJD";
    EXPECT_EQ(decode_transfer(raw, encoding, 0, Mapping::kSkip).bytes, decode_transfer(raw, encoding).bytes);
    EXPECT_EQ(decode_transfer(raw, encoding, 0, Mapping::kSkip).map.run_count(), 0U);
  }
  EXPECT_EQ(to_utf8("\xE9"
                    "a",
                    "iso-8859-1", Mapping::kSkip).map.run_count(), 0U);
}

TEST(SourceMap, PiecesLeaveGapsOut) {
  SourceMap map;
  map.append_identity(0, 4);
  map.append_identity(7, 4);  // three bytes between them have no output
  EXPECT_EQ(map.pieces({2, 6}), (Ranges{{2, 4}, {7, 9}}));
  EXPECT_EQ(map.covering({2, 6}), (ByteRange{2, 9}));
}

TEST(SourceMap, UnitsAreNotDivided) {
  SourceMap map;
  map.append(100, 4, 3, 2);
  EXPECT_EQ(map.covering({1, 2}), (ByteRange{100, 104}));
  EXPECT_EQ(map.covering({2, 4}), (ByteRange{100, 108}));
  EXPECT_EQ(map.at(5), (ByteRange{104, 108}));
}

TEST(SourceMap, OutsideIsClamped) {
  SourceMap map;
  EXPECT_EQ(map.at(3), (ByteRange{0, 0}));
  map.append_identity(5, 2);
  EXPECT_EQ(map.at(9), (ByteRange{7, 7}));
  EXPECT_TRUE(map.pieces({2, 9}).empty());
  EXPECT_EQ(map.pieces({1, 9}), (Ranges{{6, 7}}));
}

TEST(SourceMap, SliceKeepsTheMapping) {
  SourceMap map;
  map.append_identity(0, 4);
  map.append(10, 3, 1, 4);
  const auto part = map.slice({2, 6});
  EXPECT_EQ(part.out_size(), 4U);
  for (std::size_t i = 0; i < 4; ++i) EXPECT_EQ(part.at(i), map.at(i + 2));
}

TEST(SourceMap, StagesCompose) {
  // "4111" in UTF-16LE, then base64.
  const std::string utf16("4\0001\0001\0001\000", 8);
  const auto encoded = encode_base64_lines(utf16);
  const auto decoded = decode_base64(encoded, 1000);
  const auto text = to_utf8(decoded.bytes, "utf-16le");
  ASSERT_EQ(text.utf8, "4111");
  EXPECT_EQ(map_back({0, 1}, {&text.map, &decoded.map}), (Ranges{{1000, 1004}}));
  EXPECT_EQ(map_back({1, 3}, {&text.map, &decoded.map}), (Ranges{{1000, 1008}}));
}

// Properties of every decoder, on random input: the map covers the output exactly, input never goes backwards, no
// range leaves the input, and bytes that are their own encoding map to themselves.
void check_properties(const Decoded& decoded, const std::string& raw, std::size_t origin) {
  ASSERT_EQ(decoded.map.out_size(), decoded.bytes.size());
  std::size_t before = origin;
  for (std::size_t i = 0; i < decoded.bytes.size(); ++i) {
    const auto from = decoded.map.at(i);
    ASSERT_GE(from.begin, before);
    ASSERT_LE(from.end, origin + raw.size());
    ASSERT_LT(from.begin, from.end);
    if (from.size() == 1) {
      const char source = raw[from.begin - origin];
      if (source != '_') ASSERT_EQ(decoded.bytes[i], source);
    }
    before = from.begin;
  }
}

std::string random_text(std::mt19937& random, std::string_view alphabet) {
  std::string text(random() % 200, ' ');
  for (char& c : text) c = alphabet[random() % alphabet.size()];
  return text;
}

TEST(SourceMap, HoldsForRandomTransferEncodedInput) {
  std::mt19937 random(7);
  constexpr std::string_view kAlphabet = "AaZz09+/=\r\n \t=3D!-._?\x80\xff";
  for (int round = 0; round < 3000; ++round) {
    const auto raw = random_text(random, kAlphabet);
    for (auto encoding : {TransferEncoding::kBase64, TransferEncoding::kQuotedPrintable, TransferEncoding::kUuencode,
                          TransferEncoding::kIdentity}) {
      check_properties(decode_transfer(raw, encoding, 50), raw, 50);
    }
  }
}

TEST(SourceMap, HoldsForRandomBytesOfEveryCharset) {
  std::mt19937 random(11);
  std::string alphabet;
  for (int c = 0; c < 256; ++c) alphabet += static_cast<char>(c);
  alphabet += "\x1b$B\x1b(B4111111111111111";
  for (int round = 0; round < 300; ++round) {
    const auto raw = random_text(random, alphabet);
    for (std::string_view charset : {"", "utf-8", "iso-8859-1", "iso-2022-jp", "shift_jis", "euc-jp", "gb18030", "big5", "utf-16",
                                     "utf-16le", "utf-7", "koi8-r", "ks_c_5601-1987", "hz-gb-2312", "no-such"}) {
      const auto converted = to_utf8(raw, charset);
      ASSERT_EQ(converted.map.out_size(), converted.utf8.size()) << charset;
      std::size_t before = 0;
      for (std::size_t i = 0; i < converted.utf8.size(); ++i) {
        const auto from = converted.map.at(i);
        ASSERT_GE(from.begin, before) << charset;
        ASSERT_LE(from.end, raw.size()) << charset;
        before = from.begin;
      }
    }
  }
}

TEST(SourceMap, RoundTripFindsTheEncodedBytesOfEveryRange) {
  std::mt19937 random(3);
  for (int round = 0; round < 200; ++round) {
    std::string text;
    for (int i = 0; i < 150; ++i) text += static_cast<char>(random() % 256);
    const auto encoded = encode_base64_lines(text);
    const auto decoded = decode_base64(encoded);
    ASSERT_EQ(decoded.bytes, text);
    ASSERT_TRUE(decoded.clean);
    const std::size_t begin = random() % text.size();
    const std::size_t end = begin + random() % (text.size() - begin) + 1;
    const auto from = decoded.map.covering({begin, end});
    const auto again = decode_base64(std::string_view(encoded).substr(from.begin, from.size()));
    EXPECT_NE(again.bytes.find(text.substr(begin, end - begin)), std::string::npos);
  }
}

}  // namespace
}  // namespace postern::pipeline
