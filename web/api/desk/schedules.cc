// Schedules: when people work.
#include "web/api/desk/sla_answers.h"
#include "web/api/desk/sla_handlers.h"
#include "web/errc.h"

namespace postern::web::api {
namespace {

constexpr std::size_t kNameBytesMax = 8192;  // the schedule has a narrower one
constexpr std::size_t kZoneBytesMax = 256;

void read_schedule(Form& form, const json::object& object, schema::Schedule& into) {
  if (auto name = form.text("name", kNameBytesMax)) into.set_title(*name);
  if (auto zone = form.text("time_zone", kZoneBytesMax)) into.set_time_zone(*zone);
  if (const auto active = form.boolean("active")) into.set_is_active(*active);
  if (const auto position = form.id("position")) into.set_position(static_cast<std::uint32_t>(std::min<std::uint64_t>(*position, 100'000)));
  read_intervals(form, object, into);
  if (!form.has("group_ids")) return;
  into.clear_groups();
  const auto groups = read_order(form, object, "group_ids");
  for (const std::uint64_t each : groups ? *groups : std::vector<std::uint64_t>()) into.add_groups(each);
}

// `wrapper`: "schedule" or "workweek", whose object is read.
core::Task<core::Result<Response>> save_schedule(Request& request, Context& context, std::uint64_t id, std::string wrapper) {
  POSTERN_CO_TRY(ticketing::ServiceLevels * levels, service_levels_of(context));
  POSTERN_CO_TRY(json::object body, parse_object(request, context.options));
  Form outer(body, "");
  if (!outer.has(wrapper)) outer.refuse(wrapper, "BlankValue", "cannot be blank");
  const json::object object = outer.object(wrapper);
  Form form(object, wrapper);
  form.adopt(outer);
  const bool is_week_only = wrapper == "workweek";
  IfMatch match(request);
  ticketing::Schedules::Edit edit = [&form, &object, &match, is_week_only](schema::Schedule& schedule) -> core::Result<void> {
    POSTERN_CHECK(match.check(schedule, schedule_json));
    if (is_week_only) {
      read_intervals(form, object, schedule);
    } else {
      read_schedule(form, object, schedule);
    }
    return form.ok() ? core::Result<void>() : core::fail(ticketing::Errc::kInvalid);
  };
  const core::Result<schema::Schedule> saved = co_await levels->schedules().save(request.who(), id, std::move(edit));
  if (auto refused = match.refusal()) co_return *std::move(refused);
  if (!form.ok()) co_return form.response(request);
  if (!saved) co_return refused_schedule(saved.error(), request, wrapper);
  if (!is_week_only) co_return sla_answer(kScheduleKind, id == 0 ? 201 : 200, *saved);
  json::object week;
  week["intervals"] = intervals_json(*saved);
  json::object out;
  out["workweek"] = std::move(week);
  co_return json_response(200, out);
}

}  // namespace

Answer list_schedules(Request& request, Context& context) {
  POSTERN_CO_TRY(ticketing::ServiceLevels * levels, service_levels_of(context));
  co_return list_slas(kScheduleKind, levels->schedules(), request, context);
}

Answer show_schedule(Request& request, Context& context) {
  POSTERN_CO_TRY(ticketing::ServiceLevels * levels, service_levels_of(context));
  co_return show_sla(kScheduleKind, levels->schedules(), request);
}

Answer create_schedule(Request& request, Context& context) { co_return co_await save_schedule(request, context, 0, "schedule"); }
Answer update_schedule(Request& request, Context& context) { co_return co_await save_schedule(request, context, definition_id(request), "schedule"); }
Answer update_workweek(Request& request, Context& context) { co_return co_await save_schedule(request, context, definition_id(request), "workweek"); }

Answer delete_schedule(Request& request, Context& context) {
  POSTERN_CO_TRY(ticketing::ServiceLevels * levels, service_levels_of(context));
  IfMatch match(request);
  const auto erased = co_await levels->schedules().erase(request.who(), definition_id(request), match.guard<schema::Schedule>(schedule_json));
  co_return match.removed(erased);
}

}  // namespace postern::web::api
