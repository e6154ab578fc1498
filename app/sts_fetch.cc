#include "app/sts_fetch.h"

#include "app/http_caller.h"
#include "core/errc.h"

namespace postern::app {
namespace {

constexpr int kOk = 200;

core::Task<core::Result<std::string>> fetch(std::shared_ptr<const HttpCaller> caller, std::string url) {
  HttpRequest wanted;
  wanted.url = std::move(url);
  wanted.limits.body_bytes_max = smtp::kStsBytesMax;
  auto request = std::make_shared<const HttpRequest>(std::move(wanted));
  POSTERN_CO_TRY(net::HttpAnswer answer, co_await caller->call(std::move(request)));
  if (answer.status != kOk) co_return core::fail(core::Errc::kInvalid, "status " + std::to_string(answer.status));
  if (!answer.is_whole) co_return core::fail(core::Errc::kInvalid, "too long, or cut off");
  co_return std::move(answer.body);
}

}  // namespace

core::Result<smtp::StsPolicies::Fetch> make_sts_fetch(net::DnsResolver& resolver, core::Clock& clock, const net::EgressOptions& allowed) {
  POSTERN_TRY(auto tls, net::TlsContext::client(true, allowed.ca_file));
  net::EgressOptions egress;
  egress.networks = allowed.networks;  // not its hosts: those are of requests that people ask for
  egress.connect_max = kStsFetchMax / 2;
  egress.answer_max = kStsFetchMax / 2;
  const auto caller = std::make_shared<const HttpCaller>(resolver, clock, std::move(egress), std::move(tls));
  return smtp::StsPolicies::Fetch([caller](std::string url) { return fetch(caller, std::move(url)); });
}

}  // namespace postern::app
