// One message's story, without content: where is my mail, and why was its sender judged so?
#include "core/encoding.h"
#include "ticketing/feed_scope.h"
#include "ticketing/trace_search.h"
#include "web/api/desk/operation_handlers.h"
#include "web/api/shapes.h"
#include "web/errc.h"

namespace postern::web::api {
namespace {

constexpr std::size_t kAddressBytesMax = 320;
constexpr std::size_t kMessageIdBytesMax = 998;  // a line of a header

// What a list shows of one; the whole story is at its url.
json::object trace_summary(const ticketing::Trace& trace) {
  const std::string id = core::to_base32(trace.id.value);
  json::array tickets;
  for (const std::uint64_t each : trace.tickets) tickets.emplace_back(each);
  json::object out;
  out["url"] = "/api/v2/traces/" + id;
  out["id"] = id;
  out["direction"] = trace.steps.empty() || trace.steps.front().what != "queued" ? "in" : "out";
  out["created_at"] = timestamp(core::made_unix_ms(trace.id.value));
  out["size"] = trace.size;
  out["ticket_ids"] = std::move(tickets);
  out["state"] = trace.steps.empty() ? json::value() : json::value(trace.steps.back().what);
  out["state_at"] = trace.steps.empty() ? json::value() : json::value(timestamp(trace.steps.back().at_unix_ms));
  out["detail"] = trace.steps.empty() ? json::value() : json::value(trace.steps.back().detail);
  return out;
}

core::Result<std::optional<std::string>> query_text(const Request& request, std::string_view name, std::size_t bytes_max) {
  const std::optional<std::string_view> value = request.query_value(name);
  if (!value || value->empty()) return std::optional<std::string>();
  if (value->size() > bytes_max) return core::fail(Errc::kInvalid, std::string(name) + ": too long");
  return std::optional(std::string(*value));
}

core::Result<std::int64_t> query_time(const Request& request, std::string_view name) {
  constexpr std::uint64_t kSecondsMax = 1ULL << 40U;
  POSTERN_TRY(const std::uint64_t seconds, query_number(request, name, 0));
  return static_cast<std::int64_t>(std::min(seconds, kSecondsMax)) * 1000;
}

core::Result<ticketing::TraceQuery> read_trace_query(const Request& request, const WebOptions& options) {
  ticketing::TraceQuery out;
  POSTERN_TRY(const Page page, read_page(request, options));
  out.size = page.size;
  out.before = core::TraceId{core::from_base32(page.after)};
  if (!page.after.empty() && !out.before) return core::fail(Errc::kInvalid, "page[after]: not a cursor of ours");
  POSTERN_TRY(out.sender, query_text(request, "sender", kAddressBytesMax));
  POSTERN_TRY(out.recipient, query_text(request, "recipient", kAddressBytesMax));
  POSTERN_TRY(out.message_id, query_text(request, "message_id", kMessageIdBytesMax));
  if (out.message_id && out.message_id->starts_with('<') && out.message_id->ends_with('>')) *out.message_id = out.message_id->substr(1, out.message_id->size() - 2);
  POSTERN_TRY(const std::uint64_t ticket, query_number(request, "ticket_id", 0));
  out.ticket = core::TicketId{ticket};
  POSTERN_TRY(out.since_unix_ms, query_time(request, "start_time"));
  POSTERN_TRY(out.until_unix_ms, query_time(request, "end_time"));
  return out;
}

}  // namespace

Answer list_traces(Request& request, Context& context) {
  POSTERN_CO_TRY(const ticketing::TraceQuery query, read_trace_query(request, context.options));
  const std::shared_ptr<const ticketing::Directory> directory = context.services.directory();
  POSTERN_CO_TRY(const ticketing::TracePage page,
                 ticketing::search_traces(context.services.store, context.services.vault, *directory, request.who(), query));
  json::array list;
  for (const ticketing::Trace& each : page.traces) list.push_back(trace_summary(each));
  json::object out;
  out["traces"] = std::move(list);
  add_page(out, request, page.has_more, page.last ? core::to_base32(page.last.value) : std::string(), query.size);
  co_return json_response(200, out);
}

Answer show_trace(Request& request, Context& context) {
  const std::string id(request.param("trace_id"));
  core::WorkspaceId workspace = request.who().workspace;
  POSTERN_CO_TRY(ticketing::Trace found, ticketing::find_trace(context.services.store, context.services.vault, {workspace},
                                                               core::TraceId{core::from_base32(id)}));
  POSTERN_CO_TRY(found, ticketing::within(context.services.store, context.services.vault, request.who(), std::move(found)));
  json::array steps;
  for (const ticketing::TraceStep& each : found.steps) {
    steps.push_back(json::object{
        {"at", core::to_rfc3339(core::from_unix_ms(each.at_unix_ms))}, {"what", each.what}, {"detail", each.detail}});
  }
  json::array tickets;
  for (std::uint64_t each : found.tickets) tickets.emplace_back(each);
  json::object trace;
  trace["url"] = "/api/v2/traces/" + id;
  trace["id"] = id;
  trace["client_ip"] = found.client_ip;
  trace["helo"] = found.helo;
  trace["tls"] = found.tls;
  trace["size"] = found.size;
  trace["ticket_ids"] = std::move(tickets);
  trace["verdicts"] = verdicts_json(found.verdicts);
  trace["redactions"] = redactions_json(found.verdicts.redactions);
  trace["steps"] = std::move(steps);
  json::object out;
  out["trace"] = std::move(trace);
  co_return json_response(200, out);
}

}  // namespace postern::web::api
