#include "smtp/proto/line_framer.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "smtp/proto/limits.h"

namespace postern::smtp {
namespace {

using Kind = LineFramer::Kind;

// Feeds `bytes` in pieces of `piece`; every decided step in order, lines as text.
std::vector<std::string> frame(std::string_view bytes, std::size_t piece) {
  LineFramer framer;
  std::string buffered;
  std::vector<std::string> steps;
  for (std::size_t at = 0; at < bytes.size(); at += piece) {
    buffered += bytes.substr(at, piece);
    while (true) {
      const LineFramer::Step step = framer.next(buffered);
      if (step.kind == Kind::kLine) steps.push_back(buffered.substr(0, step.line_bytes));
      if (step.kind == Kind::kTooLong) steps.push_back("!long");
      if (step.kind == Kind::kBareEnd) steps.push_back("!bare");
      if (step.kind == Kind::kNul) steps.push_back("!nul");
      if (step.kind == Kind::kFlood) steps.push_back("!flood");
      if (step.resembles_bdat) steps.back() += " bdat";
      buffered.erase(0, step.consumed);
      if (step.kind == Kind::kNeedMore) break;
    }
  }
  return steps;
}

TEST(LineFramer, OnlyCrlfEndsALine) {
  using Lines = std::vector<std::string>;
  for (const std::size_t piece : {1U, 2U, 3U, 100U}) {
    EXPECT_EQ(frame("NOOP\r\nQUIT\r\n", piece), (Lines{"NOOP", "QUIT"})) << piece;
    EXPECT_EQ(frame("\r\n", piece), Lines{""}) << piece;
    EXPECT_EQ(frame("NOOP\n", piece), Lines{"!bare"}) << piece;
    EXPECT_EQ(frame("NO\rOP\r\n", piece), Lines{"!bare"}) << piece;
    EXPECT_EQ(frame("NOOP\r\r\n", piece), Lines{"!bare"}) << piece;
    EXPECT_EQ(frame(std::string_view("a\0b\r\n", 5), piece), Lines{"!nul"}) << piece;
    EXPECT_TRUE(frame("NOOP\r", piece).empty()) << piece;
  }
}

TEST(LineFramer, Trap10_BadLinesThatMayBeBdatAreMarked) {
  using Lines = std::vector<std::string>;
  for (const std::size_t piece : {1U, 7U, 100000U}) {
    EXPECT_EQ(frame(std::string_view("bdat 6\0\r\nQUIT\r\n", 15), piece), (Lines{"!nul bdat", "QUIT"})) << piece;
    for (const std::size_t bytes : {kCommandLineBytesMax, 2 * kCommandLineBytesMax, 20 * kCommandLineBytesMax}) {
      const std::string tail = std::string(bytes, ' ') + "\r\nQUIT\r\n";
      EXPECT_EQ(frame("BDAT 6" + tail, piece), (Lines{"!long bdat", "QUIT"})) << piece;
      EXPECT_EQ(frame("NOOP 6" + tail, piece), (Lines{"!long", "QUIT"})) << piece;
    }
  }
}

TEST(LineFramer, Trap15_LongLinesAreDrainedAndCounted) {
  using Lines = std::vector<std::string>;
  const std::string fits(kCommandLineBytesMax - 2, 'x');
  for (const std::size_t piece : {1U, 7U, 4096U, 100000U}) {
    EXPECT_EQ(frame(fits + "\r\n", piece), Lines{fits}) << piece;
    EXPECT_EQ(frame(fits + "x\r\nQUIT\r\n", piece), (Lines{"!long", "QUIT"})) << piece;
    EXPECT_EQ(frame(std::string(10000, 'x') + "\r\nQUIT\r\n", piece), (Lines{"!long", "QUIT"})) << piece;
  }
  EXPECT_EQ(frame(std::string(3000, 'x') + "\nQUIT\r\n", 100).front(), "!bare");
  EXPECT_EQ(frame(std::string(kCommandDrainBytesMax + 5000, 'x'), 1000).front(), "!flood");
}

}  // namespace
}  // namespace postern::smtp
