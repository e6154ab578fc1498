// Satisfaction ratings in Zendesk's shape, figures of them, and the end of a customer's links.
#include "ticketing/helpdesk.h"
#include "ticketing/satisfaction/ratings.h"
#include "web/api/desk/satisfaction_handlers.h"
#include "web/api/ticket_form.h"
#include "web/errc.h"

namespace postern::web::api {
namespace {

using ticketing::Ratings;
using ticketing::Score;

core::Result<Ratings*> ratings_of(const Context& context) {
  if (context.services.desk == nullptr) return core::fail(Errc::kUnavailable);
  return &context.services.desk->ratings();
}

json::object rating_json(const schema::SatisfactionRating& rating) {
  const ticketing::SatisfactionReason* const reason = ticketing::find_reason(rating.reason());
  const auto score = static_cast<Score>(rating.score());
  json::object out;
  out["url"] = "/api/v2/satisfaction_ratings/" + std::to_string(rating.id());
  out["id"] = rating.id();
  out["ticket_id"] = rating.ticket();
  out["score"] = ticketing::short_word(score);
  out["comment"] = rating.comment().empty() ? json::value() : json::value(rating.comment());
  out["reason"] = reason == nullptr ? json::value() : json::value(reason->english);
  out["reason_code"] = rating.reason() == 0 ? json::value() : json::value(rating.reason());
  out["reason_id"] = rating.reason() == 0 ? json::value() : json::value(rating.reason());
  out["requester_id"] = id_or_null(rating.requester());
  out["assignee_id"] = id_or_null(rating.assignee());
  out["group_id"] = id_or_null(rating.group());
  out["created_at"] = timestamp(rating.created_unix_ms());
  out["updated_at"] = timestamp(rating.updated_unix_ms());
  return out;
}

json::object reason_json(const ticketing::SatisfactionReason& reason) {
  json::object out;
  out["url"] = "/api/v2/satisfaction_reasons/" + std::to_string(reason.code);
  out["id"] = reason.code;
  out["reason_code"] = reason.code;
  out["value"] = reason.english;
  out["raw_value"] = reason.english;
  out["translations"] = json::object{{"en", reason.english}, {"fr", reason.french}};
  return out;
}

// Zendesk's words: what was received or only asked for, good or bad, with or without words.
bool read_score(std::string_view word, ticketing::RatingQuery& query) {
  const auto ends = [&word](std::string_view end, bool has_comment, ticketing::RatingQuery& into) {
    if (!word.ends_with(end)) return;
    into.has_comment = has_comment;
    word.remove_suffix(end.size());
  };
  if (word.empty()) return true;
  ends("_without_comment", false, query);
  ends("_with_comment", true, query);
  if (word == "offered") {
    query.has_given = false;
    return !query.has_comment.has_value();
  }
  query.has_offered = false;
  if (word == "good" || word == "bad") query.is_good = word == "good";
  return word == "good" || word == "bad" || word == "received";
}

core::Result<ticketing::RatingQuery> read_query(const Request& request) {
  ticketing::RatingQuery out;
  if (!read_score(request.query_value("score").value_or(std::string_view()), out)) {
    return core::fail(Errc::kInvalid, "score: offered, received, good or bad, the last three also _with_comment or _without_comment");
  }
  // Zendesk's ways of saying it: sort=-created_at of cursor pages, sort_by and sort_order of the others.
  const std::string_view sort = request.query_value("sort").value_or("created_at");
  const std::string_view by = request.query_value("sort_by").value_or("created_at");
  const std::string_view order = request.query_value("sort_order").value_or("asc");
  if ((sort != "created_at" && sort != "-created_at") || by != "created_at") return core::fail(Errc::kInvalid, "sort: created_at or -created_at");
  if (order != "asc" && order != "desc") return core::fail(Errc::kInvalid, "sort_order: asc or desc");
  out.is_newest_first = sort == "-created_at" || order == "desc";
  for (const auto& [name, into] : {std::pair("start_time", &out.from_unix_ms), std::pair("end_time", &out.until_unix_ms)}) {
    const auto text = request.query_value(name);
    if (!text) continue;
    const auto seconds = read_number(*text);  // Zendesk's: seconds since 1970
    if (!seconds || *seconds > 100'000'000'000ULL) return core::fail(Errc::kInvalid, std::string(name) + ": seconds since 1970");
    *into = static_cast<std::int64_t>(*seconds) * 1000;
  }
  return out;
}

json::object figures_json(const ticketing::RatingFigures& figures, std::string_view id_name) {
  const std::uint64_t given = figures.good + figures.bad;
  json::object out;
  if (!id_name.empty()) out[id_name] = id_or_null(figures.id);
  out["offered"] = figures.offered;
  out["good"] = figures.good;
  out["good_with_comment"] = figures.good_with_comment;
  out["bad"] = figures.bad;
  out["bad_with_comment"] = figures.bad_with_comment;
  out["good_percent"] = given == 0 ? json::value() : json::value((figures.good * 100 + given / 2) / given);
  return out;
}

}  // namespace

Answer list_ratings(Request& request, Context& context) {
  POSTERN_CO_TRY(const Ratings* const ratings, ratings_of(context));
  POSTERN_CO_TRY(ticketing::RatingQuery query, read_query(request));
  POSTERN_CO_TRY(const NumberPage page, read_number_page(request, context.options));
  query.after = page.after;
  query.size = page.size;
  POSTERN_CO_TRY(const ticketing::RatingPage found, ratings->page(request.who(), query));
  json::array list;
  for (const auto& each : found.ratings) list.push_back(rating_json(each));
  json::object out;
  out["satisfaction_ratings"] = std::move(list);
  add_page(out, request, found.has_more, std::to_string(found.last), page.size);
  co_return json_response(200, out);
}

Answer count_ratings(Request& request, Context& context) {
  POSTERN_CO_TRY(const Ratings* const ratings, ratings_of(context));
  POSTERN_CO_TRY(const auto all, ratings->figures(request.who().workspace, ticketing::FiguresOf::kAll));
  const ticketing::RatingFigures figures = all.empty() ? ticketing::RatingFigures() : all.front();
  json::object count;
  count["value"] = figures.good + figures.bad + figures.offered;
  count["refreshed_at"] = timestamp(core::to_unix_ms(context.services.clock.wall_now()));
  json::object out;
  out["count"] = std::move(count);
  co_return json_response(200, out);
}

Answer show_rating(Request& request, Context& context) {
  POSTERN_CO_TRY(const Ratings* const ratings, ratings_of(context));
  POSTERN_CO_TRY(const auto rating, ratings->find(request.who(), read_number(request.param("id")).value()));
  json::object out;
  out["satisfaction_rating"] = rating_json(rating);
  co_return json_response(200, out);
}

Answer rate_ticket(Request& request, Context& context) {
  POSTERN_CO_TRY(Ratings* const ratings, ratings_of(context));
  const auto ticket = id_param<core::TicketId>(request, "id");
  POSTERN_CO_CHECK(context.services.tickets.get(request.who(), ticket));
  POSTERN_CO_TRY(const json::object body, parse_object(request, context.options));
  Form outer(body, "");
  const json::object object = outer.object("satisfaction_rating");
  Form form(object, "satisfaction_rating");
  ticketing::NewRating rating;
  const std::string score = form.required_text("score", 16);
  if (score != "good" && score != "bad" && form.ok()) form.refuse("score", "InvalidValue", "good or bad");
  rating.is_good = score == "good";
  rating.comment = form.text("comment", ratings->limits().comment_bytes_max).value_or(std::string());
  rating.reason = static_cast<std::uint32_t>(form.id("reason_code").value_or(0));
  outer.adopt(form);
  if (!outer.ok()) co_return outer.response(request);
  auto rated = co_await ratings->rate(request.who(), ticket, std::move(rating));
  if (!rated) co_return refused_ticket(rated.error(), request);
  json::object out;
  out["satisfaction_rating"] = rating_json(*rated);
  co_return json_response(201, out);
}

Answer show_rating_figures(Request& request, Context& context) {
  POSTERN_CO_TRY(const Ratings* const ratings, ratings_of(context));
  const std::string_view by = request.query_value("by").value_or("all");
  if (by != "all" && by != "assignee" && by != "group") co_return core::fail(Errc::kInvalid, "by: all, assignee or group");
  const auto whose = by == "all" ? ticketing::FiguresOf::kAll : by == "group" ? ticketing::FiguresOf::kGroup : ticketing::FiguresOf::kAssignee;
  POSTERN_CO_TRY(const auto figures, ratings->figures(request.who().workspace, whose));
  json::array list;
  for (const auto& each : figures) list.push_back(figures_json(each, by == "all" ? "" : by == "group" ? "group_id" : "assignee_id"));
  json::object out;
  out["figures"] = std::move(list);
  co_return json_response(200, out);
}

Answer list_rating_reasons(Request&, Context&) {
  json::array list;
  for (const auto& each : ticketing::satisfaction_reasons()) list.push_back(reason_json(each));
  json::object out;
  out["reasons"] = std::move(list);
  co_return json_response(200, out);
}

Answer show_rating_reason(Request& request, Context&) {
  const auto* const reason = ticketing::find_reason(static_cast<std::uint32_t>(read_number(request.param("id")).value()));
  if (reason == nullptr) co_return core::fail(Errc::kNotFound);
  json::object out;
  out["reason"] = reason_json(*reason);
  co_return json_response(200, out);
}

Answer revoke_customer_links(Request& request, Context& context) {
  if (context.services.desk == nullptr) co_return core::fail(Errc::kUnavailable);
  POSTERN_CO_CHECK(co_await context.services.desk->customers().revoke(request.who(), id_param<core::UserId>(request, "id")));
  Response response;
  response.status = 204;
  co_return response;
}

}  // namespace postern::web::api
