// The scan view: what becomes what, and where it came from.
#include "pipeline/redaction/scan_text.h"

#include <gtest/gtest.h>

namespace postern::pipeline {
namespace {

std::string scanned(std::string_view source) { return std::string(ScanText(source).text()); }

TEST(ScanText, DigitsOfAnyScript) {
  EXPECT_EQ(scanned("４１１１"), "4111");
  EXPECT_EQ(scanned("٤١१𝟒①²"), "411412");
}

TEST(ScanText, InvisibleCharactersVanish) { EXPECT_EQ(scanned("4\u00AD1\u200B1\u2060\uFEFF1\uFE0F\u20E3"), "4111"); }

TEST(ScanText, DashesAndBlanks) {
  EXPECT_EQ(scanned("1\u20102\u20133\u22124\uFF0D5"), "1-2-3-4-5");
  EXPECT_EQ(scanned("1\u00A02\u20033\u202F4"), "1 2 3 4");
  EXPECT_EQ(scanned("1\xA0"
                    "2"),
            "1 2");  // Latin-1 no-break space
  EXPECT_EQ(scanned("1\t2   3"),
            "1\x02"
            "2\x02"
            "3");
}

TEST(ScanText, LineEndsAndQuotePrefixes) {
  EXPECT_EQ(scanned("1\r\n2\r3\n4"), "1\n2\n3\n4");
  EXPECT_EQ(scanned("1 \r\n> > 2"), "1\n2");
}

TEST(ScanText, KnowsWhereACharacterCameFrom) {
  const ScanText scan("a\u00AD４ 1");
  ASSERT_EQ(scan.text(), "a4 1");
  EXPECT_EQ(scan.source_of(1), (ByteRange{3, 6}));
  EXPECT_EQ(scan.source_of(3), (ByteRange{7, 8}));
}

TEST(ScanText, BoldMarksAreOneAndLongerRowsStay) {
  EXPECT_EQ(scanned("**1** __2__ ***3 ****"), "*1* _2_ ***3 ****");
  EXPECT_EQ(scanned("（1）"), "(1)");
  const ScanText scan("**1");
  EXPECT_EQ(scan.source_of(1), (ByteRange{2, 3}));
}

TEST(ScanText, NulBytesOfWideTextVanish) {
  using std::string_view_literals::operator""sv;
  EXPECT_EQ(scanned("4\0001\0001\000"sv), "411");
}

}  // namespace
}  // namespace postern::pipeline
