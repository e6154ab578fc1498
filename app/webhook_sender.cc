#include "app/webhook_sender.h"

namespace postern::app {

core::Task<ticketing::WebhookReply> HttpWebhookSender::send(ticketing::WebhookRequest request) {
  const core::Instant start = clock_.now();
  const auto asked = std::make_shared<HttpRequest>();
  asked->url = std::move(request.url);
  asked->method = std::move(request.method);
  asked->headers = std::move(request.headers);
  asked->body = std::move(request.body);
  asked->agent = "Postern-Webhooks/1";
  asked->limits.body_bytes_max = request.answer_bytes_max;
  core::Result<net::HttpAnswer> answer = co_await caller_.call(asked);
  ticketing::WebhookReply reply;
  if (answer) {
    reply.status = answer->status;
    reply.retry_after = answer->retry_after;
    reply.answer = std::move(answer->body);
    if (reply.status >= 300 && reply.status < 400) reply.problem = "redirects are not followed";
  } else {
    reply.problem = problem_of(answer.error());
  }
  reply.took = std::chrono::duration_cast<std::chrono::milliseconds>(clock_.now() - start);
  co_return reply;
}

}  // namespace postern::app
