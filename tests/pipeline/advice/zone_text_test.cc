// Records as people paste them.
#include "pipeline/advice/zone_text.h"

#include <gtest/gtest.h>

namespace postern::pipeline {
namespace {

TEST(ZoneText, LongTextIsCutIntoStringsOf255Bytes) {
  const std::string text = std::string(255, 'a') + std::string(255, 'b') + "c";
  EXPECT_EQ(quote_txt(text), "\"" + std::string(255, 'a') + "\" \"" + std::string(255, 'b') + "\" \"c\"");
  EXPECT_EQ(quote_txt(std::string(255, 'a')), "\"" + std::string(255, 'a') + "\"");
  EXPECT_EQ(quote_txt(""), "\"\"");
}

TEST(ZoneText, QuotesAndBackslashesAreEscapedAndCountOnce) {
  EXPECT_EQ(quote_txt("a\"b\\c"), R"("a\"b\\c")");
  EXPECT_EQ(quote_txt("a\n\xff"), R"("a\010\255")");
  EXPECT_EQ(quote_txt(std::string(255, '"') + "x"), "\"" + [] {
    std::string out;
    for (int i = 0; i < 255; ++i) out += "\\\"";
    return out;
  }() + "\" \"x\"");
}

TEST(ZoneText, ALineForAZoneFileAndFieldsForAForm) {
  const RecordToPublish txt = make_record("_dmarc.example.org", "TXT", "v=DMARC1; p=none", "example.org");
  EXPECT_EQ(txt.zone_text, "_dmarc.example.org. 3600 IN TXT \"v=DMARC1; p=none\"");
  EXPECT_EQ(txt.host, "_dmarc");
  EXPECT_EQ(txt.value, "v=DMARC1; p=none");
  const RecordToPublish mx = make_record("example.org", "MX", "10 mail.example.org.", "example.org");
  EXPECT_EQ(mx.zone_text, "example.org. 3600 IN MX 10 mail.example.org.");
  EXPECT_EQ(mx.host, "@");
}

TEST(ZoneText, AHostIsRelativeToItsZoneOnlyInsideIt) {
  EXPECT_EQ(make_record("_dmarc.desk.example.org", "TXT", "x", "example.org").host, "_dmarc.desk");
  EXPECT_EQ(make_record("1.2.0.192.in-addr.arpa", "PTR", "x.", "example.org").host, "1.2.0.192.in-addr.arpa");
  EXPECT_EQ(make_record("notexample.org", "TXT", "x", "example.org").host, "notexample.org");
}

TEST(ZoneText, WithoutAValueThereIsNothingToPaste) {
  const RecordToPublish record = make_record("mail.example.org", "A", "", "example.org");
  EXPECT_EQ(record.zone_text, "");
  EXPECT_EQ(record.host, "mail");
}

}  // namespace
}  // namespace postern::pipeline
