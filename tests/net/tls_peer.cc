#include "tests/net/tls_peer.h"

#include <arpa/inet.h>
#include <openssl/ssl.h>
#include <sys/socket.h>
#include <unistd.h>

namespace postern::test {
namespace {

using ContextHandle = std::unique_ptr<SSL_CTX, decltype([](SSL_CTX* context) { SSL_CTX_free(context); })>;
using SessionHandle = std::unique_ptr<SSL, decltype([](SSL* ssl) { SSL_free(ssl); })>;

class Socket {
 public:
  explicit Socket(const net::Endpoint& to) : handle_(::socket(AF_INET, SOCK_STREAM, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(to.port);
    address.sin_addr.s_addr = htonl(to.address.asio().to_v4().to_uint());
    is_connected_ = ::connect(handle_, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0;
    const timeval patience{10, 0};
    ::setsockopt(handle_, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
  }
  ~Socket() { ::close(handle_); }
  Socket(const Socket&) = delete;
  int handle() const { return handle_; }
  bool is_connected() const { return is_connected_; }

 private:
  int handle_;
  bool is_connected_ = false;
};

ContextHandle make_context(const TlsPeerOptions& options) {
  ContextHandle context(SSL_CTX_new(TLS_client_method()));
  SSL_CTX_set_security_level(context.get(), 0);  // so that a refusal is the server's, not ours
  SSL_CTX_set_min_proto_version(context.get(), TLS1_VERSION);
  if (options.version_max != 0) SSL_CTX_set_max_proto_version(context.get(), options.version_max);
  if (!options.ciphers.empty()) SSL_CTX_set_cipher_list(context.get(), options.ciphers.c_str());
  if (!options.groups.empty()) SSL_CTX_set1_groups_list(context.get(), options.groups.c_str());
  if (!options.alpn.empty()) {
    const std::string wire = static_cast<char>(options.alpn.size()) + options.alpn;
    SSL_CTX_set_alpn_protos(context.get(), reinterpret_cast<const unsigned char*>(wire.data()),
                            static_cast<unsigned>(wire.size()));
  }
  return context;
}

}  // namespace

TlsPeerOutcome connect_tls_peer(net::Endpoint to, TlsPeerOptions options) {
  TlsPeerOutcome out;
  Socket socket(to);
  if (!socket.is_connected()) return out;
  const ContextHandle context = make_context(options);
  const SessionHandle ssl(SSL_new(context.get()));
  SSL_set_fd(ssl.get(), socket.handle());
  if (options.session) SSL_set_session(ssl.get(), options.session.get());
  if (SSL_connect(ssl.get()) != 1) return out;
  out.version = SSL_get_version(ssl.get());
  out.cipher = SSL_get_cipher_name(ssl.get());
  out.is_resumed = SSL_session_reused(ssl.get()) == 1;
  const unsigned char* protocol = nullptr;
  unsigned length = 0;
  SSL_get0_alpn_selected(ssl.get(), &protocol, &length);
  out.alpn.assign(protocol, protocol + length);
  char buffer[64];
  const int count = SSL_read(ssl.get(), buffer, sizeof buffer);
  if (count <= 0) return out;
  out.greeting.assign(buffer, static_cast<std::size_t>(count));
  out.is_connected = true;
  out.session = {SSL_get1_session(ssl.get()), [](SSL_SESSION* session) { SSL_SESSION_free(session); }};
  if (options.renegotiates) {
    out.has_renegotiated =
        SSL_renegotiate(ssl.get()) == 1 && SSL_do_handshake(ssl.get()) == 1 && SSL_renegotiate_pending(ssl.get()) == 0;
  }
  SSL_write(ssl.get(), "bye", 3);
  while (SSL_read(ssl.get(), buffer, sizeof buffer) > 0) {
  }
  out.saw_close_notify = (SSL_get_shutdown(ssl.get()) & SSL_RECEIVED_SHUTDOWN) != 0;
  SSL_shutdown(ssl.get());  // else OpenSSL marks the session as not to be resumed
  return out;
}

}  // namespace postern::test
