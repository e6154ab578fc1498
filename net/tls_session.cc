#include "net/tls_session.h"

#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

#include <algorithm>

#include "net/errc.h"

namespace postern::net {

namespace asio = boost::asio;
using boost::system::error_code;

// The socket as OpenSSL's BIO: its own reads and writes, so that no write raises SIGPIPE and a socket that was closed
// is known as such (its number may be another's by then). An end of the stream is left unmarked: to OpenSSL it would be
// the end of both directions.
struct SocketBio {
  static int read(BIO* bio, char* into, int size) {
    auto& self = start(bio);
    error_code code;
    if (++self.socket_reads_ > TlsSession::kSocketReadsMax)
      return finish(bio, BIO_FLAGS_READ, 0, asio::error::would_block);
    const auto room = asio::buffer(into, static_cast<std::size_t>(std::max(size, 0)));
    const std::size_t count = self.socket_.read_some(room, code);
    return finish(bio, BIO_FLAGS_READ, count, code);
  }
  // What the socket has no room for is held: OpenSSL with a record half written breaks when the peer asks twice for new
  // keys, and with a key update half written it reads nothing, for which the peer may be waiting.
  static int write(BIO* bio, const char* from, int size) {
    auto& self = start(bio);
    const std::string_view bytes(from, static_cast<std::size_t>(std::max(size, 0)));
    error_code code = self.send_held();
    const std::size_t count = code ? 0 : self.socket_.write_some(asio::buffer(bytes), code);
    const std::string_view rest = bytes.substr(count);
    if (code == asio::error::would_block && self.held_.size() + rest.size() <= TlsSession::kHeldBytesMax) {
      self.held_ += rest;
      return size;
    }
    return finish(bio, BIO_FLAGS_WRITE, count, code);
  }
  static long control(BIO*, int command, long, void*) { return command == BIO_CTRL_FLUSH ? 1 : 0; }

  static BIO* create(TlsSession* session) {
    static BIO_METHOD* const method = [] {
      BIO_METHOD* const made = BIO_meth_new(BIO_get_new_index() | BIO_TYPE_SOURCE_SINK, "socket");
      BIO_meth_set_read(made, read);
      BIO_meth_set_write(made, write);
      BIO_meth_set_ctrl(made, control);
      return made;
    }();
    BIO* const bio = BIO_new(method);
    if (bio == nullptr) return nullptr;
    BIO_set_data(bio, session);
    BIO_set_init(bio, 1);
    return bio;
  }

 private:
  static TlsSession& start(BIO* bio) {
    BIO_clear_retry_flags(bio);
    return *static_cast<TlsSession*>(BIO_get_data(bio));
  }
  static int finish(BIO* bio, int direction, std::size_t count, error_code code) {
    if (!code) return static_cast<int>(count);
    if (code == asio::error::would_block) {
      BIO_set_flags(bio, direction | BIO_FLAGS_SHOULD_RETRY);
    } else {
      static_cast<TlsSession*>(BIO_get_data(bio))->socket_code_ = code;
    }
    return code == asio::error::eof ? 0 : -1;
  }
};

namespace {

class TlsCategory final : public boost::system::error_category {
 public:
  const char* name() const noexcept override { return "tls"; }
  std::string message(int value) const override {
    const auto code = static_cast<unsigned long>(value);
    const char* const reason = ERR_reason_error_string(code);
    const char* const part = ERR_lib_error_string(code);
    if (reason == nullptr) return "no reason known";
    return part == nullptr ? reason : std::string(reason) + " (" + part + ")";
  }
};

// Names the host, and what it has to prove (RFC 7672); false when nothing of it can be used.
bool demand_dane(SSL* session, const Dane& dane, const std::string& host) {
  if (SSL_dane_enable(session, host.c_str()) != 1) return false;
  SSL_set_hostflags(session, X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS);
  for (const std::string& name : dane.names) {
    if (name != host && SSL_add1_host(session, name.c_str()) != 1) return false;
  }
  bool has_any = false;
  for (const TlsaRecord& each : dane.records) {
    const auto* const data = reinterpret_cast<const unsigned char*>(each.data.data());
    has_any =
        SSL_dane_tlsa_add(session, each.usage, each.selector, each.matching, data, each.data.size()) == 1 || has_any;
  }
  return has_any;
}

Attempt failed(error_code code) { return {Attempt::Outcome::kFailed, 0, code}; }

}  // namespace

const boost::system::error_category& tls_category() {
  static const TlsCategory category;
  return category;
}

std::unique_ptr<TlsSession> TlsSession::create(const TlsContext& context, asio::ip::tcp::socket& socket, Side side) {
  SSL* const ssl = SSL_new(context.native());
  if (ssl == nullptr) return nullptr;
  std::unique_ptr<TlsSession> self(new TlsSession(ssl, socket));
  BIO* const bio = SocketBio::create(self.get());
  if (bio == nullptr) return nullptr;
  SSL_set_bio(ssl, bio, bio);  // owns it
  SSL_set_mode(ssl, SSL_MODE_RELEASE_BUFFERS | SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
  SSL_set_read_ahead(ssl, 1);  // a record is one read of the socket, not one for its head and one for the rest
  if (side == Side::kServer) {
    SSL_set_accept_state(ssl);
  } else {
    SSL_set_connect_state(ssl);
  }
  return self;
}

TlsSession::~TlsSession() { SSL_free(ssl_); }

core::Result<void> TlsSession::expect(const TlsContext& context, const std::string& host) {
  if (context.dane() != nullptr) {
    if (!demand_dane(ssl_, *context.dane(), host)) return core::fail(Errc::kTls, "unusable TLSA records");
    return {};
  }
  const bool must_verify = (SSL_get_verify_mode(ssl_) & SSL_VERIFY_PEER) != 0;
  if (must_verify && host.empty()) return core::fail(Errc::kTls, "no name to verify");
  const bool is_address = IpAddress::parse(host).has_value();
  bool is_set = true;
  // Server name indication holds host names only (RFC 6066 section 3).
  if (!host.empty() && !is_address) is_set = SSL_set_tlsext_host_name(ssl_, host.c_str()) == 1;
  if (must_verify && is_address) {
    is_set = is_set && X509_VERIFY_PARAM_set1_ip_asc(SSL_get0_param(ssl_), host.c_str()) == 1;
  } else if (must_verify) {
    SSL_set_hostflags(ssl_, X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS);
    is_set = is_set && SSL_set1_host(ssl_, host.c_str()) == 1;
  }
  if (!is_set) return core::fail(Errc::kTls, "unusable host name");
  return {};
}

error_code TlsSession::send_held() {
  error_code code;
  while (!held_.empty() && !code) held_.erase(0, socket_.write_some(asio::buffer(held_), code));
  if (held_.empty()) std::string().swap(held_);
  return code;
}

// OpenSSL reads the thread's error queue to tell what a call came to: an older error would be taken for its own.
void TlsSession::begin() {
  ERR_clear_error();
  socket_code_.clear();
  socket_reads_ = 0;
}

Attempt TlsSession::judge(int result) {
  switch (SSL_get_error(ssl_, result)) {
    case SSL_ERROR_WANT_READ: return {Attempt::Outcome::kWantsRead, 0, {}};
    case SSL_ERROR_WANT_WRITE: return {Attempt::Outcome::kWantsWrite, 0, {}};
    case SSL_ERROR_ZERO_RETURN: return failed(asio::error::eof);
    case SSL_ERROR_SYSCALL: return failed(socket_code_ ? socket_code_ : error_code(asio::error::eof));
    default: break;
  }
  failure_ = error_code(static_cast<int>(ERR_get_error()), tls_category());
  if (!failure_) failure_ = asio::error::connection_aborted;  // OpenSSL gave no reason
  ERR_clear_error();
  return failed(failure_);
}

Attempt TlsSession::handshake() {
  if (failure_) return failed(failure_);
  begin();
  Attempt out;
  if (!is_finished_) {
    const int result = SSL_do_handshake(ssl_);
    is_finished_ = result == 1;
    if (result != 1) out = judge(result);
  }
  if (out.has_failed()) return out;
  const Attempt sent = flush();
  if (!sent.is_done()) return sent;  // before anything is waited for
  is_established_ = out.is_done();
  return out;
}

Attempt TlsSession::flush() {
  if (held_.empty()) return {};
  const error_code code = send_held();
  if (code == asio::error::would_block) return {Attempt::Outcome::kWantsWrite, 0, {}};
  return code ? failed(code) : Attempt();
}

Attempt TlsSession::read(std::span<char> into) {
  if (failure_) return failed(failure_);
  if (!is_established_) return failed(asio::error::not_connected);
  if (into.empty()) return {};
  begin();
  Attempt out;
  const int result = SSL_read_ex(ssl_, into.data(), into.size(), &out.bytes);
  return result == 1 ? out : judge(result);
}

Attempt TlsSession::write(std::string_view bytes) {
  if (failure_) return failed(failure_);
  if (!is_established_) return failed(asio::error::not_connected);
  Attempt out = flush();
  if (!out.is_done() || bytes.empty()) return out;
  begin();
  const int result = SSL_write_ex(ssl_, bytes.data(), bytes.size(), &out.bytes);
  return result == 1 ? out : judge(result);
}

void TlsSession::say_goodbye() {
  if (failure_ || !is_established_ || !flush().is_done()) return;
  begin();
  SSL_shutdown(ssl_);
  ERR_clear_error();
}

bool TlsSession::has_pending() const { return SSL_has_pending(ssl_) == 1; }

std::string TlsSession::certificate_problem() const {
  if ((SSL_get_verify_mode(ssl_) & SSL_VERIFY_PEER) == 0) return {};
  const long result = SSL_get_verify_result(ssl_);
  return result == X509_V_OK ? std::string() : X509_verify_cert_error_string(result);
}

TlsInfo TlsSession::info() const {
  TlsInfo info;
  if (!is_established_) return info;
  info.version = SSL_get_version(ssl_);
  info.cipher = SSL_get_cipher_name(ssl_);
  info.resumed = SSL_session_reused(ssl_) == 1;
  info.peer_verified = (SSL_get_verify_mode(ssl_) & SSL_VERIFY_PEER) != 0 &&
                       SSL_get0_peer_certificate(ssl_) != nullptr && SSL_get_verify_result(ssl_) == X509_V_OK;
  const unsigned char* protocol = nullptr;
  unsigned length = 0;
  SSL_get0_alpn_selected(ssl_, &protocol, &length);
  info.alpn.assign(protocol, protocol + length);
  return info;
}

}  // namespace postern::net
