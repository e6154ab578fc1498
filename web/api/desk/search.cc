// Searching tickets: the box of the page, counts, and everything by cursor.
#include "ticketing/search/ticket_search.h"

#include "ticketing/helpdesk.h"
#include "ticketing/people/people.h"
#include "web/api/desk/search_handlers.h"
#include "web/api/desk/survivor_ids.h"
#include "web/api/handlers.h"
#include "web/api/sideloads.h"
#include "web/api/ticket_shaper.h"
#include "web/errc.h"

namespace postern::web::api {
namespace {

using ticketing::search::ExportAnswer;
using ticketing::search::ExportRequest;
using ticketing::search::SearchAnswer;
using ticketing::search::SearchRequest;
using ticketing::search::TicketSearch;

constexpr std::size_t kExportMax = 1000;

core::Result<TicketSearch*> search_of(Context& context) {
  if (context.services.desk == nullptr) return core::fail(Errc::kNotFound, "search is not offered here");
  return &context.services.desk->search();
}

core::Result<std::string> query_of(const Request& request, const Context& context) {
  const std::optional<std::string_view> query = request.query_value("query");
  if (!query) return core::fail(Errc::kInvalid, "query: what to search for is missing");
  return with_survivors(*query, [&](core::UserId user) -> core::Result<core::UserId> {
    POSTERN_TRY(const ticketing::Profile profile, context.services.desk->people().find(request.who().workspace, user));
    return profile.merged_into;
  });
}

core::Result<void> read_order(const Request& request, SearchRequest& out) {
  if (const auto by = request.query_value("sort_by"); by && !by->empty()) {
    out.order = ticketing::search::parse_order(*by);
    if (!out.order) return core::fail(Errc::kInvalid, "sort_by: relevance, created_at, updated_at, priority, status or ticket_type");
  }
  if (const auto order = request.query_value("sort_order"); order && !order->empty()) {
    if (*order != "asc" && *order != "desc") return core::fail(Errc::kInvalid, "sort_order: asc or desc");
    out.is_ascending = *order == "asc";
  }
  return {};
}

core::Result<void> read_place(const Request& request, const ticketing::search::Limits& limits, SearchRequest& out) {
  POSTERN_TRY(const std::uint64_t size, query_number(request, "per_page", limits.page_max));
  POSTERN_TRY(const std::uint64_t page, query_number(request, "page", 1));
  if (size == 0 || size > limits.page_max) return core::fail(Errc::kInvalid, "per_page is between 1 and " + std::to_string(limits.page_max));
  if (page == 0 || page > limits.results_max / size) {
    return core::fail(Errc::kInvalid, "page: at most " + std::to_string(limits.results_max) + " results are reached by pages; /api/v2/search/export gives all");
  }
  out.count = static_cast<std::size_t>(size);
  out.offset = static_cast<std::size_t>((page - 1) * size);
  return {};
}

std::string page_url(const Request& request, std::size_t page) {
  std::string out = request.path + "?";
  for (const auto& [name, value] : request.query) {
    if (name != "page") out += percent_encode(name) + "=" + percent_encode(value) + "&";
  }
  return out + "page=" + std::to_string(page);
}

void add_honesty(json::object& out, const SearchAnswer& answer) {
  out["count"] = answer.count;
  out["approximate"] = answer.is_approximate;
  if (!answer.filling) return;
  json::object indexing;
  indexing["done"] = answer.filling->next - 1;
  indexing["total"] = answer.filling->last;
  out["indexing"] = std::move(indexing);
}

// Where what is highlighted stands.
json::value source_json(const ticketing::search::SearchHit& hit) {
  if (hit.snippet.empty()) return nullptr;
  json::object out;
  out["type"] = hit.place.comment == 0 ? "subject" : hit.place.attachment == 0 ? "comment" : "attachment";
  if (hit.place.comment != 0) out["comment_id"] = hit.place.comment;
  if (hit.place.attachment == 0) return out;
  out["attachment_id"] = hit.place.attachment;
  out["file_name"] = hit.place.file_name;
  out["part"] = hit.place.in == ticketing::search::kInFileName ? "name" : "text";
  return out;
}

json::object result_json(const ticketing::Ticket& ticket, const TicketShaper& shaper) {
  json::object out = shaper(ticket);
  out["result_type"] = "ticket";
  return out;
}

}  // namespace

Answer search_tickets(Request& request, Context& context) {
  POSTERN_CO_TRY(TicketSearch* const search, search_of(context));
  SearchRequest wanted;
  POSTERN_CO_TRY(wanted.query, query_of(request, context));
  POSTERN_CO_CHECK(read_order(request, wanted));
  POSTERN_CO_CHECK(read_place(request, search->limits(), wanted));
  const std::size_t page = wanted.offset / wanted.count + 1;
  const std::size_t behind = wanted.offset + wanted.count;
  const bool can_go_on = behind + wanted.count <= search->limits().results_max;
  auth::Principal by = request.who();
  POSTERN_CO_TRY(const SearchAnswer answer, co_await search->find(std::move(by), std::move(wanted)));
  POSTERN_CO_TRY(const TicketShaper shaper, TicketShaper::make(request, context));
  json::array results;
  std::vector<ticketing::Ticket> tickets;
  for (const ticketing::search::SearchHit& hit : answer.hits) {
    json::object result = result_json(hit.ticket, shaper);
    result["highlights"] = hit.snippet.empty() ? json::value() : json::value(hit.snippet);
    result["highlight_source"] = source_json(hit);
    results.push_back(std::move(result));
    tickets.push_back(hit.ticket);
  }
  json::object out;
  out["results"] = std::move(results);
  add_honesty(out, answer);
  out["facets"] = nullptr;
  out["next_page"] = behind < answer.count && can_go_on ? json::value(page_url(request, page + 1)) : json::value();
  out["previous_page"] = page > 1 ? json::value(page_url(request, page - 1)) : json::value();
  POSTERN_CO_CHECK(add_sideloads(out, request, context, tickets));
  co_return json_response(200, out);
}

Answer count_search(Request& request, Context& context) {
  POSTERN_CO_TRY(TicketSearch* const search, search_of(context));
  SearchRequest wanted;
  POSTERN_CO_TRY(wanted.query, query_of(request, context));
  wanted.count = 0;
  auth::Principal by = request.who();
  POSTERN_CO_TRY(const SearchAnswer answer, co_await search->find(std::move(by), std::move(wanted)));
  json::object out;
  add_honesty(out, answer);
  co_return json_response(200, out);
}

Answer export_search(Request& request, Context& context) {
  POSTERN_CO_TRY(TicketSearch* const search, search_of(context));
  ExportRequest wanted;
  POSTERN_CO_TRY(wanted.query, query_of(request, context));
  if (request.query_value("filter[type]").value_or("ticket") != "ticket") co_return core::fail(Errc::kInvalid, "filter[type]: ticket");
  POSTERN_CO_TRY(const std::uint64_t size, query_number(request, "page[size]", 100));
  if (size == 0 || size > kExportMax) co_return core::fail(Errc::kInvalid, "page[size] is between 1 and " + std::to_string(kExportMax));
  POSTERN_CO_TRY(wanted.below, query_number(request, "page[after]", 0));
  wanted.count = static_cast<std::size_t>(size);
  auth::Principal by = request.who();
  POSTERN_CO_TRY(const ExportAnswer answer, co_await search->page(std::move(by), std::move(wanted)));
  POSTERN_CO_TRY(const TicketShaper shaper, TicketShaper::make(request, context));
  json::array results;
  for (const ticketing::Ticket& ticket : answer.tickets) results.push_back(result_json(ticket, shaper));
  json::object out;
  out["results"] = std::move(results);
  out["facets"] = nullptr;
  add_page(out, request, answer.has_more, answer.has_more ? std::to_string(answer.below) : std::string(), static_cast<std::size_t>(size));
  co_return json_response(200, out);
}

}  // namespace postern::web::api
