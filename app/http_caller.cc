#include "app/http_caller.h"

#include "core/errc.h"
#include "core/secret.h"
#include "net/errc.h"

namespace postern::app {
namespace {

constexpr std::string_view kForbiddenAddress = "the host has an address that may not be reached";

// Holds what the endpoint knows us by: wiped with its buffer.
core::SecretBuffer head_of(const HttpRequest& request, const net::HttpUrl& url) {
  core::SecretBuffer out;
  const auto add = [&out](std::string_view text) { out.insert(out.end(), text.begin(), text.end()); };
  const auto line = [&add](std::string_view name, std::string_view value) {
    add(name);
    add(": ");
    add(value);
    add("\r\n");
  };
  add(request.method);
  add(" ");
  add(url.target);
  add(" HTTP/1.1\r\n");
  line("Host", url.authority());
  line("User-Agent", request.agent);
  line("Accept", "*/*");
  line("Connection", "close");
  if (request.method != "GET" && request.method != "DELETE")
    line("Content-Length", std::to_string(request.body.size()));
  for (const auto& [name, value] : request.headers) line(name, value);
  add("\r\n");
  return out;
}

}  // namespace

std::string problem_of(const core::Error& error) {
  if (error == core::Errc::kTimedOut) return "no answer in time";
  if (error == core::Errc::kInvalid) return error.context();
  if (error == net::Errc::kConnect) return error.context().empty() ? "no connection" : error.context();
  if (error == net::Errc::kTls || error == net::Errc::kCertificate)
    return "TLS failed: is the certificate valid for this host?";
  return "the connection broke";
}

std::string HttpCaller::complaint(const std::string& url) const {
  const std::optional<net::HttpUrl> parsed = net::parse_http_url(url);
  return parsed ? egress_.complaint(*parsed) : "is not a URL that can be used";
}

core::Task<core::Result<std::vector<net::Endpoint>>> HttpCaller::find_endpoints(std::shared_ptr<const net::HttpUrl> url,
                                                                                core::Deadline by) const {
  std::vector<net::Endpoint> out;
  if (const auto address = net::IpAddress::parse(url->host == "localhost" ? "127.0.0.1" : url->host)) {
    out.push_back({*address, url->port});
  } else {
    for (const net::DnsType type : {net::DnsType::kAaaa, net::DnsType::kA}) {
      net::DnsQuestion question(url->host, type);
      const net::DnsAnswer answer = co_await resolver_.query(std::move(question), by);
      for (const net::IpAddress& each : answer.addresses()) out.push_back({each, url->port});
    }
  }
  if (out.empty()) co_return core::fail_transient(net::Errc::kConnect, "the host has no address in DNS");
  // All of them: a name that leads inside with one of two addresses is not to be trusted with the other.
  for (const net::Endpoint& each : out) {
    if (!egress_.allows(*url, each.address)) co_return core::fail(core::Errc::kInvalid, std::string(kForbiddenAddress));
  }
  co_return out;
}

core::Task<core::Result<std::unique_ptr<net::Stream>>> HttpCaller::open(std::shared_ptr<const net::HttpUrl> url,
                                                                        core::Deadline by) const {
  POSTERN_CO_TRY(const std::vector<net::Endpoint> endpoints, co_await find_endpoints(url, by));
  core::Result<std::unique_ptr<net::Stream>> stream = core::fail_transient(net::Errc::kConnect);
  for (const net::Endpoint& each : endpoints) {  // a dead one leaves time for the others
    const core::Deadline share = core::Deadline::after(options_.connect_max / endpoints.size(), clock_);
    stream = co_await net::connect_tcp(each, by.earlier_of(share), clock_);
    if (stream) break;
  }
  if (!stream) co_return core::fail_transient(net::Errc::kConnect, "no connection");
  if (url->is_https) POSTERN_CO_CHECK(co_await (*stream)->start_tls_client(tls_, url->host, by));
  co_return std::move(*stream);
}

core::Task<core::Result<net::HttpAnswer>> HttpCaller::call(std::shared_ptr<const HttpRequest> request) const {
  std::optional<net::HttpUrl> parsed = net::parse_http_url(request->url);
  if (!parsed) co_return core::fail(core::Errc::kInvalid, "the endpoint is not a URL that can be used");
  const auto url = std::make_shared<const net::HttpUrl>(std::move(*parsed));
  // Asked again with each request: what an operator allows may have changed since the URL was given.
  if (std::string wrong = egress_.complaint(*url); !wrong.empty())
    co_return core::fail(core::Errc::kInvalid, std::move(wrong));
  POSTERN_CO_TRY(const std::unique_ptr<net::Stream> stream,
                 co_await open(url, core::Deadline::after(options_.connect_max, clock_)));
  const core::SecretBuffer head = head_of(*request, *url);
  const core::Deadline by = core::Deadline::after(options_.answer_max, clock_);
  POSTERN_CO_TRY(net::HttpAnswer answer,
                 co_await net::http_exchange(*stream, clock_, core::view(head), request->body, request->limits, by));
  stream->close();
  co_return answer;
}

}  // namespace postern::app
