// From which networks people and their tokens come in.
#include "core/errc.h"
#include "web/api/handlers.h"
#include "web/api/shapes.h"
#include "web/errc.h"

namespace postern::web::api {
namespace {

constexpr std::size_t kRangesMax = 200;
constexpr std::size_t kRangeBytesMax = 64;

core::Result<Response> show(const Request& request, const auth::Networks& networks) {
  POSTERN_TRY(const auth::NetworkRules rules, networks.rules(request.who().workspace));
  json::array allowed;
  for (const std::string& each : rules.allowed) allowed.emplace_back(each);
  json::object shown;
  shown["allowed"] = std::move(allowed);
  shown["end_users_too"] = rules.end_users_too;
  json::object out;
  out["network_rules"] = std::move(shown);
  out["your_address"] = request.client_ip;
  return json_response(200, out);
}

}  // namespace

Answer show_network_rules(Request& request, Context& context) {
  if (context.services.networks == nullptr) co_return core::fail(Errc::kNotFound);
  co_return show(request, *context.services.networks);
}

Answer change_network_rules(Request& request, Context& context) {
  if (context.services.networks == nullptr) co_return core::fail(Errc::kNotFound);
  POSTERN_CO_TRY(json::object body, parse_object(request, context.options));
  Form outer(body, "");
  json::object object = outer.object("network_rules");
  Form form(object, "network_rules");
  auth::NetworkRules rules;
  if (!form.has("allowed")) form.refuse("allowed", "BlankValue", "cannot be blank");
  rules.allowed = form.texts("allowed", kRangesMax, kRangeBytesMax);
  // All that are wrong at once.
  for (const std::string& each : rules.allowed) {
    const auto list = auth::NetworkList::parse_new({each});
    if (!list) form.refuse("allowed", "InvalidValue", list.error().context());
  }
  rules.end_users_too = form.boolean("end_users_too").value_or(false);
  const bool is_confirmed = form.boolean("confirm_lockout").value_or(false);
  form.adopt(outer);
  if (!form.ok()) co_return form.response(request);
  POSTERN_CO_CHECK(co_await context.services.networks->change(request.who(), std::move(rules), is_confirmed));
  co_return show(request, *context.services.networks);
}

}  // namespace postern::web::api
