#pragma once
// app/webhook_sender.h: makes the requests of webhooks: one connection each, to an address that was looked up once and checked
// (net/egress.h), over verified TLS. Redirects are answers like others; nothing is followed.
// Thread-safety: any executor, many requests at once.  Ownership: borrows resolver and clock.
// Errors: none; whatever fails is a reply without a status and with a reason that holds nothing of the request.
// Limits: net::EgressOptions.
#include <memory>

#include "net/dns.h"
#include "net/egress.h"
#include "net/stream.h"
#include "ticketing/webhooks/sender.h"

namespace postern::app {

class HttpWebhookSender final : public ticketing::WebhookSender {
 public:
  // `tls`: a client context that verifies.
  HttpWebhookSender(net::DnsResolver& resolver, core::Clock& clock, net::EgressOptions options, std::shared_ptr<const net::TlsContext> tls)
      : resolver_(resolver), clock_(clock), options_(options), egress_(std::move(options)), tls_(std::move(tls)) {}

  core::Task<ticketing::WebhookReply> send(ticketing::WebhookRequest request) override;
  std::string complaint(const std::string& url) const override;

 private:
  core::Task<core::Result<ticketing::WebhookReply>> try_to_send(std::shared_ptr<const ticketing::WebhookRequest> request);
  core::Task<core::Result<std::unique_ptr<net::Stream>>> open(std::shared_ptr<const net::HttpUrl> url, core::Deadline by);
  core::Task<core::Result<std::vector<net::Endpoint>>> find_endpoints(std::shared_ptr<const net::HttpUrl> url, core::Deadline by);

  net::DnsResolver& resolver_;
  core::Clock& clock_;
  const net::EgressOptions options_;
  const net::Egress egress_;
  const std::shared_ptr<const net::TlsContext> tls_;
};

}  // namespace postern::app
