#pragma once
// web/server/server.h: the HTTPS listener's sessions: TLS, then HTTP, then the route table behind rate limits,
// authentication, authorisation and limits, in that order; security headers on every response.
// Thread-safety: run_session() on each stream's strand, all sessions at once; begin_drain() from any thread.
// Ownership: borrows its services; must outlive its sessions (the listener's drain joins them).
#include <memory>

#include "net/tls_context.h"
#include "web/api/change_hub.h"
#include "web/api/context.h"
#include "web/api/pending_uploads.h"
#include "web/api/replay_book.h"
#include "web/server/connection.h"
#include "web/server/network_places.h"
#include "web/server/rate_limit.h"
#include "web/server/router.h"
#include "web/services.h"

namespace postern::web {

class CustomerPages;
namespace customer {
class FormGate;
}

class Server final : private Application {
 public:
  // `tls` null: plain HTTP, for tests only. Throws std::invalid_argument when the route table is wrong.
  Server(WebOptions options, Services services, std::shared_ptr<net::ReloadableTls> tls);
  ~Server() override;
  // For net::Listener::start().
  core::Task<void> run_session(std::unique_ptr<net::Stream> stream);
  // Idle connections close, event streams end, busy connections close behind their answer.
  void begin_drain();
  const Router& router() const { return router_; }

 private:
  core::Task<Response> respond(Exchange& exchange) override;
  core::Task<core::Result<Response>> answer(Exchange& exchange, const Route*& route);
  core::Task<core::Result<Response>> call(Exchange& exchange, const Route& route);
  core::Task<core::Result<Response>> answer_content(Request& request, const Route*& route);
  core::Result<void> check_caller(Request& request, const Route& route);
  core::Task<core::Result<void>> admit(Request& request, const Route& route);
  core::Task<core::Result<void>> admit_caller(Request& request, const Route& route);
  core::Task<core::Result<Response>> run_handler(Request& request, const Route& route);
  core::Task<core::Result<Response>> run_once(Request& request, const Route& route, std::string key);
  core::Result<void> check_rate(RateLimit& limit, const std::string& key, Request& request);
  core::Result<void> check_rates_of_caller(Request& request, const Route& route);
  bool is_blocked(const net::IpAddress& client) const;
  Response refusal(const core::Error& error, const Request& request);

  WebOptions options_;
  Services services_;
  std::shared_ptr<net::ReloadableTls> tls_;
  Router router_;
  DrainSignal drain_;
  ServerShare share_;
  PendingUploads uploads_;
  std::shared_ptr<ReplayBook> replays_;  // a chore holds it too
  ChangeHub changes_;
  std::unique_ptr<customer::FormGate> forms_;
  ExportDoor exports_;
  Context context_;
  std::unique_ptr<CustomerPages> customer_pages_;
  NetworkPlaces places_;
  RateLimit by_network_;
  RateLimit by_principal_;
  RateLimit by_token_;
  RateLimit by_route_;
  RateLimit by_costly_route_;
  RateLimit by_sign_in_;
};

}  // namespace postern::web
