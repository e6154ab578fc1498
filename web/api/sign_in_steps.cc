// The second step of signing in, signing in with a passkey, and proving again that it is you.
#include "web/api/handlers.h"
#include "web/api/visitor.h"
#include "web/errc.h"
#include "web/server/authenticate.h"

namespace postern::web::api {
namespace {

constexpr std::size_t kTokenBytesMax = 256;
constexpr std::size_t kCodeBytesMax = 64;
constexpr std::size_t kPasswordBytesMax = 1024;

core::Result<Response> challenge_response(const core::Result<auth::KeyChallenge>& challenge, const Request& request, const Context& context) {
  if (!challenge) return challenge.error();
  const auto party = party_of(request, context.options);
  if (!party) return core::fail(Errc::kInvalid, "keys need https and a host name");
  json::object out;
  out["public_key"] = request_options_json(*challenge, *party);
  return json_response(200, out);
}

// One of code, recovery_code, credential, text_code.
auth::FactorAnswer read_answer(Form& form) {
  auth::FactorAnswer out;
  out.totp_code = form.text("code", kCodeBytesMax).value_or(std::string());
  out.recovery_code = form.text("recovery_code", kCodeBytesMax).value_or(std::string());
  out.text_code = form.text("text_code", kCodeBytesMax).value_or(std::string());
  if (form.has("credential")) out.assertion = read_assertion(form);
  const int given = (out.totp_code.empty() ? 0 : 1) + (out.recovery_code.empty() ? 0 : 1) + (out.assertion ? 1 : 0) + (out.text_code.empty() ? 0 : 1);
  if (given > 1) form.refuse("code", "InvalidValue", "one proof at a time");
  return out;
}

}  // namespace

Answer answer_sign_in(Request& request, Context& context) {
  POSTERN_CO_TRY(const auth::WaysIn* const ways, ways_in(context));
  POSTERN_CO_TRY(json::object body, parse_object(request, context.options));
  Form form(body, "");
  std::string token = form.required_text("token", kTokenBytesMax);
  auth::FactorAnswer answer = read_answer(form);
  const bool remembers = form.boolean("remember_device").value_or(false);
  if (form.ok() && answer.empty()) form.refuse("code", "BlankValue", "cannot be blank");
  if (!form.ok()) co_return form.response(request);
  auth::Visitor visitor = visitor_of(request, context);
  POSTERN_CO_TRY(const auth::SignInStep step,
                 co_await ways->sign_in.answer(std::move(token), std::move(answer), remembers, std::move(visitor)));
  co_return step_response(step, 201, request, context.options);
}

Answer send_sign_in_text(Request& request, Context& context) {
  POSTERN_CO_TRY(const auth::WaysIn* const ways, ways_in(context));
  if (ways->texts == nullptr) co_return core::fail(auth::Errc::kForbidden);
  POSTERN_CO_TRY(json::object body, parse_object(request, context.options));
  Form form(body, "");
  std::string token = form.required_text("token", kTokenBytesMax);
  if (!form.ok()) co_return form.response(request);
  auth::Visitor visitor = visitor_of(request, context);
  POSTERN_CO_TRY(const auth::TextSent sent, co_await ways->texts->send(std::move(token), request.client_ip, std::move(visitor.agent)));
  co_return text_sent_response(sent, request);
}

Answer sign_in_challenge(Request& request, Context& context) {
  POSTERN_CO_TRY(const auth::WaysIn* const ways, ways_in(context));
  POSTERN_CO_TRY(json::object body, parse_object(request, context.options));
  Form form(body, "");
  const std::string token = form.text("token", kTokenBytesMax).value_or(std::string());
  if (!form.ok()) co_return form.response(request);
  const auth::SignIn& sign_in = ways->sign_in;
  co_return challenge_response(token.empty() ? sign_in.passwordless_challenge() : sign_in.challenge_for_pending(token), request, context);
}

Answer sign_in_with_passkey(Request& request, Context& context) {
  POSTERN_CO_TRY(const auth::WaysIn* const ways, ways_in(context));
  POSTERN_CO_TRY(json::object body, parse_object(request, context.options));
  Form form(body, "");
  auth::Assertion assertion = read_assertion(form);
  if (!form.ok()) co_return form.response(request);
  auth::Visitor visitor = visitor_of(request, context);
  POSTERN_CO_TRY(const auth::SignInStep step, co_await ways->sign_in.by_passkey(std::move(assertion), std::move(visitor)));
  co_return step_response(step, 201, request, context.options);
}

Answer proof_challenge(Request& request, Context& context) {
  POSTERN_CO_TRY(const auth::WaysIn* const ways, ways_in(context));
  if (!request.session) co_return core::fail(Errc::kForbidden, "not of a session");
  co_return challenge_response(ways->sign_in.challenge_for_session(request.who(), request.session->id), request, context);
}

Answer prove_again(Request& request, Context& context) {
  POSTERN_CO_TRY(const auth::WaysIn* const ways, ways_in(context));
  if (!request.session) co_return core::fail(Errc::kForbidden, "not of a session");
  POSTERN_CO_TRY(json::object body, parse_object(request, context.options));
  Form form(body, "");
  auth::StepUp proof;
  proof.answer = read_answer(form);
  proof.password = form.text("password", kPasswordBytesMax).value_or(std::string());
  if (form.ok() && proof.answer.empty() && proof.password.empty()) form.refuse("code", "BlankValue", "cannot be blank");
  if (!form.ok()) co_return form.response(request);
  const core::SessionId session = request.session->id;
  std::optional<auth::RelyingParty> party = party_of(request, context.options);
  core::Result<auth::SignedIn> renewed = co_await ways->sign_in.prove_again(request.who(), session, std::move(proof), std::move(party));
  // 422: the caller is signed in, only the proof is not right; 401 would make clients sign out.
  if (!renewed && renewed.error() == auth::Errc::kBadCredentials) {
    co_return invalid_field(request, "proof", "InvalidValue", "is not right");
  }
  if (!renewed) co_return renewed.error();
  Response response = json_response(200, who_json(renewed->user, &renewed->session));
  response.set("Set-Cookie", session_cookie(renewed->secret));
  co_return response;
}

}  // namespace postern::web::api
