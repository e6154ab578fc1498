#pragma once
// net/ip.h: addresses, networks and endpoints as values. IPv4-mapped IPv6 addresses are IPv4 from here on.
#include <array>
#include <boost/asio/ip/address.hpp>
#include <cstdint>
#include <string>
#include <string_view>

#include "core/result.h"

namespace postern::net {

class IpAddress {
 public:
  IpAddress() = default;  // 0.0.0.0
  explicit IpAddress(const boost::asio::ip::address& address);
  static core::Result<IpAddress> parse(std::string_view text);  // "192.0.2.1", "2001:db8::1", "::ffff:192.0.2.1"
  bool is_v4() const { return address_.is_v4(); }
  bool is_v6() const { return address_.is_v6(); }
  bool is_loopback() const { return address_.is_loopback(); }
  const boost::asio::ip::address& asio() const { return address_; }
  std::string to_string() const { return address_.to_string(); }
  // RFC 5321 section 4.1.3 address literal: "[192.0.2.1]", "[IPv6:2001:db8::1]".
  std::string to_literal() const;
  // Owner name for PTR look-ups: "1.2.0.192.in-addr.arpa".
  std::string to_reverse_name() const;
  friend bool operator==(const IpAddress&, const IpAddress&) = default;
  friend bool operator<(const IpAddress& a, const IpAddress& b) { return a.address_ < b.address_; }

 private:
  boost::asio::ip::address address_ = boost::asio::ip::address_v4();
};

// An address range in CIDR form; a bare address is a network of one.
class IpNetwork {
 public:
  static core::Result<IpNetwork> parse(std::string_view text);  // "192.0.2.0/24", "2001:db8::/32"
  IpNetwork() = default;
  // The network of so many leading bits that `address` lies in; at most 32 or 128.
  IpNetwork(const IpAddress& address, unsigned prefix_bits);
  bool contains(const IpAddress& address) const;
  std::string to_string() const;
  const IpAddress& base() const { return base_; }  // as given: bits behind the prefix may be set
  unsigned prefix_bits() const { return prefix_bits_; }

 private:
  IpAddress base_;
  unsigned prefix_bits_ = 32;
};

// "HOST:PORT" where HOST is an address, "[v6]" in brackets. Port 0 lets the system choose.
struct Endpoint {
  IpAddress address;
  std::uint16_t port = 0;
  static core::Result<Endpoint> parse(std::string_view text);
  std::string to_string() const;
  friend bool operator==(const Endpoint&, const Endpoint&) = default;
};

}  // namespace postern::net
