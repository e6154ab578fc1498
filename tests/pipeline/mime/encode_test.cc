#include "pipeline/mime/encode.h"

#include <gtest/gtest.h>

#include <random>

#include "pipeline/mime/decode.h"

namespace postern::pipeline {
namespace {

void expect_short_lines(std::string_view text) {
  std::size_t column = 0;
  for (char c : text) {
    column = c == '\n' ? 0 : column + (c == '\r' ? 0 : 1);
    ASSERT_LE(column, 76U);
  }
}

TEST(Encode, RoundTripsRandomText) {
  std::mt19937 random(5);
  for (int round = 0; round < 500; ++round) {
    std::string text;
    const std::size_t size = random() % 400;
    while (text.size() < size) {
      const auto pick = random() % 20;
      if (pick == 0) text += "\r\n";
      else if (pick == 1) text += " ";
      else text += static_cast<char>(random() % 256);
    }
    const auto base64 = encode_base64_lines(text);
    expect_short_lines(base64);
    EXPECT_EQ(decode_base64(base64).bytes, text);
    const auto quoted = encode_quoted_printable(text);
    expect_short_lines(quoted);
    const auto decoded = decode_quoted_printable(quoted);
    EXPECT_EQ(decoded.bytes, text);
    EXPECT_TRUE(decoded.clean);
  }
}

TEST(Encode, QuotedPrintableProtectsBlanksAtLineEnds) {
  EXPECT_EQ(encode_quoted_printable("a \r\nb\t"), "a=20\r\nb=09");
}

TEST(Encode, QuotedPrintableKeepsEncodedLineBreaksEncoded) {
  EXPECT_EQ(encode_quoted_printable("a\nb\rc\r\nd\n"), "a=0Ab=0Dc\r\nd=0A");
  EXPECT_EQ(encode_quoted_printable("a \nb"), "a =0Ab");
  EXPECT_EQ(encode_quoted_printable("a \nb\rc", "\n"), "a=20\nb=0Dc") << "a body whose lines end so";
  for (const std::string_view eol : {"\r\n", "\n"}) {
    const std::string text = std::string(74, 'x') + "\n" + std::string(80, '-') + "\r\n--edge--\r\n-- ";
    const std::string quoted = encode_quoted_printable(text, eol);
    EXPECT_EQ(decode_quoted_printable(quoted).bytes, text);
    EXPECT_TRUE(("\n" + quoted).find("\n--") == std::string::npos) << quoted;
    expect_short_lines(quoted);
  }
}

TEST(Encode, HeaderTextBecomesWordsOnlyWhenNeeded) {
  EXPECT_EQ(encode_header_text("plain"), "plain");
  EXPECT_EQ(encode_header_text("\xc3\xa4"), "=?utf-8?B?w6Q=?=");
  const std::string longer = "\xc3\xa4 " + std::string(200, 'x');
  const auto encoded = encode_header_text(longer);
  expect_short_lines(encoded);
  EXPECT_EQ(decode_words(encoded), longer);
}

TEST(Encode, KnowsTheLineEndOfABody) {
  EXPECT_EQ(line_end_of("a\r\nb"), "\r\n");
  EXPECT_EQ(line_end_of("a\nb"), "\n");
  EXPECT_EQ(line_end_of("a\rb"), "\r");
  EXPECT_EQ(line_end_of("ab"), "\r\n");
}

}  // namespace
}  // namespace postern::pipeline
