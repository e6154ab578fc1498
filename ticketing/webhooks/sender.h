#pragma once
// ticketing/webhooks/sender.h: the ways out of webhooks, as ports: who makes an HTTP request, and who writes its body. Both are
// wired by app.
// Thread-safety: implementations are called from any executor, many at once.
#include <chrono>
#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "core/ids.h"
#include "core/result.h"
#include "core/task.h"

namespace postern::schema {
class WebhookDelivery;
}

namespace postern::ticketing {

struct WebhookRequest {
  std::string url;
  std::string method;
  std::vector<std::pair<std::string, std::string>> headers;  // checked: no control characters
  std::string body;
  std::size_t answer_bytes_max = 0;
};

// No answer is status 0 with a reason that is shown to whoever manages webhooks: never a part of the request.
struct WebhookReply {
  int status = 0;
  std::string problem;
  std::string answer;  // its first bytes
  std::chrono::seconds retry_after{0};
  std::chrono::milliseconds took{0};
  bool is_success() const { return status >= 200 && status < 300; }
};

class WebhookSender {
 public:
  virtual ~WebhookSender() = default;
  // One request, bounded in time. Redirects are not followed. An address that is not allowed is never connected to.
  virtual core::Task<WebhookReply> send(WebhookRequest request) = 0;
  // What is wrong with a URL, as far as can be told without looking it up; empty: nothing.
  virtual std::string complaint(const std::string& url) const = 0;
};

// The body of a delivery that no rule wrote. Called before each attempt: nothing of a ticket is kept for it.
using WebhookBody = std::function<core::Result<std::string>(core::WorkspaceId, const schema::WebhookDelivery&)>;

}  // namespace postern::ticketing
