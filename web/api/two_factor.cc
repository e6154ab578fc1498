// The caller's own second factors, and those that an admin takes from somebody who has lost them.
#include "auth/errc.h"
#include "auth/second_factors/qr_svg.h"
#include "web/api/handlers.h"
#include "web/api/visitor.h"
#include "web/errc.h"

namespace postern::web::api {
namespace {

constexpr std::size_t kCodeBytesMax = 64;
constexpr std::size_t kNameBytesMax = 100;

json::value time_or_null(std::int64_t unix_ms) { return unix_ms == 0 ? json::value(nullptr) : json::value(timestamp(unix_ms)); }

core::Result<auth::User> caller(const Request& request, Context& context) {
  POSTERN_TRY(std::optional<auth::User> user, context.services.accounts.find(request.who().workspace, request.who().user));
  if (!user) return core::fail(Errc::kUnauthenticated);
  return std::move(*user);
}

json::object passkey_json(const auth::PasskeyInfo& key) {
  json::object out;
  out["id"] = key.id;
  out["name"] = key.name;
  out["created_at"] = timestamp(key.created_unix_ms);
  out["last_used_at"] = time_or_null(key.last_used_unix_ms);
  out["passwordless"] = key.is_passwordless;
  return out;
}

json::object status_json(const auth::FactorStatus& status, bool may_have_texts, const Request& request) {
  json::object totp;
  totp["enabled"] = status.has_totp;
  totp["since"] = status.has_totp ? time_or_null(status.totp_since_unix_ms) : json::value(nullptr);
  json::array keys;
  for (const auth::PasskeyInfo& each : status.passkeys) keys.push_back(passkey_json(each));
  json::object codes;
  codes["left"] = status.recovery_codes_left;
  codes["created_at"] = time_or_null(status.recovery_made_unix_ms);
  json::object out;
  out["enabled"] = status.has_any();
  out["required"] = status.due_unix_ms != 0;
  out["required_by"] = time_or_null(status.due_unix_ms);
  out["fresh_until"] = request.session ? time_or_null(request.session->fresh_until_unix_ms) : json::value(nullptr);
  json::object texts;
  texts["available"] = may_have_texts;
  texts["number"] = status.phone.empty() ? json::value(nullptr) : json::value(status.phone);
  texts["since"] = time_or_null(status.phone_since_unix_ms);
  out["text_messages"] = std::move(texts);
  out["totp"] = std::move(totp);
  out["passkeys"] = std::move(keys);
  out["recovery_codes"] = std::move(codes);
  return out;
}

json::object added_json(const auth::Added& added) {
  json::object out;
  json::array codes;
  for (const std::string& code : added.recovery_codes) codes.emplace_back(code);
  out["recovery_codes"] = std::move(codes);
  if (added.passkey_id != 0) out["passkey_id"] = added.passkey_id;
  return out;
}

Response empty_response() {
  Response response;
  response.status = 204;
  return response;
}

// What people type is redacted before it is stored.
std::string read_name(Form& form, const Request& request, const Context& context) {
  const std::string name = form.required_text("name", kNameBytesMax);
  return context.services.redactor.redact_text(name, {"name", request.who().workspace, {}}).text();
}

// A key or code that is not right is a field that is not right; 401 would make clients sign out.
core::Result<Response> refused(const Request& request, const core::Error& error, const char* field) {
  if (error == auth::Errc::kBadCredentials) return invalid_field(request, field, "InvalidValue", "is not right");
  if (error == auth::Errc::kExpired) return invalid_field(request, field, "InvalidValue", "is over: begin again");
  return error;
}

}  // namespace

Answer show_two_factor(Request& request, Context& context) {
  POSTERN_CO_TRY(const auth::WaysIn* const ways, ways_in(context));
  POSTERN_CO_TRY(const auth::User user, caller(request, context));
  POSTERN_CO_TRY(const auth::FactorStatus status, ways->factors.status(user));
  json::object out;
  POSTERN_CO_TRY(const auth::SecurityPolicy policy, ways->policies.current(user.workspace));
  const bool may_have_texts = ways->texts != nullptr && ways->texts->is_for(user, policy);
  out["two_factor"] = status_json(status, may_have_texts, request);
  co_return json_response(200, out);
}

Answer offer_totp(Request& request, Context& context) {
  POSTERN_CO_TRY(const auth::WaysIn* const ways, ways_in(context));
  POSTERN_CO_TRY(const auth::TotpOffer offer, co_await ways->factors.offer_totp(request.who(), issuer_of(request, context.options)));
  POSTERN_CO_TRY(const std::string picture, auth::qr_svg(offer.uri));
  json::object totp;
  totp["secret"] = offer.secret_text;
  totp["uri"] = offer.uri;
  totp["qr_svg"] = picture;
  json::object out;
  out["totp"] = std::move(totp);
  co_return json_response(201, out);
}

Answer confirm_totp(Request& request, Context& context) {
  POSTERN_CO_TRY(const auth::WaysIn* const ways, ways_in(context));
  POSTERN_CO_TRY(json::object body, parse_object(request, context.options));
  Form form(body, "");
  std::string code = form.required_text("code", kCodeBytesMax);
  if (!form.ok()) co_return form.response(request);
  const core::Result<auth::Added> added = co_await ways->factors.confirm_totp(request.who(), std::move(code));
  if (!added) co_return refused(request, added.error(), "code");
  co_return json_response(201, added_json(*added));
}

Answer remove_totp(Request& request, Context& context) {
  POSTERN_CO_TRY(const auth::WaysIn* const ways, ways_in(context));
  POSTERN_CO_CHECK(co_await ways->factors.remove_totp(request.who()));
  co_return empty_response();
}

Answer offer_passkey(Request& request, Context& context) {
  POSTERN_CO_TRY(const auth::WaysIn* const ways, ways_in(context));
  const auto party = party_of(request, context.options);
  if (!party) co_return core::fail(Errc::kInvalid, "keys need https and a host name");
  POSTERN_CO_TRY(const auth::User user, caller(request, context));
  POSTERN_CO_TRY(const auth::PasskeyOffer offer, co_await ways->factors.offer_passkey(request.who(), request.session->id));
  json::object out;
  out["public_key"] = creation_options_json(offer, *party, user);
  co_return json_response(201, out);
}

Answer add_passkey(Request& request, Context& context) {
  POSTERN_CO_TRY(const auth::WaysIn* const ways, ways_in(context));
  std::optional<auth::RelyingParty> party = party_of(request, context.options);
  if (!party) co_return core::fail(Errc::kInvalid, "keys need https and a host name");
  POSTERN_CO_TRY(json::object body, parse_object(request, context.options));
  Form form(body, "");
  auth::Registration registration = read_registration(form);
  std::string name = read_name(form, request, context);
  if (!form.ok()) co_return form.response(request);
  const core::Result<auth::Added> added =
      co_await ways->factors.add_passkey(request.who(), request.session->id, std::move(*party), std::move(registration), std::move(name));
  if (!added) co_return refused(request, added.error(), "credential");
  co_return json_response(201, added_json(*added));
}

Answer rename_passkey(Request& request, Context& context) {
  POSTERN_CO_TRY(const auth::WaysIn* const ways, ways_in(context));
  POSTERN_CO_TRY(json::object body, parse_object(request, context.options));
  Form form(body, "");
  std::string name = read_name(form, request, context);
  if (!form.ok()) co_return form.response(request);
  const std::uint64_t id = read_number(request.param("id")).value();
  POSTERN_CO_CHECK(co_await ways->factors.rename_passkey(request.who(), id, std::move(name)));
  co_return empty_response();
}

Answer remove_passkey(Request& request, Context& context) {
  POSTERN_CO_TRY(const auth::WaysIn* const ways, ways_in(context));
  const std::uint64_t id = read_number(request.param("id")).value();
  POSTERN_CO_CHECK(co_await ways->factors.remove_passkey(request.who(), id));
  co_return empty_response();
}

// Where codes by text message shall go, proved by a code that goes there.
Answer offer_phone(Request& request, Context& context) {
  POSTERN_CO_TRY(const auth::WaysIn* const ways, ways_in(context));
  if (ways->texts == nullptr) co_return core::fail(auth::Errc::kForbidden);
  POSTERN_CO_TRY(json::object body, parse_object(request, context.options));
  Form form(body, "");
  std::optional<std::string> number = auth::e164_number(form.required_text("number", kCodeBytesMax));
  if (form.ok() && !number) form.refuse("number", "InvalidFormat", "is no international number, such as +43 660 1234567");
  if (!form.ok()) co_return form.response(request);
  POSTERN_CO_TRY(const auth::TextSent sent, co_await ways->texts->offer(request.who(), request.session->id, std::move(*number)));
  co_return text_sent_response(sent, request);
}

Answer confirm_phone(Request& request, Context& context) {
  POSTERN_CO_TRY(const auth::WaysIn* const ways, ways_in(context));
  if (ways->texts == nullptr) co_return core::fail(auth::Errc::kForbidden);
  POSTERN_CO_TRY(json::object body, parse_object(request, context.options));
  Form form(body, "");
  std::string code = form.required_text("code", kCodeBytesMax);
  if (!form.ok()) co_return form.response(request);
  const core::Result<void> confirmed = co_await ways->texts->confirm(request.who(), request.session->id, std::move(code));
  if (!confirmed) co_return refused(request, confirmed.error(), "code");
  co_return empty_response();
}

Answer remove_phone(Request& request, Context& context) {
  POSTERN_CO_TRY(const auth::WaysIn* const ways, ways_in(context));
  if (ways->texts == nullptr) co_return core::fail(auth::Errc::kForbidden);
  POSTERN_CO_CHECK(co_await ways->texts->remove(request.who()));
  co_return empty_response();
}

Answer new_recovery_codes(Request& request, Context& context) {
  POSTERN_CO_TRY(const auth::WaysIn* const ways, ways_in(context));
  auth::Added made;
  POSTERN_CO_TRY(made.recovery_codes, co_await ways->factors.new_recovery_codes(request.who()));
  co_return json_response(201, added_json(made));
}

Answer reset_two_factor(Request& request, Context& context) {
  POSTERN_CO_TRY(const auth::WaysIn* const ways, ways_in(context));
  const auto id = id_param<core::UserId>(request, "id");
  if (id == request.who().user) co_return core::fail(Errc::kForbidden, "not of yourself: remove your factors one by one");
  POSTERN_CO_CHECK(co_await ways->factors.reset(request.who(), id));
  co_return empty_response();
}

}  // namespace postern::web::api
