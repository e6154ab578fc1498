#pragma once
// web/server/authenticate.h: who sends a request, and whether a browser was tricked into sending it.
// Credentials, the first present one counts and is never followed by another try:
//   Authorization: Bearer pst_…                     API token
//   Authorization: Basic base64(email/token:pst_…)  the same token, as clients of the Zendesk API send it
//   Authorization: Basic base64(email:password)     where WebOptions::takes_passwords allows it, and no second factor exists
//   Cookie: __Host-postern=…                        a signed-in browser
// Errors: auth::Errc::kBadCredentials, kExpired; storage::Errc transient; web::Errc::kCrossSite.
#include <optional>

#include "web/options.h"
#include "web/server/message.h"
#include "web/services.h"

namespace postern::web {

inline constexpr std::string_view kSessionCookie = "__Host-postern";

struct Authenticated {
  Authenticated(auth::Principal the_principal, std::optional<auth::Session> the_session)
      : principal(std::move(the_principal)), session(std::move(the_session)) {}
  auth::Principal principal;
  std::optional<auth::Session> session;
};

// nullopt when the request carries no credential at all.
core::Task<core::Result<std::optional<Authenticated>>> authenticate(const Request& request, Services& services, const WebOptions& options);
// Whether authenticate() would compare a password, which costs a hash: such requests count as attempts to sign in.
bool carries_password(const Request& request, const WebOptions& options);

// For requests that change something: Sec-Fetch-Site and Origin where the browser sends them, whatever the credential
// (browsers repeat Basic credentials by themselves), and the CSRF token of the session.
core::Result<void> check_same_site(const Request& request, const WebOptions& options);
core::Result<void> check_csrf_token(const Request& request);

std::string session_cookie(const std::string& secret);
// Tells a browser from which somebody signed in before; one cookie for each of its users.
std::string device_cookie_name(core::UserId user);
std::string device_cookie(core::UserId user, const std::string& secret);
std::string expired_session_cookie();

}  // namespace postern::web
