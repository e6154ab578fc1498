#pragma once
// app/webhook_sender.h: makes the requests of webhooks (app/http_caller.h).
// Thread-safety: any executor, many requests at once.  Ownership: borrows resolver and clock.
// Errors: none; whatever fails is a reply without a status and with a reason that holds nothing of the request.
// Limits: net::EgressOptions.
#include "app/http_caller.h"
#include "ticketing/webhooks/sender.h"

namespace postern::app {

class HttpWebhookSender final : public ticketing::WebhookSender {
 public:
  // `tls`: a client context that verifies.
  HttpWebhookSender(net::DnsResolver& resolver, core::Clock& clock, net::EgressOptions options,
                    std::shared_ptr<const net::TlsContext> tls)
      : clock_(clock), caller_(resolver, clock, std::move(options), std::move(tls)) {}

  core::Task<ticketing::WebhookReply> send(ticketing::WebhookRequest request) override;
  std::string complaint(const std::string& url) const override { return caller_.complaint(url); }

 private:
  core::Clock& clock_;
  const HttpCaller caller_;
};

}  // namespace postern::app
