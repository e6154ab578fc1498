#pragma once
// ticketing/webhooks/options.h: limits of webhooks.
#include <chrono>
#include <cstddef>

namespace postern::ticketing {

struct WebhookOptions {
  std::size_t webhooks_max = 100;              // of a workspace
  std::size_t title_bytes_max = 200;
  std::size_t description_bytes_max = 1000;
  std::size_t endpoint_bytes_max = 2000;
  std::size_t subscriptions_max = 40;          // of one webhook
  std::size_t headers_max = 10;                // of one's own
  std::size_t header_bytes_max = 1000;         // name and value together
  std::size_t secret_bytes_max = 4000;         // password, token or key for the endpoint
  std::chrono::hours secret_overlap{24};       // how long the former signing secret signs beside the new one
  std::size_t body_bytes_max = 256U << 10U;    // of one request

  std::size_t events_at_once_max = 100;        // shared out to webhooks in one transaction
  std::size_t workers_per_webhook_max = 4;     // requests at a time, each of another ticket
  std::size_t workers_max = 64;                // of all webhooks
  std::size_t look_ahead_max = 64;             // due tickets that a worker looks at for one that nobody works on
  std::chrono::milliseconds look_interval{500};
  std::chrono::seconds retry_first{5};         // doubles up to retry_max
  std::chrono::seconds retry_max{3600};        // also the longest Retry-After that is obeyed
  std::chrono::hours retry_life{24};           // then a delivery has failed
  std::size_t attempts_kept_max = 20;          // in the log of one delivery; the newest
  std::size_t answer_bytes_max = 1024;         // kept of an answer
  std::size_t breaker_failures = 10;           // one after the other: the endpoint is left alone for a while
  std::chrono::seconds breaker_first{30};      // doubles up to breaker_max; then one request tries
  std::chrono::seconds breaker_max{900};
  std::chrono::hours log_life{24 * 7};         // of ended deliveries
  std::chrono::minutes prune_interval{10};
  std::size_t pruned_at_once_max = 500;
  std::size_t commit_attempts_max = 20;        // on a conflict
  std::size_t log_scan_max = 2000;             // deliveries that one filtered page reads
};

}  // namespace postern::ticketing
