// Triggers: their former versions, and what one would do: for a ticket, or for the newest ones.
#include <set>

#include "ticketing/automation/trigger_review.h"
#include "ticketing/errc.h"
#include "ticketing/helpdesk.h"
#include "web/api/desk/rule_handlers.h"
#include "web/api/desk/rule_review_shape.h"
#include "web/api/desk/rule_shapes.h"
#include "web/errc.h"

namespace postern::web::api {
namespace {

json::object revision_json(const ticketing::TriggerRevision& revision) {
  json::object out = trigger_json(revision.trigger);
  out["id"] = revision.trigger.revision();
  out["trigger_id"] = revision.trigger.id();
  out["author_id"] = id_or_null(revision.trigger.changed_by());
  out["url"] = "/api/v2/triggers/" + std::to_string(revision.trigger.id()) + "/revisions/" + std::to_string(revision.trigger.revision());
  out["created_at"] = timestamp(revision.at_unix_ms);
  return out;
}

}  // namespace

Answer list_trigger_revisions(Request& request, Context& context) {
  if (context.services.desk == nullptr) co_return core::fail(Errc::kNotFound);
  POSTERN_CO_TRY(const auto revisions,
                 context.services.desk->triggers().revisions(request.who().workspace, read_number(request.param("id")).value()));
  json::array list;
  for (const auto& each : revisions) list.push_back(revision_json(each));
  co_return rule_list(request, context.options, "trigger_revisions", std::move(list));
}

Answer show_trigger_revision(Request& request, Context& context) {
  if (context.services.desk == nullptr) co_return core::fail(Errc::kNotFound);
  POSTERN_CO_TRY(const auto revisions,
                 context.services.desk->triggers().revisions(request.who().workspace, read_number(request.param("id")).value()));
  const std::uint64_t wanted = read_number(request.param("revision")).value();
  for (const auto& each : revisions) {
    if (each.trigger.revision() != wanted) continue;
    json::object out;
    out["trigger_revision"] = revision_json(each);
    co_return json_response(200, out);
  }
  co_return core::fail(ticketing::Errc::kNotFound, "trigger revision");
}

Answer explain_trigger(Request& request, Context& context) {
  if (context.services.desk == nullptr) co_return core::fail(Errc::kNotFound);
  ticketing::Triggers& triggers = context.services.desk->triggers();
  POSTERN_CO_TRY(const schema::Trigger trigger, triggers.find(request.who().workspace, read_number(request.param("id")).value()));
  POSTERN_CO_TRY(const std::uint64_t ticket, query_number(request, "ticket_id", 0));
  const auto as = request.query_value("as") == "create" ? ticketing::ReviewAs::kCreate : ticketing::ReviewAs::kChange;
  POSTERN_CO_TRY(const auto review, ticketing::review_trigger(triggers.parts(), request.who(), trigger, core::TicketId{ticket}, as));
  json::object out;
  json::object shown = rule_review_json(review);
  shown["trigger_id"] = trigger.id();
  shown["active"] = trigger.is_active();
  out["explanation"] = std::move(shown);
  co_return json_response(200, out);
}

Answer dry_run_trigger(Request& request, Context& context) {
  if (context.services.desk == nullptr) co_return core::fail(Errc::kNotFound);
  ticketing::Triggers& triggers = context.services.desk->triggers();
  POSTERN_CO_TRY(const json::object body, parse_object(request, context.options));
  DryRunWish<schema::Trigger> wish(body, "trigger", request);
  if (wish.refused) co_return *std::move(wish.refused);
  const core::Result<void> prepared = triggers.prepare(request.who().workspace, wish.rule);
  if (!prepared) co_return refused_rule(prepared.error(), request, "trigger");
  POSTERN_CO_TRY(const ticketing::DryRun run, ticketing::dry_run(triggers.parts(), request.who().workspace, wish.rule, wish.last));
  json::array results;
  for (const ticketing::TriggerReview& each : run.firing) results.push_back(rule_review_json(each));
  json::object out;
  std::set<core::TicketId> tickets;  // each is looked at as new and as changed, and may be there twice
  for (const ticketing::TriggerReview& each : run.firing) tickets.insert(each.ticket);
  out["tickets_looked_at"] = run.looked_at;
  out["tickets_firing"] = tickets.size();
  out["count"] = results.size();
  out["results"] = std::move(results);
  co_return json_response(200, out);
}

}  // namespace postern::web::api
