#pragma once
// net/proxy_header.h: the PROXY protocol, versions 1 and 2 (haproxy.org/download/2.9/doc/proxy-protocol.txt): how a load
// balancer says who the client behind it is, before anything else on the connection. Pure: bytes in, values out.
// It is read from named peers only, and from them it must be there: who may omit it could pretend to be another.
// Not read: the TLVs behind the addresses of version 2, its checksum among them.
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "net/ip.h"

namespace postern::net {

inline constexpr std::size_t kProxyLineBytesMax = 107;  // of version 1, with CRLF (section 2.1)
inline constexpr std::size_t kProxyBodyBytesMax = 4096; // of version 2 behind its 16 fixed bytes; the field could say 65,535

class ProxyHeaderReader {
 public:
  enum class State { kMore, kComplete, kBad };
  // How many bytes may be read next: never one that does not belong to the header, since what follows may be TLS.
  std::size_t wanted() const;
  // Takes at most wanted() bytes.
  State take(std::string_view bytes);
  // The client; nothing when the peer speaks for itself (LOCAL, UNKNOWN, or a family that has no address here).
  const std::optional<Endpoint>& client() const { return client_; }

 private:
  State read_line();
  State read_binary();
  State read_addresses();
  std::string bytes_;
  std::size_t body_bytes_ = 0;
  bool is_binary_ = false;
  State state_ = State::kMore;
  std::optional<Endpoint> client_;
};

}  // namespace postern::net
