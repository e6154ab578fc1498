#pragma once
// web/server/client_address.h: from where a request comes: the peer of its connection, or what a proxy that the
// configuration names says of it (X-Forwarded-For). Nobody else's word counts (ASVS 4.1.3, 15.3.4; I0-14).
// Thread-safety: pure.  Errors: Errc::kMalformed when a named proxy says something that is no address: to guess here
// would let somebody in, or lock somebody out, under the address of the proxy.
// Limits: kHopsMax entries are looked at, from the nearest on.
#include <cstddef>
#include <vector>

#include "net/ip.h"
#include "web/server/message.h"

namespace postern::web {

inline constexpr std::size_t kHopsMax = 32;

bool is_proxy(const net::IpAddress& peer, const std::vector<net::IpNetwork>& proxies);
// Walks the entries from the right, where the nearest proxy wrote, over other named proxies to the first stranger. What
// stands left of him he may have made up. A proxy that says nothing speaks for itself.
core::Result<net::IpAddress> client_address(const net::IpAddress& peer, const Request& request,
                                            const std::vector<net::IpNetwork>& proxies);

}  // namespace postern::web
