// Where requests may go that people ask us to make (server-side request forgery).
#include "net/egress.h"

#include <gtest/gtest.h>

namespace postern::net {
namespace {

IpAddress ip(const char* text) { return IpAddress::parse(text).value(); }
std::string wrong_with(const EgressOptions& options, const char* url) {
  const auto parsed = parse_http_url(url);
  return parsed ? Egress(options).complaint(*parsed) : "no URL";
}

TEST(IsPublic, KnowsTheSpecialNetworks) {
  for (const char* each : {"0.0.0.0", "10.1.2.3", "100.64.0.1", "127.0.0.1", "127.255.255.254", "169.254.169.254", "172.16.0.1", "172.31.255.255", "192.0.0.8",
                           "192.0.2.1", "192.168.1.1", "198.18.0.1", "198.51.100.1", "203.0.113.1", "224.0.0.1", "239.255.255.255", "240.0.0.1", "255.255.255.255",
                           "::", "::1", "::ffff:127.0.0.1", "::ffff:10.0.0.1", "::ffff:169.254.169.254", "::127.0.0.1", "64:ff9b::7f00:1", "100::1", "fe80::1",
                           "fec0::1", "fc00::1", "fd00:ec2::254", "ff02::1", "2001:db8::1", "2001::1", "2002:7f00:1::", "3fff::1"}) {
    EXPECT_FALSE(is_public(ip(each))) << each;
  }
  for (const char* each : {"1.1.1.1", "8.8.8.8", "172.15.0.1", "172.32.0.1", "100.128.0.1", "169.253.0.1", "223.255.255.255", "2606:4700::1111", "2a00:1450::1"}) {
    EXPECT_TRUE(is_public(ip(each))) << each;
  }
}

TEST(HttpUrl, ReadsWhatAUrlSays) {
  const auto url = parse_http_url("HTTPS://Hooks.Example.COM:8443/in/a%20b?x=1&y=2");
  ASSERT_TRUE(url);
  EXPECT_TRUE(url->is_https);
  EXPECT_EQ(url->host, "hooks.example.com");
  EXPECT_EQ(url->port, 8443);
  EXPECT_EQ(url->target, "/in/a%20b?x=1&y=2");
  EXPECT_EQ(url->authority(), "hooks.example.com:8443");
  EXPECT_EQ(parse_http_url("https://a.example")->target, "/");
  EXPECT_EQ(parse_http_url("https://a.example?x")->target, "/?x");
  EXPECT_EQ(parse_http_url("https://a.example./")->host, "a.example");
  EXPECT_EQ(parse_http_url("http://[::1]:81/")->authority(), "[::1]:81");
  EXPECT_EQ(parse_http_url("http://[::ffff:10.0.0.1]/")->host, "10.0.0.1");
}

TEST(HttpUrl, RefusesWhatParsersReadDifferently) {
  for (const char* each : {"", "hooks.example.com", "ftp://a.example/", "https://", "https:///x", "https://ann@a.example/", "https://a.example@10.0.0.1/",
                           "https://a.example:0/", "https://a.example:99999/", "https://a.example:x/", "https://a.example\\@b.example/", "https://a.example/#x",
                           "https://a.example/ b", "https://a.example/\r\nX: y", "https://127.1/", "https://2130706433/", "https://0x7f.0.0.1/", "https://0177.0.0.1/",
                           "https://010.0.0.1/", "https://a..example/", "https://.example/", "https://-a.example/", "https://[::1", "https://[::1]x/",
                           "https://[fe80::1%25eth0]/", "https://a.example:80:90/", "https://b\xC3\xBC""cher.example/"}) {
    EXPECT_FALSE(parse_http_url(each)) << each;
  }
}

TEST(Egress, AllowsPublicAddressesByHttpsOnly) {
  EXPECT_EQ(wrong_with({}, "https://hooks.example.com/"), "");
  EXPECT_EQ(wrong_with({}, "https://8.8.8.8/"), "");
  for (const char* each : {"http://hooks.example.com/", "http://127.0.0.1/", "http://localhost/", "https://127.0.0.1/", "https://10.0.0.1/", "https://[::1]/",
                           "https://169.254.169.254/latest/meta-data", "https://[::ffff:127.0.0.1]/"}) {
    EXPECT_NE(wrong_with({}, each), "") << each;
  }
  const HttpUrl url = *parse_http_url("https://hooks.example.com/");
  EXPECT_TRUE(Egress({}).allows(url, ip("8.8.8.8")));
  EXPECT_FALSE(Egress({}).allows(url, ip("127.0.0.1"))) << "whatever the name says";
}

TEST(Egress, AnOperatorOpensWhatHeNames) {
  EgressOptions options;
  options.networks = {IpNetwork::parse("10.1.2.0/24").value()};
  EXPECT_EQ(wrong_with(options, "https://10.1.2.3/"), "");
  EXPECT_NE(wrong_with(options, "https://10.1.3.3/"), "");
  EXPECT_NE(wrong_with(options, "http://10.1.2.3/"), "") << "still not in the clear";
  options.http_to_loopback = true;
  EXPECT_EQ(wrong_with(options, "http://127.0.0.1:9000/"), "");
  EXPECT_EQ(wrong_with(options, "http://localhost:9000/"), "");
  EXPECT_NE(wrong_with(options, "http://hooks.example.com/"), "");
  EXPECT_FALSE(Egress(options).allows(*parse_http_url("http://localhost/"), ip("8.8.8.8")));
  EXPECT_FALSE(Egress(options).allows(*parse_http_url("https://a.example/"), ip("127.0.0.1")));
  options.hosts = {"hooks.example.com", "*.shop.example"};
  EXPECT_EQ(wrong_with(options, "https://HOOKS.example.com/"), "");
  EXPECT_EQ(wrong_with(options, "https://a.shop.example/"), "");
  EXPECT_NE(wrong_with(options, "https://shop.example/"), "");
  EXPECT_NE(wrong_with(options, "https://evilshop.example/"), "");
  EXPECT_NE(wrong_with(options, "https://other.example/"), "");
}

}  // namespace
}  // namespace postern::net
