#pragma once
// net/certificate.h: what a certificate file says of itself, for people who have to renew it.
// Thread-safety: free functions.  Errors: Errc::kCertificate, naming the file.
#include <cstdint>
#include <filesystem>

#include "core/result.h"

namespace postern::net {

struct CertificateFacts {
  std::int64_t not_before_unix_ms = 0;
  std::int64_t not_after_unix_ms = 0;
  bool is_self_signed = false;  // issuer and subject are one
};
// Of the first certificate of a PEM file.
core::Result<CertificateFacts> read_certificate(const std::filesystem::path& file);

}  // namespace postern::net
