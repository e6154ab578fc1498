#include "smtp/proto/content.h"

#include <gtest/gtest.h>

#include <random>
#include <string>

namespace postern::smtp {
namespace {

struct Decoded {
  std::string content;
  std::string rest;  // behind the end
  bool has_ended = false;
  bool has_bare = false;
  std::size_t line_bytes = 0;
};

template <class NextPiece>
Decoded decode(std::string_view wire, NextPiece next_piece) {
  DataDecoder decoder;
  Decoded out;
  while (!wire.empty() && !out.has_ended) {
    std::string_view piece = wire.substr(0, next_piece());
    while (!piece.empty() && !out.has_ended) {
      const DataDecoder::Step step = decoder.next(piece);
      EXPECT_GT(step.consumed, 0U);
      out.content += piece.substr(step.content.begin, step.content.size());
      out.has_ended = step.is_end;
      piece.remove_prefix(step.consumed);
      wire.remove_prefix(step.consumed);
    }
  }
  out.rest = wire;
  out.has_bare = decoder.has_bare();
  out.line_bytes = decoder.line_bytes_seen();
  return out;
}
Decoded decode(std::string_view wire) {
  return decode(wire, [&] { return wire.size(); });
}

TEST(DataDecoder, Trap04_ContentIsExact) {
  const auto check = [](const char* wire, const char* content) {
    const Decoded got = decode(wire);
    EXPECT_TRUE(got.has_ended) << wire;
    EXPECT_FALSE(got.has_bare) << wire;
    EXPECT_EQ(got.content, content) << wire;
  };
  check(".\r\n", "");
  check("a\r\n.\r\n", "a\r\n");
  check("\r\n.\r\n", "\r\n");
  check("..\r\n.\r\n", ".\r\n");
  check("..a\r\n...\r\n.b\r\n.\r\n", ".a\r\n..\r\nb\r\n");
  check("a.\r\n.\r\n", "a.\r\n");
  check("a\r\n\r\n\r\n.\r\n", "a\r\n\r\n\r\n");
}

TEST(DataDecoder, WhatFollowsTheEndIsNotTouched) {
  const Decoded got = decode("a\r\n.\r\nQUIT\r\n");
  EXPECT_TRUE(got.has_ended);
  EXPECT_EQ(got.rest, "QUIT\r\n");
}

TEST(DataDecoder, Trap01_NothingElseEnds) {
  for (const char* wire : {"a\n.\n", "a\n.\r", "a\r.\n", "a\r.\r", "a\n.\r\n", "a\r.\r\n", "a\r\n.\n", "a\r\n.\rx",
                           "a\r\n.\r\r\n", "a\r\r\n.\r\r\n", "\n.\r\n", ".\n", ".\rx", ".\r\r\n", "\r.\r\n"}) {
    const Decoded got = decode(wire);
    EXPECT_FALSE(got.has_ended) << testing::PrintToString(wire);
    EXPECT_TRUE(got.has_bare || wire[std::string_view(wire).size() - 1] == '\r') << testing::PrintToString(wire);
    const Decoded later = decode(std::string(wire) + "x\r\n.\r\n");
    EXPECT_TRUE(later.has_ended && later.has_bare) << testing::PrintToString(wire);
  }
  for (const char* wire : {"a\r\n. \r\n", "a\r\n.x\r\n", "a\r\n .\r\n"}) EXPECT_FALSE(decode(wire).has_ended) << wire;
}

// One byte at a time, as the text of RFC 5321 reads: the specification that the decoder must agree with.
Decoded decode_slowly(std::string_view wire) {
  Decoded out;
  std::string line;
  char before = 0;
  for (std::size_t i = 0; i < wire.size(); ++i) {
    const char c = wire[i];
    if (c == '\n' && before != '\r') out.has_bare = true;
    if (before == '\r' && c != '\n') out.has_bare = true;
    line += c;
    if (c == '\n' && before == '\r') {
      if (line == ".\r\n") {
        out.has_ended = true;
        out.rest = wire.substr(i + 1);
        return out;
      }
      out.content += line.starts_with('.') ? line.substr(1) : line;
      line.clear();
    }
    before = c;
  }
  return out;
}

TEST(DataDecoder, AgreesWithTheSpecificationInAnyPieces) {
  std::mt19937 random(20261122);
  constexpr std::string_view kAlphabet("..\r\n\r\n\r\nax\0", 11);
  for (int round = 0; round < 20000; ++round) {
    std::string wire;
    const std::size_t size = random() % 24;
    while (wire.size() < size) {
      if (random() % 2 == 0) wire += "\r\n";
      else wire += kAlphabet[random() % kAlphabet.size()];
    }
    const Decoded expected = decode_slowly(wire);
    const Decoded whole = decode(wire);
    const Decoded pieces = decode(wire, [&] { return 1 + random() % 4; });
    for (const Decoded& got : {whole, pieces}) {
      ASSERT_EQ(got.has_ended, expected.has_ended) << testing::PrintToString(wire);
      ASSERT_EQ(got.has_bare, expected.has_bare) << testing::PrintToString(wire);
      ASSERT_EQ(got.rest, expected.rest) << testing::PrintToString(wire);
      if (!expected.has_bare && expected.has_ended) {
        ASSERT_EQ(got.content, expected.content) << testing::PrintToString(wire);
      }
    }
  }
}

TEST(LineEndCheck, Trap11_SeesBareEndsAcrossPieces) {
  std::mt19937 random(7);
  constexpr std::string_view kAlphabet("\r\nab", 4);
  for (int round = 0; round < 20000; ++round) {
    std::string text;
    const std::size_t size = random() % 12;
    while (text.size() < size) {
      if (random() % 2 == 0) text += "\r\n";
      else text += kAlphabet[random() % kAlphabet.size()];
    }
    bool expected = false;
    std::size_t longest = 0;
    std::size_t line = 0;
    for (std::size_t i = 0; i < text.size(); ++i) {
      if (text[i] == '\n' && (i == 0 || text[i - 1] != '\r')) expected = true;
      if (text[i] == '\r' && (i + 1 == text.size() || text[i + 1] != '\n')) expected = true;
      ++line;
      longest = std::max(longest, line);
      if (text[i] == '\n') line = 0;
    }
    LineEndCheck check;
    for (std::string_view left = text; !left.empty();) {
      const std::size_t piece = std::min<std::size_t>(left.size(), 1 + random() % 5);
      check.feed(left.substr(0, piece));
      left.remove_prefix(piece);
    }
    check.finish();
    ASSERT_EQ(check.has_bare(), expected) << testing::PrintToString(text);
    ASSERT_EQ(check.line_bytes_seen(), longest) << testing::PrintToString(text);
  }
}

TEST(DataDecoder, Trap15_LongestLine) {
  EXPECT_EQ(decode("abc\r\n" + std::string(2000, 'x') + "\r\nab\r\n.\r\n").line_bytes, 2002U);
  EXPECT_EQ(decode(std::string(2000, 'x')).line_bytes, 2000U);
}

}  // namespace
}  // namespace postern::smtp
