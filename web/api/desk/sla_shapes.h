#pragma once
// web/api/desk/sla_shapes.h: schedules, SLA policies, and the times of tickets, in the shapes of the Zendesk API.
// Thread-safety: pure; TicketClocks is one request's.  Errors: those of the store; web::Errc::kUnavailable without a helpdesk.
#include <memory>

#include "storage/schema/service_levels.pb.h"
#include "ticketing/service_levels/policy_preview.h"
#include "ticketing/service_levels/service_levels.h"
#include "web/api/context.h"
#include "web/api/json.h"

namespace postern::web {

core::Result<ticketing::ServiceLevels*> service_levels_of(Context& context);

json::object schedule_json(const schema::Schedule& schedule);
json::array intervals_json(const schema::Schedule& schedule);
json::object holiday_json(const schema::Holiday& holiday);
json::object sla_policy_json(const schema::SlaPolicy& policy);
json::object group_sla_policy_json(const schema::SlaPolicy& policy);
json::object policy_preview_json(const ticketing::PolicyPreview& preview);

// "intervals" of `from`: minutes since Sunday; what is there takes the place of all.
void read_intervals(Form& form, const json::object& from, schema::Schedule& into);
// kInvalid of a schedule as a problem of its field.
core::Result<Response> refused_schedule(const core::Error& error, const Request& request, std::string_view object);

// What the clocks of tickets say now.
class TicketClocks {
 public:
  static core::Result<TicketClocks> make(const Request& request, Context& context);
  json::object slas(const ticketing::Ticket& ticket) const;     // {"policy_metrics": [...]}
  json::object metrics(const ticketing::Ticket& ticket) const;  // a ticket_metric
 private:
  TicketClocks(std::shared_ptr<const ticketing::ScheduleSet> schedules, std::int64_t now_ms) : schedules_(std::move(schedules)), now_ms_(now_ms) {}
  const ticketing::BusinessHours& hours_of(const ticketing::Ticket& ticket) const;
  std::shared_ptr<const ticketing::ScheduleSet> schedules_;
  std::int64_t now_ms_;
};

// "slas" and "metric_set" of tickets as the request's "include" asks for; `shaped`: as many, in the same order. Whether the word was
// one of these.
core::Result<bool> add_ticket_times(std::string_view word, json::object& out, const Request& request, Context& context,
                                    const std::vector<ticketing::Ticket>& tickets);

}  // namespace postern::web
