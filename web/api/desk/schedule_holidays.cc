// Holidays of a schedule. They are part of it: whoever changes one changes the schedule.
#include "ticketing/errc.h"
#include "web/api/desk/definition_answers.h"
#include "web/api/desk/rule_shapes.h"
#include "web/api/desk/sla_handlers.h"
#include "web/api/desk/sla_shapes.h"
#include "web/errc.h"

namespace postern::web::api {
namespace {

constexpr std::size_t kNameBytesMax = 8192;  // the schedule has a narrower one
constexpr std::size_t kDateBytesMax = 64;

std::uint64_t holiday_id(const Request& request) { return std::max<std::uint64_t>(1, read_number(request.param("holiday_id")).value()); }

Response holiday_response(int status, std::uint64_t schedule, const schema::Holiday& holiday) {
  json::object out;
  out["holiday"] = holiday_json(holiday);
  Response response = json_response(status, out);
  const std::string place = "/api/v2/business_hours/schedules/" + std::to_string(schedule) + "/holidays/";
  if (status == 201) response.set("Location", place + std::to_string(holiday.id()));
  return response;
}

core::Result<schema::Holiday> find_holiday(const schema::Schedule& schedule, std::uint64_t id) {
  for (const schema::Holiday& each : schedule.holidays()) {
    if (each.id() == id) return each;
  }
  return core::fail(ticketing::Errc::kNotFound, "holiday");
}

void read_day(Form& form, std::string_view name, bool is_required, std::optional<std::uint32_t>& into) {
  const std::optional<std::string> text = form.text(name, kDateBytesMax);
  if (!text && is_required) return form.refuse(name, "BlankValue", "cannot be blank");
  if (!text) return;
  into = ticketing::parse_local_day(*text);
  if (!into) form.refuse(name, "InvalidValue", "a date from 1970 to 2099, as 2026-12-25");
}

// Id 0: a new one.
core::Task<core::Result<Response>> save_holiday(Request& request, Context& context, std::uint64_t id) {
  POSTERN_CO_TRY(ticketing::ServiceLevels * levels, service_levels_of(context));
  POSTERN_CO_TRY(json::object body, parse_object(request, context.options));
  Form outer(body, "");
  if (!outer.has("holiday")) outer.refuse("holiday", "BlankValue", "cannot be blank");
  const json::object object = outer.object("holiday");
  Form form(object, "holiday");
  form.adopt(outer);
  const bool is_new = id == 0;
  const std::optional<std::string> name = form.text("name", kNameBytesMax);
  std::optional<std::uint32_t> first;
  std::optional<std::uint32_t> last;
  read_day(form, "start_date", is_new, first);
  read_day(form, "end_date", is_new, last);
  if (!form.ok()) co_return form.response(request);
  const std::uint64_t wanted = is_new ? levels->schedules().new_id() : id;
  ticketing::Schedules::Edit edit = [&](schema::Schedule& schedule) -> core::Result<void> {
    schema::Holiday* holiday = nullptr;
    for (schema::Holiday& each : *schedule.mutable_holidays()) {
      if (each.id() == wanted) holiday = &each;
    }
    if (holiday == nullptr && !is_new) return core::fail(ticketing::Errc::kNotFound, "holiday");
    if (holiday == nullptr) holiday = schedule.add_holidays();
    holiday->set_id(wanted);
    if (name) holiday->set_title(*name);
    if (first) holiday->set_first_day(*first);
    if (last) holiday->set_last_day(*last);
    return {};
  };
  const std::uint64_t schedule = definition_id(request);
  const core::Result<schema::Schedule> saved = co_await levels->schedules().save(request.who(), schedule, std::move(edit));
  if (!saved) co_return refused_schedule(saved.error(), request, "holiday");
  POSTERN_CO_TRY(const schema::Holiday made, find_holiday(*saved, wanted));
  co_return holiday_response(is_new ? 201 : 200, schedule, made);
}

}  // namespace

Answer list_holidays(Request& request, Context& context) {
  POSTERN_CO_TRY(ticketing::ServiceLevels * levels, service_levels_of(context));
  POSTERN_CO_TRY(const schema::Schedule found, levels->schedules().find(request.who().workspace, definition_id(request)));
  json::array list;
  for (const schema::Holiday& each : found.holidays()) list.push_back(holiday_json(each));
  co_return rule_list(request, context.options, "holidays", std::move(list));
}

Answer show_holiday(Request& request, Context& context) {
  POSTERN_CO_TRY(ticketing::ServiceLevels * levels, service_levels_of(context));
  POSTERN_CO_TRY(const schema::Schedule found, levels->schedules().find(request.who().workspace, definition_id(request)));
  POSTERN_CO_TRY(const schema::Holiday holiday, find_holiday(found, holiday_id(request)));
  co_return holiday_response(200, found.id(), holiday);
}

Answer create_holiday(Request& request, Context& context) { co_return co_await save_holiday(request, context, 0); }
Answer update_holiday(Request& request, Context& context) { co_return co_await save_holiday(request, context, holiday_id(request)); }

Answer delete_holiday(Request& request, Context& context) {
  POSTERN_CO_TRY(ticketing::ServiceLevels * levels, service_levels_of(context));
  const std::uint64_t id = holiday_id(request);
  ticketing::Schedules::Edit edit = [id](schema::Schedule& schedule) -> core::Result<void> {
    auto& holidays = *schedule.mutable_holidays();
    for (int i = 0; i < holidays.size(); ++i) {
      if (holidays.Get(i).id() != id) continue;
      holidays.DeleteSubrange(i, 1);
      return {};
    }
    return core::fail(ticketing::Errc::kNotFound, "holiday");
  };
  POSTERN_CO_CHECK(co_await levels->schedules().save(request.who(), definition_id(request), std::move(edit)));
  Response response;
  response.status = 204;
  co_return response;
}

}  // namespace postern::web::api
