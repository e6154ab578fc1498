#include <gtest/gtest.h>

#include "pipeline/mime/decode.h"

namespace postern::pipeline {
namespace {

TEST(Charset, ConvertsWhatMailUses) {
  EXPECT_EQ(to_utf8("Gr\xfc\xdf" "e", "iso-8859-1").utf8, "Gr\xc3\xbc\xc3\x9f" "e");
  EXPECT_EQ(to_utf8("\x80 5", "ISO-8859-1").utf8, "\xe2\x82\xac 5");  // as windows-1252
  EXPECT_EQ(to_utf8("\xf0\xd2\xc9", "koi8-r").utf8, "\xd0\x9f\xd1\x80\xd0\xb8");
  EXPECT_EQ(to_utf8("\x1b$B$3\x1b(B1", "iso-2022-jp").utf8, "\xe3\x81\x93" "1");
  EXPECT_EQ(to_utf8("\xb0\xa1", "ks_c_5601-1987").utf8, "\xea\xb0\x80");
  EXPECT_EQ(to_utf8("\xd6\xd0", "gb2312").utf8, "\xe4\xb8\xad");
  EXPECT_EQ(to_utf8("+AGE-b", "utf-7").utf8, "ab");
  EXPECT_EQ(to_utf8(std::string_view("a\0b\0", 4), "utf-16le").utf8, "ab");
}

TEST(Charset, AsciiAndUtf8CostOneRun) {
  for (std::string_view charset : {"us-ascii", "utf-8", "", "iso-8859-1", "shift_jis", "iso-2022-jp"}) {
    const auto converted = to_utf8("plain text, 4111 1111", charset);
    EXPECT_EQ(converted.map.run_count(), 1U) << charset;
    EXPECT_TRUE(converted.clean) << charset;
  }
  EXPECT_EQ(to_utf8("gr\xc3\xbc\xc3\x9f", "utf-8").map.run_count(), 1U);
}

TEST(Charset, UnknownLabelIsDetected) {
  EXPECT_EQ(to_utf8("Gr\xc3\xbc\xc3\x9f" "e", "x-nonsense").utf8, "Gr\xc3\xbc\xc3\x9f" "e");
  const auto latin = to_utf8("Gr\xfc\xdf" "e", "x-nonsense");
  EXPECT_EQ(latin.utf8, "Gr\xc3\xbc\xc3\x9f" "e");
  EXPECT_FALSE(latin.clean);
}

TEST(Charset, MislabelledUtf8IsNotTrusted) {
  EXPECT_EQ(to_utf8("Gr\xfc\xdf" "e", "utf-8").utf8, "Gr\xc3\xbc\xc3\x9f" "e");
  const auto cut = to_utf8("Gr\xc3\xbc\xc3\x9f" "e \xe2\x82", "utf-8");
  EXPECT_EQ(cut.utf8, "Gr\xc3\xbc\xc3\x9f" "e \xef\xbf\xbd\xef\xbf\xbd");
  EXPECT_FALSE(cut.clean);
}

TEST(Charset, ShiftSequencesAreNotPartOfTheDigitBeforeThem) {
  const std::string raw = "4111\x1b$B$3\x1b(B";
  const auto converted = to_utf8(raw, "iso-2022-jp");
  ASSERT_EQ(converted.utf8.substr(0, 4), "4111");
  EXPECT_EQ(converted.map.covering({0, 4}), (ByteRange{0, 4}));
}

TEST(Charset, FullWidthDigitsOfShiftJisMapToTheirBytes) {
  const auto converted = to_utf8("\x82\x53\x82\x50", "shift_jis");  // full-width 4 and 1
  ASSERT_EQ(converted.utf8, "\xef\xbc\x94\xef\xbc\x91");
  EXPECT_EQ(converted.map.covering({0, 3}), (ByteRange{0, 2}));
  EXPECT_EQ(converted.map.covering({3, 6}), (ByteRange{2, 4}));
}

TEST(Charset, LongInputKeepsItsOffsets) {
  std::string raw;
  for (int i = 0; i < 20'000; ++i) raw += "\xe4x";
  const auto converted = to_utf8(raw, "iso-8859-1");
  ASSERT_EQ(converted.utf8.size(), 60'000U);
  for (std::size_t i = 0; i < 20'000; ++i) ASSERT_EQ(converted.map.at(3 * i + 2), (ByteRange{2 * i + 1, 2 * i + 2}));
}

TEST(Charset, UnlabelledEscapesAreJapanese) {
  EXPECT_EQ(to_utf8("\x1b$B$3\x1b(B", "").utf8, "\xe3\x81\x93");
}

}  // namespace
}  // namespace postern::pipeline
