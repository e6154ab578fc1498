#include "net/dns.h"

#include <algorithm>
#include <tuple>

#include "core/encoding.h"

namespace postern::net {
namespace {

unsigned octet(const std::string& bytes, std::size_t at) { return static_cast<unsigned char>(bytes[at]); }

// An uncompressed wire-format name that ends exactly with the record; false when malformed. Bytes that have a
// meaning in the text form (a dot or a backslash inside a label) make the name unusable as a host name.
bool read_name(const std::string& rdata, std::size_t at, std::string& into) {
  into.clear();
  if (rdata.size() - at > 255) return false;
  while (at < rdata.size()) {
    const std::size_t length = octet(rdata, at++);
    if (length == 0) return at == rdata.size();
    if (length > 63 || rdata.size() - at < length) return false;
    const std::string_view label = std::string_view(rdata).substr(at, length);
    for (char c : label) {
      if (c == '.' || c == '\\' || static_cast<unsigned char>(c) <= 0x20) return false;
    }
    if (!into.empty()) into += '.';
    into += core::to_lower_ascii(label);
    at += length;
  }
  return false;
}

}  // namespace

std::string_view to_string(DnsStatus status) {
  switch (status) {
    case DnsStatus::kOk: return "ok";
    case DnsStatus::kNoData: return "nodata";
    case DnsStatus::kNxDomain: return "nxdomain";
    case DnsStatus::kServFail: return "servfail";
    case DnsStatus::kTimeout: return "timeout";
    case DnsStatus::kBogus: return "bogus";
  }
  return "servfail";
}

std::vector<std::string> DnsAnswer::txt() const {
  std::vector<std::string> out;
  for (const std::string& record : rdata) {
    std::string text;
    std::size_t at = 0;
    bool is_whole = !record.empty();
    while (is_whole && at < record.size()) {
      const std::size_t length = octet(record, at++);
      is_whole = record.size() - at >= length;
      if (is_whole) text.append(record, at, length);
      at += length;
    }
    if (is_whole) out.push_back(std::move(text));
  }
  return out;
}

std::vector<IpAddress> DnsAnswer::addresses() const {
  std::vector<IpAddress> out;
  for (const std::string& record : rdata) {
    if (record.size() == 4) {
      boost::asio::ip::address_v4::bytes_type bytes{};
      std::copy(record.begin(), record.end(), bytes.begin());
      out.emplace_back(boost::asio::ip::address_v4(bytes));
    } else if (record.size() == 16) {
      boost::asio::ip::address_v6::bytes_type bytes{};
      std::copy(record.begin(), record.end(), bytes.begin());
      out.emplace_back(boost::asio::ip::address_v6(bytes));
    }
  }
  return out;
}

std::vector<std::string> DnsAnswer::names() const {
  std::vector<std::string> out;
  std::string name;
  for (const std::string& record : rdata) {
    if (!record.empty() && read_name(record, 0, name) && !name.empty()) out.push_back(name);
  }
  return out;
}

std::vector<DnsAnswer::Mx> DnsAnswer::mx() const {
  std::vector<Mx> out;
  Mx mx;
  for (const std::string& record : rdata) {
    if (record.size() < 3 || !read_name(record, 2, mx.exchange)) continue;
    mx.preference = static_cast<std::uint16_t>(octet(record, 0) << 8U | octet(record, 1));
    out.push_back(mx);
  }
  std::sort(out.begin(), out.end(), [](const Mx& a, const Mx& b) {
    return std::tie(a.preference, a.exchange) < std::tie(b.preference, b.exchange);
  });
  return out;
}

std::string normalize_name(std::string_view name) {
  if (!name.empty() && name.back() == '.') name.remove_suffix(1);
  return core::to_lower_ascii(name);
}

}  // namespace postern::net
