#include "web/server/operator_server.h"

#include <boost/json.hpp>

#include "core/metrics.h"
#include "web/errc.h"
#include "web/server/problem.h"

namespace postern::web {

OperatorServer::OperatorServer(WebOptions options, std::vector<ReadyCheck> checks, core::Clock& clock, core::IdSource& ids)
    : options_(std::move(options)), checks_(std::move(checks)), share_{options_, clock, ids, drain_} {}

OperatorServer::~OperatorServer() = default;

core::Task<void> OperatorServer::run_session(std::unique_ptr<net::Stream> stream) {
  Connection connection(std::move(stream), share_, *this);
  co_await connection.run();
}

// A probe that arrives while we drain is still answered.
void OperatorServer::begin_drain() { drain_.begin(); }

Response OperatorServer::ready() const {
  boost::json::array failing;
  for (const ReadyCheck& each : checks_) {
    if (!each.holds()) failing.emplace_back(each.name);
  }
  Response response;
  response.status = failing.empty() ? 200 : 503;
  boost::json::object body;
  body["ready"] = failing.empty();
  body["failing"] = std::move(failing);
  response.body = boost::json::serialize(body) + "\n";
  response.set("Content-Type", "application/json");
  return response;
}

core::Task<Response> OperatorServer::respond(Exchange& exchange) {
  Request& request = exchange.request();
  if (!is_safe(request.verb)) {
    Response refused = problem_response(core::fail(Errc::kNotAllowed), request);
    refused.set("Allow", "GET, HEAD");
    co_return refused;
  }
  if (request.path == "/healthz") co_return plain_response(200, "ok\n");
  if (request.path == "/readyz") co_return ready();
  if (request.path == "/metrics") {
    Response response = plain_response(200, core::metrics().render());
    response.set("Content-Type", "text/plain; version=0.0.4; charset=utf-8");
    co_return response;
  }
  co_return problem_response(core::fail(Errc::kNotFound), request);
}

}  // namespace postern::web
