#include "web/server/authenticate.h"

#include "auth/errc.h"
#include "core/encoding.h"
#include "web/errc.h"

namespace postern::web {
namespace {

using Outcome = core::Result<std::optional<Authenticated>>;

core::Task<Outcome> by_token(std::string secret, std::string email, const Request& request, Services& services) {
  POSTERN_CO_TRY(auth::Principal principal, co_await services.sessions.resolve_token(std::move(secret), request.client_ip));
  if (!email.empty()) {
    POSTERN_CO_TRY(std::optional<auth::User> user, services.accounts.find(principal.workspace, principal.user));
    if (!user || !core::equals_ignoring_case(user->email, email)) co_return core::fail(auth::Errc::kBadCredentials);
  }
  co_return std::optional<Authenticated>(Authenticated(std::move(principal), std::nullopt));
}

core::Task<Outcome> by_basic(std::string_view encoded, const Request& request, Services& services) {
  static constexpr std::string_view kSuffix = "/token";
  std::optional<std::string> plain = core::from_base64(encoded);
  std::size_t colon = plain ? plain->find(':') : std::string::npos;
  if (colon == std::string::npos) co_return core::fail(auth::Errc::kBadCredentials);
  std::string user = plain->substr(0, colon);
  if (!user.ends_with(kSuffix) || user.size() == kSuffix.size()) co_return core::fail(auth::Errc::kBadCredentials);
  user.resize(user.size() - kSuffix.size());
  std::string secret = plain->substr(colon + 1);
  co_return co_await by_token(std::move(secret), std::move(user), request, services);
}

core::Task<Outcome> by_cookie(std::string secret, const Request& request, Services& services) {
  POSTERN_CO_TRY(auto resolved, co_await services.sessions.resolve(std::move(secret), request.client_ip));
  co_return std::optional<Authenticated>(Authenticated(std::move(resolved.first), std::move(resolved.second)));
}

// "https://host[:port]" as an Origin field has it, compared with where the request went.
bool is_own_origin(std::string_view origin, const Request& request, const WebOptions& options) {
  if (!options.public_origin.empty()) return core::equals_ignoring_case(origin, options.public_origin);
  std::string own = request.is_tls ? "https://" : "http://";
  own += request.field("host");
  return core::equals_ignoring_case(origin, own);
}

}  // namespace

core::Task<Outcome> authenticate(const Request& request, Services& services) {
  if (request.has_field("authorization")) {
    std::string_view value = request.field("authorization");
    std::size_t space = value.find(' ');
    std::string_view scheme = value.substr(0, space);
    std::string_view rest = space == std::string_view::npos ? std::string_view() : core::trim_ascii(value.substr(space));
    if (core::equals_ignoring_case(scheme, "bearer") && !rest.empty()) {
      co_return co_await by_token(std::string(rest), std::string(), request, services);
    }
    if (core::equals_ignoring_case(scheme, "basic")) co_return co_await by_basic(rest, request, services);
    co_return core::fail(auth::Errc::kBadCredentials);
  }
  std::optional<std::string> cookie = request.cookie(kSessionCookie);
  if (!cookie || cookie->empty()) co_return std::optional<Authenticated>();
  co_return co_await by_cookie(std::move(*cookie), request, services);
}

core::Result<void> check_same_site(const Request& request, const WebOptions& options) {
  if (is_safe(request.verb)) return {};
  std::string_view site = request.field("sec-fetch-site");
  if (!site.empty() && site != "same-origin") return core::fail(Errc::kCrossSite, "Sec-Fetch-Site");
  if (request.has_field("origin") && !is_own_origin(request.field("origin"), request, options)) {
    return core::fail(Errc::kCrossSite, "Origin");
  }
  return {};
}

core::Result<void> check_csrf_token(const Request& request) {
  if (is_safe(request.verb) || !request.session) return {};
  if (request.session->csrf_token.empty() ||
      !core::equals_in_constant_time(request.field("x-csrf-token"), request.session->csrf_token)) {
    return core::fail(Errc::kCrossSite, "X-CSRF-Token");
  }
  return {};
}

std::string session_cookie(const std::string& secret) {
  return std::string(kSessionCookie) + "=" + secret + "; Path=/; Secure; HttpOnly; SameSite=Lax";
}

std::string device_cookie_name(core::UserId user) { return "__Host-postern-device-" + core::to_base32(user.value); }

std::string device_cookie(core::UserId user, const std::string& secret) {
  // Browsers keep no cookie for longer than 400 days (RFC 6265bis section 5.5).
  return device_cookie_name(user) + "=" + secret + "; Path=/; Secure; HttpOnly; SameSite=Lax; Max-Age=34560000";
}

std::string expired_session_cookie() {
  return std::string(kSessionCookie) + "=; Path=/; Secure; HttpOnly; SameSite=Lax; Max-Age=0";
}

}  // namespace postern::web
