#include "pipeline/advice/certificate.h"

#include <openssl/bio.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include <limits>
#include <memory>

#include "core/encoding.h"

namespace postern::pipeline {
namespace {

struct X509Free {
  void operator()(X509* certificate) const { X509_free(certificate); }
};
struct CertificateBioFree {
  void operator()(BIO* bio) const { BIO_free_all(bio); }
};
using Certificate = std::unique_ptr<X509, X509Free>;

template <class Object, class Encode>
std::string to_der(Object* object, Encode encode) {
  const int size = encode(object, nullptr);
  if (size <= 0) return {};
  std::string out(static_cast<std::size_t>(size), '\0');
  auto* at = reinterpret_cast<unsigned char*>(out.data());
  encode(object, &at);
  return out;
}

std::string sha512(std::string_view bytes) {
  std::string out(64, '\0');
  unsigned size = 0;
  EVP_Digest(bytes.data(), bytes.size(), reinterpret_cast<unsigned char*>(out.data()), &size, EVP_sha512(), nullptr);
  return out;
}

}  // namespace

std::optional<CertificateFacts> read_certificate(std::string_view pem) {
  if (pem.empty() || pem.size() > static_cast<std::size_t>(std::numeric_limits<int>::max())) return std::nullopt;
  const std::unique_ptr<BIO, CertificateBioFree> bio(BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())));
  if (bio == nullptr) return std::nullopt;
  const Certificate certificate(PEM_read_bio_X509(bio.get(), nullptr, nullptr, nullptr));
  if (certificate == nullptr) return std::nullopt;
  CertificateFacts out;
  out.certificate_der = to_der(certificate.get(), [](X509* x, unsigned char** at) { return i2d_X509(x, at); });
  out.public_key_der =
      to_der(X509_get_X509_PUBKEY(certificate.get()), [](X509_PUBKEY* key, unsigned char** at) { return i2d_X509_PUBKEY(key, at); });
  out.is_self_signed =
      X509_NAME_cmp(X509_get_subject_name(certificate.get()), X509_get_issuer_name(certificate.get())) == 0;
  if (out.certificate_der.empty() || out.public_key_der.empty()) return std::nullopt;
  return out;
}

bool certificate_names(const CertificateFacts& facts, const std::string& host) {
  const auto* at = reinterpret_cast<const unsigned char*>(facts.certificate_der.data());
  const Certificate certificate(d2i_X509(nullptr, &at, static_cast<long>(facts.certificate_der.size())));
  return certificate != nullptr &&
         X509_check_host(certificate.get(), host.data(), host.size(), X509_CHECK_FLAG_NEVER_CHECK_SUBJECT, nullptr) == 1;
}

std::optional<TlsaRecord> read_tlsa(std::string_view rdata) {
  if (rdata.size() < 4) return std::nullopt;
  const auto byte = [&](std::size_t i) { return static_cast<unsigned>(static_cast<unsigned char>(rdata[i])); };
  return TlsaRecord{byte(0), byte(1), byte(2), std::string(rdata.substr(3))};
}

std::string to_string(const TlsaRecord& record) {
  return std::to_string(record.usage) + " " + std::to_string(record.selector) + " " + std::to_string(record.matching) +
         " " + core::to_hex(record.association);
}

TlsaRecord make_tlsa(const CertificateFacts& certificate) {
  return {3, 1, 1, core::sha256(certificate.public_key_der)};
}

bool matches(const TlsaRecord& record, const CertificateFacts& certificate) {
  if (record.selector > 1) return false;
  const std::string& subject = record.selector == 0 ? certificate.certificate_der : certificate.public_key_der;
  switch (record.matching) {
    case 0: return record.association == subject;
    case 1: return record.association == core::sha256(subject);
    case 2: return record.association == sha512(subject);
    default: return false;
  }
}

}  // namespace postern::pipeline
