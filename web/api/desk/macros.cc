// Macros: what an agent does again and again. Applying one stores nothing.
#include "ticketing/automation/macros.h"

#include <set>

#include "ticketing/errc.h"
#include "ticketing/helpdesk.h"
#include "web/api/desk/definition_lines.h"
#include "web/api/desk/definition_version.h"
#include "web/api/desk/rule_handlers.h"
#include "web/api/desk/rule_shapes.h"
#include "web/api/ticket_shaper.h"
#include "web/errc.h"

namespace postern::web::api {
namespace {

constexpr std::size_t kGroupsMax = 1000;
constexpr std::size_t kUsedMax = 20;

ticketing::Macros* macros_of(Context& context) { return context.services.desk == nullptr ? nullptr : &context.services.desk->macros(); }

json::value restriction_json(const schema::Macro& macro) {
  if (macro.owner() != 0) return json::object{{"type", "User"}, {"id", macro.owner()}};
  if (macro.groups().empty()) return nullptr;
  json::array ids;
  for (const std::uint64_t each : macro.groups()) ids.emplace_back(each);
  return json::object{{"type", "Group"}, {"id", macro.groups(0)}, {"ids", std::move(ids)}};
}

}  // namespace

json::object macro_json(const schema::Macro& macro) {
  json::object out;
  out["url"] = "/api/v2/macros/" + std::to_string(macro.id());
  out["id"] = macro.id();
  out["title"] = macro.title();
  out["raw_title"] = macro.title();
  out["description"] = macro.description().empty() ? json::value() : json::value(macro.description());
  out["active"] = macro.is_active();
  out["position"] = macro.position();
  out["restriction"] = restriction_json(macro);
  out["actions"] = rule_actions_json(macro.actions());
  out["default"] = false;
  out["created_at"] = timestamp(macro.created_unix_ms());
  out["updated_at"] = timestamp(macro.updated_unix_ms());
  return out;
}

namespace {

void read_restriction(Form& form, const json::object& object, core::UserId user, schema::Macro& into) {
  const json::value* given = object.if_contains("restriction");
  if (given == nullptr) return;
  into.set_owner(0);
  into.clear_groups();
  if (given->is_null()) return;
  if (!given->is_object()) return form.refuse("restriction", "InvalidFormat", "is an object");
  Form restriction(given->get_object(), "macro.restriction");
  const std::string type = restriction.required_text("type", 16);
  if (type == "User") {
    into.set_owner(user.value);  // one's own only
  } else if (type == "Group") {
    if (const auto id = restriction.id("id"); id && *id != 0) into.add_groups(*id);
    const json::value* ids = given->get_object().if_contains("ids");
    if (ids != nullptr && ids->is_array() && ids->get_array().size() <= kGroupsMax) {
      into.clear_groups();
      for (const json::value& each : ids->get_array()) {
        const auto id = each.is_string() ? read_number(each.get_string()) : read_number(json::serialize(each));
        into.add_groups(id ? *id : 0);
      }
    }
    if (into.groups().empty()) restriction.refuse("id", "BlankValue", "which group");
  } else {
    restriction.refuse("type", "InvalidValue", "User or Group");
  }
  form.adopt(restriction);
}

core::Result<Response> one_macro(int status, const Request& request, ticketing::Macros& macros, const schema::Macro& macro) {
  json::object shown = macro_json(macro);
  POSTERN_CHECK(add_rule_use(shown, macros.parts(), request.who().workspace, macro.id()));
  json::object out;
  out["macro"] = std::move(shown);
  Response response = json_response(status, out);
  response.set("ETag", definition_etag(macro));
  if (status == 201) response.set("Location", "/api/v2/macros/" + std::to_string(macro.id()));
  return response;
}

bool is_access(const schema::Macro& macro, std::string_view access) {
  if (access == "personal") return macro.owner() != 0;
  if (access == "shared") return macro.owner() == 0;
  return true;
}

core::Result<Response> some_macros(const Request& request, Context& context, bool is_active_only) {
  ticketing::Macros* macros = macros_of(context);
  if (macros == nullptr) return core::fail(Errc::kNotFound);
  POSTERN_TRY(const auto list, macros->all(request.who()));
  const auto query = [&request](std::string_view name) { return request.query_value(name).value_or(std::string_view()); };
  json::array out;
  for (const schema::Macro& each : list) {
    if ((is_active_only || query("active") == "true") && !each.is_active()) continue;
    if (query("active") == "false" && each.is_active()) continue;
    if (!query("category").empty() && ticketing::macro_category(each.title()) != query("category")) continue;
    if (!is_access(each, query("access")) || !has_rule_words(each.title(), query("query"))) continue;
    json::object shown = macro_json(each);
    if (wants_usage(request)) POSTERN_CHECK(add_rule_use(shown, macros->parts(), request.who().workspace, each.id()));
    out.push_back(std::move(shown));
  }
  return rule_list(request, context.options, "macros", std::move(out));
}

core::Task<core::Result<Response>> save_macro(Request& request, Context& context, std::uint64_t id) {
  ticketing::Macros* macros = macros_of(context);
  if (macros == nullptr) co_return core::fail(Errc::kNotFound);
  POSTERN_CO_TRY(json::object body, parse_object(request, context.options));
  Form outer(body, "");
  if (!outer.has("macro")) outer.refuse("macro", "BlankValue", "cannot be blank");
  const json::object object = outer.object("macro");
  Form form(object, "macro");
  form.adopt(outer);
  IfMatch match(request);
  ticketing::Macros::Edit edit = [&match, &form, &object, &request](schema::Macro& macro) -> core::Result<void> {
    POSTERN_CHECK(match.check(macro, macro_json));
    read_rule_head(form, macro);
    read_restriction(form, object, request.who().user, macro);
    read_rule_actions(form, object, *macro.mutable_actions());
    return form.ok() ? core::Result<void>() : core::fail(ticketing::Errc::kInvalid);
  };
  const core::Result<schema::Macro> saved = co_await macros->save(request.who(), id, std::move(edit));
  if (auto refused = match.refusal()) co_return *std::move(refused);
  if (!form.ok()) co_return form.response(request);
  if (!saved) co_return refused_rule(saved.error(), request, "macro");
  co_return one_macro(id == 0 ? 201 : 200, request, *macros, *saved);
}

// The comment to be looked at and sent; null: the macro writes none.
json::value comment_of(const ticketing::Macros::Applied& applied) {
  if (applied.comment.empty()) return nullptr;
  json::object out;
  out["body"] = applied.comment;
  if (!applied.comment_html.empty()) out["html_body"] = applied.comment_html;
  out["scoped_body"] = json::array{json::array{"channel:all", applied.comment}};
  out["public"] = applied.is_public.value_or(true);
  return out;
}

}  // namespace

Answer list_macros(Request& request, Context& context) { co_return some_macros(request, context, false); }
Answer list_active_macros(Request& request, Context& context) { co_return some_macros(request, context, true); }
Answer search_macros(Request& request, Context& context) { co_return some_macros(request, context, false); }

Answer show_macro(Request& request, Context& context) {
  ticketing::Macros* macros = macros_of(context);
  if (macros == nullptr) co_return core::fail(Errc::kNotFound);
  POSTERN_CO_TRY(const schema::Macro found, macros->find(request.who(), read_number(request.param("id")).value()));
  co_return one_macro(200, request, *macros, found);
}

Answer create_macro(Request& request, Context& context) { co_return co_await save_macro(request, context, 0); }
Answer update_macro(Request& request, Context& context) {
  co_return co_await save_macro(request, context, read_number(request.param("id")).value());
}

Answer delete_macro(Request& request, Context& context) {
  ticketing::Macros* macros = macros_of(context);
  if (macros == nullptr) co_return core::fail(Errc::kNotFound);
  IfMatch match(request);
  const auto erased = co_await macros->erase(request.who(), read_number(request.param("id")).value(), match.guard<schema::Macro>(macro_json));
  co_return match.removed(erased);
}

Answer reorder_macros(Request& request, Context& context) {
  ticketing::Macros* macros = macros_of(context);
  if (macros == nullptr) co_return core::fail(Errc::kNotFound);
  POSTERN_CO_TRY(const json::object body, parse_object(request, context.options));
  std::optional<std::vector<std::uint64_t>> order = read_rule_order(body, "macro_ids", "macros");
  if (!order) co_return invalid_field(request, "macro_ids", "InvalidFormat", "the ids of macros, in their new order");
  POSTERN_CO_CHECK(co_await macros->reorder(request.who(), std::move(*order)));
  co_return some_macros(request, context, false);
}

Answer list_macro_categories(Request& request, Context& context) {
  ticketing::Macros* macros = macros_of(context);
  if (macros == nullptr) co_return core::fail(Errc::kNotFound);
  POSTERN_CO_TRY(const auto list, macros->all(request.who()));
  std::set<std::string> categories;
  for (const schema::Macro& each : list) {
    if (each.is_active()) categories.insert(ticketing::macro_category(each.title()));
  }
  categories.erase(std::string());
  json::object out;
  out["categories"] = texts_json({categories.begin(), categories.end()});
  co_return json_response(200, out);
}

Answer show_macro_definitions(Request& request, Context& context) {
  if (macros_of(context) == nullptr) co_return core::fail(Errc::kNotFound);
  POSTERN_CO_TRY(json::object definitions, rule_definitions(request, context, ticketing::RuleKind::kMacro));
  json::object out;
  out["definitions"] = std::move(definitions);
  co_return json_response(200, out);
}

Answer list_macro_actions(Request& request, Context& context) {
  if (macros_of(context) == nullptr) co_return core::fail(Errc::kNotFound);
  POSTERN_CO_TRY(json::object definitions, rule_definitions(request, context, ticketing::RuleKind::kMacro));
  json::object out;
  out["actions"] = std::move(definitions["actions"]);
  co_return json_response(200, out);
}

// What it would set, in the words of a ticket's fields.
Answer apply_macro(Request& request, Context& context) {
  ticketing::Macros* macros = macros_of(context);
  if (macros == nullptr) co_return core::fail(Errc::kNotFound);
  POSTERN_CO_TRY(const auto applied, macros->apply(request.who(), read_number(request.param("id")).value(), std::nullopt));
  POSTERN_CO_TRY(const TicketShaper shaper, TicketShaper::make(request, context));
  const json::object before = shaper(applied.before);
  json::object changed;
  for (const auto& [name, value] : shaper(applied.after)) {
    const json::value* was = before.if_contains(name);
    if (was == nullptr || *was != value) changed[name] = value;
  }
  if (json::value comment = comment_of(applied); !comment.is_null()) changed["comment"] = std::move(comment);
  json::object result;
  result["ticket"] = std::move(changed);
  result["cannot_do"] = texts_json(applied.skipped);
  json::object out;
  out["result"] = std::move(result);
  co_return json_response(200, out);
}

Answer apply_macro_to_ticket(Request& request, Context& context) {
  ticketing::Macros* macros = macros_of(context);
  if (macros == nullptr) co_return core::fail(Errc::kNotFound);
  const std::uint64_t macro = read_number(request.param("macro_id")).value();
  POSTERN_CO_TRY(const auto applied, macros->apply(request.who(), macro, id_param<core::TicketId>(request, "id")));
  POSTERN_CO_TRY(const TicketShaper shaper, TicketShaper::make(request, context));
  json::object ticket = shaper(applied.after);
  if (json::value comment = comment_of(applied); !comment.is_null()) ticket["comment"] = std::move(comment);
  json::object result;
  result["ticket"] = std::move(ticket);
  result["cannot_do"] = texts_json(applied.skipped);
  json::object out;
  out["result"] = std::move(result);
  co_return json_response(200, out);
}

void count_used_macros(const json::object& ticket, const Request& request, Context& context, ticketing::Tickets::Update& update) {
  const json::value* given = ticket.if_contains("macro_ids");
  ticketing::Macros* macros = macros_of(context);
  if (macros == nullptr || given == nullptr || !given->is_array() || given->get_array().size() > kUsedMax) return;
  std::vector<std::uint64_t> ids;
  for (const json::value& each : given->get_array()) {
    const auto id = each.is_string() ? read_number(each.get_string()) : read_number(json::serialize(each));
    if (id) ids.push_back(*id);
  }
  if (ids.empty()) return;
  update.also = [macros, ids, who = request.who()](ticketing::TicketDraft& saved) { return macros->count_uses(saved, who, ids); };
}

}  // namespace postern::web::api
