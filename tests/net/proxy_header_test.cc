// C-09, C-10: limits per client must see the client, also behind a load balancer; and only what it said, to the byte.
#include "net/proxy_header.h"

#include <gtest/gtest.h>

namespace postern::net {
namespace {

using State = ProxyHeaderReader::State;

struct Read {
  State state = State::kMore;
  std::string client;
  std::size_t left = 0;  // bytes behind the header, which must stay unread
};

Read read(std::string_view bytes, std::size_t step_max) {
  ProxyHeaderReader reader;
  Read out;
  while (out.state == State::kMore && !bytes.empty()) {
    const std::size_t step = std::min({reader.wanted(), step_max, bytes.size()});
    EXPECT_GT(step, 0U);
    out.state = reader.take(bytes.substr(0, step));
    bytes.remove_prefix(step);
  }
  EXPECT_EQ(reader.wanted() == 0, out.state != State::kMore);
  if (reader.client()) out.client = reader.client()->to_string();
  out.left = bytes.size();
  return out;
}

constexpr std::string_view kTls("\x16\x03\x01", 3);

std::string binary(unsigned char version, unsigned char family, std::string_view body) {
  std::string out("\r\n\r\n\0\r\nQUIT\n", 12);
  out += static_cast<char>(version);
  out += static_cast<char>(family);
  out += static_cast<char>(body.size() >> 8U);
  out += static_cast<char>(body.size() & 255U);
  return out + std::string(body);
}

const std::string kV4Body("\xc0\x00\x02\x07\xc6\x33\x64\x01\xdc\x04\x00\x19", 12);

TEST(ProxyHeader, NothingBehindItIsRead) {
  const std::string line = "PROXY TCP4 192.0.2.7 198.51.100.1 56324 25\r\n";
  std::string v6(32, '\0');
  v6[0] = 0x20, v6[1] = 0x01, v6[2] = 0x0d, v6[3] = static_cast<char>(0xb8), v6[15] = 9;
  const std::string tlv("\x04\x00\x02zz", 5);
  for (const std::size_t step : {std::size_t{1}, std::size_t{7}, std::size_t{4096}}) {
    for (const auto& [bytes, client] : std::vector<std::pair<std::string, std::string>>{
             {line, "192.0.2.7:56324"},
             {"PROXY TCP6 2001:db8::9 2001:db8::1 1 25\r\n", "[2001:db8::9]:1"},
             {"PROXY TCP6 ::ffff:192.0.2.7 2001:db8::1 1 25\r\n", "192.0.2.7:1"},
             {"PROXY UNKNOWN\r\n", ""},
             {"PROXY UNKNOWN ffff:f...f:ffff 65535\r\n", ""},
             {binary(0x21, 0x11, kV4Body), "192.0.2.7:56324"},
             {binary(0x21, 0x11, kV4Body + tlv), "192.0.2.7:56324"},
             {binary(0x21, 0x21, v6 + std::string("\x01\x02\x00\x19", 4)), "[2001:db8::9]:258"},
             {binary(0x20, 0x00, ""), ""},
             {binary(0x20, 0x11, kV4Body), ""},
             {binary(0x21, 0x31, std::string(216, 'x')), ""}}) {
      const Read got = read(bytes + std::string(kTls), step);
      EXPECT_EQ(got.state, State::kComplete) << bytes;
      EXPECT_EQ(got.client, client);
      EXPECT_EQ(got.left, kTls.size()) << bytes;
    }
  }
}

TEST(ProxyHeader, WhatIsNotOneIsBad) {
  for (const std::string& bytes :
       {std::string("EHLO client.test\r\n"), std::string("PROXY TCP4 192.0.2.7 198.51.100.1 56324\r\n"),
        std::string("PROXY TCP4 192.0.2.7 198.51.100.1 56324 25\n"), std::string("PROXY TCP4 192.0.2.7  198.51.100.1 1 25\r\n"),
        std::string("PROXY TCP4 192.0.2.7 198.51.100.1 65536 25\r\n"), std::string("PROXY TCP4 192.0.2.7 198.51.100.1 01 25\r\n"),
        std::string("PROXY TCP4 2001:db8::9 198.51.100.1 1 25\r\n"), std::string("PROXY TCP6 192.0.2.7 2001:db8::1 1 25\r\n"),
        std::string("PROXY TCP4 host.test 198.51.100.1 1 25\r\n"), std::string("PROXY UDP4 192.0.2.7 198.51.100.1 1 25\r\n"),
        "PROXY UNKNOWN " + std::string(200, 'x') + "\r\n", binary(0x11, 0x11, kV4Body), binary(0x22, 0x11, kV4Body),
        binary(0x21, 0x11, "short"), binary(0x21, 0x21, kV4Body), binary(0x21, 0x11, std::string(kProxyBodyBytesMax + 1, 'x')),
        std::string("\r\n\r\n\0\r\nQUIX\n!\x11\0\x0c", 16)}) {
    EXPECT_EQ(read(bytes, 4096).state, State::kBad) << bytes;
    EXPECT_EQ(read(bytes, 1).state, State::kBad) << bytes;
  }
}

TEST(ProxyHeader, ABeginningIsNotYetOne) {
  for (const std::string& whole : {std::string("PROXY TCP4 192.0.2.7 198.51.100.1 56324 25\r\n"), binary(0x21, 0x11, kV4Body)}) {
    for (std::size_t length = 1; length < whole.size(); ++length) {
      EXPECT_EQ(read(whole.substr(0, length), 4096).state, State::kMore) << length;
    }
  }
}

}  // namespace
}  // namespace postern::net
