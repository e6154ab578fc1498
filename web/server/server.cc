#include "web/server/server.h"

#include <fmt/format.h>

#include <algorithm>

#include "core/encoding.h"
#include "core/log.h"
#include "core/metrics.h"
#include "ticketing/helpdesk.h"
#include "web/api/absolute_urls.h"
#include "web/api/routes.h"
#include "web/customer/pages.h"
#include "web/errc.h"
#include "web/server/audited.h"
#include "web/server/authenticate.h"
#include "web/server/client_address.h"
#include "web/server/content_host.h"
#include "web/server/mta_sts.h"
#include "web/server/problem.h"
#include "web/server/security_txt.h"
#include "web/server/static_files.h"

namespace postern::web {
namespace {

void observe(const Request& request, const Route* route, int status, core::Duration took) {
  std::string label = fmt::format("status=\"{}xx\"", status / 100);
  core::metrics().counter("postern_web_requests_total", "HTTP requests answered", label).add();
  double seconds = std::chrono::duration<double>(took).count();
  core::metrics().histogram("postern_web_request_seconds", "time to make an HTTP answer").observe(seconds);
  // The pattern, not the path: paths of pages may hold tokens.
  std::string_view where = route == nullptr ? std::string_view("-") : route->pattern;
  auto ms = std::chrono::duration_cast<std::chrono::milliseconds>(took).count();
  if (status == 401 || status == 403 || status == 429) {
    core::log::warn("web.refused", {{"request", request.id}, {"verb", to_string(request.verb)}, {"route", where},
                                    {"status", status}, {"client", request.client_ip}});
  } else {
    core::log::debug("web.request", {{"request", request.id}, {"verb", to_string(request.verb)}, {"route", where},
                                     {"status", status}, {"ms", ms}});
  }
}

core::Result<void> check_body_type(const Request& request, const Route& route) {
  if (route.body != Body::kJson || !request.has_body()) return {};
  std::string_view type = request.field("content-type");
  if (!core::equals_ignoring_case(core::trim_ascii(type.substr(0, type.find(';'))), "application/json")) {
    return core::fail(Errc::kUnsupportedType, "application/json is expected");
  }
  return {};
}

struct KeyRelease {
  ReplayBook& replays;
  const auth::Principal& who;
  const std::string& key;
  bool is_done = false;
  KeyRelease(ReplayBook& the_replays, const auth::Principal& the_who, const std::string& the_key) : replays(the_replays), who(the_who), key(the_key) {}
  KeyRelease(const KeyRelease&) = delete;
  ~KeyRelease() {
    if (!is_done) replays.abandon(who, key);
  }
};

// Clients send "{}" where a route takes nothing.
constexpr std::size_t kEmptyObjectBytesMax = 64;

core::Result<void> check_no_body(const Request& request, const Route& route) {
  if (route.body != Body::kNone || core::trim_ascii(request.body).empty()) return {};
  std::string body(request.body);
  std::erase_if(body, [](char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\n'; });
  if (body != "{}") return core::fail(Errc::kBodyTooLarge);
  return {};
}

std::size_t body_limit(const Route& route, const WebOptions& options) {
  switch (route.body) {
    case Body::kNone: return is_safe(route.verb) ? 0 : kEmptyObjectBytesMax;
    case Body::kJson: return options.json_bytes_max;
    case Body::kUpload: return options.upload_bytes_max;
    case Body::kArchive: return options.archive_bytes_max;
  }
  return 0;
}

}  // namespace

WebOptions within_limits(WebOptions options) {
  options.page_size_max = std::clamp<std::size_t>(options.page_size_max, 1, kPageSizeLimit);
  options.page_size_default = std::clamp<std::size_t>(options.page_size_default, 1, options.page_size_max);
  return options;
}

Server::Server(WebOptions options, Services services, std::shared_ptr<net::ReloadableTls> tls)
    : options_(within_limits(std::move(options))),
      services_(std::move(services)),
      tls_(std::move(tls)),
      router_(api_routes()),
      share_{options_, services_.clock, services_.ids, drain_},
      uploads_(options_, services_.clock),
      replays_(std::make_shared<ReplayBook>(options_, services_)),
      changes_(services_.store, options_),
      forms_(std::make_unique<customer::FormGate>(options_, services_.clock)),
      context_{services_, options_, uploads_, changes_, drain_, router_, *forms_, exports_},
      customer_pages_(std::make_unique<CustomerPages>(options_, services_, *forms_)),
      places_(options_.connections_per_network_max),
      by_network_("network", options_.rate_per_ip, options_.rate_keys_max, services_.clock),
      by_principal_("user", options_.rate_per_principal, options_.rate_keys_max, services_.clock),
      by_token_("token", options_.rate_per_token, options_.rate_keys_max, services_.clock),
      by_route_("route", options_.rate_per_route, options_.rate_keys_max, services_.clock),
      by_costly_route_("costly", options_.rate_costly, options_.rate_keys_max, services_.clock),
      by_sign_in_("sign-in", options_.rate_sign_in, options_.rate_keys_max, services_.clock) {
  if (services_.desk == nullptr) return;
  services_.desk->chores().add("idempotency keys", std::chrono::minutes(10), [replays = replays_](core::WorkspaceId workspace, const std::atomic<bool>&) {
    return replays->expire(workspace);
  });
}

Server::~Server() = default;

bool Server::is_blocked(const net::IpAddress& client) const {
  if (services_.blocks == nullptr || !services_.blocks->find(client, net::Door::kWeb)) return false;
  core::metrics().counter("postern_web_blocked_total", "HTTPS connections and requests of blocked networks").add();
  return true;
}

core::Task<void> Server::run_session(std::unique_ptr<net::Stream> stream) {
  // Before TLS, which is what costs us. A proxy has many clients: theirs are looked at request by request.
  const net::IpAddress peer = stream->remote().address;
  const bool has_many = is_proxy(peer, options_.proxy_peers);
  if (!has_many && is_blocked(peer)) {
    core::log::info("web.blocked", {{"client", peer.to_string()}});
    stream->close();
    co_return;
  }
  const NetworkPlaces::Place place = has_many ? NetworkPlaces::Place() : places_.enter(network_key(peer.to_string()));
  if (!has_many && !place) {
    core::metrics().counter("postern_web_connections_refused_total", "HTTPS connections beyond those of one network").add();
    stream->close();
    co_return;
  }
  if (tls_ != nullptr) {
    core::Deadline by = core::Deadline::after(options_.tls_handshake_max, services_.clock);
    core::Result<void> started = co_await stream->start_tls_server(tls_->current(), by);
    if (!started) {
      core::metrics().counter("postern_web_tls_failures_total", "TLS handshakes that failed").add();
      stream->close();
      co_return;
    }
  }
  Connection connection(std::move(stream), share_, *this);
  co_await connection.run();
}

void Server::begin_drain() { drain_.begin(); }

core::Task<Response> Server::respond(Exchange& exchange) {
  core::Instant start = services_.clock.now();
  const Route* route = nullptr;
  core::Result<Response> outcome = co_await answer(exchange, route);
  Response response = outcome ? std::move(*outcome) : refusal(outcome.error(), exchange.request());
  observe(exchange.request(), route, response.status, services_.clock.now() - start);
  co_return response;
}

Response Server::refusal(const core::Error& error, const Request& request) {
  Response response = problem_response(error, request);
  if (response.status >= 500) {
    core::log::warn("web.request_failed", {{"request", request.id}, {"error", error.describe()}});
  }
  return response;
}

core::Result<void> Server::check_rate(RateLimit& limit, const std::string& key, Request& request) {
  RateLimit::Outcome outcome = limit.take(key);
  // Kept with the request until there is a response to put them on: a client has to mind the limit that it meets first.
  if (!outcome.is_allowed || request.rate_fields.empty() || outcome.remaining <= request.rate_remaining) {
    Response carrier;
    add_rate_fields(limit, outcome, carrier);
    request.rate_fields = std::move(carrier.fields);
    request.rate_remaining = outcome.remaining;
  }
  if (outcome.is_allowed) return {};
  core::metrics().counter("postern_web_rate_limited_total", "requests beyond a limit", "limit=\"" + limit.name() + "\"").add();
  return core::fail_transient(Errc::kRateLimited, limit.name());
}

core::Result<void> Server::check_rates_of_caller(Request& request, const Route& route) {
  const auth::Principal& who = request.who();
  const std::string user = std::to_string(who.user.value);
  POSTERN_CHECK(check_rate(by_principal_, user, request));
  if (who.method == auth::Method::kToken) POSTERN_CHECK(check_rate(by_token_, std::to_string(who.credential), request));
  const std::string row = user + "/" + std::to_string(&route - router_.table().data());
  return check_rate(route.rate == Rate::kCostly ? by_costly_route_ : by_route_, row, request);
}

core::Task<core::Result<Response>> Server::answer(Exchange& exchange, const Route*& route) {
  Request& request = exchange.request();
  // Again, and not only when the connection began: it may be a proxy's, or older than the block.
  if (const auto client = net::IpAddress::parse(request.client_ip); client && is_blocked(*client)) {
    Response refused = problem_response(core::fail(Errc::kForbidden, "your network is blocked"), request);
    refused.must_close = true;
    co_return refused;
  }
  core::Result<void> allowed = check_rate(by_network_, network_key(request.client_ip), request);
  core::Result<Response> response = core::fail(Errc::kNotFound);
  bool is_api = request.path.starts_with("/api/");
  if (!allowed) {
    response = allowed.error();
  } else if (is_mta_sts_host(request, services_)) {
    is_api = false;
    response = mta_sts_response(request, services_);
  } else if (is_content_host(request, options_)) {
    is_api = false;
    response = co_await answer_content(request, route);
  } else if (is_api) {
    Router::Match match = router_.find(request);
    route = match.route;
    request.params = std::move(match.params);
    if (route != nullptr) {
      response = co_await call(exchange, *route);
    } else if (!match.allowed.empty()) {
      Response refused = problem_response(core::fail(Errc::kNotAllowed), request);
      refused.set("Allow", match.allowed);
      response = std::move(refused);
    }
  } else if (CustomerPages::is_for(request)) {
    response = co_await customer_pages_->answer(exchange);
  } else if (is_security_txt(request)) {
    response = security_txt_response(request, options_, services_);
  } else if (std::optional<Response> page = static_response(request, options_)) {
    response = std::move(*page);
  }
  Response final_response = response ? std::move(*response) : refusal(response.error(), request);
  if (is_api) make_urls_absolute(final_response, request);
  if (is_api || !allowed) {
    for (Field& each : request.rate_fields) final_response.set(each.name, std::move(each.value));
  }
  co_return final_response;
}

// The content host: one signed link, one resource, nothing else.
core::Task<core::Result<Response>> Server::answer_content(Request& request, const Route*& route) {
  request.is_at_content_host = true;
  if (!is_safe(request.verb)) co_return core::fail(Errc::kNotFound);
  POSTERN_CO_TRY(const ContentLink link, follow_content_link(request, services_));
  Router::Match match = router_.find(request);
  if (match.route == nullptr || !match.route->is_content) co_return core::fail(Errc::kNotFound);
  route = match.route;
  request.params = std::move(match.params);
  auto resolved = services_.sessions.resolve_link(link.workspace, link.user, link.session, request.client_ip);
  if (!resolved) co_return core::fail(Errc::kNotFound, "the session is over");
  request.principal = std::move(resolved->first);
  request.session = std::move(resolved->second);
  POSTERN_CO_CHECK(check_caller(request, *route));
  POSTERN_CO_CHECK(check_rates_of_caller(request, *route));
  core::Result<Response> answered = co_await run_handler(request, *route);
  if (answered) open_to_page(*answered, options_);
  co_return answered;
}

core::Task<core::Result<void>> Server::admit(Request& request, const Route& route) {
  POSTERN_CO_CHECK(check_same_site(request, options_));
  const bool is_attempt = route.rate == Rate::kSignIn || (route.access != Access::kPublic && carries_password(request, options_));
  if (is_attempt) POSTERN_CO_CHECK(check_rate(by_sign_in_, network_key(request.client_ip), request));
  if (route.access == Access::kPublic) co_return core::Result<void>();
  POSTERN_CO_CHECK(co_await admit_caller(request, route));
  co_return check_rates_of_caller(request, route);
}

// Whether the caller may use the route now. Asked again when a body has arrived: meanwhile the session may have ended.
core::Task<core::Result<void>> Server::admit_caller(Request& request, const Route& route) {
  POSTERN_CO_TRY(std::optional<Authenticated> who, co_await authenticate(request, services_, options_));
  if (!who) co_return core::fail(Errc::kUnauthenticated);
  request.principal = std::move(who->principal);
  request.session = std::move(who->session);
  co_return check_caller(request, route);
}

// Whether who was found to send it may use the route, from where he is.
core::Result<void> Server::check_caller(Request& request, const Route& route) {
  describe_request(request, route, services_);
  POSTERN_CHECK(check_csrf_token(request));
  if (services_.networks != nullptr) {
    if (!services_.networks->check(request.who())) return core::fail(Errc::kForbidden, "your network is not allowed here");
  }
  if (!permits(route, request.who())) {
    return core::fail(Errc::kForbidden, "your role does not permit this");
  }
  if (route.session_only && request.who().method != auth::Method::kSession) {
    return core::fail(Errc::kForbidden, "an API token may not do this: sign in");
  }
  if (request.session && request.session->must_enrol && !route.helps_enrol) return core::fail(Errc::kMustEnrol);
  const bool is_fresh = request.session && request.session->fresh_until_unix_ms > core::to_unix_ms(services_.clock.wall_now());
  if (route.fresh_factor && !is_fresh) return core::fail(Errc::kStaleFactor);
  return {};
}

core::Task<core::Result<Response>> Server::call(Exchange& exchange, const Route& route) {
  Request& request = exchange.request();
  if (core::Result<void> admitted = co_await admit(request, route); !admitted) {
    if (problem_of(admitted.error()).status == 403) co_await audit_refusal(request, route, services_);
    co_return admitted.error();
  }
  if (route.is_content && request.session && !options_.content_origin.empty()) {
    POSTERN_CO_TRY(std::string link, content_link(request, options_, services_));
    co_return redirect_to_content(std::move(link));
  }
  POSTERN_CO_CHECK(check_body_type(request, route));
  const bool has_body = request.has_body();
  POSTERN_CO_CHECK(co_await exchange.read_body(body_limit(route, options_)));
  if (has_body && route.access != Access::kPublic) POSTERN_CO_CHECK(co_await admit_caller(request, route));
  POSTERN_CO_CHECK(check_no_body(request, route));
  std::string key(request.field("idempotency-key"));
  if (key.empty() || !honours_replays(route)) co_return co_await run_handler(request, route);
  co_return co_await run_once(request, route, std::move(key));
}

// Idempotency-Key: the handler runs unless the key is known.
core::Task<core::Result<Response>> Server::run_once(Request& request, const Route& route, std::string key) {
  if (key.size() > 255) co_return core::fail(Errc::kInvalid, "Idempotency-Key: at most 255 characters");
  std::string what = fmt::format("{} {}", to_string(request.verb), request.path);
  for (const auto& [name, value] : request.query) what += fmt::format("&{}={}", percent_encode(name), percent_encode(value));
  const std::string digest = core::sha256(what + "\n" + request.body);
  POSTERN_CO_TRY(ReplayBook::Outcome known, co_await replays_->begin(request.who(), key, digest));
  if (known.kind == ReplayBook::Kind::kDiffers) {
    co_return core::fail(Errc::kInvalid, "this Idempotency-Key was used for another request");
  }
  if (known.kind == ReplayBook::Kind::kInFlight) {
    Response busy = refusal(core::fail_transient(Errc::kInFlight), request);
    busy.set("Retry-After", "1");
    co_return busy;
  }
  if (known.kind == ReplayBook::Kind::kFull) co_return core::fail_transient(Errc::kRateLimited, "idempotency keys of a day");
  if (known.kind == ReplayBook::Kind::kRepeated) {
    known.response->set("X-Idempotency-Lookup", "hit");
    co_return std::move(*known.response);
  }
  // Frees the key on every way out, exceptions and cancellation too.
  KeyRelease release(*replays_, request.who(), key);
  core::Result<Response> outcome = co_await run_handler(request, route);
  Response response = outcome ? std::move(*outcome) : refusal(outcome.error(), request);
  // What only a session may ask for, or nobody may store, is often a secret that is shown once: not kept for another showing.
  const bool keeps_body = !route.session_only && response.field("Cache-Control") != "no-store";
  const core::Result<void> kept = co_await replays_->finish(request.who(), key, response, keeps_body);
  // The change was made: a repeated request finds that out by the audit log.
  if (!kept) core::log::warn("web.replay_not_kept", {{"request", request.id}, {"why", kept.error().describe()}});
  release.is_done = true;
  response.set("X-Idempotency-Lookup", "miss");
  co_return response;
}

core::Task<core::Result<Response>> Server::run_handler(Request& request, const Route& route) {
  core::Result<Response> answered = co_await route.handler(request, context_);
  const int status = answered ? answered->status : problem_of(answered.error()).status;
  POSTERN_CO_CHECK(co_await audit_use(request, route, status, services_));
  co_return answered;
}

}  // namespace postern::web
