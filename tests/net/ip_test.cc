#include "net/ip.h"

#include <gtest/gtest.h>

#include "net/errc.h"

namespace postern::net {
namespace {

TEST(IpAddress, ParsesBothFamiliesAndMapsMappedToV4) {
  EXPECT_EQ(IpAddress::parse("192.0.2.1")->to_string(), "192.0.2.1");
  EXPECT_EQ(IpAddress::parse("2001:DB8:0:0::1")->to_string(), "2001:db8::1");
  EXPECT_TRUE(IpAddress::parse("::ffff:192.0.2.1")->is_v4());
  EXPECT_EQ(*IpAddress::parse("::ffff:192.0.2.1"), *IpAddress::parse("192.0.2.1"));
  EXPECT_TRUE(IpAddress::parse("::1")->is_loopback());
}

TEST(IpAddress, RefusesWhatIsNoAddress) {
  for (const char* text : {"", "1.2.3", "1.2.3.4.5", "256.1.1.1", "01.2.3.4x", "fe80::1%eth0", "::g", "[::1]",
                           " 1.2.3.4", "1.2.3.4 ", "1.2.3.4/32", "2001:db8::1::2"}) {
    EXPECT_FALSE(IpAddress::parse(text)) << text;
  }
  EXPECT_TRUE(IpAddress::parse("x").error() == Errc::kAddress);
}

TEST(IpAddress, HasSmtpLiteralAndReverseName) {
  EXPECT_EQ(IpAddress::parse("192.0.2.1")->to_literal(), "[192.0.2.1]");
  EXPECT_EQ(IpAddress::parse("2001:db8::1")->to_literal(), "[IPv6:2001:db8::1]");
  EXPECT_EQ(IpAddress::parse("192.0.2.1")->to_reverse_name(), "1.2.0.192.in-addr.arpa");
  EXPECT_EQ(IpAddress::parse("2001:db8::1")->to_reverse_name(),
            "1.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.8.b.d.0.1.0.0.2.ip6.arpa");
}

bool is_in(const char* address, const char* network) {
  return IpNetwork::parse(network).value().contains(IpAddress::parse(address).value());
}

TEST(IpNetwork, ContainsByPrefix) {
  EXPECT_TRUE(is_in("192.0.2.255", "192.0.2.0/24"));
  EXPECT_FALSE(is_in("192.0.3.0", "192.0.2.0/24"));
  EXPECT_TRUE(is_in("192.0.2.129", "192.0.2.128/25"));
  EXPECT_FALSE(is_in("192.0.2.127", "192.0.2.128/25"));
  EXPECT_TRUE(is_in("203.0.113.9", "0.0.0.0/0"));
  EXPECT_FALSE(is_in("203.0.113.9", "::/0"));
  EXPECT_TRUE(is_in("2001:db8:ffff::1", "2001:db8::/32"));
  EXPECT_FALSE(is_in("2001:db9::1", "2001:db8::/32"));
  EXPECT_TRUE(is_in("192.0.2.1", "192.0.2.1"));
  EXPECT_FALSE(is_in("192.0.2.2", "192.0.2.1"));
  EXPECT_TRUE(is_in("192.0.2.7", "::ffff:192.0.2.0/120"));
  EXPECT_FALSE(is_in("192.0.3.7", "::ffff:192.0.2.0/120"));
  EXPECT_TRUE(is_in("192.0.2.5", "192.0.2.9/24")) << "host bits of the base do not count";
}

TEST(IpNetwork, RefusesBadPrefixes) {
  for (const char* text : {"192.0.2.0/33", "192.0.2.0/", "192.0.2.0/-1", "192.0.2.0/08", "2001:db8::/129", "/24",
                           "192.0.2.0/24/24", "::ffff:192.0.2.0/95"}) {
    EXPECT_FALSE(IpNetwork::parse(text)) << text;
  }
}

TEST(Endpoint, ParsesHostAndPort) {
  EXPECT_EQ(Endpoint::parse("127.0.0.1:2525")->to_string(), "127.0.0.1:2525");
  EXPECT_EQ(Endpoint::parse("[::1]:25")->to_string(), "[::1]:25");
  EXPECT_EQ(Endpoint::parse("0.0.0.0:0")->port, 0);
  for (const char* text : {"127.0.0.1", "::1:25", "127.0.0.1:", "127.0.0.1:65536", "127.0.0.1:+1", "127.0.0.1:025",
                           "[::1]", "localhost:25", "[::1:25", ":25"}) {
    EXPECT_FALSE(Endpoint::parse(text)) << text;
  }
}

}  // namespace
}  // namespace postern::net
