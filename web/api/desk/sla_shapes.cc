#include "web/api/desk/sla_shapes.h"

#include "ticketing/errc.h"
#include "ticketing/helpdesk.h"
#include "ticketing/service_levels/ticket_times.h"
#include "web/api/desk/rule_shapes.h"
#include "web/api/shapes.h"
#include "web/errc.h"

namespace postern::web {
namespace {

constexpr std::int64_t kSecondMs = 1000;
constexpr std::int64_t kMinuteMs = 60'000;

std::int64_t whole_minutes(std::int64_t ms) { return ms >= 0 ? ms / kMinuteMs : -((-ms + kMinuteMs - 1) / kMinuteMs); }

json::value time_or_null(std::int64_t at_ms) { return at_ms == 0 ? json::value() : json::value(timestamp(at_ms)); }
json::value time_or_null(const std::optional<std::int64_t>& at_ms) { return time_or_null(at_ms.value_or(0)); }

json::object minutes_json(const std::optional<ticketing::Spent>& spent) {
  if (!spent) return {{"calendar", nullptr}, {"business", nullptr}};
  return {{"calendar", whole_minutes(spent->calendar_ms)}, {"business", whole_minutes(spent->business_ms)}};
}

json::array targets_json(const schema::SlaPolicy& policy) {
  json::array out;
  for (const schema::SlaTarget& each : policy.targets()) {
    out.push_back(json::object{{"priority", ticketing::to_string(static_cast<ticketing::Priority>(each.priority()))},
                               {"metric", ticketing::sla_metric(static_cast<ticketing::SlaMetric>(each.metric())).name},
                               {"target", whole_minutes(each.target_ms())},
                               {"target_in_seconds", each.target_ms() / kSecondMs},
                               {"business_hours", each.is_business()}});
  }
  return out;
}

}  // namespace

core::Result<ticketing::ServiceLevels*> service_levels_of(Context& context) {
  if (context.services.desk == nullptr) return core::fail(Errc::kUnavailable);
  return &context.services.desk->service_levels();
}

json::array intervals_json(const schema::Schedule& schedule) {
  json::array out;
  for (const schema::OpenSpan& each : schedule.week()) out.push_back(json::object{{"start_time", each.start_minute()}, {"end_time", each.end_minute()}});
  return out;
}

json::object schedule_json(const schema::Schedule& schedule) {
  json::object out;
  out["url"] = "/api/v2/business_hours/schedules/" + std::to_string(schedule.id());
  out["id"] = schedule.id();
  out["name"] = schedule.title();
  out["time_zone"] = schedule.time_zone();
  out["intervals"] = intervals_json(schedule);
  json::array groups;
  for (const std::uint64_t each : schedule.groups()) groups.emplace_back(each);
  out["group_ids"] = std::move(groups);
  out["active"] = schedule.is_active();
  out["position"] = schedule.position();
  out["created_at"] = timestamp(schedule.created_unix_ms());
  out["updated_at"] = timestamp(schedule.updated_unix_ms());
  return out;
}

json::object holiday_json(const schema::Holiday& holiday) {
  return {{"id", holiday.id()}, {"name", holiday.title()}, {"start_date", ticketing::local_day_text(holiday.first_day())},
          {"end_date", ticketing::local_day_text(holiday.last_day())}};
}

namespace {

json::object policy_shape(const schema::SlaPolicy& policy, std::string_view path) {
  json::object out;
  out["url"] = std::string(path) + "/" + std::to_string(policy.id());
  out["id"] = policy.id();
  out["title"] = policy.title();
  out["description"] = policy.description();
  out["active"] = policy.is_active();
  out["position"] = policy.position();
  out["filter"] = rule_conditions_json(policy.conditions());
  out["policy_metrics"] = targets_json(policy);
  out["created_at"] = timestamp(policy.created_unix_ms());
  out["updated_at"] = timestamp(policy.updated_unix_ms());
  return out;
}

}  // namespace

json::object sla_policy_json(const schema::SlaPolicy& policy) {
  json::object out = policy_shape(policy, "/api/v2/slas/policies");
  out["schedule_id"] = id_or_null(policy.schedule());
  return out;
}

json::object group_sla_policy_json(const schema::SlaPolicy& policy) { return policy_shape(policy, "/api/v2/group_slas/policies"); }

json::object policy_preview_json(const ticketing::PolicyPreview& preview) {
  json::array promises;
  bool is_broken = false;
  for (const ticketing::PreviewedPromise& each : preview.promises) {
    is_broken = is_broken || each.is_broken;
    promises.push_back(json::object{{"metric", ticketing::sla_metric(each.metric).name}, {"stage", ticketing::to_string(each.stage)},
                                    {"target_in_minutes", whole_minutes(each.target_ms)}, {"used_in_minutes", whole_minutes(each.used_ms)},
                                    {"business_hours", each.is_business}, {"breached", each.is_broken}});
  }
  return {{"ticket_id", preview.ticket.value}, {"overruled_by_id", id_or_null(preview.overruled_by)}, {"breached", is_broken},
          {"policy_metrics", std::move(promises)}};
}

void read_intervals(Form& form, const json::object& from, schema::Schedule& into) {
  const json::value* list = from.if_contains("intervals");
  if (list == nullptr) return;
  if (!list->is_array()) return form.refuse("intervals", "InvalidFormat", "is a list");
  into.clear_week();
  for (const json::value& each : list->get_array()) {
    if (!each.is_object()) return form.refuse("intervals", "InvalidFormat", "each has start_time and end_time");
    Form one(each.get_object(), "");
    const auto start = one.id("start_time");
    const auto end = one.id("end_time");
    constexpr std::uint64_t kMinutesMax = 1'000'000;  // more than a week has; what is too much the schedule says
    if (!start || !end || *start > kMinutesMax || *end > kMinutesMax) return form.refuse("intervals", "InvalidValue", "start_time and end_time are minutes since Sunday 00:00");
    schema::OpenSpan& span = *into.add_week();
    span.set_start_minute(static_cast<std::uint32_t>(*start));
    span.set_end_minute(static_cast<std::uint32_t>(*end));
  }
}

core::Result<Response> refused_schedule(const core::Error& error, const Request& request, std::string_view object) {
  const std::string& context = error.context();
  const std::size_t colon = context.find(": ");
  if (!(error == ticketing::Errc::kInvalid) || colon == std::string::npos) return error;
  return invalid_field(request, std::string(object) + "." + context.substr(0, colon), "InvalidValue", context.substr(colon + 2));
}

core::Result<TicketClocks> TicketClocks::make(const Request& request, Context& context) {
  POSTERN_TRY(ticketing::ServiceLevels * levels, service_levels_of(context));
  POSTERN_TRY(auto schedules, levels->schedules().set(request.who().workspace));
  return TicketClocks(std::move(schedules), core::to_unix_ms(context.services.clock.wall_now()));
}

const ticketing::BusinessHours& TicketClocks::hours_of(const ticketing::Ticket& ticket) const {
  const ticketing::BusinessHours* hours = schedules_->hours_of(ticket.service->schedule());
  return hours != nullptr ? *hours : *schedules_->choose(0, ticket.group).hours;
}

json::object TicketClocks::slas(const ticketing::Ticket& ticket) const {
  json::array list;
  for (const ticketing::PromiseState& each : ticketing::promises(*ticket.service, hours_of(ticket), now_ms_)) {
    list.push_back(json::object{{"metric", ticketing::sla_metric(each.metric).name}, {"stage", ticketing::to_string(each.stage)},
                                {"breach_at", time_or_null(each.breach_at_ms)}, {"minutes", whole_minutes(each.left_ms)},
                                {"target_in_minutes", whole_minutes(each.target_ms)}, {"business_hours", each.is_business},
                                {"breached_at", time_or_null(each.breached_at_ms)}});
  }
  return {{"policy_metrics", std::move(list)}, {"sla_policy_id", id_or_null(ticket.service->policy())},
          {"group_sla_policy_id", id_or_null(ticket.service->group_policy())}};
}

json::object TicketClocks::metrics(const ticketing::Ticket& ticket) const {
  const schema::TicketMetrics& known = *ticket.metrics;
  const ticketing::TicketTimes times = ticketing::ticket_times(*ticket.service, hours_of(ticket), now_ms_);
  json::object out;
  out["url"] = "/api/v2/ticket_metrics/" + std::to_string(ticket.id.value);
  out["id"] = ticket.id.value;
  out["ticket_id"] = ticket.id.value;
  out["group_stations"] = known.group_stations();
  out["assignee_stations"] = known.assignee_stations();
  out["reopens"] = known.reopens();
  out["replies"] = known.replies();
  out["assignee_updated_at"] = time_or_null(known.assignee_updated());
  out["requester_updated_at"] = time_or_null(known.requester_updated());
  out["status_updated_at"] = time_or_null(known.status_since());
  out["custom_status_updated_at"] = time_or_null(known.status_since());
  out["initially_assigned_at"] = time_or_null(known.first_assigned());
  out["assigned_at"] = time_or_null(known.assigned());
  out["solved_at"] = time_or_null(known.solved());
  out["latest_comment_added_at"] = time_or_null(known.last_comment());
  out["reply_time_in_minutes"] = minutes_json(times.first_reply);
  json::object seconds;
  seconds["calendar"] = times.first_reply ? json::value(times.first_reply->calendar_ms / kSecondMs) : json::value();
  out["reply_time_in_seconds"] = std::move(seconds);
  out["first_resolution_time_in_minutes"] = minutes_json(times.first_resolution);
  out["full_resolution_time_in_minutes"] = minutes_json(times.full_resolution);
  out["agent_wait_time_in_minutes"] = minutes_json(times.agent_wait);
  out["requester_wait_time_in_minutes"] = minutes_json(times.requester_wait);
  out["on_hold_time_in_minutes"] = minutes_json(times.on_hold);
  out["created_at"] = timestamp(ticket.created_unix_ms);
  out["updated_at"] = timestamp(ticket.updated_unix_ms);
  return out;
}

core::Result<bool> add_ticket_times(std::string_view word, json::object& out, const Request& request, Context& context,
                                    const std::vector<ticketing::Ticket>& tickets) {
  if (word != "slas" && word != "metric_sets") return false;
  POSTERN_TRY(const TicketClocks clocks, TicketClocks::make(request, context));
  if (word == "metric_sets") {
    json::array list;
    for (const ticketing::Ticket& each : tickets) list.push_back(clocks.metrics(each));
    out["metric_sets"] = std::move(list);
    return true;
  }
  json::value* one = out.if_contains("ticket");
  if (one != nullptr && one->is_object() && tickets.size() == 1) one->as_object()["slas"] = clocks.slas(tickets.front());
  json::value* shaped = out.if_contains("tickets");
  if (shaped == nullptr || !shaped->is_array()) return true;
  json::array& list = shaped->as_array();
  for (std::size_t i = 0; i < std::min(list.size(), tickets.size()); ++i) {
    if (list[i].is_object()) list[i].as_object()["slas"] = clocks.slas(tickets[i]);
  }
  return true;
}

}  // namespace postern::web
