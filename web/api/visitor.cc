#include "web/api/visitor.h"

#include "core/encoding.h"
#include "web/api/shapes.h"
#include "web/errc.h"
#include "web/server/authenticate.h"

namespace postern::web {
namespace {

constexpr std::size_t kPartBytesMax = 12 * 1024;  // of one base64url part; 8 KB of bytes
constexpr int kTimeoutMs = 300'000;

std::string origin_of(const Request& request, const WebOptions& options) {
  if (!options.public_origin.empty()) return options.public_origin;
  return (request.is_tls ? "https://" : "http://") + std::string(request.field("host"));
}

std::string binary(Form& form, std::string_view name) {
  const std::string text = form.required_text(name, kPartBytesMax);
  std::optional<std::string> raw = core::from_base64url(text);
  if (!raw) form.refuse(name, "InvalidFormat", "not base64url");
  return raw.value_or(std::string());
}

json::array key_list(const std::vector<std::string>& ids) {
  json::array out;
  for (const std::string& id : ids) {
    json::object key;
    key["type"] = "public-key";
    key["id"] = core::to_base64url(id);
    out.push_back(std::move(key));
  }
  return out;
}

}  // namespace

auth::Visitor visitor_of(const Request& request, const Context& context, core::WorkspaceId workspace) {
  auth::Visitor out;
  out.client_ip = request.client_ip;
  out.agent = context.services.redactor.redact_text(request.field("user-agent").substr(0, 200), {"agent", workspace, {}}).text();
  out.device_secret = [&request](core::UserId user) { return request.cookie(device_cookie_name(user)).value_or(std::string()); };
  out.party = party_of(request, context.options);
  return out;
}

std::optional<auth::RelyingParty> party_of(const Request& request, const WebOptions& options) {
  return auth::relying_party(origin_of(request, options));
}

std::string issuer_of(const Request& request, const WebOptions& options) {
  const auto party = party_of(request, options);
  return party ? "Postern " + party->id : std::string("Postern");
}

json::object creation_options_json(const auth::PasskeyOffer& offer, const auth::RelyingParty& party, const auth::User& user) {
  json::object rp;
  rp["id"] = party.id;
  rp["name"] = "Postern";
  json::object who;
  who["id"] = core::to_base64url(offer.user_handle);
  who["name"] = user.email;
  who["displayName"] = user.name.empty() ? user.email : user.name;
  json::array algorithms;
  for (const int algorithm : {-7, -8, -257}) {
    json::object one;
    one["type"] = "public-key";
    one["alg"] = algorithm;
    algorithms.push_back(std::move(one));
  }
  json::object selection;
  selection["residentKey"] = "preferred";
  selection["userVerification"] = "preferred";
  json::object out;
  out["challenge"] = core::to_base64url(offer.challenge);
  out["rp"] = std::move(rp);
  out["user"] = std::move(who);
  out["pubKeyCredParams"] = std::move(algorithms);
  out["timeout"] = kTimeoutMs;
  out["attestation"] = "none";
  out["excludeCredentials"] = key_list(offer.known_ids);
  out["authenticatorSelection"] = std::move(selection);
  return out;
}

json::object request_options_json(const auth::KeyChallenge& challenge, const auth::RelyingParty& party) {
  json::object out;
  out["challenge"] = core::to_base64url(challenge.challenge);
  out["rpId"] = party.id;
  out["timeout"] = kTimeoutMs;
  out["allowCredentials"] = key_list(challenge.allowed_ids);
  // Beside a password a touch is enough; without one the authenticator has to know its user.
  out["userVerification"] = challenge.allowed_ids.empty() ? "required" : "discouraged";
  return out;
}

auth::Registration read_registration(Form& outer) {
  const json::object credential = outer.object("credential");
  Form form(credential, "credential");
  const json::object response = form.object("response");
  Form parts(response, "credential.response");
  auth::Registration out;
  out.client_data_json = binary(parts, "clientDataJSON");
  out.authenticator_data = binary(parts, "authenticatorData");
  outer.adopt(form);
  outer.adopt(parts);
  return out;
}

auth::Assertion read_assertion(Form& outer) {
  const json::object credential = outer.object("credential");
  Form form(credential, "credential");
  const json::object response = form.object("response");
  Form parts(response, "credential.response");
  auth::Assertion out;
  out.credential_id = binary(form, "rawId");
  out.client_data_json = binary(parts, "clientDataJSON");
  out.authenticator_data = binary(parts, "authenticatorData");
  out.signature = binary(parts, "signature");
  outer.adopt(form);
  outer.adopt(parts);
  return out;
}

namespace {

// Instead of a session: why the password must change, and a token with which that is done.
Response password_due_response(const auth::DuePassword& due, const Request& request) {
  Problem problem;
  problem.status = 403;
  problem.error = "PasswordChangeDue";
  problem.detail = "Choose another password: " + due.problem;
  Response response = problem_response(problem, request);
  json::object body = json::parse(response.body).as_object();
  body["password_change"] = json::object{{"token", due.token}, {"path", "/#/enrol/" + due.token}};
  response.body = json::serialize(body);
  return response;
}

}  // namespace

Response step_response(const auth::SignInStep& step, int status, const Request& request, const WebOptions& options) {
  if (step.session) {
    Response response = json_response(status, who_json(step.session->user, &step.session->session));
    response.set("Set-Cookie", session_cookie(step.session->secret));
    if (!step.new_device_secret.empty()) {
      response.fields.push_back({"Set-Cookie", device_cookie(step.session->user.id, step.new_device_secret)});
    }
    return response;
  }
  if (step.due) return password_due_response(*step.due, request);
  const auth::PendingStep& pending = *step.pending;
  json::array methods;
  if (pending.offers_totp) methods.emplace_back("totp");
  if (pending.offers_key && party_of(request, options)) methods.emplace_back("security_key");
  if (pending.offers_recovery_code) methods.emplace_back("recovery_code");
  if (!pending.text_number.empty()) methods.emplace_back("text_message");
  json::object shown;
  shown["token"] = pending.secret;
  shown["expires_at"] = timestamp(pending.expires_unix_ms);
  shown["methods"] = std::move(methods);
  shown["may_remember_device"] = pending.may_trust_device;
  if (!pending.text_number.empty()) shown["text_message_to"] = pending.text_number;
  json::object out;
  out["sign_in"] = std::move(shown);
  return json_response(202, out);
}

Response text_sent_response(const auth::TextSent& sent, const Request& request) {
  if (sent.wait > std::chrono::seconds::zero()) {
    Problem problem;
    problem.status = 429;
    problem.error = "TooManyRequests";
    problem.detail = "the next text message may be sent in " + std::to_string(sent.wait.count()) + " seconds: use another factor, or wait";
    Response response = problem_response(problem, request);
    response.set("Retry-After", std::to_string(sent.wait.count()));
    return response;
  }
  json::object shown;
  shown["number"] = sent.number;
  shown["expires_at"] = timestamp(sent.expires_unix_ms);
  json::object out;
  out["text_message"] = std::move(shown);
  return json_response(202, out);
}

core::Result<const auth::WaysIn*> ways_in(const Context& context) {
  if (context.services.ways_in == nullptr) return core::fail(Errc::kUnavailable);
  return context.services.ways_in;
}

}  // namespace postern::web
