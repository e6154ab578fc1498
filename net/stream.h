#pragma once
// net/stream.h: one byte stream under SMTP and HTTP, plain or TLS, real or simulated. Only net/ sees OpenSSL's sessions.
// Thread-safety: one strand at a time; one read and one write may be outstanding.
// Errors: Errc::kClosed at the end of the stream, core::Errc::kTimedOut when the deadline passes (after a read, one
// may still write a last reply; after a write, only close()), Errc::kTls. Nagle is off.
#include <boost/asio/any_io_executor.hpp>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "core/deadline.h"
#include "core/result.h"
#include "core/task.h"
#include "net/ip.h"
#include "net/tls_context.h"

namespace postern::net {

// What the Received header and verdicts say of a session's encryption.
struct TlsInfo {
  std::string version;   // "TLSv1.3"
  std::string cipher;    // "TLS_AES_256_GCM_SHA384"
  bool resumed = false;
  bool peer_verified = false;
  std::string alpn;
};

class Stream {
 public:
  virtual ~Stream() = default;
  virtual boost::asio::any_io_executor executor() = 0;
  // At least one byte, into `into` (which the caller keeps alive).
  virtual core::Task<core::Result<std::size_t>> read_some(std::span<char> into, core::Deadline by) = 0;
  // All of `bytes` (which the caller keeps alive).
  virtual core::Task<core::Result<void>> write_all(std::string_view bytes, core::Deadline by) = 0;
  // Turns the stream into TLS in place. The caller has discarded everything it had buffered (CVE-2011-0411).
  virtual core::Task<core::Result<void>> start_tls_server(std::shared_ptr<const TlsContext> context, core::Deadline by) = 0;
  virtual core::Task<core::Result<void>> start_tls_client(std::shared_ptr<const TlsContext> context, std::string host,
                                                          core::Deadline by) = 0;
  virtual bool is_tls() const = 0;
  virtual TlsInfo tls_info() const = 0;
  virtual Endpoint remote() const = 0;
  virtual Endpoint local() const = 0;
  // True when bytes wait unread in the socket or the TLS layer: for early talkers and pipelining barriers.
  virtual bool has_pending_input() = 0;
  // close_notify where TLS is on, then the socket. Never blocks.
  virtual void close() = 0;
};

// Connects within the deadline. Errors: Errc::kConnect (transient).
core::Task<core::Result<std::unique_ptr<Stream>>> connect_tcp(Endpoint to, core::Deadline by, core::Clock& clock,
                                                              IpAddress bind_to = IpAddress());

}  // namespace postern::net
