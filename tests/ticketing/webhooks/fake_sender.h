#pragma once
// tests/ticketing/webhooks/fake_sender.h: an endpoint that answers as it is told and remembers what came.
#include <deque>
#include <mutex>
#include <vector>

#include "ticketing/webhooks/sender.h"

namespace postern::test {

class FakeSender final : public ticketing::WebhookSender {
 public:
  core::Task<ticketing::WebhookReply> send(ticketing::WebhookRequest request) override {
    ticketing::WebhookReply reply;
    reply.status = status;
    if (!statuses.empty()) {
      reply.status = statuses.front();
      statuses.pop_front();
    }
    reply.answer = answer;
    reply.retry_after = retry_after;
    requests.push_back(std::move(request));
    co_return reply;
  }
  std::string complaint(const std::string& url) const override { return url.find("//10.") == std::string::npos ? "" : "that address is not a public one"; }

  std::string header(std::size_t request, std::string_view name) const {
    for (const auto& [key, value] : requests.at(request).headers) {
      if (key == name) return value;
    }
    return {};
  }

  int status = 200;
  std::deque<int> statuses;  // before `status`
  std::string answer = "thanks";
  std::chrono::seconds retry_after{0};
  std::vector<ticketing::WebhookRequest> requests;
};

}  // namespace postern::test
