#include "smtp/proto/command.h"

#include <gtest/gtest.h>

#include "smtp/proto/reply.h"
#include "smtp/proto/text.h"

namespace postern::smtp {
namespace {

TEST(Command, VerbsInAnyCase) {
  EXPECT_EQ(parse_command("mail FROM:<>").verb, Verb::kMail);
  EXPECT_EQ(parse_command("mail FROM:<>").argument_at, 5U);
  EXPECT_EQ(parse_command("QuIt").verb, Verb::kQuit);
  EXPECT_EQ(parse_command("").verb, Verb::kUnknown);
  EXPECT_EQ(parse_command("MAILFROM:<>").verb, Verb::kUnknown);
  EXPECT_EQ(parse_command("\tNOOP").verb, Verb::kUnknown);
}

TEST(Command, Trap13_BarriersStandInTheTable) {
  for (const Verb verb : {Verb::kEhlo, Verb::kHelo, Verb::kData, Verb::kStarttls, Verb::kXclient}) {
    EXPECT_TRUE(row_of(verb).has(kLastInGroup)) << row_of(verb).name;
  }
  for (const Verb verb : {Verb::kMail, Verb::kRcpt, Verb::kBdat, Verb::kRset}) {
    EXPECT_FALSE(row_of(verb).has(kLastInGroup)) << row_of(verb).name;
  }
}

TEST(Command, Trap10_BdatArgument) {
  EXPECT_EQ(parse_bdat("12")->bytes, 12U);
  EXPECT_FALSE(parse_bdat("12")->is_last);
  EXPECT_TRUE(parse_bdat("0 last")->is_last);
  EXPECT_TRUE(parse_bdat("0 LAST ")->is_last);
  EXPECT_EQ(parse_bdat("9223372036854775807")->bytes, 9223372036854775807U);
  for (const char* bad : {"", "-1", "+1", "0x10", "9223372036854775808", "18446744073709551615", "18446744073709551616",
                          "1 LAST LAST", "1 FIRST", "LAST", "1LAST", "1  LAST", " 1", "1.5",
                          "000000000000000000000000000001"}) {
    EXPECT_FALSE(parse_bdat(bad)) << bad;
  }
}

TEST(Command, Trap10_WhatMayBeTakenForBdat) {
  for (const std::string& line : {std::string("BDAT"), std::string("bdat 6"), std::string("BDAT\t6"), std::string(" BDAT 6"),
                                  std::string("BDAT\0 6", 7), std::string("BDAT\xff 6")}) {
    EXPECT_TRUE(resembles_bdat(line)) << line;
  }
  for (const char* line : {"", "BDA", "BDATA 6", "BDAT6", "NOOP BDAT 6", "DATA"}) EXPECT_FALSE(resembles_bdat(line)) << line;
}

TEST(Command, HeloNamesThatMayStandInATraceField) {
  for (const char* good : {"client.example", "[192.0.2.1]", "[IPv6:2001:db8::1]", "host_1", "LAPTOP", "1.2.3.4"}) {
    EXPECT_TRUE(is_helo_name(good)) << good;
  }
  for (const char* bad : {"", "a b", "a(b)", "[192.0.2.1", "192.0.2.1]", "[]", "a\"b", "a;b", "b\xc3\xbc.example", "a,b"}) {
    EXPECT_FALSE(is_helo_name(bad)) << bad;
  }
  EXPECT_FALSE(is_helo_name(std::string(256, 'a')));
}

TEST(Text, Utf8IsWellFormedOnly) {
  for (const char* good : {"", "abc", "gr\xc3\xbc\xc3\x9f", "\xe2\x82\xac", "\xf0\x9f\x98\x80", "\xf4\x8f\xbf\xbf"}) {
    EXPECT_TRUE(is_utf8(good)) << good;
  }
  for (const char* bad : {"\x80", "\xc0\xaf", "\xc1\xbf", "\xe0\x80\xaf", "\xed\xa0\x80", "\xf0\x80\x80\x80",
                          "\xf4\x90\x80\x80", "\xf5\x80\x80\x80", "\xff", "\xc3", "\xe2\x82", "a\xc3z"}) {
    EXPECT_FALSE(is_utf8(bad)) << testing::PrintToString(bad);
  }
}

TEST(Text, XtextEscapesAreUpperHex) {
  EXPECT_TRUE(is_xtext("abc+2Bdef"));
  EXPECT_TRUE(is_xtext(""));
  for (const char* bad : {"a+2bdef", "a+", "a+2", "a=b", "a b", "a\x7f", "\xc3\xbc"}) EXPECT_FALSE(is_xtext(bad)) << bad;
}

TEST(Reply, LinesAndCodes) {
  std::string out;
  append_reply(out, 250, "2.1.0", "Ok");
  append_reply(out, 250, "", "mx.example.test\nPIPELINING\nSIZE 10");
  EXPECT_EQ(out, "250 2.1.0 Ok\r\n250-mx.example.test\r\n250-PIPELINING\r\n250 SIZE 10\r\n");
}

TEST(Reply, IsPrintableAndBounded) {
  std::string out;
  append_reply(out, 550, "5.7.1", "no\r<evil>\x01\xc3\xbc");
  EXPECT_EQ(out, "550 5.7.1 no?<evil>???\r\n");
  out.clear();
  append_reply(out, 550, "5.7.1", std::string(5000, 'x'));
  EXPECT_EQ(out.size(), 512U);
  EXPECT_TRUE(out.ends_with("x\r\n"));
  out.clear();
  append_reply(out, 550, "5.7.1", std::string(5000, '\n'));
  EXPECT_EQ(std::count(out.begin(), out.end(), '\n'), 32);
}

}  // namespace
}  // namespace postern::smtp
