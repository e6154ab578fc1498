// People of the workspace: agents and end users; inviting and suspending agents, making and changing end users.
#include "auth/contacts.h"
#include "auth/errc.h"
#include "core/errc.h"
#include "ticketing/people/people.h"
#include "ticketing/people/person_merge.h"
#include "ticketing/signatures/signature_form.h"
#include "web/api/desk/definition_version.h"
#include "web/api/desk/people_handlers.h"
#include "web/api/desk/people_version.h"
#include "web/api/desk/person_field_shapes.h"
#include "web/errc.h"
#include "web/server/audited.h"

namespace postern::web::api {
namespace {

constexpr std::size_t kIdsMax = 100;
constexpr std::size_t kScannedAtATime = 200;
constexpr std::size_t kScanMax = 2000;  // people whom one page of a list looks at; then it says where to go on
constexpr std::size_t kEmailBytesMax = 320;
constexpr std::size_t kWordBytesMax = 255;
constexpr std::size_t kTextBytesMax = 16384;
constexpr std::size_t kListMax = 100;

core::Result<Response> one_user(const Request& request, Context& context, core::UserId id, int status = 200) {
  POSTERN_TRY(const auth::User user, seen_user(request, context, id));
  json::object out;
  POSTERN_TRY(out["user"], person_json(request, context, user));
  Response response = json_response(status, out);
  if (status == 201) response.set("Location", "/api/v2/users/" + std::to_string(id.value));
  if (context.services.desk == nullptr) return response;
  POSTERN_TRY(const ticketing::Profile profile, context.services.desk->people().find(user.workspace, id));
  response.set("ETag", version_etag(profile));
  return response;
}

core::Result<void> may_manage(const Request& request, const Context& context) {
  if (!auth::may(request.who(), auth::Permission::kUsersManage) || request.who().inboxes.is_limited()) {
    return core::fail(Errc::kForbidden, "your role does not permit this");
  }
  if (request.who().method != auth::Method::kSession) return core::fail(Errc::kForbidden, "an API token may not do this: sign in");
  const bool is_fresh = request.session && request.session->fresh_until_unix_ms > core::to_unix_ms(context.services.clock.wall_now());
  return is_fresh ? core::Result<void>() : core::Result<void>(core::fail(Errc::kStaleFactor));
}

// What makes or ends a way in is done by a session only, shortly after a proof; the server has the same for whole routes.
core::Task<core::Result<void>> check_may_manage(const Request& request, Context& context) {
  core::Result<void> allowed = may_manage(request, context);
  if (!allowed) co_await audit_refusal(request, *context.router.find(request).route, context.services);
  co_return allowed;
}

struct UserWish {
  std::string email;
  std::optional<std::string> role;
  std::uint64_t custom_role = 0;
  ticketing::People::Change change;  // `is_suspended` also of accounts
  bool has_profile = false;          // something beside `suspended`
  std::optional<Response> refused;
};

std::optional<std::string> text_or_empty(Form& form, std::string_view name, std::size_t bytes_max) {
  std::optional<std::string> out = form.text(name, bytes_max);
  if (!out && form.has(name)) out.emplace();  // null takes it away
  return out;
}

void read_organizations(Form& form, const json::object& object, ticketing::People::Change& change) {
  if (form.has("organization_id")) {
    const std::uint64_t one = form.id("organization_id").value_or(0);
    change.organizations = one == 0 ? std::vector<std::uint64_t>() : std::vector{one};
  }
  const json::value* list = object.if_contains("organization_ids");
  if (list == nullptr) return;
  change.organizations.emplace();
  if (!list->is_array() || list->as_array().size() > kListMax) return form.refuse("organization_ids", "InvalidFormat", "a list of at most 100 ids is expected");
  for (const json::value& each : list->as_array()) {
    json::object one;
    one["organization_ids"] = each;
    Form reader(one, "user");
    change.organizations->push_back(reader.id("organization_ids").value_or(0));
    form.adopt(reader);
  }
}

core::Result<UserWish> read_user(const Request& request, Context& context) {
  POSTERN_TRY(const json::object body, parse_object(request, context.options));
  Form outer(body, "");
  const json::object object = outer.object("user");
  Form form(object, "user");
  refuse_others(form, object, "UserWrite");
  UserWish out;
  ticketing::People::Change& change = out.change;
  out.email = form.text("email", kEmailBytesMax).value_or(std::string());
  out.role = form.text("role", 32);
  out.custom_role = form.id("custom_role_id").value_or(0);
  change.name = form.text("name", kWordBytesMax);
  change.alias = text_or_empty(form, "alias", kWordBytesMax);
  change.phone = text_or_empty(form, "phone", kWordBytesMax);
  change.details = text_or_empty(form, "details", kTextBytesMax);
  change.notes = text_or_empty(form, "notes", kTextBytesMax);
  change.external_id = text_or_empty(form, "external_id", kWordBytesMax);
  change.locale = text_or_empty(form, "locale", kWordBytesMax);
  change.time_zone = text_or_empty(form, "time_zone", kWordBytesMax);
  change.signature = text_or_empty(form, "signature", kTextBytesMax);
  change.signature_html = text_or_empty(form, "signature_html", ticketing::SignatureLimits().html_bytes_max);
  if (form.has("tags")) change.tags = form.texts("tags", kListMax, kWordBytesMax);
  change.is_verified = form.boolean("verified");
  change.is_shared = form.boolean("shared");
  change.is_suspended = form.boolean("suspended");
  read_organizations(form, object, change);
  change.fields = read_person_values(form, object, ticketing::FieldsOf::kUser);
  for (const auto& field : object) {
    out.has_profile = out.has_profile || (field.key() != "suspended" && field.key() != "email" && field.key() != "role" && field.key() != "custom_role_id");
  }
  form.adopt(outer);
  if (!form.ok()) out.refused = form.response(request);
  return out;
}

Answer invite(Request& request, Context& context, UserWish wish, auth::Role role) {
  POSTERN_CO_CHECK(co_await check_may_manage(request, context));
  if (role > request.who().role) co_return core::fail(Errc::kForbidden, "a role above your own");
  const core::WorkspaceId workspace = request.who().workspace;
  std::string name = context.services.redactor.redact_text(wish.change.name.value_or(std::string()), {"name", workspace, {}}).text();
  if (!context.services.redactor.redact_text(wish.email, {"email", workspace, {}}).redactions().empty()) {
    co_return invalid_field(request, "user.email", "InvalidValue", "holds a value that must not be stored");
  }
  if (context.services.desk != nullptr) {
    const core::Result<void> alone = ticketing::check_has_one_address(context.services.desk->people(), workspace, wish.email);
    if (!alone && alone.error() == ticketing::Errc::kInvalid) co_return invalid_field(request, "user.email", "InvalidValue", alone.error().context().substr(7));
    if (!alone) co_return alone.error();
  }
  auto answer = co_await context.services.accounts.invite(request.who(), std::move(wish.email), std::move(name), role, wish.custom_role);
  if (!answer && answer.error() == core::Errc::kInvalid) {
    co_return invalid_field(request, "user." + answer.error().context(), "InvalidValue", "there is none such, or it is not of its form");
  }
  POSTERN_CO_TRY(const auto invited, std::move(answer));
  // A full group must not take away the link, which is shown once.
  if (context.services.desk != nullptr) (void)co_await context.services.desk->groups().welcome(request.who(), invited.first.id);
  json::object enrolment;
  enrolment["token"] = invited.second;
  enrolment["path"] = "/#/enrol/" + invited.second;  // a fragment never reaches a server's log
  json::object out;
  POSTERN_CO_TRY(out["user"], person_json(request, context, invited.first));
  out["enrolment"] = std::move(enrolment);
  Response response = json_response(201, out);
  response.set("Location", "/api/v2/users/" + std::to_string(invited.first.id.value));
  response.set("Cache-Control", "no-store");  // nor is it kept for a repeated request
  co_return response;
}

// Everybody who can be assigned; with "admin", who may do more than an agent.
core::Result<Response> list_accounts(const Request& request, Context& context, auth::Role at_least) {
  POSTERN_TRY(const std::vector<auth::User> users, context.services.accounts.accounts(request.who().workspace));
  json::array list;
  for (const auth::User& each : users) {
    if (each.role < at_least) continue;
    POSTERN_TRY(json::object one, person_json(request, context, each));
    list.push_back(std::move(one));
  }
  json::object out;
  out["count"] = list.size();
  out["users"] = std::move(list);
  return json_response(200, out);
}

// A page of people by id. It looks at a bounded number of them: it may be short, and say that there is more.
core::Result<Response> list_people(const Request& request, Context& context, bool contacts_only) {
  POSTERN_TRY(const NumberPage page, read_number_page(request, context.options));
  const auto snapshot = context.services.store.snapshot();
  json::array list;
  core::UserId last{page.after};
  bool has_more = true;
  for (std::size_t looked = 0; has_more && looked < kScanMax && list.size() < page.size;) {
    POSTERN_TRY(const std::vector<auth::User> users,
                auth::list_users(*snapshot, context.services.vault, request.who().workspace, last, kScannedAtATime));
    has_more = users.size() == kScannedAtATime;
    for (std::size_t i = 0; i < users.size(); ++i) {
      if (list.size() == page.size) {
        has_more = true;
        break;
      }
      last = users[i].id;
      if (contacts_only && users[i].role != auth::Role::kContact) continue;
      POSTERN_TRY(const bool is_shown, is_seen(request, context, users[i]));
      if (!is_shown) continue;
      POSTERN_TRY(json::object one, person_json(request, context, users[i]));
      if (const json::value* into = one.if_contains("merged_into_id"); into != nullptr && !into->is_null()) continue;  // nobody any more
      list.push_back(std::move(one));
    }
    looked += users.size();
  }
  json::object out;
  out["users"] = std::move(list);
  add_page(out, request, has_more, has_more ? std::to_string(last.value) : std::string(), page.size);
  return json_response(200, out);
}

}  // namespace

Answer show_me(Request& request, Context& context) { co_return one_user(request, context, request.who().user); }

Answer show_user(Request& request, Context& context) {
  co_return one_user(request, context, id_param<core::UserId>(request, "id"));
}

Answer show_many_users(Request& request, Context& context) {
  POSTERN_CO_TRY(const std::vector<std::uint64_t> ids, read_ids(request, kIdsMax));
  std::vector<core::UserId> users;
  for (const std::uint64_t each : ids) users.push_back(core::UserId{each});
  json::object out;
  POSTERN_CO_TRY(out["users"], people_json(request, context, users));
  co_return json_response(200, out);
}

Answer list_users(Request& request, Context& context) {
  const std::string_view role = request.query_value("role").value_or(request.query_value("role[]").value_or(""));
  if (role == "agent") co_return list_accounts(request, context, auth::Role::kAgent);
  if (role == "admin") co_return list_accounts(request, context, auth::Role::kAdmin);
  if (!role.empty() && role != "end-user") co_return invalid_field(request, "role", "InvalidValue", "agent, admin or end-user");
  co_return list_people(request, context, role == "end-user");
}

Answer create_user(Request& request, Context& context) {
  POSTERN_CO_TRY(UserWish wish, read_user(request, context));
  if (wish.refused) co_return std::move(*wish.refused);
  if (wish.email.empty()) co_return invalid_field(request, "user.email", "BlankValue", "cannot be blank");
  const std::string word = wish.role.value_or("end-user");
  if (word == "light-agent") wish.custom_role = auth::kLightAgent;
  const std::optional<auth::Role> role = word == "light-agent" ? auth::Role::kAgent : parse_role(word);
  if (!role) co_return invalid_field(request, "user.role", "InvalidValue", "end-user, light-agent, agent, admin or owner");
  if (wish.custom_role != 0 && *role != auth::Role::kAgent) co_return invalid_field(request, "user.custom_role_id", "InvalidValue", "goes with the role agent");
  if (*role != auth::Role::kContact) co_return co_await invite(request, context, std::move(wish), *role);
  POSTERN_CO_TRY(ticketing::Helpdesk * desk, desk_of(context));
  POSTERN_CO_TRY(const core::UserId made, co_await desk->people().create(request.who(), std::move(wish.email), std::move(wish.change)));
  co_return one_user(request, context, made, 201);
}

// By the id of another system, else by address.
Answer create_or_update_user(Request& request, Context& context) {
  POSTERN_CO_TRY(ticketing::Helpdesk * desk, desk_of(context));
  POSTERN_CO_TRY(UserWish wish, read_user(request, context));
  if (wish.refused) co_return std::move(*wish.refused);
  if (wish.role && *wish.role != "end-user") co_return invalid_field(request, "user.role", "InvalidValue", "end-user");
  const core::WorkspaceId workspace = request.who().workspace;
  core::UserId known;
  if (wish.change.external_id && !wish.change.external_id->empty()) {
    POSTERN_CO_TRY(known, desk->people().find_by_external_id(workspace, *wish.change.external_id));
  }
  if (!known && !wish.email.empty()) {
    POSTERN_CO_TRY(known, desk->people().find_by_email(workspace, wish.email));
  }
  if (!known) {
    if (wish.email.empty()) co_return invalid_field(request, "user.email", "BlankValue", "cannot be blank");
    POSTERN_CO_TRY(known, co_await desk->people().create(request.who(), std::move(wish.email), std::move(wish.change)));
    co_return one_user(request, context, known, 201);
  }
  POSTERN_CO_TRY(const auth::User user, seen_user(request, context, known));
  if (user.role != auth::Role::kContact) co_return core::fail(Errc::kForbidden, "that is an agent: change them by id");
  POSTERN_CO_CHECK(co_await desk->people().update(request.who(), known, std::move(wish.change)));
  co_return one_user(request, context, known);
}

// Oneself: how one is called and reached. What others decide about somebody is not here.
Answer update_me(Request& request, Context& context) {
  POSTERN_CO_TRY(ticketing::Helpdesk * desk, desk_of(context));
  POSTERN_CO_TRY(UserWish wish, read_user(request, context));
  if (wish.refused) co_return std::move(*wish.refused);
  const ticketing::People::Change& change = wish.change;
  const bool is_others = !wish.email.empty() || wish.role || wish.custom_role != 0 || change.is_suspended || change.organizations || change.is_verified ||
                         change.is_shared || change.notes || change.details || change.external_id || change.tags || !change.fields.empty();
  if (is_others) co_return invalid_field(request, "user", "InvalidValue", "of oneself: name, alias, phone, locale, time_zone and signatures");
  POSTERN_CO_CHECK(co_await desk->people().update(request.who(), request.who().user, std::move(wish.change)));
  co_return one_user(request, context, request.who().user);
}

// Of an account: suspension, and what is known beside it; of an end user the same with fewer demands.
Answer update_user(Request& request, Context& context) {
  const auto id = id_param<core::UserId>(request, "id");
  POSTERN_CO_TRY(const auth::User user, seen_user(request, context, id));
  POSTERN_CO_TRY(UserWish wish, read_user(request, context));
  if (wish.refused) co_return std::move(*wish.refused);
  if (!wish.email.empty()) co_return invalid_field(request, "user.email", "InvalidValue", "an address does not change");
  IfMatch match(request);
  ticketing::People::Guard guard = [&](const ticketing::Profile& before) {
    return match.check_tag(version_etag(before), [&] { return person_json(request, context, user); });
  };
  if (context.services.desk != nullptr) {  // before an account is suspended, which is a change of its own
    POSTERN_CO_TRY(const ticketing::Profile profile, context.services.desk->people().find(user.workspace, id));
    if (!guard(profile)) co_return *match.refusal();
  }
  if (wish.custom_role != user.custom_role && wish.custom_role != 0) wish.role = "another";
  if (wish.role && *wish.role != auth::to_string(user.role)) {
    co_return invalid_field(request, "user.role", "InvalidValue", "another role is given by PUT /api/v2/users/{id}/role");
  }
  if (user.role != auth::Role::kContact && wish.change.is_suspended) {
    if (id == request.who().user) co_return invalid_field(request, "user.suspended", "InvalidValue", "cannot be yourself");
    POSTERN_CO_CHECK(co_await check_may_manage(request, context));
    if (user.role > request.who().role || !auth::permissions_of(request.who()).has_all(user.permissions)) {
      co_return core::fail(Errc::kForbidden, "somebody who may do more than you");
    }
    POSTERN_CO_CHECK(co_await context.services.accounts.set_disabled(request.who(), id, *wish.change.is_suspended));
    wish.change.is_suspended.reset();
  }
  if (user.role != auth::Role::kContact && wish.has_profile && id != request.who().user &&
      !auth::may(request.who(), auth::Permission::kUsersManage)) {
    co_return core::fail(Errc::kForbidden, "a colleague");
  }
  if (request.who().inboxes.is_limited() && wish.change.organizations) co_return core::fail(Errc::kForbidden, "organizations reach beyond your inboxes");
  if (wish.has_profile || wish.change.is_suspended) {
    POSTERN_CO_TRY(ticketing::Helpdesk * desk, desk_of(context));
    const auto changed = co_await desk->people().update(request.who(), id, std::move(wish.change), std::move(guard));
    if (std::optional<Response> refused = match.refusal()) co_return *std::move(refused);
    if (!changed) co_return changed.error();
  }
  co_return one_user(request, context, id);
}

}  // namespace postern::web::api
