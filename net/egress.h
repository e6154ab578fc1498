#pragma once
// net/egress.h: where requests may go that people ask us to make (webhooks): never into our own networks, whatever a name resolves
// to (server-side request forgery). Whoever connects has looked the name up himself and connects to an address that passed here,
// so that a second look-up cannot lead elsewhere.
// Thread-safety: immutable values and pure functions.
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "net/ip.h"
#include "net/options.h"

namespace postern::net {

// Reached from everywhere on the internet, by the IANA special-purpose address registries: not private, loopback, link-local (where
// cloud machines find their metadata), shared, multicast, reserved, for documentation, or one that wraps an IPv4 address.
bool is_public(const IpAddress& address);

struct HttpUrl {
  bool is_https = true;
  std::string host;    // lower case; an address without brackets
  std::uint16_t port = 443;
  std::string target;  // path and query; begins with '/'
  std::string authority() const;  // as the Host field has it
};
// "https://hooks.example.com:8443/in?x=1". nullopt for anything else: other schemes, user names, fragments, characters that
// are not visible ASCII, hosts that are neither names nor addresses.
std::optional<HttpUrl> parse_http_url(std::string_view url);

class Egress {
 public:
  explicit Egress(EgressOptions options) : options_(std::move(options)) {}
  // What is wrong with it, as far as can be told without a look-up, in words for whoever wrote it; empty: nothing.
  std::string complaint(const HttpUrl& url) const;
  // Whether one may connect there for this URL.
  bool allows(const HttpUrl& url, const IpAddress& address) const;

 private:
  bool allows_host(const std::string& host) const;
  EgressOptions options_;
};

}  // namespace postern::net
