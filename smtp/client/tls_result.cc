#include "smtp/client/tls_result.h"

#include <algorithm>

#include "core/encoding.h"
#include "net/dns.h"

namespace postern::smtp::tls_result {
namespace {

constexpr std::size_t kHostNameMax = 253;

struct Word {
  std::string_view part;  // of OpenSSL's, in lower case
  std::string_view result;
};
// A certificate that no TLSA record stands for: none of the records is valid for this host.
constexpr Word kCertificateWords[] = {{"no matching dane", kTlsaInvalid}, {"hostname mismatch", kHostMismatch},
                                      {"address mismatch", kHostMismatch}, {"has expired", kExpired}};

}  // namespace

std::string_view of_handshake(std::string_view problem) {
  if (!problem.starts_with("certificate: ")) return kFailed;
  const std::string words = core::to_lower_ascii(problem);
  for (const Word& each : kCertificateWords) {
    if (words.find(each.part) != std::string::npos) return each.result;
  }
  return kNotTrusted;
}

std::string reason_text(std::string_view what) {
  std::string out(what.substr(0, kTlsReasonMax));
  std::ranges::replace_if(out, [](char c) { return c < 0x20 || c > 0x7E; }, '?');
  return out;
}

std::string host_name(std::string_view what) {
  const std::string out = net::normalize_name(what);
  const auto is_sign = [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || c == '-' || c == '.'; };
  return out.size() <= kHostNameMax && std::ranges::all_of(out, is_sign) ? out : std::string();
}

}  // namespace postern::smtp::tls_result
