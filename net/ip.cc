#include "net/ip.h"

#include <boost/asio/ip/address_v4.hpp>
#include <boost/asio/ip/address_v6.hpp>
#include <boost/asio/ip/network_v4.hpp>
#include <boost/asio/ip/network_v6.hpp>
#include <charconv>

#include "net/errc.h"

namespace postern::net {
namespace {

namespace ip = boost::asio::ip;

constexpr std::size_t kAddressTextMax = 45;  // INET6_ADDRSTRLEN without its end

template <class Number>
bool parse_number(std::string_view text, Number most, Number& into) {
  if (text.empty() || (text.size() > 1 && text.front() == '0')) return false;
  const auto [end, code] = std::from_chars(text.data(), text.data() + text.size(), into);
  return code == std::errc() && end == text.data() + text.size() && into <= most;
}

bool shares_prefix(const unsigned char* a, const unsigned char* b, unsigned bits) {
  for (; bits >= 8; bits -= 8, ++a, ++b) {
    if (*a != *b) return false;
  }
  return bits == 0 || ((*a ^ *b) >> (8 - bits)) == 0;
}

}  // namespace

IpAddress::IpAddress(const ip::address& address) : address_(address) {
  if (address.is_v6() && address.to_v6().is_v4_mapped()) {
    address_ = ip::make_address_v4(ip::v4_mapped, address.to_v6());
  }
}

core::Result<IpAddress> IpAddress::parse(std::string_view text) {
  // A zone ("%eth0") names an interface of this machine, not an address.
  if (text.empty() || text.size() > kAddressTextMax || text.find('%') != std::string_view::npos) {
    return core::fail(Errc::kAddress);
  }
  boost::system::error_code code;
  const auto address = ip::make_address(std::string(text), code);
  if (code) return core::fail(Errc::kAddress);
  return IpAddress(address);
}

std::string IpAddress::to_literal() const { return is_v4() ? "[" + to_string() + "]" : "[IPv6:" + to_string() + "]"; }

std::string IpAddress::to_reverse_name() const {
  std::string out;
  if (is_v4()) {
    const auto bytes = address_.to_v4().to_bytes();
    for (auto byte = bytes.rbegin(); byte != bytes.rend(); ++byte) out += std::to_string(*byte) + '.';
    return out + "in-addr.arpa";
  }
  constexpr std::string_view kDigits = "0123456789abcdef";
  const auto bytes = address_.to_v6().to_bytes();
  for (auto byte = bytes.rbegin(); byte != bytes.rend(); ++byte) {
    out += kDigits[*byte & 15U];
    out += '.';
    out += kDigits[*byte >> 4U];
    out += '.';
  }
  return out + "ip6.arpa";
}

IpNetwork::IpNetwork(const IpAddress& address, unsigned prefix_bits) : prefix_bits_(prefix_bits) {
  if (address.is_v4()) {
    const auto mask = ip::network_v4(address.asio().to_v4(), static_cast<unsigned short>(prefix_bits));
    base_ = IpAddress(mask.network());
  } else {
    const auto mask = ip::network_v6(address.asio().to_v6(), static_cast<unsigned short>(prefix_bits));
    base_ = IpAddress(mask.network());
  }
}

core::Result<IpNetwork> IpNetwork::parse(std::string_view text) {
  const auto slash = text.find('/');
  const std::string_view address_text = text.substr(0, slash);
  IpNetwork network;
  POSTERN_TRY(network.base_, IpAddress::parse(address_text));
  const unsigned bits_max = network.base_.is_v4() ? 32 : 128;
  network.prefix_bits_ = bits_max;
  if (slash == std::string_view::npos) return network;
  const bool was_mapped = network.base_.is_v4() && address_text.find(':') != std::string_view::npos;
  unsigned bits = 0;
  if (!parse_number(text.substr(slash + 1), was_mapped ? 128U : bits_max, bits)) return core::fail(Errc::kAddress);
  if (was_mapped) {
    if (bits < 96) return core::fail(Errc::kAddress);  // would also cover addresses that are not IPv4
    bits -= 96;
  }
  network.prefix_bits_ = bits;
  return network;
}

bool IpNetwork::contains(const IpAddress& address) const {
  if (address.is_v4() != base_.is_v4()) return false;
  if (address.is_v4()) {
    const auto a = address.asio().to_v4().to_bytes();
    const auto b = base_.asio().to_v4().to_bytes();
    return shares_prefix(a.data(), b.data(), prefix_bits_);
  }
  const auto a = address.asio().to_v6().to_bytes();
  const auto b = base_.asio().to_v6().to_bytes();
  return shares_prefix(a.data(), b.data(), prefix_bits_);
}

std::string IpNetwork::to_string() const { return base_.to_string() + '/' + std::to_string(prefix_bits_); }

core::Result<Endpoint> Endpoint::parse(std::string_view text) {
  const auto colon = text.rfind(':');
  if (colon == std::string_view::npos) return core::fail(Errc::kAddress);
  std::string_view host = text.substr(0, colon);
  const bool in_brackets = host.size() > 2 && host.front() == '[' && host.back() == ']';
  if (in_brackets) host = host.substr(1, host.size() - 2);
  if (!in_brackets && host.find(':') != std::string_view::npos) return core::fail(Errc::kAddress);
  Endpoint endpoint;
  POSTERN_TRY(endpoint.address, IpAddress::parse(host));
  unsigned port = 0;
  if (!parse_number(text.substr(colon + 1), 65535U, port)) return core::fail(Errc::kAddress);
  endpoint.port = static_cast<std::uint16_t>(port);
  return endpoint;
}

std::string Endpoint::to_string() const {
  const std::string host = address.is_v4() ? address.to_string() : '[' + address.to_string() + ']';
  return host + ':' + std::to_string(port);
}

}  // namespace postern::net
