#include <gtest/gtest.h>

#include "pipeline/mime/decode.h"

namespace postern::pipeline {
namespace {

// The table of RFC 2047 section 8.
TEST(EncodedWord, FollowsTheTableOfTheRfc) {
  EXPECT_EQ(decode_words("=?ISO-8859-1?Q?a?="), "a");
  EXPECT_EQ(decode_words("=?ISO-8859-1?Q?a?= b"), "a b");
  EXPECT_EQ(decode_words("=?ISO-8859-1?Q?a?= =?ISO-8859-1?Q?b?="), "ab");
  EXPECT_EQ(decode_words("=?ISO-8859-1?Q?a?=  =?ISO-8859-1?Q?b?="), "ab");
  EXPECT_EQ(decode_words("=?ISO-8859-1?Q?a?=\r\n    =?ISO-8859-1?Q?b?="), "ab");
  EXPECT_EQ(decode_words("=?ISO-8859-1?Q?a_b?="), "a b");
  EXPECT_EQ(decode_words("=?ISO-8859-1?Q?a?= =?ISO-8859-2?Q?_b?="), "a b");
}

TEST(EncodedWord, DecodesTheExamplesOfTheRfc) {
  EXPECT_EQ(decode_words("=?ISO-8859-1?B?SWYgeW91IGNhbiByZWFkIHRoaXMgeW8=?=\r\n =?ISO-8859-2?B?dSB1bmRlcnN0YW5kIHRoZSBleGFtcGxlLg==?="),
            "If you can read this you understand the example.");
  EXPECT_EQ(decode_words("=?ISO-8859-1?Q?Keld_J=F8rn_Simonsen?="), "Keld J\xc3\xb8rn Simonsen");
  EXPECT_EQ(decode_words("=?US-ASCII*EN?Q?Keith_Moore?="), "Keith Moore");  // RFC 2231 section 5
}

TEST(EncodedWord, JoinsCharactersSplitOverWords) {
  EXPECT_EQ(decode_words("=?utf-8?B?4oI=?= =?utf-8?B?rA==?="), "\xe2\x82\xac");
  EXPECT_EQ(decode_words("=?utf-8?Q?=E2=82?=\r\n =?UTF-8?B?rA==?="), "\xe2\x82\xac");
}

TEST(EncodedWord, ToleratesBlanksAndMissingBlanks) {
  EXPECT_EQ(decode_words("=?iso-8859-1?q?this is some text?="), "this is some text");
  EXPECT_EQ(decode_words("Re:=?utf-8?Q?x?=y"), "Re:xy");
  EXPECT_EQ(decode_words("\"=?utf-8?Q?x?=\""), "\"x\"");
}

TEST(EncodedWord, LeavesWhatIsNone) {
  EXPECT_EQ(decode_words("=?"), "=?");
  EXPECT_EQ(decode_words("a =?utf-8?X?abc?= b"), "a =?utf-8?X?abc?= b");
  EXPECT_EQ(decode_words("a =?utf-8?Q?abc b"), "a =?utf-8?Q?abc b");
  EXPECT_EQ(decode_words("=??Q?a?="), "=??Q?a?=");
}

TEST(EncodedWord, RawEightBitTextIsMadeUtf8) {
  EXPECT_EQ(decode_words(" Gr\xfc\xdf" "e "), "Gr\xc3\xbc\xc3\x9f" "e");
  EXPECT_EQ(decode_words("Gr\xc3\xbc\xc3\x9f" "e"), "Gr\xc3\xbc\xc3\x9f" "e");
}

TEST(EncodedWord, ControlsBecomeBlanks) {
  EXPECT_EQ(decode_words("=?utf-8?Q?a=00=0D=0Ab?="), "a   b");
}

TEST(EncodedWord, MapLeadsToTheRawBytes) {
  const std::string raw = " x =?utf-8?Q?4111=3111?= y";
  const auto decoded = decode_header_text(raw, 100);
  ASSERT_EQ(decoded.bytes, "x 4111111 y");
  const auto digits = decoded.map.covering({2, 9});
  EXPECT_EQ(raw.substr(digits.begin - 100, digits.size()), "4111=3111");
  EXPECT_EQ(decoded.map.at(0), (ByteRange{101, 102}));
}

TEST(EncodedWord, MapOfBase64WordsCoversTheirGroups) {
  const std::string raw = "=?utf-8?B?NDExMTEx?=";  // 411111
  const auto decoded = decode_header_text(raw);
  ASSERT_EQ(decoded.bytes, "411111");
  const auto first = decoded.map.covering({0, 3});
  EXPECT_EQ(raw.substr(first.begin, first.size()), "NDEx");
  EXPECT_EQ(decoded.map.out_size(), decoded.bytes.size());
}

TEST(EncodedWord, ManyStartsAreLinear) {
  std::string raw;
  for (int i = 0; i < 100'000; ++i) raw += "=? ";
  EXPECT_EQ(decode_words(raw).size(), raw.size() - 1);
  raw += "?=";
  EXPECT_EQ(decode_words(raw).size(), raw.size());
}

}  // namespace
}  // namespace postern::pipeline
