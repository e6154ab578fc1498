// Passwords: changing one's own, forgetting it, helping somebody who cannot sign in, and what a workspace demands of them.
#include <fmt/format.h>

#include "auth/errc.h"
#include "core/encoding.h"
#include "core/errc.h"
#include "core/secret.h"
#include "web/api/handlers.h"
#include "web/api/shapes.h"
#include "web/errc.h"

namespace postern::web::api {
namespace {

constexpr std::size_t kEmailBytesMax = 320;
constexpr std::size_t kPasswordBytesMax = 1024;

json::object rules_json(const auth::PasswordRules& rules) {
  json::object out;
  out["length_min"] = rules.length_min;
  out["needs_digit"] = rules.needs_digit;
  out["needs_mixed_case"] = rules.needs_mixed_case;
  out["needs_special"] = rules.needs_special;
  out["history"] = rules.history;
  out["expiry_days"] = rules.expiry_days;
  out["failures_max"] = rules.failures_max;
  out["run_max"] = rules.run_max;
  return out;
}

json::object policy_json(const auth::PasswordPolicy& policy, const auth::Options& options) {
  json::object out = rules_json(auth::rules_of(policy, options));
  out["level"] = auth::to_string(policy.level);
  out["raised_at"] = policy.raised_unix_ms == 0 ? json::value() : json::value(timestamp(policy.raised_unix_ms));
  return out;
}

json::object policies_json(const auth::PasswordPolicies& policies, const auth::Options& options) {
  json::object out;
  out["agents"] = policy_json(policies.agents, options);
  out["end_users"] = policy_json(policies.end_users, options);
  json::object shown;
  shown["password_policies"] = std::move(out);
  return shown;
}

std::uint32_t number(Form& form, const char* name) {
  const std::uint64_t value = form.id(name).value_or(0);
  if (value > UINT32_MAX) form.refuse(name, "InvalidValue", "too large");
  return static_cast<std::uint32_t>(std::min<std::uint64_t>(value, UINT32_MAX));
}

void read_policy(Form& outer, const char* audience, auth::PasswordPolicy& policy) {
  if (!outer.has(audience)) return;
  json::object object = outer.object(audience);
  Form form(object, std::string("password_policies.") + audience);
  const std::string word = form.required_text("level", 32);
  const std::optional<auth::PasswordLevel> level = auth::parse_password_level(word);
  if (!level) form.refuse("level", "InvalidValue", "recommended, low, medium, high or custom");
  policy.level = level.value_or(auth::PasswordLevel::kRecommended);
  if (policy.level == auth::PasswordLevel::kCustom) {
    auth::PasswordRules& rules = policy.custom;
    rules.length_min = number(form, "length_min");
    rules.needs_digit = form.boolean("needs_digit").value_or(false);
    rules.needs_mixed_case = form.boolean("needs_mixed_case").value_or(false);
    rules.needs_special = form.boolean("needs_special").value_or(false);
    rules.history = number(form, "history");
    rules.expiry_days = number(form, "expiry_days");
    rules.failures_max = number(form, "failures_max");
    rules.run_max = number(form, "run_max");
  }
  outer.adopt(form);
}

// A level's name does not tell that it lets shorter passwords in: Zendesk's "high" has 6 characters, ours recommends 12.
void ask_about_length(Form& form, const char* audience, const auth::PasswordPolicy& before, const auth::PasswordPolicy& after,
                      const auth::Options& options) {
  const std::uint32_t was = auth::rules_of(before, options).length_min;
  const std::uint32_t is = auth::rules_of(after, options).length_min;
  if (is >= was) return;
  form.refuse(audience, "ConfirmationNeeded",
              fmt::format("lets passwords of {} characters in, where {} were needed: confirm_weaker, if that is meant; a custom level has both, "
                          "the length and what else it shall need", is, was));
}

}  // namespace

Answer change_own_password(Request& request, Context& context) {
  POSTERN_CO_TRY(json::object body, parse_object(request, context.options));
  Form form(body, "");
  std::string previous = form.required_text("previous_password", kPasswordBytesMax);
  std::string password = form.required_text("password", kPasswordBytesMax);
  if (!form.ok()) co_return form.response(request);
  const core::Result<void> changed =
      co_await context.services.accounts.change_password(request.who(), std::move(previous), std::move(password));
  if (!changed && changed.error() == auth::Errc::kWeakPassword) {
    co_return invalid_field(request, "password", "InvalidValue", changed.error().context());
  }
  // Not a 401: the session is a good one.
  if (!changed && changed.error() == auth::Errc::kBadCredentials) {
    co_return invalid_field(request, "previous_password", "InvalidValue", "is wrong");
  }
  POSTERN_CO_CHECK(changed);
  Response response;
  response.status = 204;
  co_return response;
}

// The same answer, after the same work, for every address (ASVS 6.3.8): what there is to do is done behind it.
Answer ask_password_reset(Request& request, Context& context) {
  if (!context.services.mail_password_reset) co_return core::fail(Errc::kNotFound, "mailed links are not offered");
  POSTERN_CO_TRY(json::object body, parse_object(request, context.options));
  Form form(body, "");
  std::string email = form.required_text("email", kEmailBytesMax);
  if (!form.ok()) co_return form.response(request);
  context.services.mail_password_reset(std::move(email), request.client_ip);
  json::object out;
  out["description"] = "If there is an account with this address, a link is on its way to it.";
  co_return json_response(202, out);
}

Answer make_password_link(Request& request, Context& context) {
  const auto id = id_param<core::UserId>(request, "id");
  POSTERN_CO_TRY(const std::string token, co_await context.services.accounts.new_enrolment(request.who(), id));
  json::object enrolment;
  enrolment["token"] = token;
  enrolment["path"] = "/#/enrol/" + token;
  json::object out;
  out["enrolment"] = std::move(enrolment);
  co_return json_response(201, out);
}

Answer unlock_user(Request& request, Context& context) {
  const auto id = id_param<core::UserId>(request, "id");
  POSTERN_CO_CHECK(co_await context.services.accounts.unlock(request.who(), id));
  Response response;
  response.status = 204;
  co_return response;
}

Answer show_password_policies(Request& request, Context& context) {
  POSTERN_CO_TRY(const auth::PasswordPolicies policies, context.services.accounts.password_policies(request.who().workspace));
  co_return json_response(200, policies_json(policies, context.services.accounts.options()));
}

Answer change_password_policies(Request& request, Context& context) {
  POSTERN_CO_TRY(json::object body, parse_object(request, context.options));
  Form outer(body, "");
  json::object object = outer.object("password_policies");
  Form form(object, "password_policies");
  auth::Accounts& accounts = context.services.accounts;
  POSTERN_CO_TRY(auth::PasswordPolicies policies, accounts.password_policies(request.who().workspace));
  const auth::PasswordPolicies before = policies;
  read_policy(form, "agents", policies.agents);
  read_policy(form, "end_users", policies.end_users);
  if (form.ok() && !form.boolean("confirm_weaker").value_or(false)) {
    ask_about_length(form, "agents", before.agents, policies.agents, accounts.options());
    ask_about_length(form, "end_users", before.end_users, policies.end_users, accounts.options());
  }
  form.adopt(outer);
  if (!form.ok()) co_return form.response(request);
  POSTERN_CO_CHECK(co_await accounts.set_password_policies(request.who(), std::move(policies)));
  POSTERN_CO_TRY(policies, accounts.password_policies(request.who().workspace));
  co_return json_response(200, policies_json(policies, accounts.options()));
}

}  // namespace postern::web::api
