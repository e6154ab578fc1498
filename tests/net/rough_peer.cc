#include "tests/net/rough_peer.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>

#include "tests/net/tls_host.h"

namespace postern::test {

std::string pattern(std::size_t offset, std::size_t bytes) {
  std::string out(bytes, '\0');
  for (std::size_t i = 0; i < bytes; ++i) out[i] = static_cast<char>((offset + i) % 251);
  return out;
}

RoughPeer::RoughPeer(const net::Endpoint& to, int version_max, int buffer_bytes)
    : socket_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)), context_(SSL_CTX_new(TLS_client_method())) {
  if (buffer_bytes != 0) {
    const int receive_bytes = kReceiveTimes * buffer_bytes;
    ::setsockopt(socket_, SOL_SOCKET, SO_RCVBUF, &receive_bytes, sizeof receive_bytes);
    ::setsockopt(socket_, SOL_SOCKET, SO_SNDBUF, &buffer_bytes, sizeof buffer_bytes);
  }
  const timeval patience{10, 0};
  ::setsockopt(socket_, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
  ::setsockopt(socket_, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(to.port);
  address.sin_addr.s_addr = htonl(to.address.asio().to_v4().to_uint());
  ::connect(socket_, reinterpret_cast<sockaddr*>(&address), sizeof address);
  if (version_max != 0) SSL_CTX_set_max_proto_version(context_, version_max);
  ssl_ = SSL_new(context_);
  SSL_set_fd(ssl_, socket_);
}

RoughPeer::~RoughPeer() {
  SSL_free(ssl_);
  SSL_CTX_free(context_);
  ::close(socket_);
}

bool RoughPeer::handshake() { return SSL_connect(ssl_) == 1; }
bool RoughPeer::say(const std::string& text) {
  return SSL_write(ssl_, text.data(), static_cast<int>(text.size())) == static_cast<int>(text.size());
}
bool RoughPeer::say_raw(const std::string& bytes) {
  return ::send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL) == static_cast<ssize_t>(bytes.size());
}

bool RoughPeer::change_keys(int times) {
  for (int i = 0; i < times; ++i) {
    if (SSL_key_update(ssl_, SSL_KEY_UPDATE_NOT_REQUESTED) != 1 || SSL_do_handshake(ssl_) != 1) return false;
  }
  return true;
}

std::string RoughPeer::hear() {
  std::string out;
  std::array<char, 4096> piece;
  for (;;) {
    const int count = SSL_read(ssl_, piece.data(), static_cast<int>(piece.size()));
    if (count <= 0) return out;
    out.append(piece.data(), static_cast<std::size_t>(count));
  }
}

bool RoughPeer::saw_close_notify() const { return (SSL_get_shutdown(ssl_) & SSL_RECEIVED_SHUTDOWN) != 0; }

void RoughPeer::hold_back(bool is_held) {
  const int value = is_held ? 1 : 0;
  ::setsockopt(socket_, IPPROTO_TCP, TCP_CORK, &value, sizeof value);
}

bool RoughPeer::exchange(std::size_t bytes, int update_every) {
  ::fcntl(socket_, F_SETFL, ::fcntl(socket_, F_GETFL) | O_NONBLOCK);
  SSL_set_mode(ssl_, SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
  const std::string ours = pattern(0, bytes);
  std::size_t sent = 0, got = 0;
  int writes = 0;
  bool is_stuck = false;
  std::string piece(20'000, '\0');
  while (sent < bytes || got < bytes) {
    bool has_moved = false;
    if (sent < bytes) {
      if (!is_stuck && update_every != 0 && ++writes % update_every == 0)
        SSL_key_update(ssl_, SSL_KEY_UPDATE_REQUESTED);
      const int count =
          SSL_write(ssl_, ours.data() + sent, static_cast<int>(std::min<std::size_t>(bytes - sent, 3000)));
      is_stuck = count <= 0;
      if (is_stuck && SSL_get_error(ssl_, count) == SSL_ERROR_SSL) return false;
      if (count > 0) sent += static_cast<std::size_t>(count);
      has_moved = count > 0;
    }
    const int count = SSL_read(ssl_, piece.data(), static_cast<int>(piece.size()));
    if (count > 0) {
      const auto size = static_cast<std::size_t>(count);
      if (std::string_view(piece).substr(0, size) != pattern(got, size)) return false;
      got += size;
    } else if (const int why = SSL_get_error(ssl_, count); why != SSL_ERROR_WANT_READ && why != SSL_ERROR_WANT_WRITE) {
      return got >= bytes && sent >= bytes;
    }
    if (has_moved || count > 0) continue;
    pollfd ready{socket_, static_cast<short>(POLLIN | (is_stuck ? POLLOUT : 0)), 0};
    if (::poll(&ready, 1, 10'000) <= 0) return false;
  }
  // Closing with input unread would send RST, and the other side lose what it has not read yet.
  ::shutdown(socket_, SHUT_WR);
  ::fcntl(socket_, F_SETFL, ::fcntl(socket_, F_GETFL) & ~O_NONBLOCK);
  while (::recv(socket_, piece.data(), piece.size(), 0) > 0) {
  }
  return true;
}

}  // namespace postern::test
