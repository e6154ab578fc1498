// The inboxes of the workspace, and who works in which.
#include "auth/errc.h"
#include "web/api/handlers.h"
#include "web/api/shapes.h"
#include "web/errc.h"

namespace postern::web::api {
namespace {

constexpr std::size_t kIdBytesMax = 20;

// A list of ids, as numbers or as strings; nullopt for null, which lifts a limit.
std::optional<std::vector<core::InboxId>> read_inboxes(Form& form, const json::object& object, const ticketing::Directory& directory,
                                                       const auth::Principal& who, std::size_t most) {
  const json::value* given = object.if_contains("inbox_ids");
  if (given == nullptr) form.refuse("inbox_ids", "BlankValue", "a list of ids, or null for all");
  if (given == nullptr || given->is_null()) return std::nullopt;
  std::vector<core::InboxId> out;
  if (!given->is_array() || given->get_array().size() > most) {
    form.refuse("inbox_ids", "InvalidFormat", "a list of ids, or null for all");
    return out;
  }
  for (const json::value& each : given->get_array()) {
    const bool is_text = each.is_string() && each.get_string().size() <= kIdBytesMax;
    const core::Result<std::uint64_t> id = read_number(is_text ? std::string(each.get_string()) : json::serialize(each));
    const ticketing::Inbox* inbox = id ? directory.find(core::InboxId{*id}) : nullptr;
    if (inbox == nullptr || inbox->workspace != who.workspace) {
      form.refuse("inbox_ids", "InvalidValue", "no such inbox");
      return out;
    }
    out.push_back(inbox->id);
  }
  return out;
}

}  // namespace

Answer list_inboxes(Request& request, Context& context) {
  const std::shared_ptr<const ticketing::Directory> directory = context.services.directory();
  json::array list;
  for (const ticketing::Inbox& each : directory->inboxes_of(request.who().workspace)) {
    if (!request.who().inboxes.has(each.id)) continue;
    json::object one;
    one["id"] = each.id.value;
    one["name"] = each.display_name;
    one["address"] = each.address.to_string();
    const bool has_form = each.takes_web_form && context.services.web_forms != nullptr;
    one["web_form_url"] = has_form ? json::value("/requests/new/" + std::to_string(each.id.value)) : json::value();
    list.push_back(std::move(one));
  }
  json::object out;
  out["workspace"] = directory->name_of(request.who().workspace);
  out["count"] = list.size();
  out["inboxes"] = std::move(list);
  co_return json_response(200, out);
}

Answer set_user_inboxes(Request& request, Context& context) {
  const auto id = id_param<core::UserId>(request, "id");
  POSTERN_CO_TRY(json::object body, parse_object(request, context.options));
  Form outer(body, "");
  json::object object = outer.object("user");
  Form form(object, "user");
  auth::Accounts& accounts = context.services.accounts;
  const std::shared_ptr<const ticketing::Directory> directory = context.services.directory();
  std::optional<std::vector<core::InboxId>> inboxes =
      read_inboxes(form, object, *directory, request.who(), accounts.options().inboxes_per_user_max);
  form.adopt(outer);
  if (!form.ok()) co_return form.response(request);
  auth::InboxScope scope;
  if (inboxes) scope = auth::InboxScope::only(std::move(*inboxes));
  POSTERN_CO_TRY(const auth::User changed, co_await accounts.set_inboxes(request.who(), id, std::move(scope)));
  json::object out;
  out["user"] = user_json(changed);
  co_return json_response(200, out);
}

}  // namespace postern::web::api
