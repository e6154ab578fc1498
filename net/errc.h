#pragma once
// net/errc.h: failures of streams, TLS and certificate files. DNS outcomes are values: see dns.h.
#include <boost/system/error_code.hpp>

namespace postern::net {

enum class Errc {
  kClosed = 1,      // the peer closed; permanent for this stream
  kConnect,         // no connection could be made; transient
  kTls,             // the handshake failed or the session broke
  kCertificate,     // a certificate or key file is missing, unreadable, or the two do not match
  kAddress,         // not an address, network or endpoint of its form
  kListen,          // the address cannot be bound
  kTooMany,         // more entries than the limit of the list
};

boost::system::error_code make_error_code(Errc value);

}  // namespace postern::net

template <>
struct boost::system::is_error_code_enum<postern::net::Errc> : std::true_type {};
