// Views: what there is, and setting them up.
#include <algorithm>

#include "ticketing/errc.h"
#include "web/api/desk/definition_version.h"
#include "web/api/desk/rule_shapes.h"
#include "web/api/desk/view_handlers.h"
#include "web/api/desk/view_shapes.h"
#include "web/api/schemas.h"
#include "web/errc.h"

namespace postern::web::api {
namespace {

using ticketing::Views;

constexpr std::size_t kManyMax = 100;
constexpr std::size_t kCompactMax = 32;

Response view_response(int status, const schema::View& view) {
  json::object out;
  out["view"] = view_json(view);
  Response response = json_response(status, out);
  response.set("ETag", definition_etag(view));
  if (status == 201) response.set("Location", "/api/v2/views/" + std::to_string(view.id()));
  return response;
}

bool is_wanted(const Request& request, const schema::View& view) {
  const std::optional<std::string_view> active = request.query_value("active");
  if (active && (*active == "true") != view.is_active()) return false;
  const std::optional<std::string_view> access = request.query_value("access");
  if (access == "personal") return view.owner() != 0;
  if (access == "shared" || access == "account") return view.owner() == 0;
  return true;
}

core::Result<Response> list_response(const Request& request, Context& context, const std::vector<schema::View>& views) {
  json::array items;
  for (const schema::View& view : views) items.push_back(view_json(view));
  return rule_list(request, context.options, "views", std::move(items));
}

// A body's "view", or the response that says what is wrong with it.
struct ReadView {
  std::optional<ViewWish> wish;
  std::optional<Response> refused;
};

core::Result<ReadView> read_view(const Request& request, Context& context, const Views& views, bool is_new) {
  POSTERN_TRY(const json::object body, parse_object(request, context.options));
  Form outer(body, "");
  const json::object object = outer.object("view");
  Form form(object, "view");
  refuse_others(form, object, "ViewWrite");
  if (is_new) form.required_text("title", views.limits().title_bytes_max);
  ReadView out;
  out.wish.emplace(form, object, request.who(), views.limits());
  form.adopt(outer);
  if (!form.ok()) out.refused = form.response(request);
  return out;
}

// With each problem of its conditions under its name.
core::Task<core::Result<Response>> save_view(Request& request, Context& context, Views* views, std::uint64_t id, ViewWish wish) {
  IfMatch match(request);
  std::vector<ticketing::ConditionProblem> problems;
  const auto edit = [&](schema::View& view) -> core::Result<void> {
    POSTERN_CHECK(match.check(view, view_json));
    wish.apply(view);
    problems = ticketing::view_problems(view.shape(), views->limits());
    POSTERN_TRY(const std::vector<ticketing::ConditionProblem> unknown, unknown_fields(request, context, view));
    problems.insert(problems.end(), unknown.begin(), unknown.end());
    if (!problems.empty()) return core::fail(ticketing::Errc::kInvalid, problems.front().where + ": " + problems.front().what);
    return {};
  };
  Views::Edit apply = edit;
  core::Result<schema::View> saved = co_await views->save(request.who(), id, std::move(apply));
  if (auto refused = match.refusal()) co_return *std::move(refused);
  if (!saved && !problems.empty()) {
    const json::object none;
    Form form(none, "view");
    refuse_problems(form, problems);
    co_return form.response(request);
  }
  if (!saved) co_return saved.error();
  co_return view_response(id == 0 ? 201 : 200, *saved);
}

core::Result<std::vector<std::uint64_t>> ids_of(const Request& request) {
  const std::string_view text = request.query_value("ids").value_or(std::string_view());
  std::vector<std::uint64_t> out;
  for (const std::string_view each : ticketing::rule_words(text, ',')) {
    POSTERN_TRY(const std::uint64_t id, read_number(each));
    out.push_back(id);
  }
  if (out.empty() || out.size() > kManyMax) return core::fail(Errc::kInvalid, "ids: 1 to " + std::to_string(kManyMax) + ", separated by commas");
  return out;
}

}  // namespace

Answer list_views(Request& request, Context& context) {
  POSTERN_CO_TRY(Views * views, views_of(context));
  POSTERN_CO_TRY(std::vector<schema::View> all, views->visible(request.who()));
  std::erase_if(all, [&request](const schema::View& view) { return !is_wanted(request, view); });
  co_return list_response(request, context, all);
}

Answer list_active_views(Request& request, Context& context) {
  POSTERN_CO_TRY(Views * views, views_of(context));
  POSTERN_CO_TRY(std::vector<schema::View> all, views->visible(request.who()));
  std::erase_if(all, [&request](const schema::View& view) { return !view.is_active() || !is_wanted(request, view); });
  co_return list_response(request, context, all);
}

Answer list_compact_views(Request& request, Context& context) {
  POSTERN_CO_TRY(Views * views, views_of(context));
  POSTERN_CO_TRY(std::vector<schema::View> all, views->visible(request.who()));
  std::erase_if(all, [](const schema::View& view) { return !view.is_active(); });
  if (all.size() > kCompactMax) all.resize(kCompactMax);
  co_return list_response(request, context, all);
}

Answer count_views(Request& request, Context& context) {
  POSTERN_CO_TRY(Views * views, views_of(context));
  POSTERN_CO_TRY(const std::vector<schema::View> all, views->visible(request.who()));
  json::object count;
  count["value"] = all.size();
  count["refreshed_at"] = core::to_rfc3339(context.services.clock.wall_now());
  json::object out;
  out["count"] = std::move(count);
  co_return json_response(200, out);
}

Answer search_views(Request& request, Context& context) {
  POSTERN_CO_TRY(Views * views, views_of(context));
  const std::string query(request.query_value("query").value_or(std::string_view()));
  if (query.empty()) co_return invalid_field(request, "query", "BlankValue", "cannot be blank");
  POSTERN_CO_TRY(std::vector<schema::View> all, views->visible(request.who()));
  std::erase_if(all, [&](const schema::View& view) { return !has_rule_words(view.title(), query) || !is_wanted(request, view); });
  co_return list_response(request, context, all);
}

Answer show_many_views(Request& request, Context& context) {
  POSTERN_CO_TRY(Views * views, views_of(context));
  POSTERN_CO_TRY(const std::vector<std::uint64_t> ids, ids_of(request));
  POSTERN_CO_TRY(std::vector<schema::View> all, views->visible(request.who()));
  std::erase_if(all, [&ids](const schema::View& view) { return std::ranges::find(ids, view.id()) == ids.end(); });
  co_return list_response(request, context, all);
}

Answer show_view(Request& request, Context& context) {
  POSTERN_CO_TRY(Views * views, views_of(context));
  POSTERN_CO_TRY(const schema::View view, views->find(request.who(), read_number(request.param("id")).value()));
  co_return view_response(200, view);
}

Answer create_view(Request& request, Context& context) {
  POSTERN_CO_TRY(Views * views, views_of(context));
  POSTERN_CO_TRY(ReadView read, read_view(request, context, *views, true));
  if (read.refused) co_return std::move(*read.refused);
  co_return co_await save_view(request, context, views, 0, std::move(*read.wish));
}

Answer update_view(Request& request, Context& context) {
  POSTERN_CO_TRY(Views * views, views_of(context));
  POSTERN_CO_TRY(ReadView read, read_view(request, context, *views, false));
  if (read.refused) co_return std::move(*read.refused);
  co_return co_await save_view(request, context, views, read_number(request.param("id")).value(), std::move(*read.wish));
}

// Positions and whether they are active, one view after the other: what comes before a refused one has been done.
Answer update_many_views(Request& request, Context& context) {
  POSTERN_CO_TRY(Views * views, views_of(context));
  POSTERN_CO_TRY(const json::object body, parse_object(request, context.options));
  const json::value* list = body.if_contains("views");
  if (list == nullptr || !list->is_array() || list->get_array().empty() || list->get_array().size() > kManyMax) {
    co_return invalid_field(request, "views", "InvalidFormat", "a list of 1 to " + std::to_string(kManyMax) + " views");
  }
  std::vector<std::pair<std::uint64_t, ViewWish>> wishes;
  for (std::size_t i = 0; i < list->get_array().size(); ++i) {
    const json::value& each = list->get_array()[i];
    const json::object object = each.is_object() ? each.get_object() : json::object();
    Form form(object, "views[" + std::to_string(i) + "]");
    refuse_others(form, object, "ViewMove");
    const std::uint64_t id = form.id("id").value_or(0);
    if (id == 0) form.refuse("id", "BlankValue", "cannot be blank");
    wishes.emplace_back(id, ViewWish(form, object, request.who(), views->limits()));
    if (!form.ok()) co_return form.response(request);
  }
  std::vector<schema::View> changed;
  for (const auto& each : wishes) {
    Views::Edit apply = [&each](schema::View& view) -> core::Result<void> {
      each.second.apply(view);
      return {};
    };
    POSTERN_CO_TRY(schema::View view, co_await views->save(request.who(), each.first, std::move(apply)));
    changed.push_back(std::move(view));
  }
  co_return list_response(request, context, changed);
}

Answer delete_view(Request& request, Context& context) {
  POSTERN_CO_TRY(Views * views, views_of(context));
  IfMatch match(request);
  const auto erased = co_await views->erase(request.who(), read_number(request.param("id")).value(), match.guard<schema::View>(view_json));
  co_return match.removed(erased);
}

Answer show_view_definitions(Request& request, Context& context) {
  POSTERN_CO_CHECK(views_of(context));
  json::object out;
  POSTERN_CO_TRY(out["definitions"], view_definitions(request, context));
  co_return json_response(200, out);
}

}  // namespace postern::web::api
