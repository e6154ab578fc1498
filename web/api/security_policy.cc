// What admins demand of sign-ins, and who does not meet it yet.
#include <functional>
#include <limits>

#include "web/api/handlers.h"
#include "web/api/shapes.h"
#include "web/api/visitor.h"
#include "web/errc.h"

namespace postern::web::api {
namespace {

std::optional<auth::RequiredOf> parse_required(std::string_view word) {
  for (const auth::RequiredOf each : {auth::RequiredOf::kNobody, auth::RequiredOf::kAdmins, auth::RequiredOf::kEverybody}) {
    if (word == auth::to_string(each)) return each;
  }
  return std::nullopt;
}

json::object policy_json(const auth::SecurityPolicy& policy) {
  const auth::SecondFactorPolicy& factor = policy.second_factor;
  json::object second;
  second["required_of"] = auth::to_string(factor.required_of);
  second["required_since"] = factor.required_since_unix_ms == 0 ? json::value(nullptr) : json::value(timestamp(factor.required_since_unix_ms));
  second["grace_days"] = factor.grace_days;
  second["trusted_devices"] = factor.allows_trusted_devices;
  second["text_messages"] = factor.allows_text_messages;
  json::object shown;
  shown["revision"] = policy.revision;
  shown["second_factor"] = std::move(second);
  json::object out;
  out["security_policy"] = std::move(shown);
  return out;
}

Response policy_response(const auth::SecurityPolicy& policy) {
  Response response = json_response(200, policy_json(policy));
  response.set("ETag", "\"" + std::to_string(policy.revision) + "\"");
  return response;
}

// The revision that If-Match names; nothing without one, or with "*". What is no tag of ours matches nothing.
std::optional<std::uint64_t> wanted_revision(const Request& request) {
  std::string_view tag = request.field("if-match");
  if (tag.empty() || tag == "*") return std::nullopt;
  const bool is_quoted = tag.size() > 2 && tag.starts_with('"') && tag.ends_with('"');
  const core::Result<std::uint64_t> number = is_quoted ? read_number(tag.substr(1, tag.size() - 2)) : core::fail(Errc::kPrecondition);
  return number ? *number : std::numeric_limits<std::uint64_t>::max();
}

// Whether the one who asks has no second factor and the policy would demand one of him now: he could do nothing any more but
// add one, and so could everybody else of whom it is demanded.
core::Result<bool> shuts_out(const Request& request, Context& context, const auth::WaysIn& ways, const std::function<void(auth::SecurityPolicy&)>& edit) {
  POSTERN_TRY(const std::optional<auth::User> user, context.services.accounts.find(request.who().workspace, request.who().user));
  if (!user) return false;
  POSTERN_TRY(const auth::SecurityPolicy before, ways.policies.current(user->workspace));
  auth::SecurityPolicy after = before;
  edit(after);
  const std::int64_t now = core::to_unix_ms(context.services.clock.wall_now());
  auth::SecondFactorPolicy& factor = after.second_factor;
  if (factor.required_of > before.second_factor.required_of) factor.required_since_unix_ms = now;
  const std::int64_t due = factor.due_unix_ms(user->role, user->permissions, user->created_unix_ms);
  if (due == 0 || due > now) return false;
  POSTERN_TRY(const bool has_one, ways.factors.has_any(user->workspace, user->id));
  return !has_one;
}

}  // namespace

Answer show_security_policy(Request& request, Context& context) {
  POSTERN_CO_TRY(const auth::WaysIn* const ways, ways_in(context));
  POSTERN_CO_TRY(const auth::SecurityPolicy policy, ways->policies.current(request.who().workspace));
  co_return policy_response(policy);
}

// Fields that are not given stay as they are. If-Match, or the revision in the body: only while nobody has changed it.
Answer update_security_policy(Request& request, Context& context) {
  POSTERN_CO_TRY(const auth::WaysIn* const ways, ways_in(context));
  POSTERN_CO_TRY(json::object body, parse_object(request, context.options));
  Form outer(body, "");
  const json::object object = outer.object("security_policy");
  Form middle(object, "security_policy");
  const json::object second = middle.object("second_factor");
  Form form(second, "security_policy.second_factor");
  const std::optional<std::string> word = form.text("required_of", 32);
  const std::optional<std::uint64_t> days = form.id("grace_days");
  const std::optional<bool> trusts = form.boolean("trusted_devices");
  const std::optional<bool> texts = form.boolean("text_messages");
  const std::optional<auth::RequiredOf> required = word ? parse_required(*word) : std::nullopt;
  if (word && !required) form.refuse("required_of", "InvalidValue", "none, admins or everybody");
  if (days && *days > auth::SecondFactorPolicy::kGraceDaysMax) {
    form.refuse("grace_days", "InvalidValue", "at most " + std::to_string(auth::SecondFactorPolicy::kGraceDaysMax));
  }
  const std::optional<std::uint64_t> revision = middle.id("revision");
  const bool is_confirmed = middle.boolean("confirm_lockout").value_or(false);
  outer.adopt(middle);
  outer.adopt(form);
  if (!outer.ok()) co_return outer.response(request);
  auto edit = [required, days, trusts, texts](auth::SecurityPolicy& policy) {
    if (required) policy.second_factor.required_of = *required;
    if (days) policy.second_factor.grace_days = static_cast<std::uint32_t>(*days);
    if (trusts) policy.second_factor.allows_trusted_devices = *trusts;
    if (texts) policy.second_factor.allows_text_messages = *texts;
  };
  const std::optional<std::uint64_t> tag = wanted_revision(request);
  if (tag && revision && *tag != *revision) co_return core::fail(Errc::kPrecondition);
  POSTERN_CO_TRY(const bool is_lockout, shuts_out(request, context, *ways, edit));
  if (is_lockout && !is_confirmed) {
    co_return invalid_field(request, "security_policy.confirm_lockout", "ConfirmationNeeded",
                            "you have no second factor: from the next request on you could do nothing but add one; add one first, give more grace_days, or confirm");
  }
  POSTERN_CO_TRY(const auth::SecurityPolicy policy, co_await ways->policies.change(request.who(), std::move(edit), tag ? tag : revision));
  co_return policy_response(policy);
}

Answer list_missing_factors(Request& request, Context& context) {
  POSTERN_CO_TRY(const auth::WaysIn* const ways, ways_in(context));
  POSTERN_CO_TRY(const std::vector<auth::MissingFactor> missing, ways->factors.missing(request.who().workspace));
  json::array list;
  for (const auth::MissingFactor& each : missing) {
    json::object one;
    one["user"] = user_json(each.user);
    one["required_by"] = timestamp(each.due_unix_ms);
    list.push_back(std::move(one));
  }
  json::object out;
  out["count"] = list.size();
  out["missing"] = std::move(list);
  co_return json_response(200, out);
}

}  // namespace postern::web::api
