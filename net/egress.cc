#include "net/egress.h"

#include <algorithm>
#include <array>
#include <charconv>

#include "core/encoding.h"

namespace postern::net {
namespace {

// https://www.iana.org/assignments/iana-ipv4-special-registry: what is not globally reachable, and multicast.
constexpr std::array<std::string_view, 15> kSpecialV4{"0.0.0.0/8",     "10.0.0.0/8",      "100.64.0.0/10",  "127.0.0.0/8",    "169.254.0.0/16",
                                                      "172.16.0.0/12", "192.0.0.0/24",    "192.0.2.0/24",   "192.88.99.0/24", "192.168.0.0/16",
                                                      "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24", "224.0.0.0/4",    "240.0.0.0/4"};
// Of IPv6 only global unicast, without what is special in it: protocol assignments with Teredo, documentation, 6to4.
constexpr std::string_view kGlobalV6 = "2000::/3";
constexpr std::array<std::string_view, 4> kSpecialV6{"2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20"};

std::vector<IpNetwork> networks_of(const auto& texts) {
  std::vector<IpNetwork> out;
  for (const std::string_view each : texts) out.push_back(IpNetwork::parse(each).value());
  return out;
}

bool is_in(const std::vector<IpNetwork>& networks, const IpAddress& address) {
  return std::ranges::any_of(networks, [&address](const IpNetwork& each) { return each.contains(address); });
}

bool is_name(std::string_view host) {
  constexpr std::size_t kNameMax = 253;
  if (host.empty() || host.size() > kNameMax || host.front() == '.' || host.front() == '-') return false;
  if (host.find("..") != std::string_view::npos) return false;
  const bool is_plain = std::ranges::all_of(host, [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '.' || c == '-' || c == '_'; });
  // A name whose last label is a number is an address in one of its odd spellings: "127.1", "0x7f.1", "2130706433".
  const std::string_view last = host.substr(host.rfind('.') == std::string_view::npos ? 0 : host.rfind('.') + 1);
  return is_plain && !last.empty() && (last.front() < '0' || last.front() > '9');
}

}  // namespace

bool is_public(const IpAddress& address) {
  static const std::vector<IpNetwork> special_v4 = networks_of(kSpecialV4);
  static const std::vector<IpNetwork> special_v6 = networks_of(kSpecialV6);
  static const IpNetwork global_v6 = IpNetwork::parse(kGlobalV6).value();
  if (address.is_v4()) return !is_in(special_v4, address);
  return global_v6.contains(address) && !is_in(special_v6, address);
}

std::string HttpUrl::authority() const {
  const std::string name = host.find(':') == std::string::npos ? host : "[" + host + "]";
  return port == (is_https ? 443 : 80) ? name : name + ":" + std::to_string(port);
}

std::optional<HttpUrl> parse_http_url(std::string_view url) {
  HttpUrl out;
  const auto is_wrong = [](unsigned char c) { return c <= ' ' || c >= 0x7F || c == '\\' || c == '#'; };
  if (std::ranges::any_of(url, is_wrong)) return std::nullopt;
  const std::size_t scheme = url.find("://");
  if (scheme == std::string_view::npos) return std::nullopt;
  out.is_https = core::equals_ignoring_case(url.substr(0, scheme), "https");
  if (!out.is_https && !core::equals_ignoring_case(url.substr(0, scheme), "http")) return std::nullopt;
  url.remove_prefix(scheme + 3);
  std::string_view authority = url.substr(0, url.find_first_of("/?"));
  url.remove_prefix(authority.size());
  out.target = url.starts_with('/') ? std::string(url) : "/" + std::string(url);
  out.port = out.is_https ? 443 : 80;
  if (authority.find('@') != std::string_view::npos) return std::nullopt;
  const std::size_t behind = authority.starts_with('[') ? authority.find(']') : 0;
  if (behind == std::string_view::npos) return std::nullopt;
  if (const std::size_t colon = authority.find(':', behind); colon != std::string_view::npos) {
    const std::string_view port = authority.substr(colon + 1);
    const auto [end, code] = std::from_chars(port.data(), port.data() + port.size(), out.port);
    if (code != std::errc() || end != port.data() + port.size() || out.port == 0) return std::nullopt;
    authority = authority.substr(0, colon);
  }
  out.host = core::to_lower_ascii(authority);
  if (out.host.starts_with('[')) {
    if (!out.host.ends_with(']')) return std::nullopt;
    out.host = out.host.substr(1, out.host.size() - 2);
    const auto address = IpAddress::parse(out.host);
    if (!address) return std::nullopt;
    out.host = address->to_string();
    return out;
  }
  if (out.host.ends_with('.')) out.host.pop_back();
  const auto address = IpAddress::parse(out.host);
  if (!(address && address->is_v4()) && !is_name(out.host)) return std::nullopt;
  return out;
}

bool Egress::allows_host(const std::string& host) const {
  if (options_.hosts.empty()) return true;
  return std::ranges::any_of(options_.hosts, [&host](const std::string& each) {
    if (each.starts_with("*.")) return host.size() > each.size() - 1 && host.ends_with(core::to_lower_ascii(each).substr(1));
    return core::equals_ignoring_case(each, host);
  });
}

std::string Egress::complaint(const HttpUrl& url) const {
  if (!allows_host(url.host)) return "this server may not send to that host";
  const auto address = IpAddress::parse(url.host);
  const bool is_loopback = url.host == "localhost" || (address && address->is_loopback());
  if (!url.is_https && !(is_loopback && options_.http_to_loopback)) return "https:// is needed";
  if (address && !allows(url, *address)) return "that address is not a public one";
  return {};
}

bool Egress::allows(const HttpUrl& url, const IpAddress& address) const {
  if (!url.is_https) return options_.http_to_loopback && address.is_loopback();
  return is_public(address) || is_in(options_.networks, address);
}

}  // namespace postern::net
