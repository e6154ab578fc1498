#include "net/certificate.h"

#include <arpa/inet.h>
#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include <algorithm>
#include <array>
#include <ctime>
#include <memory>

#include "core/file.h"
#include "net/errc.h"

namespace postern::net {
namespace {

constexpr std::size_t kFileBytesMax = std::size_t{1} << 20U;

core::Result<std::int64_t> to_ms(const ASN1_TIME* time, const std::filesystem::path& file) {
  std::tm parts{};
  if (time == nullptr || ASN1_TIME_to_tm(time, &parts) != 1) return core::fail(Errc::kCertificate, file.string() + ": its dates cannot be read");
  return static_cast<std::int64_t>(::timegm(&parts)) * 1000;
}

std::string address_text(const std::string& bytes) {
  const int family = bytes.size() == 4 ? AF_INET : AF_INET6;
  std::array<char, INET6_ADDRSTRLEN> out{};
  if (bytes.size() != 4 && bytes.size() != 16) return {};
  return ::inet_ntop(family, bytes.data(), out.data(), out.size()) == nullptr ? std::string() : std::string(out.data());
}

std::string name_text(const X509_NAME* name) {
  const std::unique_ptr<BIO, decltype([](BIO* p) { BIO_free(p); })> memory(BIO_new(BIO_s_mem()));
  if (name == nullptr || X509_NAME_print_ex(memory.get(), name, 0, XN_FLAG_RFC2253 & ~static_cast<unsigned long>(ASN1_STRFLGS_ESC_MSB)) < 0) return {};
  char* bytes = nullptr;
  const long size = BIO_get_mem_data(memory.get(), &bytes);
  const std::string whole(bytes, static_cast<std::size_t>(std::max(size, 0L)));
  return whole.substr(0, kNameBytesMax);
}

std::vector<std::string> alternative_names(const X509* certificate) {
  std::vector<std::string> out;
  const std::unique_ptr<GENERAL_NAMES, decltype([](GENERAL_NAMES* p) { GENERAL_NAMES_free(p); })> names(
      static_cast<GENERAL_NAMES*>(X509_get_ext_d2i(certificate, NID_subject_alt_name, nullptr, nullptr)));
  for (int i = 0; names && i < sk_GENERAL_NAME_num(names.get()) && out.size() < kNamesMax; ++i) {
    const GENERAL_NAME* one = sk_GENERAL_NAME_value(names.get(), i);
    if (one->type != GEN_DNS && one->type != GEN_IPADD) continue;
    const ASN1_STRING* text = one->type == GEN_DNS ? one->d.dNSName : one->d.iPAddress;
    const std::string bytes(reinterpret_cast<const char*>(ASN1_STRING_get0_data(text)), static_cast<std::size_t>(ASN1_STRING_length(text)));
    if (one->type == GEN_DNS) out.push_back(bytes.substr(0, kNameBytesMax));
    if (one->type == GEN_IPADD) out.push_back(address_text(bytes));
  }
  return out;
}

}  // namespace

core::Result<CertificateFacts> read_certificate(const std::filesystem::path& file) {
  POSTERN_TRY(const std::string pem, core::read_file(file, kFileBytesMax));
  const std::unique_ptr<BIO, decltype([](BIO* p) { BIO_free(p); })> memory(BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())));
  const std::unique_ptr<X509, decltype([](X509* p) { X509_free(p); })> certificate(PEM_read_bio_X509(memory.get(), nullptr, nullptr, nullptr));
  if (!certificate) return core::fail(Errc::kCertificate, file.string() + ": no PEM certificate");
  CertificateFacts out;
  POSTERN_TRY(out.not_before_unix_ms, to_ms(X509_get0_notBefore(certificate.get()), file));
  POSTERN_TRY(out.not_after_unix_ms, to_ms(X509_get0_notAfter(certificate.get()), file));
  out.is_self_signed = X509_NAME_cmp(X509_get_issuer_name(certificate.get()), X509_get_subject_name(certificate.get())) == 0;
  out.subject = name_text(X509_get_subject_name(certificate.get()));
  out.issuer = name_text(X509_get_issuer_name(certificate.get()));
  out.names = alternative_names(certificate.get());
  constexpr std::size_t kChainMax = 100;
  for (out.chain_length = 1; out.chain_length < kChainMax; ++out.chain_length) {
    const std::unique_ptr<X509, decltype([](X509* p) { X509_free(p); })> next(PEM_read_bio_X509(memory.get(), nullptr, nullptr, nullptr));
    if (!next) break;
  }
  ERR_clear_error();  // the end of the file is no error
  return out;
}

}  // namespace postern::net
