#include "web/server/security_headers.h"

#include <fmt/format.h>

namespace postern::web {
namespace {

constexpr const char* kPolicy =
    "default-src 'self'; object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'";
constexpr const char* kPermissions =
    "accelerometer=(), camera=(), display-capture=(), geolocation=(), gyroscope=(), magnetometer=(), microphone=(), "
    "midi=(), payment=(), usb=()";

}  // namespace

std::string page_policy(std::string_view nonce, const WebOptions& options) {
  std::string policy = "default-src 'self'";
  if (!options.content_origin.empty()) {
    for (const char* what : {"frame-src", "img-src", "connect-src"}) policy += fmt::format("; {} 'self' {}", what, options.content_origin);
  }
  policy += "; script-src 'nonce-" + std::string(nonce) + "'; object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'";
  return policy;
}

void add_security_headers(const Request& request, Response& response, const WebOptions& options) {
  // A year, RFC 6797; with what is below the name, as ASVS 3.4.1 asks at level 2.
  response.set("Strict-Transport-Security", options.hsts_subdomains ? "max-age=31536000; includeSubDomains" : "max-age=31536000");
  response.set("X-Content-Type-Options", "nosniff");
  response.set("Referrer-Policy", "no-referrer");
  response.set("Cross-Origin-Opener-Policy", "same-origin");
  response.set("Cross-Origin-Resource-Policy", request.is_at_content_host ? "cross-origin" : "same-origin");
  response.set("Permissions-Policy", kPermissions);
  if (response.field("Content-Security-Policy").empty()) response.set("Content-Security-Policy", kPolicy);
  const std::string_view policy = response.field("Content-Security-Policy");
  const bool may_be_framed = policy.find("frame-ancestors 'self'") != std::string_view::npos;
  // The old field knows no other origin: where the policy names one, it alone speaks.
  const bool names_framer = policy.find("frame-ancestors https://") != std::string_view::npos;
  if (!names_framer) response.set("X-Frame-Options", may_be_framed ? "SAMEORIGIN" : "DENY");
  if (response.field("Cache-Control").empty()) response.set("Cache-Control", "no-store");
  if (!request.id.empty()) response.set("X-Request-Id", request.id);
}

}  // namespace postern::web
