#include "web/server/client_address.h"

#include <algorithm>

#include "core/encoding.h"
#include "web/errc.h"

namespace postern::web {
namespace {

constexpr std::size_t kEntryBytesMax = 64;

// Some proxies add the port: "192.0.2.1:4711", "[2001:db8::1]:4711".
core::Result<net::IpAddress> parse_entry(std::string_view entry) {
  if (entry.size() > kEntryBytesMax) return core::fail(Errc::kMalformed, "X-Forwarded-For");
  if (entry.starts_with('[')) {
    const std::size_t close = entry.find(']');
    if (close == std::string_view::npos) return core::fail(Errc::kMalformed, "X-Forwarded-For");
    entry = entry.substr(1, close - 1);
  } else if (std::ranges::count(entry, ':') == 1) {
    entry = entry.substr(0, entry.find(':'));
  }
  core::Result<net::IpAddress> address = net::IpAddress::parse(entry);
  if (!address) return core::fail(Errc::kMalformed, "X-Forwarded-For");
  return address;
}

// All fields of the name are one list (RFC 9110 section 5.2); nearest hop first.
std::vector<std::string_view> hops_of(const Request& request) {
  std::vector<std::string_view> out;
  for (auto field = request.fields.rbegin(); field != request.fields.rend(); ++field) {
    if (field->name != "x-forwarded-for") continue;
    std::string_view rest = field->value;
    while (out.size() < kHopsMax) {
      const std::size_t comma = rest.rfind(',');
      const std::string_view entry = core::trim_ascii(comma == std::string_view::npos ? rest : rest.substr(comma + 1));
      if (!entry.empty()) out.push_back(entry);
      if (comma == std::string_view::npos) break;
      rest = rest.substr(0, comma);
    }
  }
  return out;
}

}  // namespace

bool is_proxy(const net::IpAddress& peer, const std::vector<net::IpNetwork>& proxies) {
  return std::ranges::any_of(proxies, [&peer](const net::IpNetwork& network) { return network.contains(peer); });
}

core::Result<net::IpAddress> client_address(const net::IpAddress& peer, const Request& request,
                                            const std::vector<net::IpNetwork>& proxies) {
  net::IpAddress client = peer;
  if (!is_proxy(peer, proxies)) return client;
  for (const std::string_view hop : hops_of(request)) {
    POSTERN_TRY(client, parse_entry(hop));
    if (!is_proxy(client, proxies)) break;
  }
  return client;
}

}  // namespace postern::web
