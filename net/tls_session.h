#pragma once
// net/tls_session.h: private to net/: one TLS session, OpenSSL straight on a non-blocking socket. Nothing here waits: a
// call does what can be done now and says what it wants next. An idle session holds no record buffers. Thread-safety:
// the socket's strand; reads and writes may alternate as they like, each retried with what it was begun with.
// Ownership: borrows the socket, owns the SSL, which holds its SSL_CTX.
#include <boost/asio/ip/tcp.hpp>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "net/stream.h"
#include "net/tls_context.h"

typedef struct ssl_st SSL;
typedef struct bio_st BIO;

namespace postern::net {

// What came of one try at a socket or session.
struct Attempt {
  enum class Outcome { kDone, kWantsRead, kWantsWrite, kFailed };
  Outcome outcome = Outcome::kDone;
  std::size_t bytes = 0;  // of kDone
  boost::system::error_code
      code;  // of kFailed: asio's eof at the end of the stream, of the socket, or of tls_category()

  bool is_done() const { return outcome == Outcome::kDone; }
  bool has_failed() const { return outcome == Outcome::kFailed; }
};

// OpenSSL's codes with its own words for them.
const boost::system::error_category& tls_category();

class TlsSession {
 public:
  // Reads of the socket in one call: a peer that sends nothing but key updates would keep the thread for itself.
  static constexpr unsigned kSocketReadsMax = 2;
  static constexpr std::size_t kHeldBytesMax = 64 * 1024;  // more than a record and any flight of a handshake
  enum class Side { kServer, kClient };
  // Null when there is no memory.
  static std::unique_ptr<TlsSession> create(const TlsContext& context, boost::asio::ip::tcp::socket& socket, Side side);
  ~TlsSession();
  TlsSession(const TlsSession&) = delete;

  // Of a client: who has to be there, and server name indication. Errors: Errc::kTls when `host` or the TLSA records of
  // the context cannot be used.
  core::Result<void> expect(const TlsContext& context, const std::string& host);
  Attempt handshake();
  // Before the handshake is over these fail; after a failure of TLS itself they fail as it did.
  Attempt read(std::span<char> into);     // at least one byte
  Attempt write(std::string_view bytes);  // at most one record of it, not all of which need have left: see flush()
  // Done when all that was written has gone to the socket.
  Attempt flush();
  bool holds_any() const { return !held_.empty(); }  // there is something to flush
  // close_notify, unless the socket has no room or the session has failed.
  void say_goodbye();

  bool is_established() const { return is_established_; }
  bool has_pending() const;  // bytes, decrypted or not, that the socket no longer has
  TlsInfo info() const;
  // Why the peer's certificate was not believed, in OpenSSL's words: "hostname mismatch"; empty where that was not asked for or not
  // what failed.
  std::string certificate_problem() const;

 private:
  TlsSession(SSL* owned, boost::asio::ip::tcp::socket& socket) : ssl_(owned), socket_(socket) {}
  friend struct SocketBio;
  void begin();
  boost::system::error_code send_held();
  Attempt judge(int result);

  SSL* ssl_;
  boost::asio::ip::tcp::socket& socket_;
  boost::system::error_code socket_code_;  // what the socket said in the current call
  boost::system::error_code failure_;      // of TLS itself: nothing goes on after it
  std::string held_;                       // encrypted, for a socket that had no room
  unsigned socket_reads_ = 0;              // in the current call
  bool is_established_ = false;
  bool is_finished_ = false;  // the handshake, to OpenSSL
};

}  // namespace postern::net
