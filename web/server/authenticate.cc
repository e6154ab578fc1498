#include "web/server/authenticate.h"

#include "auth/errc.h"
#include "core/encoding.h"
#include "core/secret.h"
#include "web/errc.h"

namespace postern::web {
namespace {

using Outcome = core::Result<std::optional<Authenticated>>;

// What was not right was no password. The same words for a credential that never was and for one that counts no more.
core::Error unknown_credential(const core::Error& error, const char* words) {
  return error == auth::Errc::kBadCredentials ? core::fail(Errc::kUnauthenticated, words) : error;
}

constexpr const char* kUnknownToken = "the token is not known here, or not for this address";
constexpr const char* kUnknownSession = "the session is over, or its cookie was replaced by a later one: sign in again";

core::Task<Outcome> by_token(std::string secret, std::string email, const Request& request, Services& services) {
  auto resolved = co_await services.sessions.resolve_token(std::move(secret), request.client_ip);
  if (!resolved) co_return unknown_credential(resolved.error(), kUnknownToken);
  auth::Principal principal = std::move(*resolved);
  if (!email.empty()) {
    POSTERN_CO_TRY(std::optional<auth::User> user, services.accounts.find(principal.workspace, principal.user));
    if (!user || !core::equals_ignoring_case(user->email, email)) co_return core::fail(Errc::kUnauthenticated, kUnknownToken);
  }
  co_return std::optional<Authenticated>(Authenticated(std::move(principal), std::nullopt));
}

constexpr std::string_view kTokenSuffix = "/token";
constexpr std::size_t kEmailBytesMax = 320;

// "email/token:secret" or "email:password" (RFC 7617: the first colon ends the name).
std::optional<std::pair<std::string, std::string>> split_basic(std::string_view encoded) {
  std::optional<std::string> plain = core::from_base64(encoded);
  const std::size_t colon = plain ? plain->find(':') : std::string::npos;
  if (colon == std::string::npos) return std::nullopt;
  std::pair out(plain->substr(0, colon), plain->substr(colon + 1));
  core::wipe(plain->data(), plain->size());
  return out;
}

bool names_a_token(std::string_view login) { return login.ends_with(kTokenSuffix) && login.size() > kTokenSuffix.size(); }

// After a scheme and blanks; nothing when the field is of another scheme.
std::optional<std::string_view> credentials_of(const Request& request, std::string_view scheme) {
  const std::string_view value = request.field("authorization");
  const std::size_t space = value.find(' ');
  if (space == std::string_view::npos || !core::equals_ignoring_case(value.substr(0, space), scheme)) return std::nullopt;
  return core::trim_ascii(value.substr(space));
}

core::Task<Outcome> by_password(std::string email, std::string password, const Request& request, Services& services) {
  core::Result<auth::User> user = core::fail(auth::Errc::kBadCredentials);
  if (request.principal && request.principal->method == auth::Method::kPassword) {
    // Compared a moment ago, before the body came: what may have changed meanwhile is the account.
    core::wipe(password.data(), password.size());
    POSTERN_CO_TRY(auto known, services.accounts.find(request.principal->workspace, request.principal->user));
    if (known) user = std::move(*known);
  } else if (email.size() <= kEmailBytesMax) {
    user = co_await services.accounts.verify_password(std::move(email), std::move(password), request.client_ip);
  }
  if (!user) co_return user.error();
  POSTERN_CO_TRY(auth::Principal principal, co_await services.sessions.resolve_password(std::move(*user), request.client_ip));
  co_return std::optional<Authenticated>(Authenticated(std::move(principal), std::nullopt));
}

core::Task<Outcome> by_basic(std::string_view encoded, const Request& request, Services& services, const WebOptions& options) {
  auto pair = split_basic(encoded);
  if (!pair) co_return core::fail(auth::Errc::kBadCredentials);
  auto& [user, secret] = *pair;
  if (names_a_token(user)) {
    user.resize(user.size() - kTokenSuffix.size());
    co_return co_await by_token(std::move(secret), std::move(user), request, services);
  }
  if (!options.takes_passwords) co_return core::fail(auth::Errc::kBadCredentials);
  co_return co_await by_password(std::move(user), std::move(secret), request, services);
}

core::Task<Outcome> by_cookie(std::string secret, const Request& request, Services& services) {
  auto resolved = co_await services.sessions.resolve(std::move(secret), request.client_ip);
  if (!resolved) co_return unknown_credential(resolved.error(), kUnknownSession);
  co_return std::optional<Authenticated>(Authenticated(std::move(resolved->first), std::move(resolved->second)));
}

// "https://host[:port]" as an Origin field has it, compared with where the request went.
bool is_own_origin(std::string_view origin, const Request& request, const WebOptions& options) {
  if (!options.public_origin.empty()) return core::equals_ignoring_case(origin, options.public_origin);
  std::string own = request.is_tls ? "https://" : "http://";
  own += request.field("host");
  return core::equals_ignoring_case(origin, own);
}

}  // namespace

bool carries_password(const Request& request, const WebOptions& options) {
  if (!options.takes_passwords) return false;
  const auto basic = credentials_of(request, "basic");
  const auto pair = basic ? split_basic(*basic) : std::nullopt;
  return pair && !names_a_token(pair->first);
}

core::Task<Outcome> authenticate(const Request& request, Services& services, const WebOptions& options) {
  if (request.has_field("authorization")) {
    if (const auto bearer = credentials_of(request, "bearer"); bearer && !bearer->empty()) {
      co_return co_await by_token(std::string(*bearer), std::string(), request, services);
    }
    if (const auto basic = credentials_of(request, "basic")) co_return co_await by_basic(*basic, request, services, options);
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
