// Support access (T-28): who from outside is let in, until when, why and by whom; letting somebody in, and out again.
#include "auth/support/support_access.h"

#include "core/errc.h"
#include "web/api/handlers.h"
#include "web/api/json.h"
#include "web/errc.h"

namespace postern::web::api {
namespace {

constexpr std::size_t kReasonBytesMax = 500;

json::object grant_json(const auth::SupportGrant& grant, std::int64_t now_ms) {
  json::object out;
  out["id"] = grant.id;
  out["user_id"] = grant.user.value;
  out["email"] = grant.email;
  out["role"] = grant.role;
  out["reason"] = grant.reason;
  out["granted_by_id"] = id_or_null(grant.granted_by.value);
  out["granted_at"] = timestamp(grant.granted_unix_ms);
  out["until"] = timestamp(grant.until_unix_ms);
  out["is_active"] = grant.is_active(now_ms);
  const bool is_over = !grant.is_active(now_ms);
  const std::int64_t ended = grant.ended_unix_ms != 0 ? grant.ended_unix_ms : grant.until_unix_ms;
  out["ended_at"] = is_over ? json::value(timestamp(ended)) : json::value(nullptr);
  out["ended_by_id"] = id_or_null(grant.ended_by.value);
  return out;
}

Response grant_response(int status, const Context& context, const auth::SupportGrant& grant, json::object out = {}) {
  out["support_access"] = grant_json(grant, core::to_unix_ms(context.services.clock.wall_now()));
  return json_response(status, out);
}

// "invalid: FIELD" of auth, told at the field.
Response refused_field(const Request& request, const core::Error& error) {
  const std::string field = error.context();
  if (field == "email") return invalid_field(request, "support_access.email", "InvalidFormat", "no address");
  if (field == "hours") return invalid_field(request, "support_access.hours", "InvalidValue", "from 1 to 168");
  if (field == "reason") return invalid_field(request, "support_access.reason", "InvalidValue", "5 to 500 bytes: whoever looks at the list reads it");
  return invalid_field(request, "support_access", "InvalidValue", field);
}

}  // namespace

Answer list_support_access(Request& request, Context& context) {
  if (context.services.support == nullptr) co_return core::fail(Errc::kNotFound);
  POSTERN_CO_TRY(const auto grants, context.services.support->list(request.who().workspace));
  const std::int64_t now = core::to_unix_ms(context.services.clock.wall_now());
  json::array list;
  for (const auth::SupportGrant& each : grants) list.push_back(grant_json(each, now));
  json::object out;
  out["count"] = list.size();
  out["support_access"] = std::move(list);
  co_return json_response(200, out);
}

Answer grant_support_access(Request& request, Context& context) {
  if (context.services.support == nullptr) co_return core::fail(Errc::kNotFound);
  POSTERN_CO_TRY(json::object body, parse_object(request, context.options));
  Form outer(body, "");
  const json::object object = outer.object("support_access");
  Form form(object, "support_access");
  auth::SupportRequest wanted;
  wanted.email = form.required_text("email", 254);
  wanted.name = form.text("name", 200).value_or(std::string());
  wanted.reason = form.required_text("reason", kReasonBytesMax);
  const std::string role = form.text("role", 32).value_or("light-agent");
  wanted.is_light = role != "agent";
  if (role != "agent" && role != "light-agent") form.refuse("role", "InvalidValue", "agent or light-agent");
  wanted.hours = static_cast<std::uint32_t>(std::min<std::uint64_t>(form.id("hours").value_or(0), UINT32_MAX));
  const auto& redactor = context.services.redactor;
  wanted.name = redactor.redact_text(wanted.name, {"name", request.who().workspace, {}}).text();
  wanted.reason = redactor.redact_text(wanted.reason, {"reason", request.who().workspace, {}}).text();
  if (!redactor.redact_text(wanted.email, {"email", request.who().workspace, {}}).redactions().empty()) {
    form.refuse("email", "InvalidValue", "holds a value that must not be stored");
  }
  form.adopt(outer);
  if (!form.ok()) co_return form.response(request);
  auth::Principal by = request.who();
  const auto granted = co_await context.services.support->grant(std::move(by), std::move(wanted));
  if (!granted && granted.error() == core::Errc::kInvalid) co_return refused_field(request, granted.error());
  if (!granted) co_return granted.error();
  json::object enrolment;
  enrolment["token"] = granted->second;
  enrolment["path"] = "/#/enrol/" + granted->second;  // a fragment never reaches a server's log
  json::object out;
  out["enrolment"] = std::move(enrolment);
  co_return grant_response(201, context, granted->first, std::move(out));
}

Answer end_support_access(Request& request, Context& context) {
  if (context.services.support == nullptr) co_return core::fail(Errc::kNotFound);
  auth::Principal by = request.who();
  POSTERN_CO_TRY(const auth::SupportGrant grant, co_await context.services.support->end(std::move(by), read_number(request.param("id")).value()));
  co_return grant_response(200, context, grant);
}

}  // namespace postern::web::api
