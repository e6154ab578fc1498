#pragma once
// net/tls_context.h: TLS settings as immutable values behind shared_ptr; a reload swaps the pointer and running
// connections keep theirs. TLS 1.2 and later, ECDHE only, session tickets on (RFC 8996, RFC 9325).
// Thread-safety: a TlsContext is immutable; ReloadableTls from any thread.
#include <filesystem>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "core/result.h"
#include "net/tlsa.h"

typedef struct ssl_ctx_st SSL_CTX;

namespace postern::net {

struct TlsServerOptions {
  std::filesystem::path certificate_file;  // PEM chain, leaf first
  std::filesystem::path key_file;          // PEM private key (ECDSA P-256 by default)
  std::vector<std::string> alpn;           // protocols offered, most wanted first; empty: none
  bool resumption = true;
};

class TlsContext {
 public:
  explicit TlsContext(SSL_CTX* owned, std::shared_ptr<const Dane> dane = nullptr) : context_(owned), dane_(std::move(dane)) {}
  ~TlsContext();
  TlsContext(const TlsContext&) = delete;
  SSL_CTX* native() const { return context_; }

  // Errors: Errc::kCertificate, naming the file and what is wrong with it.
  static core::Result<std::shared_ptr<const TlsContext>> server(const TlsServerOptions& options);
  // For delivery and other outgoing connections. `verify`: the peer's chain and host name must be valid against the
  // system's trust store or `ca_file`; otherwise encryption without authentication (RFC 7435).
  static core::Result<std::shared_ptr<const TlsContext>> client(bool verify, const std::filesystem::path& ca_file = {});
  // The peer must be who signed DNS says it is (RFC 7672); the system's trust store says nothing then.
  static core::Result<std::shared_ptr<const TlsContext>> client(Dane dane);
  const Dane* dane() const { return dane_.get(); }  // null: not asked for

 private:
  SSL_CTX* context_;
  std::shared_ptr<const Dane> dane_;
};

// The current server context; reload() reads the files again and swaps only when they are good. Session ticket keys
// survive a reload.
class ReloadableTls {
 public:
  static core::Result<std::shared_ptr<ReloadableTls>> load(TlsServerOptions options);
  std::shared_ptr<const TlsContext> current() const;
  core::Result<void> reload();

 private:
  TlsServerOptions options_;
  mutable std::mutex mutex_;
  std::shared_ptr<const TlsContext> current_;
};

struct SelfSigned {
  std::string certificate_pem;
  std::string key_pem;
};
// An ECDSA P-256 certificate for the names, valid `days` days from now.
core::Result<SelfSigned> make_self_signed(const std::vector<std::string>& names, int days);

}  // namespace postern::net
