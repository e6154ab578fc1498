#pragma once
// smtp/client/tls_result.h: why TLS to a mail host failed, in the words of RFC 8460 section 4.3. `dane-required` is not among them: no
// setting of ours demands TLSA records of a domain that has none.
// Pure.  Limits: kTlsReasonMax.
#include <string>
#include <string_view>

namespace postern::smtp::tls_result {

inline constexpr std::string_view kNoStartTls = "starttls-not-supported";
inline constexpr std::string_view kHostMismatch = "certificate-host-mismatch";
inline constexpr std::string_view kExpired = "certificate-expired";
inline constexpr std::string_view kNotTrusted = "certificate-not-trusted";
inline constexpr std::string_view kFailed = "validation-failure";
inline constexpr std::string_view kTlsaInvalid = "tlsa-invalid";
inline constexpr std::string_view kDnssecInvalid = "dnssec-invalid";
inline constexpr std::string_view kStsFetch = "sts-policy-fetch-error";
inline constexpr std::string_view kStsInvalid = "sts-policy-invalid";
inline constexpr std::string_view kStsWebPki = "sts-webpki-invalid";

inline constexpr std::size_t kTlsReasonMax = 128;

// Of a handshake that failed with these words (net/stream.h); the certificate's begin with "certificate: ".
std::string_view of_handshake(std::string_view problem);
// As failure-reason-code may have it: printable ASCII, cut.
std::string reason_text(std::string_view what);
// A name that a host gives itself, in lower case; empty when it is none.
std::string host_name(std::string_view what);

}  // namespace postern::smtp::tls_result
