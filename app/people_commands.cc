#include "app/people_commands.h"

#include <boost/json/object.hpp>

#include "auth/errc.h"
#include "core/errc.h"
#include "core/encoding.h"

namespace postern::app {
namespace {

std::string text_of(const JsonObject& request, std::string_view key) {
  const Json* found = request.if_contains(key);
  return found != nullptr && found->is_string() ? std::string(found->as_string()) : std::string();
}

core::Result<auth::InboxScope> scope_of(const JsonObject& request, const ticketing::Directory& directory, core::WorkspaceId workspace) {
  const Json* given = request.if_contains("inboxes");
  if (given == nullptr || !given->is_array() || given->as_array().empty()) {
    return core::fail(core::Errc::kInvalid, "inboxes: all, none, or their addresses");
  }
  const JsonArray& words = given->as_array();
  if (words.size() == 1 && words.front() == "all") return auth::InboxScope();
  if (words.size() == 1 && words.front() == "none") return auth::InboxScope::only({});
  std::vector<core::InboxId> inboxes;
  for (const Json& word : words) {
    const std::string address = word.is_string() ? std::string(word.as_string()) : std::string();
    const auto found = directory.resolve(pipeline::split_address(address));
    if (!found || found->workspace != workspace) return core::fail(core::Errc::kInvalid, "no such inbox: " + address);
    inboxes.push_back(found->inbox);
  }
  return auth::InboxScope::only(std::move(inboxes));
}

}  // namespace

core::Task<core::Result<Json>> set_user_inboxes(JsonObject request, Services& services) {
  const std::string email = text_of(request, "email");
  POSTERN_CO_TRY(const auto user, services.accounts().find_by_email(email));
  if (!user) co_return core::fail(auth::Errc::kNotFound, email);
  POSTERN_CO_TRY(auth::InboxScope scope, scope_of(request, *services.directory(), user->workspace));
  POSTERN_CO_TRY(const auth::User changed,
                 co_await services.accounts().set_inboxes(services.operator_principal(user->workspace), user->id, std::move(scope)));
  JsonArray inboxes;
  for (const core::InboxId each : changed.inboxes.inboxes()) {
    const ticketing::Inbox* inbox = services.directory()->find(each);
    inboxes.emplace_back(inbox == nullptr ? std::to_string(each.value) : inbox->address.to_string());
  }
  co_return Json(JsonObject{{"email", changed.email}, {"inboxes", changed.inboxes.is_limited() ? Json(std::move(inboxes)) : Json("all")}});
}

core::Task<core::Result<Json>> run_workspace_command(std::string action, JsonObject request, Services& services) {
  const ticketing::Directory& directory = *services.directory();
  if (action == "list") {
    JsonArray out;
    for (const core::WorkspaceId each : directory.workspaces()) {
      JsonArray inboxes;
      for (const ticketing::Inbox& inbox : directory.inboxes_of(each)) inboxes.emplace_back(inbox.address.to_string());
      out.emplace_back(JsonObject{{"name", directory.name_of(each)}, {"inboxes", std::move(inboxes)}});
    }
    co_return Json(JsonObject{{"workspaces", std::move(out)}});
  }
  if (action != "wipe") co_return core::fail(core::Errc::kInvalid, "no such command");
  const std::string name = text_of(request, "name");
  const core::WorkspaceId workspace = directory.workspace_named(name);
  if (!workspace) co_return core::fail(core::Errc::kInvalid, "no such workspace: " + name);
  const core::Result<void> done = co_await services.wiper().wipe(services.operator_principal(workspace), name, text_of(request, "confirm"));
  if (!done && done.error() == storage::Errc::kNotFound) co_return core::fail(core::Errc::kInvalid, name + " was wiped already");
  POSTERN_CO_CHECK(done);
  // What is left is erased by the server; where none runs, now.
  std::size_t erased = 0;
  for (std::size_t more = 1; more != 0 && request.contains("is_alone");) {
    POSTERN_CO_TRY(more, co_await services.wiper().erase_some());
    erased += more;
  }
  co_return Json(JsonObject{{"wiped", name}, {"erased", erased}});
}

}  // namespace postern::app
