#include "net/certificate.h"

#include <openssl/bio.h>
#include <openssl/pem.h>
#include <openssl/x509.h>

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
  return out;
}

}  // namespace postern::net
