#pragma once
// pipeline/advice/certificate.h: what the records depend on of our own TLS certificates: the names in it, who made it, and
// the associations that a TLSA record may hold (RFC 6698 section 2.1).
// Thread-safety: values and free functions.  Errors: nullopt for what is no PEM certificate.
#include <optional>
#include <string>
#include <string_view>

namespace postern::pipeline {

struct CertificateFacts {
  std::string certificate_der;
  std::string public_key_der;     // SubjectPublicKeyInfo
  bool is_self_signed = false;
};

// The first certificate of `pem`.
std::optional<CertificateFacts> read_certificate(std::string_view pem);
// True when the certificate is valid for the host name (RFC 6125; the subject's common name does not count).
bool certificate_names(const CertificateFacts& certificate, const std::string& host);

// One TLSA record.
struct TlsaRecord {
  unsigned usage = 0;
  unsigned selector = 0;
  unsigned matching = 0;
  std::string association;  // raw bytes
};
std::optional<TlsaRecord> read_tlsa(std::string_view rdata);
// "3 1 1 0123…", as a zone file has it.
std::string to_string(const TlsaRecord& record);
// What usage 3, selector 1, matching type 1 asks for: it stays valid when the certificate is renewed with its key.
TlsaRecord make_tlsa(const CertificateFacts& certificate);
// True when the association is that of the certificate; usage is not looked at.
bool matches(const TlsaRecord& record, const CertificateFacts& certificate);

}  // namespace postern::pipeline
