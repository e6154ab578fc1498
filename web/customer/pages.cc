#include "web/customer/pages.h"

#include <charconv>

#include "core/encoding.h"
#include "core/errc.h"
#include "core/log.h"
#include "ticketing/customers/customer_desk.h"
#include "ticketing/helpdesk.h"
#include "ticketing/satisfaction/ratings.h"
#include "web/api/file_answer.h"
#include "web/customer/form_page.h"
#include "web/customer/rating_page.h"
#include "web/errc.h"
#include "web/server/authenticate.h"
#include "web/server/problem.h"

namespace postern::web {
namespace {

using customer::Words;

constexpr std::string_view kRoot = "requests";
constexpr std::size_t kCommentsShown = 50;
constexpr std::size_t kFormBytesBeside = 64U << 10U;  // heads of parts, and fields that are not text
constexpr std::size_t kLinkBytesMax = 200;

std::uint64_t number_in(std::string_view text) {
  std::uint64_t out = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), out);
  return error == std::errc() && end == text.data() + text.size() ? out : 0;
}

std::string form_bound_to(core::InboxId inbox) { return "form/" + std::to_string(inbox.value); }

// What stands in the path: "requests", perhaps a word, the link, perhaps a number.
struct Target {
  ticketing::LinkUse use = ticketing::LinkUse::kRequests;
  std::string link;
  core::TicketId ticket;
  bool is_one = false;
};
Target target_of(const Request& request) {
  const std::vector<std::string>& path = request.segments;
  Target out;
  if (path.size() == 3 && (path[1] == "file" || path[1] == "rating")) {
    out.use = path[1] == "file" ? ticketing::LinkUse::kFile : ticketing::LinkUse::kRating;
    out.link = path[2];
  } else if (path.size() == 2 || path.size() == 3) {
    out.link = path[1];
    if (path.size() == 3) out.ticket.value = number_in(path[2]);
    if (path.size() == 3 && !out.ticket) return out;
  }
  out.is_one = !out.link.empty() && out.link.size() <= kLinkBytesMax;
  return out;
}

customer::PagePlace place_of(const Request& request, const ticketing::CustomerVisit& visit) {
  return {ticketing::customer_path(visit.link.use, request.segments.at(1)), !visit.link.ticket};
}

// What a customer is told of an error; 500s are logged by whoever asked.
Response told(const core::Error& error, const Words& words) {
  if (error == ticketing::Errc::kNotFound || error == Errc::kNotFound) return customer::notice_response(404, words, words.gone_title, words.gone_text);
  if (error == Errc::kRateLimited || error == core::Errc::kOverloaded) {
    Response busy = customer::notice_response(429, words, words.busy_title, words.busy_text);
    busy.set("Retry-After", "120");
    return busy;
  }
  if (error == Errc::kBodyTooLarge) return customer::notice_response(413, words, words.wrong_title, words.wrong_large);
  if (error == ticketing::Errc::kConflict) return customer::notice_response(409, words, words.wrong_title, words.wrong_other);
  if (error == ticketing::Errc::kInvalid) {
    const std::string& what = error.context();
    const std::string_view why = what.starts_with("form") ? words.wrong_old : what.starts_with("text: empty") ? words.wrong_empty : words.wrong_large;
    return customer::notice_response(422, words, words.wrong_title, why);
  }
  const int status = problem_of(error).status;
  // Nothing was wrong with the page's age: the form was sent by another page, or by a program that speaks no form.
  if (error == Errc::kCrossSite) return customer::notice_response(status, words, words.wrong_title, words.wrong_site);
  if (status < 500) return customer::notice_response(status, words, words.wrong_title, words.wrong_form);
  return customer::notice_response(status, words, words.broken_title, words.broken_text);
}

}  // namespace

CustomerPages::CustomerPages(const WebOptions& options, Services& services, customer::FormGate& forms)
    : options_(options),
      services_(services),
      pages_("customer pages", options.rate_customer_pages, options.rate_keys_max, services.clock),
      posts_("customer posts", options.rate_customer_posts, options.rate_keys_max, services.clock),
      misses_("customer links", options.rate_customer_misses, options.rate_keys_max, services.clock),
      forms_(forms) {}

bool CustomerPages::is_for(const Request& request) { return !request.segments.empty() && request.segments.front() == kRoot; }

core::Task<Response> CustomerPages::answer(Exchange& exchange) {
  const Words* words = &customer::words_for({}, exchange.request().field("accept-language"));
  core::Result<Response> made = co_await respond(exchange, words);
  if (made) co_return std::move(*made);
  Response refused = told(made.error(), *words);
  if (refused.status >= 500) core::log::warn("web.request_failed", {{"request", exchange.request().id}, {"error", made.error().describe()}});
  co_return refused;
}

core::Result<void> CustomerPages::take_rate(RateLimit& limit, const Request& request) {
  if (limit.take(network_key(request.client_ip)).is_allowed) return {};
  return core::fail_transient(Errc::kRateLimited, limit.name());
}

core::Result<ticketing::CustomerVisit> CustomerPages::visit_of(const Request& request, std::string_view link, ticketing::LinkUse use) {
  auto visit = services_.desk->customers().visit(link, request.client_ip);
  if (visit && visit->link.use == use) return visit;
  if (!visit && !(visit.error() == ticketing::Errc::kNotFound)) return visit.error();
  POSTERN_CHECK(take_rate(misses_, request));
  return core::fail(Errc::kNotFound);
}

core::Task<core::Result<Response>> CustomerPages::respond(Exchange& exchange, const Words*& words) {
  Request& request = exchange.request();
  const bool is_post = request.verb == Verb::kPost;
  if (request.segments.size() == 3 && request.segments[1] == "new") co_return co_await answer_form(exchange, *words);
  const Target target = target_of(request);
  if (!target.is_one || services_.desk == nullptr) co_return core::fail(Errc::kNotFound);
  const bool takes_posts = target.use != ticketing::LinkUse::kFile;
  if (!is_safe(request.verb) && !(is_post && takes_posts)) {
    Response refused = told(core::fail(Errc::kNotAllowed), *words);
    refused.set("Allow", takes_posts ? "GET, HEAD, POST" : "GET, HEAD");
    co_return refused;
  }
  POSTERN_CO_CHECK(take_rate(is_post ? posts_ : pages_, request));
  POSTERN_CO_TRY(ticketing::CustomerVisit visit, visit_of(request, target.link, target.use));
  words = &customer::words_for(visit.locale, request.field("accept-language"));
  if (is_post) {
    POSTERN_CO_CHECK(check_same_site(request, options_));
    if (target.use == ticketing::LinkUse::kRating) co_return co_await post_rating(exchange, std::move(visit), *words);
    co_return co_await post(exchange, std::move(visit));
  }
  if (target.use == ticketing::LinkUse::kFile) co_return send_file(visit);
  if (target.use == ticketing::LinkUse::kRating) co_return show_rating(request, visit, *words);
  co_return show(request, visit, *words);
}

core::Result<Response> CustomerPages::show(const Request& request, const ticketing::CustomerVisit& visit, const Words& words) const {
  const Target target = target_of(request);
  if (target.ticket || visit.link.ticket) return show_conversation(request, visit, target.ticket ? target.ticket : visit.link.ticket, words);
  POSTERN_TRY(const auto requests, services_.desk->customers().requests(visit));
  const core::InboxId inbox = requests.empty() ? core::InboxId{} : requests.front().ticket.inbox;
  return customer::list_response(words, place_of(request, visit), company_of(visit, inbox), requests);
}

core::Result<Response> CustomerPages::show_conversation(const Request& request, const ticketing::CustomerVisit& visit, core::TicketId id,
                                                        const Words& words) const {
  const ticketing::CustomerDesk& desk = services_.desk->customers();
  POSTERN_TRY(const ticketing::CustomerRequest found, desk.request(visit, id));
  const core::CommentId before{number_in(request.query_value("before").value_or(std::string_view()))};
  POSTERN_TRY(const auto conversation, desk.conversation(visit, found.ticket.id, before, kCommentsShown));
  customer::ConversationPage page{desk, visit, found, conversation, place_of(request, visit), company_of(visit, found.ticket.inbox),
                                  request.query_value("done").value_or(std::string_view()), {}};
  return customer::conversation_response(words, page);
}

core::Result<Response> CustomerPages::show_rating(const Request& request, const ticketing::CustomerVisit& visit, const Words& words) const {
  const auto known = services_.desk->ratings().may_rate(visit);
  if (!known && known.error() == ticketing::Errc::kConflict) return customer::notice_response(409, words, words.rate_title, words.rate_late);
  if (!known) return known.error();
  POSTERN_TRY(std::string stamp, services_.desk->customers().make_stamp(visit, customer::kRatingForm));
  const std::string_view score = request.query_value("score").value_or(std::string_view());
  const std::string_view proposed = score == "good" || score == "bad" ? score : std::string_view();
  const core::InboxId inbox{*known ? (*known)->inbox() : 0};
  return customer::rating_response(words, {ticketing::customer_path(visit.link.use, request.segments.back()), company_of(visit, inbox), visit.link.ticket, *known,
                                           proposed, std::move(stamp), request.query_value("done").has_value()});
}

core::Task<core::Result<Response>> CustomerPages::post_rating(Exchange& exchange, ticketing::CustomerVisit visit, const Words& words) {
  ticketing::CustomerDesk& desk = services_.desk->customers();
  ticketing::Ratings& ratings = services_.desk->ratings();
  Request& request = exchange.request();
  POSTERN_CO_CHECK(co_await exchange.read_body(3 * ratings.limits().comment_bytes_max + kFormBytesBeside));
  POSTERN_CO_TRY(const customer::FormData form, customer::parse_form_data(request.field("content-type"), request.body));
  POSTERN_CO_CHECK(desk.check_stamp(visit, customer::kRatingForm, form.field("stamp")));
  const std::string path = ticketing::customer_path(visit.link.use, request.segments.back());
  std::optional<ticketing::NewRating> rating = customer::read_rating(form);
  if (!rating) co_return customer::notice_response(422, words, words.wrong_title, words.rate_choose, path);
  const auto rated = co_await ratings.rate(std::move(visit), desk, std::move(*rating));
  if (!rated && rated.error() == ticketing::Errc::kConflict) co_return customer::notice_response(409, words, words.rate_title, words.rate_late);
  if (!rated) co_return rated.error();
  co_return customer::see_other(path + "?done=1");
}

core::Task<core::Result<Response>> CustomerPages::answer_form(Exchange& exchange, const Words& words) {
  Request& request = exchange.request();
  const bool is_post = request.verb == Verb::kPost;
  POSTERN_CO_CHECK(take_rate(is_post ? posts_ : pages_, request));
  POSTERN_CO_TRY(const ticketing::Inbox inbox, customer::form_inbox(services_, core::InboxId{number_in(request.segments[2])}));
  if (!is_safe(request.verb) && !is_post) {
    Response refused = told(core::fail(Errc::kNotAllowed), words);
    refused.set("Allow", "GET, HEAD, POST");
    co_return refused;
  }
  if (is_post) co_return co_await post_form(exchange, inbox.id, inbox.display_name, words);
  POSTERN_CO_TRY(std::string stamp, ticketing::make_form_stamp(services_.vault, inbox.workspace, form_bound_to(inbox.id), core::to_unix_ms(services_.clock.wall_now())));
  const customer::FormPage page{request.path, inbox.display_name, std::move(stamp), options_, {}, {}};
  co_return customer::form_response(words, page);
}

core::Task<core::Result<Response>> CustomerPages::post_form(Exchange& exchange, core::InboxId inbox, const std::string& company, const Words& words) {
  Request& request = exchange.request();
  POSTERN_CO_CHECK(check_same_site(request, options_));
  POSTERN_CO_CHECK(forms_.take(request));
  POSTERN_CO_CHECK(co_await exchange.read_body(options_.form_bytes_max + options_.form_text_bytes_max + kFormBytesBeside));
  POSTERN_CO_TRY(customer::FormData form, customer::parse_form_data(request.field("content-type"), request.body));
  POSTERN_CO_TRY(const ticketing::Inbox found, customer::form_inbox(services_, inbox));
  const std::string given(form.field("stamp"));
  POSTERN_CO_TRY(const auto stamp, ticketing::check_form_stamp(services_.vault, found.workspace, form_bound_to(inbox), given));
  const std::int64_t age_ms = stamp ? core::to_unix_ms(services_.clock.wall_now()) - stamp->made_unix_ms : -1;
  if (age_ms < 0 || std::chrono::milliseconds(age_ms) > options_.form_life) co_return core::fail(ticketing::Errc::kInvalid, "form: is too old, or of another page");
  customer::WebRequest wish = customer::read_request(form);
  wish.inbox = inbox;
  wish.client_ip = request.client_ip;
  wish.once = core::to_hex(stamp->digest);
  wish.is_suspicious = wish.is_suspicious || std::chrono::milliseconds(age_ms) < options_.form_seconds_min;
  customer::WebRequest typed = wish;
  typed.files.clear();
  const auto taken = co_await customer::take_web_request(services_, options_, std::move(wish));
  if (taken) co_return customer::received_response(words, company, *taken);
  if (taken.error() == Errc::kForbidden) co_return customer::notice_response(422, words, words.wrong_title, words.form_refused);
  if (!(taken.error() == Errc::kInvalid)) co_return taken.error();
  const customer::FormPage page{request.path, company, given, options_, customer::problem_text(words, taken.error().context()), std::move(typed)};
  co_return customer::form_response(words, page, 422);
}

core::Result<Response> CustomerPages::send_file(const ticketing::CustomerVisit& visit) const {
  POSTERN_TRY(auto found, services_.desk->customers().file(visit));
  return file_answer(found.first, std::move(found.second));
}

core::Task<core::Result<Response>> CustomerPages::post(Exchange& exchange, ticketing::CustomerVisit visit) {
  ticketing::CustomerDesk& desk = services_.desk->customers();
  const ticketing::CustomerLimits& limits = desk.limits();
  Request& request = exchange.request();
  POSTERN_CO_CHECK(co_await exchange.read_body(limits.file_bytes_max + limits.text_bytes_max + kFormBytesBeside));
  POSTERN_CO_TRY(customer::FormData form, customer::parse_form_data(request.field("content-type"), request.body));
  const Target target = target_of(request);
  POSTERN_CO_TRY(const ticketing::CustomerRequest found, desk.request(visit, target.ticket ? target.ticket : visit.link.ticket));
  const core::TicketId id = found.ticket.id;
  POSTERN_CO_TRY(const ticketing::FormStamp stamp, desk.check_stamp(visit, customer::answer_form(id), form.field("stamp")));
  const std::string_view act = form.field("act");
  std::string done = "answer";
  if (act == "solve" || act == "reopen") {
    using Step = ticketing::CustomerDesk::Step;
    POSTERN_CO_CHECK(co_await desk.step(visit, id, act == "solve" ? Step::kSolve : Step::kReopen));
    done = act == "solve" ? "solved" : "reopened";
  } else {
    ticketing::CustomerDesk::Answer answer;
    answer.text = std::string(form.field("text"));
    answer.solves = form.field("solve") == "1";
    answer.stamp = stamp;
    for (auto& [name, file] : form.files) answer.files.push_back({std::move(file.name), std::move(file.media_type), std::move(file.content)});
    if (answer.solves && found.may_solve) done = "solved";
    POSTERN_CO_CHECK(co_await desk.answer(visit, id, std::move(answer)));
  }
  co_return customer::see_other(customer::request_path(place_of(request, visit), id) + "?done=" + done);
}

std::string CustomerPages::company_of(const ticketing::CustomerVisit& visit, core::InboxId inbox) const {
  const auto directory = services_.directory();
  const ticketing::Inbox* found = inbox ? directory->find(inbox) : nullptr;
  if (found == nullptr) found = directory->find_by_workspace(visit.link.workspace);
  return found == nullptr ? std::string() : found->display_name;
}

}  // namespace postern::web
