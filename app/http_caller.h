#pragma once
// app/http_caller.h: one HTTP request of ours to somebody else's machine: one connection, to an address that was looked
// up once and checked (net/egress.h), over verified TLS. Redirects are answers like others; nothing is followed.
// Thread-safety: any executor, many requests at once.  Ownership: borrows resolver and clock.
// Errors: those of connecting and of the exchange; problem_of() has words for them that hold nothing of the request.
// Limits: net::EgressOptions, and those of the request.
#include <memory>
#include <utility>

#include "net/dns.h"
#include "net/egress.h"
#include "net/http_exchange.h"
#include "net/stream.h"

namespace postern::app {

struct HttpRequest {
  std::string url;
  std::string method = "GET";
  std::vector<std::pair<std::string, std::string>> headers;
  std::string body;
  std::string agent = "Postern/1";
  net::HttpAnswerLimits limits;
};

class HttpCaller {
 public:
  // `tls`: a client context that verifies.
  HttpCaller(net::DnsResolver& resolver, core::Clock& clock, net::EgressOptions options,
             std::shared_ptr<const net::TlsContext> tls)
      : resolver_(resolver), clock_(clock), options_(options), egress_(std::move(options)), tls_(std::move(tls)) {}

  core::Task<core::Result<net::HttpAnswer>> call(std::shared_ptr<const HttpRequest> request) const;
  // What is wrong with a URL, as far as can be told without a look-up; empty: nothing.
  std::string complaint(const std::string& url) const;

 private:
  core::Task<core::Result<std::unique_ptr<net::Stream>>> open(std::shared_ptr<const net::HttpUrl> url,
                                                              core::Deadline by) const;
  core::Task<core::Result<std::vector<net::Endpoint>>> find_endpoints(std::shared_ptr<const net::HttpUrl> url,
                                                                      core::Deadline by) const;

  net::DnsResolver& resolver_;
  core::Clock& clock_;
  const net::EgressOptions options_;
  const net::Egress egress_;
  const std::shared_ptr<const net::TlsContext> tls_;
};

// "no answer in time", for whoever set it up.
std::string problem_of(const core::Error& error);

}  // namespace postern::app
