// make_self_signed(): the certificate of a first start, before the operator has a real one.
#include <openssl/bio.h>
#include <openssl/bn.h>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include <memory>

#include "net/errc.h"
#include "net/ip.h"
#include "net/tls_context.h"

namespace postern::net {
namespace {

using KeyHandle = std::unique_ptr<EVP_PKEY, decltype([](EVP_PKEY* key) { EVP_PKEY_free(key); })>;
using CertificateHandle = std::unique_ptr<X509, decltype([](X509* certificate) { X509_free(certificate); })>;
using BioHandle = std::unique_ptr<BIO, decltype([](BIO* bio) { BIO_free(bio); })>;
using NumberHandle = std::unique_ptr<BIGNUM, decltype([](BIGNUM* number) { BN_free(number); })>;

constexpr int kSerialBits = 159;  // RFC 5280 section 4.1.2.2: at most 20 octets, positive
constexpr std::size_t kCommonNameMax = 64;
constexpr long kSecondsPerDay = 24 * 60 * 60;

// Names reach an extension in OpenSSL's configuration syntax, where these characters have a meaning.
bool is_plain_name(const std::string& name) {
  if (name.empty()) return false;
  for (char c : name) {
    if (c == ',' || c == ':' || c == ';' || c == '\\' || static_cast<unsigned char>(c) <= 0x20) return false;
  }
  return true;
}

bool add_extension(X509* certificate, int nid, const std::string& value) {
  X509V3_CTX context;
  X509V3_set_ctx_nodb(&context);
  X509V3_set_ctx(&context, certificate, certificate, nullptr, nullptr, 0);
  X509_EXTENSION* extension = X509V3_EXT_conf_nid(nullptr, &context, nid, value.c_str());
  if (extension == nullptr) return false;
  const bool is_added = X509_add_ext(certificate, extension, -1) == 1;
  X509_EXTENSION_free(extension);
  return is_added;
}

bool set_serial(X509* certificate) {
  NumberHandle number(BN_new());
  return number && BN_rand(number.get(), kSerialBits, BN_RAND_TOP_ANY, BN_RAND_BOTTOM_ANY) == 1 &&
         BN_to_ASN1_INTEGER(number.get(), X509_get_serialNumber(certificate)) != nullptr;
}

std::string to_text(BIO* bio) {
  char* bytes = nullptr;
  const long length = BIO_get_mem_data(bio, &bytes);
  return {bytes, static_cast<std::size_t>(length)};
}

bool fill(X509* certificate, EVP_PKEY* key, const std::vector<std::string>& names, int days) {
  std::string alternatives;
  for (const std::string& name : names) {
    if (!alternatives.empty()) alternatives += ',';
    alternatives += (IpAddress::parse(name) ? "IP:" : "DNS:") + name;
  }
  X509_NAME* subject = X509_get_subject_name(certificate);
  const std::string common = names.front().substr(0, kCommonNameMax);
  return X509_set_version(certificate, 2) == 1 && set_serial(certificate) &&
         X509_gmtime_adj(X509_getm_notBefore(certificate), -60 * 60) != nullptr &&
         X509_gmtime_adj(X509_getm_notAfter(certificate), days * kSecondsPerDay) != nullptr &&
         X509_set_pubkey(certificate, key) == 1 &&
         X509_NAME_add_entry_by_txt(subject, "CN", MBSTRING_UTF8, reinterpret_cast<const unsigned char*>(common.data()),
                                    static_cast<int>(common.size()), -1, 0) == 1 &&
         X509_set_issuer_name(certificate, subject) == 1 &&
         add_extension(certificate, NID_subject_alt_name, alternatives) &&
         add_extension(certificate, NID_basic_constraints, "critical,CA:FALSE") &&
         add_extension(certificate, NID_key_usage, "critical,digitalSignature") &&
         add_extension(certificate, NID_ext_key_usage, "serverAuth") && X509_sign(certificate, key, EVP_sha256()) > 0;
}

}  // namespace

core::Result<SelfSigned> make_self_signed(const std::vector<std::string>& names, int days) {
  if (names.empty() || days <= 0) return core::fail(Errc::kCertificate, "no name or no lifetime");
  for (const std::string& name : names) {
    if (!is_plain_name(name) && !IpAddress::parse(name)) return core::fail(Errc::kCertificate, "not a host name");
  }
  KeyHandle key(EVP_EC_gen("P-256"));
  CertificateHandle certificate(X509_new());
  if (!key || !certificate || !fill(certificate.get(), key.get(), names, days)) {
    return core::fail(Errc::kCertificate, "generation failed");
  }
  BioHandle certificate_pem(BIO_new(BIO_s_mem()));
  BioHandle key_pem(BIO_new(BIO_s_secmem()));
  if (!certificate_pem || !key_pem || PEM_write_bio_X509(certificate_pem.get(), certificate.get()) != 1 ||
      PEM_write_bio_PKCS8PrivateKey(key_pem.get(), key.get(), nullptr, nullptr, 0, nullptr, nullptr) != 1) {
    return core::fail(Errc::kCertificate, "encoding failed");
  }
  SelfSigned out;
  out.certificate_pem = to_text(certificate_pem.get());
  out.key_pem = to_text(key_pem.get());
  return out;
}

}  // namespace postern::net
