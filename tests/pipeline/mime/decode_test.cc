#include "pipeline/mime/decode.h"

#include <gtest/gtest.h>

namespace postern::pipeline {
namespace {

TEST(Base64, DecodesLinesAndPadding) {
  EXPECT_EQ(decode_base64("SGVs\r\nbG8=").bytes, "Hello");
  EXPECT_EQ(decode_base64("SGVsbG8h").bytes, "Hello!");
  EXPECT_TRUE(decode_base64("SGVs\r\nbG8=\r\n").clean);
  EXPECT_EQ(decode_base64("").bytes, "");
}

TEST(Base64, PassesOverGarbage) {
  const auto decoded = decode_base64("SG|V*s bG8");
  EXPECT_EQ(decoded.bytes, "Hello");
  EXPECT_FALSE(decoded.clean);
}

TEST(Base64, GoesOnBehindPadding) {
  const auto decoded = decode_base64("SGVsbG8=IHlvdQ==");
  EXPECT_EQ(decoded.bytes, "Hello you");
  EXPECT_FALSE(decoded.clean);
}

TEST(Base64, MapsAGroupThatIsSplitByLineEnd) {
  const auto decoded = decode_base64("SG\r\nVsbG8=", 100);
  EXPECT_EQ(decoded.map.covering({0, 3}), (ByteRange{100, 106}));
  EXPECT_EQ(decoded.map.covering({3, 5}), (ByteRange{106, 110}));
}

// RFC 2045 section 6.7.
TEST(QuotedPrintable, DecodesTheExampleOfTheRfc) {
  const auto decoded = decode_quoted_printable("Now's the time =\r\nfor all folk to come=\r\n to the aid of their country.");
  EXPECT_EQ(decoded.bytes, "Now's the time for all folk to come to the aid of their country.");
  EXPECT_TRUE(decoded.clean);
}

TEST(QuotedPrintable, DecodesEscapesOfEitherCase) {
  EXPECT_EQ(decode_quoted_printable("=C3=a4=3D").bytes, "\xc3\xa4=");
}

TEST(QuotedPrintable, DropsBlanksAtLineEnds) {
  EXPECT_EQ(decode_quoted_printable("a \t\r\nb= \nc  ").bytes, "a\r\nbc");
}

TEST(QuotedPrintable, KeepsWhatIsNoEscape) {
  const auto decoded = decode_quoted_printable("1=2 =ZZ =");
  EXPECT_EQ(decoded.bytes, "1=2 =ZZ ");
  EXPECT_FALSE(decoded.clean);
}

TEST(QuotedPrintable, DigitsSplitBySoftBreakMapToTheirPieces) {
  const auto decoded = decode_quoted_printable("4111=\r\n1111", 10);
  ASSERT_EQ(decoded.bytes, "41111111");
  EXPECT_EQ(decoded.map.pieces({0, 8}), (std::vector<ByteRange>{{10, 14}, {17, 21}}));
}

TEST(Uuencode, DecodesAFile) {
  const auto decoded = decode_uuencode("intro\r\nbegin 644 a.txt\r\n%2&5L;&\\\r\n`\r\nend\r\n");
  EXPECT_EQ(decoded.bytes, "Hello");
  EXPECT_TRUE(decoded.clean);
}

TEST(Uuencode, SurvivesTruncation) {
  EXPECT_FALSE(decode_uuencode("begin 644 a\nM2&").clean);
  EXPECT_EQ(decode_uuencode("no file at all").bytes, "");
}

}  // namespace
}  // namespace postern::pipeline
