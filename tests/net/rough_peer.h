#pragma once
// tests/net/rough_peer.h: a TLS client on OpenSSL itself that does to its socket whatever a test wants: cut records,
// key updates, plain bytes in the middle. On a thread of its own; every wait in it is bounded.
#include <openssl/ssl.h>

#include <cstdint>
#include <functional>
#include <string>

#include "net/ip.h"

namespace postern::test {

class RoughPeer {
 public:
  // Connects; `buffer_bytes` of the socket's own in each direction, 0: the system's.
  explicit RoughPeer(const net::Endpoint& to, int version_max = 0, int buffer_bytes = 0);
  ~RoughPeer();  // no close_notify
  RoughPeer(const RoughPeer&) = delete;

  bool handshake();
  bool say(const std::string& text);       // within TLS
  bool say_raw(const std::string& bytes);  // past it
  bool change_keys(int times);             // and nothing else
  std::string hear();                      // to the end of the stream
  bool saw_close_notify() const;
  void hold_back(bool is_held);  // several writes become one segment

  // Sends and receives `bytes` of pattern() at the same time, changing its keys, and asking for the server's, every
  // `update_every` writes. False when anything but the pattern arrived.
  bool exchange(std::size_t bytes, int update_every);

 private:
  int socket_;
  SSL_CTX* context_;
  SSL* ssl_;
};

// What `bytes` of a stream from `offset` on have to be.
std::string pattern(std::size_t offset, std::size_t bytes);

}  // namespace postern::test
