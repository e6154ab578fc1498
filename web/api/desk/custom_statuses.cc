// Statuses of the workspace's own, each in one of the categories that every ticket knows; the built-in ones first.
#include "web/api/desk/definition_answers.h"
#include "web/api/desk/definition_lines.h"
#include "web/api/desk/definition_version.h"
#include "web/api/desk/ticket_handlers.h"
#include "web/errc.h"

namespace postern::web::api {
namespace {

constexpr std::size_t kTextMax = 4096;

using ticketing::Status;

}  // namespace

json::object status_json(const schema::CustomStatus& status) {
  json::object out;
  out["url"] = "/api/v2/custom_statuses/" + std::to_string(status.id());
  out["id"] = status.id();
  out["status_category"] = ticketing::to_string(static_cast<Status>(status.category()));
  out["agent_label"] = status.title();
  out["raw_agent_label"] = status.title();
  out["end_user_label"] = status.end_user_title().empty() ? status.title() : status.end_user_title();
  out["raw_end_user_label"] = out["end_user_label"];
  out["description"] = status.description();
  out["end_user_description"] = status.end_user_description();
  out["active"] = status.is_active();
  out["default"] = status.is_default();
  out["position"] = status.position();
  out["built_in"] = status.id() < ticketing::kSystemIdsEnd;
  out["created_at"] = timestamp(status.created_unix_ms());
  out["updated_at"] = timestamp(status.updated_unix_ms());
  return out;
}

namespace {

// A category's own one; the default unless another is.
schema::CustomStatus built_in(Status category, const std::vector<schema::CustomStatus>& others) {
  schema::CustomStatus out;
  out.set_id(static_cast<std::uint64_t>(category));
  out.set_category(static_cast<std::uint32_t>(category));
  std::string title(ticketing::to_string(category));
  title[0] = static_cast<char>(title[0] - 'a' + 'A');
  out.set_title(title);
  out.set_is_active(true);
  out.set_is_default(std::ranges::none_of(others, [&out](const schema::CustomStatus& each) {
    return each.is_default() && each.is_active() && each.category() == out.category();
  }));
  return out;
}

core::Result<Response> one_status(int code, const schema::CustomStatus& status) {
  json::object out;
  out["custom_status"] = status_json(status);
  Response response = json_response(code, out);
  response.set("ETag", definition_etag(status));
  if (code == 201) response.set("Location", "/api/v2/custom_statuses/" + std::to_string(status.id()));
  return response;
}

struct StatusWishes {
  std::optional<Status> category;
  std::optional<std::string> title, end_user_title, description, end_user_description;
  std::optional<bool> active, is_default;
};

StatusWishes read_status(Form& form, bool is_new) {
  StatusWishes out;
  if (const auto word = form.text("status_category", 32)) {
    out.category = ticketing::parse_status(*word);
    if (!out.category) form.refuse("status_category", "InvalidValue", "new, open, pending, hold or solved");
  } else if (is_new) {
    form.refuse("status_category", "BlankValue", "cannot be blank");
  }
  out.title = is_new ? std::optional(form.required_text("agent_label", kTextMax)) : form.text("agent_label", kTextMax);
  out.end_user_title = form.text("end_user_label", kTextMax);
  out.description = form.text("description", kTextMax);
  out.end_user_description = form.text("end_user_description", kTextMax);
  out.active = form.boolean("active");
  out.is_default = form.boolean("default");
  return out;
}

Answer save_status(Request& request, Context& context, std::uint64_t id) {
  POSTERN_CO_TRY(ticketing::TicketFields* fields, fields_of(context));
  POSTERN_CO_TRY(const json::object body, parse_object(request, context.options));
  Form outer(body, "");
  if (!outer.has("custom_status")) outer.refuse("custom_status", "BlankValue", "cannot be blank");
  const json::object object = outer.object("custom_status");
  Form form(object, "custom_status");
  const StatusWishes wishes = read_status(form, id == 0);
  form.adopt(outer);
  if (!form.ok()) co_return form.response(request);
  IfMatch match(request);
  auto change = [&match, wishes, is_new = id == 0](schema::CustomStatus& to) -> core::Result<void> {
    POSTERN_CHECK(match.check(to, status_json));
    if (is_new) to.set_is_active(true);
    if (wishes.category) to.set_category(static_cast<std::uint32_t>(*wishes.category));
    if (wishes.title) to.set_title(*wishes.title);
    if (wishes.end_user_title) to.set_end_user_title(*wishes.end_user_title);
    if (wishes.description) to.set_description(*wishes.description);
    if (wishes.end_user_description) to.set_end_user_description(*wishes.end_user_description);
    if (wishes.active) to.set_is_active(*wishes.active);
    if (wishes.is_default) to.set_is_default(*wishes.is_default);
    return {};
  };
  auto saved = co_await fields->save_status(request.who(), id, std::move(change));
  if (auto refused = match.refusal()) co_return *std::move(refused);
  if (!saved) co_return refused_definition(saved.error(), request, "custom_status");
  co_return one_status(id == 0 ? 201 : 200, *saved);
}

}  // namespace

Answer list_custom_statuses(Request& request, Context& context) {
  POSTERN_CO_TRY(const ticketing::TicketFields* fields, fields_of(context));
  POSTERN_CO_TRY(const auto all, fields->statuses().all(request.who().workspace));
  json::array list;
  for (std::uint64_t id = 1; id <= ticketing::kBuiltInStatusMax; ++id) list.push_back(status_json(built_in(static_cast<Status>(id), *all)));
  for (const schema::CustomStatus& each : *all) list.push_back(status_json(each));
  co_return json_response(200, one_page(std::move(list), "custom_statuses"));
}

Answer show_custom_status(Request& request, Context& context) {
  POSTERN_CO_TRY(const ticketing::TicketFields* fields, fields_of(context));
  const std::uint64_t id = definition_id(request);
  if (id <= ticketing::kBuiltInStatusMax) {
    POSTERN_CO_TRY(const auto all, fields->statuses().all(request.who().workspace));
    co_return one_status(200, built_in(static_cast<Status>(id), *all));
  }
  POSTERN_CO_TRY(const schema::CustomStatus status, fields->statuses().find(request.who().workspace, id));
  co_return one_status(200, status);
}

Answer create_custom_status(Request& request, Context& context) { return save_status(request, context, 0); }
Answer update_custom_status(Request& request, Context& context) { return save_status(request, context, definition_id(request)); }

Answer delete_custom_status(Request& request, Context& context) {
  POSTERN_CO_TRY(ticketing::TicketFields* fields, fields_of(context));
  IfMatch match(request);
  const auto erased = co_await fields->erase_status(request.who(), definition_id(request), match.guard<schema::CustomStatus>(status_json));
  co_return match.removed(erased);
}

Answer reorder_custom_statuses(Request& request, Context& context) {
  POSTERN_CO_TRY(ticketing::TicketFields* fields, fields_of(context));
  POSTERN_CO_TRY(const json::object body, parse_object(request, context.options));
  Form form(body, "");
  POSTERN_CO_TRY(std::vector<std::uint64_t> order, read_order(form, body, "custom_status_ids"));
  if (!form.ok()) co_return form.response(request);
  std::erase_if(order, [](std::uint64_t id) { return id < ticketing::kSystemIdsEnd; });
  auto ordered = co_await fields->reorder_statuses(request.who(), std::move(order));
  if (!ordered) co_return refused_definition(ordered.error(), request, "custom_statuses");
  co_return co_await list_custom_statuses(request, context);
}

}  // namespace postern::web::api
