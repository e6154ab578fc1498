#include "net/dns.h"

#include <gtest/gtest.h>

namespace postern::net {
namespace {

using std::string_literals::operator""s;

DnsAnswer of(std::vector<std::string> rdata) {
  DnsAnswer answer;
  answer.status = DnsStatus::kOk;
  answer.rdata = std::move(rdata);
  return answer;
}

TEST(DnsAnswer, JoinsCharacterStringsWithoutSpace) {
  const auto texts = of({"\x07v=spf1 \x04-all"s, "\x03one"s, "\0"s}).txt();
  EXPECT_EQ(texts, (std::vector<std::string>{"v=spf1 -all", "one", ""}));
}

TEST(DnsAnswer, LeavesMalformedTextOut) {
  EXPECT_TRUE(of({""s,
                  "\x05"
                  "abc"s,
                  "\x01"
                  "a\xff"
                  "bc"s})
                  .txt()
                  .empty());
}

TEST(DnsAnswer, KeepsBytesOfTextAsTheyAre) {
  const auto texts = of({"\x03"
                         "a\0b"s})
                         .txt();
  ASSERT_EQ(texts.size(), 1U);
  EXPECT_EQ(texts[0], "a\0b"s);
}

TEST(DnsAnswer, DecodesAddressesOfExactLength) {
  const auto addresses =
      of({"\xc0\0\2\1"s, "\xc0\0\2"s, "\xc0\0\2\1\1"s, "\x20\1\x0d\xb8\0\0\0\0\0\0\0\0\0\0\0\1"s}).addresses();
  ASSERT_EQ(addresses.size(), 2U);
  EXPECT_EQ(addresses[0].to_string(), "192.0.2.1");
  EXPECT_EQ(addresses[1].to_string(), "2001:db8::1");
}

TEST(DnsAnswer, DecodesNamesToLowerCase) {
  EXPECT_EQ(of({"\4MAIL\7example\0"s}).names(), std::vector<std::string>{"mail.example"});
}

TEST(DnsAnswer, LeavesMalformedNamesOut) {
  const std::string long_label = std::string(1, '\x40') + std::string(64, 'a') + '\0';
  std::string long_name;
  for (int i = 0; i < 64; ++i) long_name += "\3abc"s;
  long_name += '\0';
  const auto names = of({""s, "\4mail"s, "\4ma"s, "\4mail\0x"s, "\xc0\x0c"s, "\3a.b\0"s, "\3a\\b\0"s, "\3a b\0"s,
                         long_label, long_name})
                         .names();
  EXPECT_TRUE(names.empty());
}

TEST(DnsAnswer, SortsMxByPreferenceAndKnowsTheNullMx) {
  const auto mx = of({"\0\x14\3mx2\0"s, "\0\x0a\3mx1\0"s, "\0\0\0"s, "\0"s, "\0\1"s}).mx();
  ASSERT_EQ(mx.size(), 3U);
  EXPECT_EQ(mx[0].exchange, "") << "RFC 7505";
  EXPECT_EQ(mx[1].exchange, "mx1");
  EXPECT_EQ(mx[1].preference, 10);
  EXPECT_EQ(mx[2].exchange, "mx2");
}

TEST(DnsStatus, BogusIsNeverAbsent) {
  DnsAnswer answer;
  answer.status = DnsStatus::kBogus;
  EXPECT_FALSE(answer.is_absent());
  EXPECT_TRUE(answer.is_transient_failure());
  EXPECT_EQ(to_string(DnsStatus::kBogus), "bogus");
}

TEST(NormalizeName, LowersAndDropsTheFinalDot) {
  EXPECT_EQ(normalize_name("Example.ORG."), "example.org");
  EXPECT_EQ(normalize_name("."), "");
}

}  // namespace
}  // namespace postern::net
