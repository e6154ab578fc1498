// The security contact: who receives notices of what an owner would want to know.
#include "auth/audit_trail/contact.h"
#include "core/errc.h"
#include "web/api/handlers.h"
#include "web/api/json.h"
#include "web/errc.h"

namespace postern::web::api {
namespace {

constexpr std::size_t kEmailBytesMax = 254;
constexpr std::size_t kTokenBytesMax = 256;

Response contact_response(const auth::SecurityContact& contact) {
  json::object shown;
  shown["email"] = contact.email.empty() ? json::value(nullptr) : json::value(contact.email);
  shown["pending_email"] = contact.pending.empty() ? json::value(nullptr) : json::value(contact.pending);
  json::object out;
  out["security_contact"] = std::move(shown);
  return json_response(200, out);
}

}  // namespace

Answer show_security_contact(Request& request, Context& context) {
  if (context.services.security_contacts == nullptr) co_return core::fail(Errc::kNotFound);
  POSTERN_CO_TRY(const auth::SecurityContact contact, context.services.security_contacts->get(request.who().workspace));
  co_return contact_response(contact);
}

Answer set_security_contact(Request& request, Context& context) {
  if (context.services.security_contacts == nullptr) co_return core::fail(Errc::kNotFound);
  POSTERN_CO_TRY(json::object body, parse_object(request, context.options));
  Form outer(body, "");
  const json::object fields = outer.object("security_contact");
  Form form(fields, "security_contact.");
  std::string email = form.text("email", kEmailBytesMax).value_or(std::string());
  if (!fields.contains("email")) form.refuse("email", "BlankValue", "an address, or null for none");
  if (!context.services.redactor.redact_text(email, {"email", request.who().workspace, {}}).redactions().empty()) {
    form.refuse("email", "InvalidValue", "the address holds a value that must not be stored");
  }
  form.adopt(outer);
  if (!form.ok()) co_return form.response(request);
  auth::Principal by = request.who();
  const auto contact = co_await context.services.security_contacts->set(std::move(by), std::move(email));
  if (!contact && contact.error() == core::Errc::kInvalid) co_return invalid_field(request, "security_contact.email", "InvalidFormat", "no address");
  if (!contact) co_return contact.error();
  co_return contact_response(*contact);
}

Answer verify_security_contact(Request& request, Context& context) {
  if (context.services.security_contacts == nullptr) co_return core::fail(Errc::kNotFound);
  POSTERN_CO_TRY(json::object body, parse_object(request, context.options));
  Form form(body, "");
  std::string token = form.required_text("token", kTokenBytesMax);
  if (!form.ok()) co_return form.response(request);
  POSTERN_CO_TRY(const auth::SecurityContact contact, co_await context.services.security_contacts->verify(std::move(token), request.client_ip));
  co_return contact_response(contact);
}

}  // namespace postern::web::api
