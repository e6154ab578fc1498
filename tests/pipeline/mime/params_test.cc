#include "pipeline/mime/params.h"

#include <gtest/gtest.h>

namespace postern::pipeline {
namespace {

TEST(MimeValue, ReadsTypeAndParameters) {
  const auto value = parse_mime_value(" Text/PLAIN (comment); charset=\"US-ASCII\" (Plain text);\r\n format=flowed");
  EXPECT_EQ(value.value, "text/plain");
  EXPECT_EQ(value.param("charset"), "US-ASCII");
  EXPECT_EQ(value.param("format"), "flowed");
  EXPECT_EQ(value.param("boundary"), "");
}

TEST(MimeValue, ToleratesBlanksAroundSlashAndEquals) {
  const auto value = parse_mime_value("text / html ; charset = utf-8 ;");
  EXPECT_EQ(value.value, "text/html");
  EXPECT_EQ(value.param("charset"), "utf-8");
}

TEST(MimeValue, KeepsUnquotedNamesWithBlanksAndParentheses) {
  EXPECT_EQ(parse_mime_value("attachment; filename=my file(1).pdf").param("filename"), "my file(1).pdf");
}

TEST(MimeValue, FindsParametersWithoutSemicolon) {
  const auto value = parse_mime_value("application/pdf\r\n a=1\r\n b=\"2\" c=3; d = 4 e=5");
  EXPECT_EQ(value.value, "application/pdf");
  EXPECT_EQ(value.param("a"), "1");
  EXPECT_EQ(value.param("b"), "2");
  EXPECT_EQ(value.param("c"), "3");
  EXPECT_EQ(value.param("d"), "4");
  EXPECT_EQ(value.param("e"), "5");
}

TEST(MimeValue, QuotedStringsKeepBackslashesOfPaths) {
  EXPECT_EQ(parse_mime_value("attachment; filename=\"C:\\tmp\\a \\\"b\\\".txt\"").param("filename"), "C:\\tmp\\a \"b\".txt");
}

// RFC 2231 sections 3 and 4.1, the RFC's own examples.
TEST(MimeValue, JoinsContinuations) {
  const auto url = parse_mime_value("message/external-body; access-type=URL;\r\n URL*0=\"ftp://\";\r\n"
                                    " URL*1=\"cs.utk.edu/pub/moore/bulk-mailer/bulk-mailer.tar\"");
  EXPECT_EQ(url.param("url"), "ftp://cs.utk.edu/pub/moore/bulk-mailer/bulk-mailer.tar");
  const auto title = parse_mime_value("application/x-stuff\r\n ; title*0*=us-ascii'en'This%20is%20even%20more%20\r\n"
                                      " ; title*1*=%2A%2A%2Afun%2A%2A%2A%20\r\n ; title*2=\"isn't it!\"");
  EXPECT_EQ(title.param("title"), "This is even more ***fun*** isn't it!");
}

TEST(MimeValue, DecodesExtendedCharset) {
  EXPECT_EQ(parse_mime_value("attachment; filename*=iso-8859-1''na%EFve.txt").param("filename"), "na\xc3\xafve.txt");
  EXPECT_EQ(parse_mime_value("attachment; filename*=UTF-8''%e2%82%ac%20rates").param("filename"), "\xe2\x82\xac rates");
}

TEST(MimeValue, ExtendedFormWinsOverPlain) {
  const auto value = parse_mime_value("attachment; filename=plain.txt; filename*=utf-8''real.txt");
  EXPECT_EQ(value.param("filename"), "real.txt");
}

TEST(MimeValue, PiecesOutOfOrderAreSorted) {
  EXPECT_EQ(parse_mime_value("a; n*2=c; n*0=a; n*1=b").param("n"), "abc");
}

TEST(MimeValue, EncodedWordsInNamesAreDecoded) {
  EXPECT_EQ(parse_mime_value("application/pdf; name=\"=?UTF-8?B?w6RiYy5wZGY=?=\"").param("name"), "\xc3\xa4" "bc.pdf");
}

TEST(MimeValue, ReportsConflictingDuplicates) {
  const auto value = parse_mime_value("multipart/mixed; boundary=a; boundary=b");
  EXPECT_EQ(value.param("boundary"), "a");
  EXPECT_TRUE(value.has_conflict);
  EXPECT_FALSE(parse_mime_value("multipart/mixed; boundary=a; boundary=a").has_conflict);
}

std::string other_readings(std::string_view raw) {
  std::string out;
  for (const MimeParam& one : parse_mime_value(raw).other_readings) out += one.name + "=" + one.value + ";";
  return out;
}

TEST(MimeValue, TellsWhatOtherReadersTake) {
  EXPECT_EQ(other_readings("a; n=x; m=\"y z\""), "");
  EXPECT_EQ(other_readings("a; n*=utf-8''e%78t; n=plain"), "n=plain;");
  EXPECT_EQ(other_readings("a; n=1; n=2"), "n=2;");
  EXPECT_EQ(other_readings("a; n*1=b; n*0=a"), "n=ba;");
  EXPECT_EQ(other_readings("a; n*0=a; n*1=b; n*1=c"), "n=abc;");
  EXPECT_EQ(other_readings("a; n=\"%34%31\""), "n=41;");
}

TEST(MimeValue, NeverReadsBeyondUnclosedQuotesAndComments) {
  EXPECT_EQ(parse_mime_value("text/plain; charset=\"utf-8").param("charset"), "utf-8");
  EXPECT_EQ(parse_mime_value("text/plain; (((((").value, "text/plain");
  EXPECT_EQ(parse_mime_value("text/plain; n=a%").param("n"), "a%");
  EXPECT_EQ(parse_mime_value("text/plain; n*=utf-8''a%4").param("n"), "a%4");
}

TEST(SafeFilename, HasNoPathControlsOrDirection) {
  EXPECT_EQ(safe_filename("../../etc/passwd"), "passwd");
  EXPECT_EQ(safe_filename("C:\\x\\y.txt"), "y.txt");
  EXPECT_EQ(safe_filename("a\r\nb\x01.txt"), "ab.txt");
  EXPECT_EQ(safe_filename("invoice\xe2\x80\xaetxt.exe"), "invoicetxt.exe");
  EXPECT_EQ(safe_filename("...hidden. "), "hidden");
  EXPECT_EQ(safe_filename(".."), "");
}

TEST(SafeFilename, IsBoundedAndKeepsTheExtension) {
  const auto name = safe_filename(std::string(400, 'x') + ".pdf");
  EXPECT_EQ(name.size(), 255U);
  EXPECT_TRUE(name.ends_with(".pdf"));
}

}  // namespace
}  // namespace postern::pipeline
