#include "app/tls_report_post.h"

#include "app/http_caller.h"

namespace postern::app {
namespace {

core::Task<std::string> post_report(std::shared_ptr<const HttpCaller> caller, std::string url, std::string packed) {
  HttpRequest wanted;
  wanted.url = std::move(url);
  wanted.method = "POST";
  wanted.headers = {{"Content-Type", "application/tlsrpt+gzip"}};
  wanted.body = std::move(packed);
  wanted.limits.body_bytes_max = kTlsReportAnswerMax;
  auto request = std::make_shared<const HttpRequest>(std::move(wanted));
  const core::Result<net::HttpAnswer> answer = co_await caller->call(std::move(request));
  if (!answer) co_return problem_of(answer.error());
  if (answer->status / 100 != 2) co_return "status " + std::to_string(answer->status);
  co_return std::string();
}

}  // namespace

core::Result<TlsReportPost> make_tls_report_post(net::DnsResolver& resolver, core::Clock& clock, const net::EgressOptions& allowed) {
  POSTERN_TRY(auto tls, net::TlsContext::client(true, allowed.ca_file));
  net::EgressOptions egress;
  egress.networks = allowed.networks;  // not its hosts: those are of requests that people ask for
  const auto caller = std::make_shared<const HttpCaller>(resolver, clock, std::move(egress), std::move(tls));
  return TlsReportPost([caller](std::string url, std::string packed) { return post_report(caller, std::move(url), std::move(packed)); });
}

}  // namespace postern::app
