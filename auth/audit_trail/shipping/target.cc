#include "auth/audit_trail/shipping/target.h"

#include <algorithm>
#include <charconv>

#include "core/encoding.h"
#include "core/errc.h"
#include "net/ip.h"

namespace postern::auth {
namespace {

struct Scheme {
  std::string_view name;
  ShipFormat format;
  ShipTransport transport;
  std::uint16_t port;
};

// Ports: RFC 5425 section 4.1, RFC 3195 (601, used for RFC 6587 too), RFC 5426 section 3.3; GELF's by custom.
constexpr Scheme kSchemes[] = {
    {"syslog+tls", ShipFormat::kSyslog, ShipTransport::kTls, 6514}, {"syslog+tcp", ShipFormat::kSyslog, ShipTransport::kTcp, 601},
    {"syslog+udp", ShipFormat::kSyslog, ShipTransport::kUdp, 514},  {"gelf+tls", ShipFormat::kGelf, ShipTransport::kTls, 12201},
    {"gelf+tcp", ShipFormat::kGelf, ShipTransport::kTcp, 12201},    {"gelf+udp", ShipFormat::kGelf, ShipTransport::kUdp, 12201},
    {"https", ShipFormat::kJson, ShipTransport::kHttps, 443},       {"http", ShipFormat::kJson, ShipTransport::kHttp, 80},
};
constexpr std::size_t kUrlBytesMax = 2000;

core::Error wrong(std::string_view what) { return core::fail(core::Errc::kInvalid, std::string(what)); }

bool is_host_char(char c) {
  return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '.' || c == '_';
}

core::Result<void> read_authority(std::string_view text, ShipTarget& out) {
  std::string_view port;
  if (text.starts_with('[')) {
    const std::size_t end = text.find(']');
    if (end == std::string_view::npos) return wrong("the address has no \"]\"");
    out.host = text.substr(1, end - 1);
    if (!net::IpAddress::parse(out.host)) return wrong("what is in brackets is no address");
    if (end + 1 < text.size() && text[end + 1] != ':') return wrong("behind \"]\" comes \":\" and a port");
    if (end + 1 < text.size()) port = text.substr(end + 2);
    if (end + 1 < text.size() && port.empty()) return wrong("the port is missing");
  } else {
    const std::size_t colon = text.find(':');
    out.host = core::to_lower_ascii(text.substr(0, colon));
    if (out.host.empty() || out.host.size() > 253 || !std::ranges::all_of(out.host, is_host_char)) return wrong("that is no host name");
    if (colon != std::string_view::npos) port = text.substr(colon + 1);
    if (colon != std::string_view::npos && port.empty()) return wrong("the port is missing");
  }
  if (port.empty()) return {};
  const auto [end, error] = std::from_chars(port.data(), port.data() + port.size(), out.port);
  if (error != std::errc() || end != port.data() + port.size() || out.port == 0) return wrong("the port is a number from 1 to 65535");
  return {};
}

}  // namespace

std::string ShipTarget::label() const {
  std::string out;
  for (const Scheme& each : kSchemes) {
    if (each.format == format && each.transport == transport) out = each.name;
  }
  const bool is_v6 = host.find(':') != std::string::npos;
  return out + "://" + (is_v6 ? "[" + host + "]" : host) + ":" + std::to_string(port);
}

core::Result<ShipTarget> parse_ship_target(std::string_view url) {
  if (url.size() > kUrlBytesMax) return wrong("longer than 2000 bytes");
  if (std::ranges::any_of(url, [](char c) { return c <= ' ' || c > '~'; })) return wrong("blanks, control characters and non-ASCII do not belong here");
  const std::size_t mark = url.find("://");
  const std::string name = core::to_lower_ascii(url.substr(0, std::min(mark, url.size())));
  const auto scheme = std::ranges::find_if(kSchemes, [&name](const Scheme& each) { return each.name == name; });
  if (mark == std::string_view::npos || scheme == std::end(kSchemes)) {
    return wrong("begins with none of syslog+tls:// syslog+tcp:// syslog+udp:// gelf+tls:// gelf+tcp:// gelf+udp:// https://");
  }
  ShipTarget out{scheme->format, scheme->transport, {}, scheme->port, {}};
  std::string_view rest = url.substr(mark + 3);
  const std::size_t slash = rest.find_first_of("/?#");
  const std::string_view authority = rest.substr(0, slash);
  if (authority.find('@') != std::string_view::npos) return wrong("names and passwords do not belong in a URL; see ship_token_file");
  POSTERN_CHECK(read_authority(authority, out));
  out.path = slash == std::string_view::npos ? "/" : std::string(rest.substr(slash));
  if (out.path.front() != '/') out.path.insert(0, "/");
  if (out.path.find('#') != std::string::npos) return wrong("a fragment (#) is never sent");
  if (out.format != ShipFormat::kJson && out.path != "/") return wrong("only https:// has a path");
  if (out.transport == ShipTransport::kHttp) {
    const auto address = net::IpAddress::parse(out.host);
    if (out.host != "localhost" && !(address && address->is_loopback())) return wrong("http:// only to this machine (127.0.0.1, [::1], localhost); https:// elsewhere");
  }
  return out;
}

}  // namespace postern::auth
