// What is done over whole runs of bytes gives what is done byte by byte: each is compared with a plain form of itself over
// random and adversarial input.
#include <gtest/gtest.h>

#include <algorithm>
#include <cctype>
#include <random>
#include <string>
#include <vector>

#include "pipeline/mime/decode.h"
#include "pipeline/mime/encode.h"
#include "pipeline/mime/html.h"
#include "pipeline/mime/mimetic_check.h"

namespace postern::pipeline {
namespace {

template <std::size_t N>
std::string pieces(std::mt19937& random, const char* const (&of)[N], std::size_t count) {
  std::string out;
  for (std::size_t i = random() % (count + 1); i > 0; --i) out += of[random() % N];
  return out;
}

void expect_same_map(const SourceMap& one, const SourceMap& other, const std::string& about) {
  ASSERT_EQ(one.out_size(), other.out_size()) << about;
  for (std::size_t at = 0; at < one.out_size(); ++at) ASSERT_EQ(one.at(at), other.at(at)) << about << " at " << at;
}

// RFC 2045 section 6.7, byte by byte.
std::string plain_quoted_printable(std::string_view raw, bool& is_clean) {
  const auto is_blank = [](char c) { return c == ' ' || c == '\t'; };
  const auto ends_line = [&](std::size_t at) {
    while (at < raw.size() && is_blank(raw[at])) ++at;
    return at >= raw.size() || raw[at] == '\r' || raw[at] == '\n';
  };
  std::string out;
  for (std::size_t at = 0; at < raw.size();) {
    if (is_blank(raw[at]) && ends_line(at)) {
      ++at;
    } else if (raw[at] != '=') {
      out += raw[at++];
    } else if (at + 2 < raw.size() && std::isxdigit(static_cast<unsigned char>(raw[at + 1])) && std::isxdigit(static_cast<unsigned char>(raw[at + 2]))) {
      out += static_cast<char>(std::stoi(std::string(raw.substr(at + 1, 2)), nullptr, 16));
      at += 3;
    } else if (ends_line(at + 1)) {
      for (++at; at < raw.size() && is_blank(raw[at]);) ++at;
      if (raw.substr(at).starts_with("\r\n")) ++at;
      if (at < raw.size()) ++at;
    } else {
      is_clean = false;
      out += raw[at++];
    }
  }
  return out;
}

TEST(FastPaths, QuotedPrintableIsThatOfBytes) {
  constexpr const char* kPieces[] = {"=", "=3D", "=41", "=4", "=\r\n", "=\n", "= \t\n", "\r", "\n", "\r\n", " ", "\t", "  ", "word", "a b", "1", "=\xff", "=zz"};
  std::mt19937 random(11);
  for (int round = 0; round < 20'000; ++round) {
    const std::string raw = pieces(random, kPieces, 14);
    bool is_clean = true;
    const std::string expected = plain_quoted_printable(raw, is_clean);
    const Decoded decoded = decode_quoted_printable(raw, 100);
    ASSERT_EQ(decoded.bytes, expected) << testing::PrintToString(raw);
    ASSERT_EQ(decoded.clean, is_clean) << testing::PrintToString(raw);
    ASSERT_EQ(decoded.map.out_size(), expected.size());
    for (std::size_t at = 0; at < expected.size(); ++at) {
      const ByteRange source = decoded.map.at(at);
      ASSERT_TRUE(source.size() == 1 || source.size() == 3) << testing::PrintToString(raw);
      if (source.size() == 1) ASSERT_EQ(raw[source.begin - 100], expected[at]) << testing::PrintToString(raw);
    }
  }
}

std::string plain_base64(std::string_view raw) {
  constexpr std::string_view kAlphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string out;
  unsigned bits = 0;
  int digits = 0;
  for (char c : raw) {
    const std::size_t value = kAlphabet.find(c);
    if (value == std::string_view::npos) continue;
    bits = bits << 6U | static_cast<unsigned>(value);
    if (++digits < 4) continue;
    for (unsigned shift : {16U, 8U, 0U}) out += static_cast<char>(bits >> shift & 0xFFU);
    bits = 0;
    digits = 0;
  }
  return out;
}

TEST(FastPaths, Base64IsThatOfCharacters) {
  std::mt19937 random(12);
  for (int round = 0; round < 5'000; ++round) {
    std::string raw;
    for (std::size_t i = random() % 600; i > 0; --i) {
      const unsigned kind = random() % 60;
      raw += kind == 0 ? '\n' : kind == 1 ? static_cast<char>(0x80 + random() % 0x80) : "ABCZabz0189+/"[random() % 13];
    }
    const std::string expected = plain_base64(raw);
    const std::string decoded = decode_base64(raw).bytes;
    ASSERT_EQ(decoded.substr(0, expected.size()), expected);
    ASSERT_LE(decoded.size(), expected.size() + 2);  // what is left of a group
  }
}

// RFC 2045 section 6.7, byte by byte: what stood for itself before.
std::string plain_encoded(std::string_view text, std::string_view eol) {
  const auto line_end = [&](std::size_t at) -> std::size_t {
    if (at >= text.size()) return 0;
    return text[at] == '\n' ? (eol == "\n" ? 1 : 0) : text.substr(at).starts_with("\r\n") ? 2 : 0;
  };
  std::string out;
  std::size_t column = 0;
  for (std::size_t at = 0; at < text.size();) {
    if (const std::size_t end = line_end(at); end > 0) {
      out += text.substr(at, end);
      column = 0;
      at += end;
      continue;
    }
    if (column == 0 && text.substr(at).starts_with("--")) {
      out += "=2D";
      column = 3;
      ++at;
      continue;
    }
    const auto byte = static_cast<unsigned char>(text[at]);
    const bool is_last = at + 1 >= text.size() || line_end(at + 1) > 0;
    const bool is_literal = (byte > ' ' && byte < 0x7F && byte != '=') || ((byte == ' ' || byte == '\t') && !is_last);
    if (column + (is_literal ? 1 : 3) > 75) {
      out += '=';
      out += eol;
      column = 0;
      continue;
    }
    const char* const hex = "0123456789ABCDEF";
    if (is_literal) out += text[at];
    else out += {'=', hex[byte >> 4U], hex[byte & 15U]};
    column += is_literal ? 1 : 3;
    ++at;
  }
  return out;
}

TEST(FastPaths, EncodingIsThatOfBytes) {
  constexpr const char* kPieces[] = {" ", "\t", "=", "\r\n", "\n", "\r", "\xC3\xA4", "word", "some more words here", "\x01", "sixteen letters.", " \n", "-", "--", "----------"};
  std::mt19937 random(13);
  for (int round = 0; round < 20'000; ++round) {
    const std::string text = pieces(random, kPieces, 30);
    const std::string_view eol = round % 2 == 0 ? "\r\n" : "\n";
    ASSERT_EQ(encode_quoted_printable(text, eol), plain_encoded(text, eol)) << testing::PrintToString(text);
  }
}

// A blank between two words is part of the run that they make; a tab is not, and shows the same.
TEST(FastPaths, BlanksInRunsOfTextAreWhatOtherWhiteSpaceIs) {
  constexpr const char* kPieces[] = {"word", " ", " ", "  ", "a b c", "\n", "&amp;", "&#52;", "& x", "]", "]]>", "<b>", "</b>", "<p>", "</p>",
                                     "<br>", "<td>", "</td>", "<li>", "<tr>", "4111 1111", "<i style='display:none'>", "</i>", "<div style=\"float:right\">",
                                     "</div>", "<bdo dir=rtl>", "</bdo>", "<del>", "</del>", "<svg/>", "<svg>", "</svg>", "<x/>", "<img alt='a b'>", "<", "< b",
                                     "<![CDATA[", "<!--[if x]>", "<!-- c -->", "<title>", "</title>", "\xC2\xA0", "<style>b::before{content:'4 1'}</style>"};
  std::mt19937 random(14);
  for (int round = 0; round < 10'000; ++round) {
    const std::string html = pieces(random, kPieces, 24);
    std::string tabs = html;
    for (std::size_t at = 0; at < tabs.size(); ++at) {
      // Those of values are text as they are.
      const std::size_t quote = tabs.substr(0, at).find_last_of("'");
      const bool is_value = quote != std::string::npos && (std::string_view("=:").find(tabs[quote - 1]) != std::string_view::npos);
      if (tabs[at] == ' ' && !is_value) tabs[at] = '\t';
    }
    for (const HtmlReading reading : {HtmlReading::kRendered, HtmlReading::kVisible, HtmlReading::kEverything}) {
      const HtmlText one = html_to_text(html, reading);
      const HtmlText other = html_to_text(tabs, reading);
      ASSERT_EQ(one.text, other.text) << testing::PrintToString(html);
      expect_same_map(one.map, other.map, html);
      const HtmlText small = html_to_text(html, reading, Mapping::kSmall);
      ASSERT_EQ(small.text, one.text);
      if (small.map.is_kept()) expect_same_map(small.map, one.map, html);
    }
  }
}

// Mapping::kSmall: kept of what people write, left out where it would be larger than the page.
TEST(FastPaths, ASmallMapIsKeptAndALargeOneIsNot) {
  std::string letter;
  std::string hostile;
  for (int i = 0; i < 1'000; ++i) {
    letter += "<p>Dear customer, your order 4111 was sent.</p>\r\n";
    hostile += "&#52;1";
  }
  EXPECT_TRUE(html_to_text(letter, HtmlReading::kRendered, Mapping::kSmall).map.is_kept());
  const HtmlText none = html_to_text(hostile, HtmlReading::kRendered, Mapping::kSmall);
  EXPECT_FALSE(none.map.is_kept());
  EXPECT_EQ(none.map.run_count(), 0U);
  EXPECT_EQ(none.map.out_size(), none.text.size());
}

// mimetic counts the same leaves without the lines of bodies that it is not given.
TEST(FastPaths, MimeticCountsTheSameInASkeleton) {
  constexpr const char* kLines[] = {
      "Content-Type: multipart/mixed; boundary=A", "Content-Type: multipart/mixed; boundary=\"A b\"", "Content-Type: multipart/mixed;", " boundary=x", "Content-Type: message/rfc822",
      "Content-Type: text/plain", "content-type:message/rfc822", "Subject: x", "", "", "", "--A", "--A--", "--A b", "--x", "--x--", "--A  ", "A", "boundary=A",
      "text --A text", "text--A--", "-", "--", "---", "a-b", "dull", "dull line with words", "QUJDREVGR0hJSktMTU5PUFFSU1RVVldYWVo=", "<p>dull</p>", "name value: no", "name : x",
      ":", ": x", " folded", "\tfolded", "\x80\x81", "=3D", "Content-Type: multipart/digest; boundary=\"\"", "Content-Type: multipart/mixed; boundary=dull", "Content-Type"};
  std::mt19937 random(15);
  std::size_t with_parts = 0;
  for (int round = 0; round < 60'000; ++round) {
    std::string message;
    for (std::size_t i = random() % 24; i > 0; --i) {
      const unsigned chance = random() % 10;
      const char* const eol = chance == 0 ? "\r" : chance < 4 ? "\n" : "\r\n";
      std::size_t times = 1;
      const char* const line = kLines[random() % std::size(kLines)];
      if (random() % 3 == 0) times += random() % 9;
      for (; times > 0; --times) message += std::string(line) + eol;
      if (random() % 3 == 0) {
        for (std::size_t dull = random() % 9; dull > 0; --dull) message += kLines[25 + random() % 4] + std::string(eol);
      }
    }
    if (random() % 4 == 0) message += "dull without an end";
    const auto whole = count_leaves_with_mimetic(message, {}, MimeticText::kWhole);
    ASSERT_EQ(count_leaves_with_mimetic(message, {}), whole) << testing::PrintToString(message);
    with_parts += whole.value_or(0) > 1;
  }
  EXPECT_GT(with_parts, 1'000U);
}

}  // namespace
}  // namespace postern::pipeline
