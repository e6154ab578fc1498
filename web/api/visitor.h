#pragma once
// web/api/visitor.h: the browser behind a request, as signing in wants to know it, and the JSON of WebAuthn: options for
// navigator.credentials, and what it answers (WebAuthn level 3 sections 5.1.8 and 5.1.9, which browsers speak; binary
// parts are base64url).
// Thread-safety: pure.  Errors: collected by the form.
#include "auth/second_factors/sign_in.h"
#include "web/api/handlers.h"
#include "web/api/json.h"

namespace postern::web {

// The returned value holds a reference to the request and ends before it.
auth::Visitor visitor_of(const Request& request, const Context& context, core::WorkspaceId workspace = {});
std::optional<auth::RelyingParty> party_of(const Request& request, const WebOptions& options);
// "Postern help.example.com", for lists of accounts in authenticator apps.
std::string issuer_of(const Request& request, const WebOptions& options);

json::object creation_options_json(const auth::PasskeyOffer& offer, const auth::RelyingParty& party, const auth::User& user);
json::object request_options_json(const auth::KeyChallenge& challenge, const auth::RelyingParty& party);
// Of {"credential": {"rawId", "response": {…}}}; the form knows what was wrong.
auth::Registration read_registration(Form& outer);
auth::Assertion read_assertion(Form& outer);

// The session (`status` 200 or 201, with its cookies), what is still to be proved (202), or that the password has to be
// replaced first (403).
Response step_response(const auth::SignInStep& step, int status, const Request& request, const WebOptions& options);
// {"text_message"} (202), or that another one has to wait (429).
Response text_sent_response(const auth::TextSent& sent, const Request& request);
// {"session", "user", "permissions"}; no session of an API token.
json::object who_json(const auth::User& user, const auth::Session* session);
// Errc::kUnavailable where nobody signs in.
core::Result<const auth::WaysIn*> ways_in(const Context& context);

}  // namespace postern::web
