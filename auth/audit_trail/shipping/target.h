#pragma once
// auth/audit_trail/shipping/target.h: a receiver of the audit log, written as a URL:
//   syslog+tls://host[:6514]   RFC 5424 messages, octet counting (RFC 6587), TLS with verification (RFC 5425)
//   syslog+tcp://host[:601]    the same in the clear
//   syslog+udp://host[:514]    one message a datagram (RFC 5426): what the network drops is lost
//   gelf+tls://host[:12201]    GELF 1.1, each message ended by a NUL
//   gelf+tcp://host[:12201]    the same in the clear
//   gelf+udp://host[:12201]    GELF 1.1 in datagrams, chunked where they are large
//   https://host[:443]/path    a JSON array of entries by POST; http:// for an agent on this machine only
// Thread-safety: pure.  Errors: core::Errc::kInvalid with a sentence.
#include <string>
#include <string_view>

#include "core/result.h"

namespace postern::auth {

enum class ShipFormat { kSyslog, kGelf, kJson };
enum class ShipTransport { kTcp, kTls, kUdp, kHttp, kHttps };

struct ShipTarget {
  ShipFormat format = ShipFormat::kJson;
  ShipTransport transport = ShipTransport::kHttps;
  std::string host;   // a name or an address, without brackets
  std::uint16_t port = 0;
  std::string path;   // of http and https: "/", or more; may hold a secret, so it is not shown
  std::string label() const;  // "syslog+tls://logs.example.com:6514", for logs, metrics and pages
  bool is_encrypted() const { return transport == ShipTransport::kTls || transport == ShipTransport::kHttps; }
  bool is_confirmed() const { return transport != ShipTransport::kUdp; }
};

core::Result<ShipTarget> parse_ship_target(std::string_view url);

}  // namespace postern::auth
