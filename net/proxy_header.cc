#include "net/proxy_header.h"

#include <algorithm>
#include <array>
#include <boost/asio/ip/address_v4.hpp>
#include <boost/asio/ip/address_v6.hpp>
#include <charconv>
#include <vector>

namespace postern::net {
namespace {

namespace ip = boost::asio::ip;

constexpr std::string_view kSignature("\r\n\r\n\0\r\nQUIT\n", 12);
constexpr std::string_view kLineStart = "PROXY ";
constexpr std::size_t kFixedBytes = 16;

unsigned byte_at(std::string_view bytes, std::size_t at) { return static_cast<unsigned char>(bytes[at]); }

std::optional<std::uint16_t> read_port(std::string_view text) {
  unsigned port = 0;
  if (text.empty() || text.size() > 5 || (text.size() > 1 && text.front() == '0')) return std::nullopt;
  const auto [end, code] = std::from_chars(text.data(), text.data() + text.size(), port);
  if (code != std::errc() || end != text.data() + text.size() || port > 65535) return std::nullopt;
  return static_cast<std::uint16_t>(port);
}

std::vector<std::string_view> words_of(std::string_view line) {
  std::vector<std::string_view> words;
  while (true) {
    const auto end = line.find(' ');
    words.push_back(line.substr(0, end));
    if (end == std::string_view::npos) return words;
    line.remove_prefix(end + 1);
  }
}

template <class Bytes>
Bytes take_bytes(std::string_view from) {
  Bytes bytes{};
  std::copy_n(from.begin(), bytes.size(), reinterpret_cast<char*>(bytes.data()));
  return bytes;
}

}  // namespace

std::size_t ProxyHeaderReader::wanted() const {
  if (state_ != State::kMore) return 0;
  if (bytes_.size() < kSignature.size()) return kSignature.size() - bytes_.size();
  if (!is_binary_) return 1;  // the length of a line is known at its end only
  return (bytes_.size() < kFixedBytes ? kFixedBytes : kFixedBytes + body_bytes_) - bytes_.size();
}

ProxyHeaderReader::State ProxyHeaderReader::take(std::string_view bytes) {
  bytes_ += bytes;
  if (bytes_.size() >= kSignature.size() && !is_binary_) {
    is_binary_ = bytes_.starts_with(kSignature);
    if (!is_binary_ && !bytes_.starts_with(kLineStart)) return state_ = State::kBad;
  }
  if (bytes_.size() < kSignature.size()) return state_;
  return state_ = is_binary_ ? read_binary() : read_line();
}

// "PROXY TCP4 192.0.2.1 198.51.100.1 56324 25" CRLF.
ProxyHeaderReader::State ProxyHeaderReader::read_line() {
  if (bytes_.back() != '\n') return bytes_.size() < kProxyLineBytesMax ? State::kMore : State::kBad;
  std::string_view line = bytes_;
  if (!line.ends_with("\r\n")) return State::kBad;
  line.remove_suffix(2);
  if (line.find_first_of(std::string_view("\r\n\0", 3)) != std::string_view::npos) return State::kBad;
  const std::vector<std::string_view> words = words_of(line.substr(kLineStart.size()));
  if (words.front() == "UNKNOWN") return State::kComplete;
  if (words.size() != 5 || (words[0] != "TCP4" && words[0] != "TCP6")) return State::kBad;
  const auto from = IpAddress::parse(words[1]);
  const auto to = IpAddress::parse(words[2]);
  const auto port = read_port(words[3]);
  if (!from || !to || !port || !read_port(words[4])) return State::kBad;
  const bool has_colons = words[1].find(':') != std::string_view::npos;  // a mapped address is IPv4 once it is parsed
  if (has_colons != (words[0] == "TCP6")) return State::kBad;
  client_ = Endpoint{*from, *port};
  return State::kComplete;
}

ProxyHeaderReader::State ProxyHeaderReader::read_binary() {
  if (bytes_.size() < kFixedBytes) return State::kMore;
  body_bytes_ = (byte_at(bytes_, 14) << 8U) | byte_at(bytes_, 15);
  const unsigned version = byte_at(bytes_, 12) >> 4U;
  const unsigned command = byte_at(bytes_, 12) & 15U;
  if (version != 2 || command > 1 || body_bytes_ > kProxyBodyBytesMax) return State::kBad;
  if (bytes_.size() < kFixedBytes + body_bytes_) return State::kMore;
  return command == 0 ? State::kComplete : read_addresses();
}

ProxyHeaderReader::State ProxyHeaderReader::read_addresses() {
  const std::string_view body = std::string_view(bytes_).substr(kFixedBytes);
  const unsigned family = byte_at(bytes_, 13);
  const auto port_at = [&](std::size_t at) { return static_cast<std::uint16_t>((byte_at(body, at) << 8U) | byte_at(body, at + 1)); };
  if (family == 0x11) {  // TCP over IPv4: two addresses, two ports
    if (body.size() < 12) return State::kBad;
    client_ = Endpoint{IpAddress(ip::address_v4(take_bytes<ip::address_v4::bytes_type>(body))), port_at(8)};
  } else if (family == 0x21) {
    if (body.size() < 36) return State::kBad;
    client_ = Endpoint{IpAddress(ip::address_v6(take_bytes<ip::address_v6::bytes_type>(body))), port_at(32)};
  }
  return State::kComplete;
}

}  // namespace postern::net
