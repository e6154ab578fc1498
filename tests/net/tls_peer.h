#pragma once
// tests/net/tls_peer.h: a blocking TLS client on OpenSSL itself, to see our server with someone else's eyes: old
// versions, resumption, renegotiation. Call it on a thread of its own.
#include <memory>
#include <string>
#include <vector>

#include "net/ip.h"

typedef struct ssl_session_st SSL_SESSION;

namespace postern::test {

struct TlsPeerOptions {
  int version_max = 0;  // OpenSSL constant; 0: the library's own
  std::string ciphers;  // TLS 1.2 cipher list; empty: the library's own
  std::string alpn;     // one protocol name; empty: none
  std::string groups;   // key exchange groups; empty: the library's own
  bool renegotiates = false;
  std::shared_ptr<SSL_SESSION> session;  // to resume
};

struct TlsPeerOutcome {
  bool is_connected = false;  // the handshake succeeded and the server's greeting was read
  bool is_resumed = false;
  bool has_renegotiated = false;
  std::string version;
  std::string cipher;
  std::string alpn;
  std::string greeting;
  bool saw_close_notify = false;
  std::shared_ptr<SSL_SESSION> session;
};

TlsPeerOutcome connect_tls_peer(net::Endpoint to, TlsPeerOptions options);

}  // namespace postern::test
