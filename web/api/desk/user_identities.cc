// The addresses of a person as Zendesk's identities.
#include "ticketing/errc.h"
#include "web/api/desk/people_handlers.h"
#include "web/errc.h"

namespace postern::web::api {
namespace {

constexpr std::size_t kIdentityBytesMax = 320;

std::uint64_t identity_param(const Request& request) { return id_param<core::UserId>(request, "identity_id").value; }

// Nobody noted when an address came: it is as old as the person, as far as anybody knows.
json::object identity_json(const auth::User& user, const ticketing::Profile& profile, const ticketing::PersonAddress& address) {
  json::object out;
  out["url"] = "/api/v2/users/" + std::to_string(user.id.value) + "/identities/" + std::to_string(address.id);
  out["id"] = address.id;
  out["user_id"] = user.id.value;
  out["type"] = "email";
  out["value"] = address.email;
  out["verified"] = profile.is_verified || user.has_password;
  out["primary"] = address.is_primary;
  out["created_at"] = timestamp(user.created_unix_ms);
  out["updated_at"] = timestamp(std::max(profile.updated_unix_ms, user.created_unix_ms));
  return out;
}

struct Identities {
  auth::User user;
  ticketing::Profile profile;
  std::vector<ticketing::PersonAddress> all;
};

core::Result<Identities> identities_of(const Request& request, Context& context) {
  const auto id = id_param<core::UserId>(request, "id");
  POSTERN_TRY(ticketing::Helpdesk* const desk, desk_of(context));
  POSTERN_TRY(auth::User user, seen_user(request, context, id));
  POSTERN_TRY(ticketing::Profile profile, desk->people().find(request.who().workspace, id));
  POSTERN_TRY(std::vector<ticketing::PersonAddress> all, desk->people().addresses(request.who().workspace, id));
  return Identities{std::move(user), std::move(profile), std::move(all)};
}

core::Result<Response> all_identities(const Request& request, Context& context) {
  POSTERN_TRY(const Identities known, identities_of(request, context));
  json::array list;
  for (const ticketing::PersonAddress& each : known.all) list.push_back(identity_json(known.user, known.profile, each));
  json::object out;
  out["count"] = list.size();
  out["identities"] = std::move(list);
  return json_response(200, out);
}

core::Result<Response> one_identity(const Request& request, Context& context, std::uint64_t id, int status = 200) {
  POSTERN_TRY(const Identities known, identities_of(request, context));
  const auto found = std::ranges::find(known.all, id, &ticketing::PersonAddress::id);
  if (found == known.all.end()) return core::fail(Errc::kNotFound, "identity");
  json::object out;
  out["identity"] = identity_json(known.user, known.profile, *found);
  Response response = json_response(status, out);
  if (status == 201) response.set("Location", std::string(out.at("identity").at("url").as_string()));
  return response;
}

core::Result<Response> refused_identity(const core::Error& error, const Request& request) {
  const std::string& context = error.context();
  const std::size_t colon = context.find(": ");
  if (!(error == ticketing::Errc::kInvalid) || colon == std::string::npos) return error;
  const std::string what = context.substr(0, colon), why = context.substr(colon + 2);
  if (what == "email_taken") return invalid_field(request, "identity.value", "DuplicateValue", why);
  if (what == "email") return invalid_field(request, "identity.value", "InvalidFormat", why);
  return invalid_field(request, what == "user" ? "base" : "identity." + what, "InvalidValue", why);
}

struct IdentityWish {
  std::optional<std::string> value;
  std::optional<bool> is_verified, is_primary;
  std::optional<Response> refused;
};

core::Result<IdentityWish> read_identity(const Request& request, Context& context, bool is_new) {
  POSTERN_TRY(const json::object body, parse_object(request, context.options));
  Form outer(body, "");
  if (!outer.has("identity")) outer.refuse("identity", "BlankValue", "cannot be blank");
  const json::object object = outer.object("identity");
  Form form(object, "identity");
  refuse_others(form, object, "IdentityWrite");
  IdentityWish out;
  const std::string type = form.text("type", 16).value_or("email");
  if (type != "email") form.refuse("type", "InvalidValue", "email: people are known by their addresses here");
  out.value = form.text("value", kIdentityBytesMax);
  out.is_verified = form.boolean("verified");
  out.is_primary = form.boolean("primary");
  if (is_new && outer.ok() && out.value.value_or("").empty()) form.refuse("value", "BlankValue", "cannot be blank");
  if (out.is_primary == false && !is_new) form.refuse("primary", "InvalidValue", "make another one the primary one");
  form.adopt(outer);
  if (!form.ok()) out.refused = form.response(request);
  return out;
}

// What is said of the person with an address. Empty: done.
core::Task<core::Result<std::optional<Response>>> finish_identity(Request& request, Context& context, const IdentityWish& wish, std::uint64_t identity) {
  POSTERN_CO_TRY(ticketing::Helpdesk* const desk, desk_of(context));
  const auto user = id_param<core::UserId>(request, "id");
  if (wish.is_verified) {
    ticketing::People::Change change;
    change.is_verified = wish.is_verified;
    const auto changed = co_await desk->people().update(request.who(), user, std::move(change));
    if (!changed) co_return changed.error();
  }
  if (!wish.is_primary.value_or(false)) co_return std::optional<Response>();
  const auto changed = co_await desk->people().make_address_primary(request.who(), user, identity);
  if (changed) co_return std::optional<Response>();
  POSTERN_CO_TRY(Response refused, refused_identity(changed.error(), request));
  co_return std::optional(std::move(refused));
}

}  // namespace

Answer list_identities(Request& request, Context& context) { co_return all_identities(request, context); }

Answer show_identity(Request& request, Context& context) { co_return one_identity(request, context, identity_param(request)); }

Answer create_identity(Request& request, Context& context) {
  POSTERN_CO_TRY(ticketing::Helpdesk* const desk, desk_of(context));
  POSTERN_CO_CHECK(identities_of(request, context));
  POSTERN_CO_TRY(IdentityWish wish, read_identity(request, context, true));
  if (wish.refused) co_return std::move(*wish.refused);
  const auto made = co_await desk->people().add_address(request.who(), id_param<core::UserId>(request, "id"), *wish.value);
  if (!made) co_return refused_identity(made.error(), request);
  POSTERN_CO_TRY(std::optional<Response> refused, co_await finish_identity(request, context, wish, made->id));
  if (refused) co_return std::move(*refused);
  co_return one_identity(request, context, made->id, 201);
}

Answer update_identity(Request& request, Context& context) {
  POSTERN_CO_TRY(ticketing::Helpdesk* const desk, desk_of(context));
  std::uint64_t identity = identity_param(request);
  POSTERN_CO_CHECK(one_identity(request, context, identity));
  POSTERN_CO_TRY(IdentityWish wish, read_identity(request, context, false));
  if (wish.refused) co_return std::move(*wish.refused);
  if (wish.value) {
    const auto made = co_await desk->people().replace_address(request.who(), id_param<core::UserId>(request, "id"), identity, *wish.value);
    if (!made) co_return refused_identity(made.error(), request);
    identity = made->id;
  }
  POSTERN_CO_TRY(std::optional<Response> refused, co_await finish_identity(request, context, wish, identity));
  if (refused) co_return std::move(*refused);
  co_return one_identity(request, context, identity);
}

Answer make_identity_primary(Request& request, Context& context) {
  POSTERN_CO_TRY(ticketing::Helpdesk* const desk, desk_of(context));
  POSTERN_CO_CHECK(one_identity(request, context, identity_param(request)));
  const auto changed = co_await desk->people().make_address_primary(request.who(), id_param<core::UserId>(request, "id"), identity_param(request));
  if (!changed) co_return refused_identity(changed.error(), request);
  co_return all_identities(request, context);
}

Answer delete_identity(Request& request, Context& context) {
  POSTERN_CO_TRY(ticketing::Helpdesk* const desk, desk_of(context));
  POSTERN_CO_CHECK(one_identity(request, context, identity_param(request)));
  const auto removed = co_await desk->people().remove_address(request.who(), id_param<core::UserId>(request, "id"), identity_param(request));
  if (!removed) co_return refused_identity(removed.error(), request);
  Response response;
  response.status = 204;
  co_return response;
}

}  // namespace postern::web::api
