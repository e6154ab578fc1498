// The browsers from which the caller signed in.
#include "core/encoding.h"
#include "web/api/handlers.h"
#include "web/api/visitor.h"
#include "web/server/authenticate.h"

namespace postern::web::api {
namespace {

constexpr std::size_t kNameBytesMax = 100;

json::object device_json(const auth::Device& device, const std::string& own_hash) {
  json::object out;
  out["id"] = device.id;
  out["name"] = device.name;
  out["ip_address"] = device.client_ip;
  out["created_at"] = timestamp(device.created_unix_ms);
  out["last_used_at"] = timestamp(device.last_used_unix_ms);
  json::array methods;
  for (const std::string_view name : auth::method_names(device.methods)) methods.emplace_back(name);
  out["methods"] = std::move(methods);
  out["remembered_until"] = device.trusted_until_unix_ms == 0 ? json::value(nullptr) : json::value(timestamp(device.trusted_until_unix_ms));
  out["current"] = device.secret_hash == own_hash;
  return out;
}

}  // namespace

Answer list_devices(Request& request, Context& context) {
  POSTERN_CO_TRY(const auth::WaysIn* const ways, ways_in(context));
  const auth::Principal& who = request.who();
  POSTERN_CO_TRY(const std::vector<auth::Device> devices, ways->devices.list(who.workspace, who.user));
  const std::optional<std::string> cookie = request.cookie(device_cookie_name(who.user));
  const std::string own_hash = cookie ? core::sha256(*cookie) : std::string();
  json::array list;
  for (const auth::Device& each : devices) list.push_back(device_json(each, own_hash));
  json::object out;
  out["devices"] = std::move(list);
  co_return json_response(200, out);
}

Answer rename_device(Request& request, Context& context) {
  POSTERN_CO_TRY(const auth::WaysIn* const ways, ways_in(context));
  POSTERN_CO_TRY(json::object body, parse_object(request, context.options));
  Form form(body, "");
  const std::string typed = form.required_text("name", kNameBytesMax);
  if (!form.ok()) co_return form.response(request);
  std::string name = context.services.redactor.redact_text(typed, {"name", request.who().workspace, {}}).text();
  const std::uint64_t id = read_number(request.param("id")).value();
  POSTERN_CO_CHECK(co_await ways->devices.rename(request.who(), id, std::move(name)));
  Response response;
  response.status = 204;
  co_return response;
}

Answer revoke_device(Request& request, Context& context) {
  POSTERN_CO_TRY(const auth::WaysIn* const ways, ways_in(context));
  const std::uint64_t id = read_number(request.param("id")).value();
  POSTERN_CO_CHECK(co_await ways->devices.revoke(request.who(), id));
  Response response;
  response.status = 204;
  co_return response;
}

}  // namespace postern::web::api
