#include "net/tls_context.h"

#include <openssl/err.h>
#include <openssl/ssl.h>

#include <array>
#include <memory>

#include "net/errc.h"

namespace postern::net {
namespace {

using ContextHandle = std::unique_ptr<SSL_CTX, decltype([](SSL_CTX* context) { SSL_CTX_free(context); })>;

constexpr const char* kCiphersTls12 =
    "ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-RSA-AES128-GCM-SHA256:ECDHE-ECDSA-AES256-GCM-SHA384:"
    "ECDHE-RSA-AES256-GCM-SHA384:ECDHE-ECDSA-CHACHA20-POLY1305:ECDHE-RSA-CHACHA20-POLY1305";
constexpr const char* kGroups = "X25519:P-256:P-384";
constexpr std::string_view kSessionIdContext = "postern";
constexpr std::size_t kTicketsPerHandshake = 1;  // two by default; each costs a key operation and bytes

std::string last_ssl_reason() {
  const unsigned long code = ERR_peek_last_error();
  const char* reason = code != 0 ? ERR_reason_error_string(code) : nullptr;
  std::string out = reason != nullptr ? reason : "unknown reason";
  ERR_clear_error();
  return out;
}

core::Error unusable(const std::filesystem::path& file) {
  return core::fail(Errc::kCertificate, file.string() + ": " + last_ssl_reason());
}

// The wire form of the offered protocols, owned by the SSL_CTX that uses it.
void free_protocols(void*, void* protocols, CRYPTO_EX_DATA*, int, long, void*) {
  delete static_cast<std::string*>(protocols);
}

int protocols_index() {
  static const int index = SSL_CTX_get_ex_new_index(0, nullptr, nullptr, nullptr, free_protocols);
  return index;
}

int select_protocol(SSL*, const unsigned char** out, unsigned char* out_length, const unsigned char* offered,
                    unsigned offered_length, void* argument) {
  const auto& ours = *static_cast<const std::string*>(argument);
  unsigned char* chosen = nullptr;
  const int outcome = SSL_select_next_proto(&chosen, out_length, reinterpret_cast<const unsigned char*>(ours.data()),
                                            static_cast<unsigned>(ours.size()), offered, offered_length);
  if (outcome != OPENSSL_NPN_NEGOTIATED) return SSL_TLSEXT_ERR_ALERT_FATAL;  // RFC 7301 section 3.2
  *out = chosen;
  return SSL_TLSEXT_ERR_OK;
}

core::Result<void> offer_protocols(SSL_CTX* context, const std::vector<std::string>& names) {
  if (names.empty()) return {};
  auto wire = std::make_unique<std::string>();
  for (const std::string& name : names) {
    if (name.empty() || name.size() > 255) return core::fail(Errc::kTls, "ALPN name");
    *wire += static_cast<char>(name.size());
    *wire += name;
  }
  std::string* const owned = wire.get();
  if (SSL_CTX_set_ex_data(context, protocols_index(), owned) != 1) return core::fail(Errc::kTls, last_ssl_reason());
  SSL_CTX_set_alpn_select_cb(context, select_protocol, wire.release());
  return {};
}

core::Result<ContextHandle> new_context(const SSL_METHOD* method) {
  ContextHandle context(SSL_CTX_new(method));
  if (!context) return core::fail(Errc::kTls, last_ssl_reason());
  SSL_CTX_set_options(context.get(), SSL_OP_NO_COMPRESSION | SSL_OP_NO_RENEGOTIATION | SSL_OP_CIPHER_SERVER_PREFERENCE |
                                         SSL_OP_PRIORITIZE_CHACHA |
                                         SSL_OP_CLEANSE_PLAINTEXT);  // what was read stays in no buffer of the library (invariant 2)
  SSL_CTX_set_mode(context.get(), SSL_MODE_RELEASE_BUFFERS);  // an idle session holds no record buffers
  const bool is_set = SSL_CTX_set_min_proto_version(context.get(), TLS1_2_VERSION) == 1 &&
                      SSL_CTX_set_cipher_list(context.get(), kCiphersTls12) == 1 &&
                      SSL_CTX_set1_groups_list(context.get(), kGroups) == 1;
  if (!is_set) return core::fail(Errc::kTls, last_ssl_reason());
  return context;
}

// Without this a reload would invalidate the session of every client.
bool copy_ticket_keys(SSL_CTX* from, SSL_CTX* to) {
  std::array<unsigned char, 256> keys{};
  const long length = SSL_CTX_get_tlsext_ticket_keys(from, nullptr, 0);
  if (length <= 0 || static_cast<std::size_t>(length) > keys.size()) return false;
  const bool is_copied = SSL_CTX_get_tlsext_ticket_keys(from, keys.data(), length) == 1 &&
                         SSL_CTX_set_tlsext_ticket_keys(to, keys.data(), length) == 1;
  OPENSSL_cleanse(keys.data(), keys.size());
  return is_copied;
}

}  // namespace

TlsContext::~TlsContext() { SSL_CTX_free(context_); }

core::Result<std::shared_ptr<const TlsContext>> TlsContext::server(const TlsServerOptions& options) {
  ERR_clear_error();
  POSTERN_TRY(ContextHandle context, new_context(TLS_server_method()));
  if (SSL_CTX_use_certificate_chain_file(context.get(), options.certificate_file.c_str()) != 1) {
    return unusable(options.certificate_file);
  }
  if (SSL_CTX_use_PrivateKey_file(context.get(), options.key_file.c_str(), SSL_FILETYPE_PEM) != 1) {
    return unusable(options.key_file);
  }
  if (SSL_CTX_check_private_key(context.get()) != 1) return unusable(options.key_file);
  SSL_CTX_set_session_cache_mode(context.get(), SSL_SESS_CACHE_OFF);  // sessions live in tickets, not in our memory
  SSL_CTX_set_session_id_context(context.get(), reinterpret_cast<const unsigned char*>(kSessionIdContext.data()),
                                 static_cast<unsigned>(kSessionIdContext.size()));
  SSL_CTX_set_num_tickets(context.get(), options.resumption ? kTicketsPerHandshake : 0);
  if (!options.resumption) SSL_CTX_set_options(context.get(), SSL_OP_NO_TICKET);
  POSTERN_CHECK(offer_protocols(context.get(), options.alpn));
  return std::make_shared<const TlsContext>(context.release());
}

core::Result<std::shared_ptr<const TlsContext>> TlsContext::client(bool verify, const std::filesystem::path& ca_file) {
  ERR_clear_error();
  POSTERN_TRY(ContextHandle context, new_context(TLS_client_method()));
  SSL_CTX_set_verify(context.get(), verify ? SSL_VERIFY_PEER : SSL_VERIFY_NONE, nullptr);
  if (!ca_file.empty()) {
    if (SSL_CTX_load_verify_file(context.get(), ca_file.c_str()) != 1) return unusable(ca_file);
    // A file may name the very certificate of the peer rather than its issuer.
    X509_VERIFY_PARAM_set_flags(SSL_CTX_get0_param(context.get()), X509_V_FLAG_PARTIAL_CHAIN);
  } else if (verify && SSL_CTX_set_default_verify_paths(context.get()) != 1) {
    return core::fail(Errc::kCertificate, "system trust store: " + last_ssl_reason());
  }
  return std::make_shared<const TlsContext>(context.release());
}

core::Result<std::shared_ptr<const TlsContext>> TlsContext::client(Dane dane) {
  ERR_clear_error();
  POSTERN_TRY(ContextHandle context, new_context(TLS_client_method()));
  SSL_CTX_set_verify(context.get(), SSL_VERIFY_PEER, nullptr);
  if (SSL_CTX_dane_enable(context.get()) != 1) return core::fail(Errc::kTls, last_ssl_reason());
  // DANE-EE binds the key itself: neither names nor dates of the certificate count (RFC 7672 section 3.1.1).
  SSL_CTX_dane_set_flags(context.get(), DANE_FLAG_NO_DANE_EE_NAMECHECKS);
  return std::make_shared<const TlsContext>(context.release(), std::make_shared<const Dane>(std::move(dane)));
}

core::Result<std::shared_ptr<ReloadableTls>> ReloadableTls::load(TlsServerOptions options) {
  auto self = std::make_shared<ReloadableTls>();
  POSTERN_TRY(self->current_, TlsContext::server(options));
  self->options_ = std::move(options);
  return self;
}

std::shared_ptr<const TlsContext> ReloadableTls::current() const {
  std::lock_guard lock(mutex_);
  return current_;
}

core::Result<void> ReloadableTls::reload() {
  POSTERN_TRY(auto fresh, TlsContext::server(options_));
  std::lock_guard lock(mutex_);
  if (!copy_ticket_keys(current_->native(), fresh->native())) return core::fail(Errc::kTls, "ticket keys");
  current_ = std::move(fresh);
  return {};
}

}  // namespace postern::net
