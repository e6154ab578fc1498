#pragma once
// net/certificate.h: what a certificate file says of itself, for people who have to renew it.
// Thread-safety: free functions.  Errors: Errc::kCertificate, naming the file.
#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "core/result.h"

namespace postern::net {

inline constexpr std::size_t kNameBytesMax = 256;
inline constexpr std::size_t kNamesMax = 100;

struct CertificateFacts {
  std::int64_t not_before_unix_ms = 0;
  std::int64_t not_after_unix_ms = 0;
  bool is_self_signed = false;  // issuer and subject are one
  std::string subject, issuer;  // as RFC 2253 writes them, at most kNameBytesMax bytes
  std::vector<std::string> names;  // DNS names and addresses of subjectAltName, at most kNamesMax
  std::size_t chain_length = 0;    // certificates in the file
};
// Of the first certificate of a PEM file.
core::Result<CertificateFacts> read_certificate(const std::filesystem::path& file);

}  // namespace postern::net
