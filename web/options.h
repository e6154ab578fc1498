#pragma once
// web/options.h: every limit of the HTTPS listener and the API, filled by conf.
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "net/ip.h"
#include "pipeline/api/mta_sts.h"

namespace postern::web {

// A token bucket: `burst` requests at once, refilled at `per_minute`.
struct RateOptions {
  double burst = 0;
  double per_minute = 0;
};

struct WebOptions {
  // "https://help.example.com": what browsers must send as Origin. Empty: the Host header decides.
  std::string public_origin;
  // "https://content.example.com": a name of this server's from which browsers get what customers sent, apart from the page
  // (server/content_host.h). Empty: from public_origin, in a sandbox with an origin of its own.
  std::string content_origin;
  std::chrono::minutes content_link_life{5};

  std::size_t header_bytes_max = 16U << 10U;  // request line and fields; more: 431
  std::size_t header_fields_max = 100;
  std::size_t target_bytes_max = 8U << 10U;   // more: 414
  std::size_t query_params_max = 64;
  std::size_t json_bytes_max = 1U << 20U;     // body of JSON routes; more: 413
  std::size_t json_depth_max = 32;
  std::size_t upload_bytes_max = 30U << 20U;  // body of POST /api/v2/uploads; more: 413
  std::size_t archive_bytes_max = 64U << 20U; // body of POST /api/v2/imports/archives, packed; more: 413
  std::size_t chunk_head_bytes_max = 4U << 10U;  // chunk size line with extensions, and trailers

  std::chrono::seconds tls_handshake_max{10};
  std::chrono::seconds head_time_max{15};   // from the first byte of a request to the end of its fields
  std::chrono::seconds body_time_max{120};  // whole body
  std::chrono::seconds write_time_max{120}; // whole response
  std::chrono::seconds idle_max{75};        // between requests of one connection
  std::chrono::seconds linger_max{2};       // reading on after an early answer, so that the client sees it
  std::size_t linger_bytes_max = 256U << 10U;
  std::size_t requests_per_connection_max = 1000;
  std::size_t connections_max = 2000;       // given to the listener by app
  std::size_t connections_per_network_max = 256;  // of one IPv4 address or IPv6 /64, an office behind NAT; more: closed
  std::size_t body_bytes_in_flight_max = 256U << 20U;  // all request bodies together; more: 503

  // Whose X-Forwarded-For says who the client is; empty: nobody's. See web/server/client_address.h.
  std::vector<net::IpNetwork> proxy_peers;
  bool takes_passwords = false;  // Basic with a password instead of a token: each request costs a password hash
  bool hsts_subdomains = true;   // browsers use HTTPS for what is below our name too (ASVS 3.4.1)

  RateOptions rate_per_ip{600, 3000};        // per IPv4 address or IPv6 /64
  RateOptions rate_per_principal{300, 700};  // per user
  RateOptions rate_per_token{200, 600};      // per API token, so that one program leaves something to the others of its user
  RateOptions rate_per_route{150, 500};      // per user and route
  RateOptions rate_costly{30, 60};           // the same of routes that work for seconds (Rate::kCostly)
  RateOptions rate_sign_in{20, 20};          // per address, sign-in and enrolment only
  RateOptions rate_customer_pages{120, 240};  // per network: pages of customers without an account
  RateOptions rate_customer_posts{20, 30};    // … what they send from there
  RateOptions rate_customer_misses{20, 20};   // … and links that do not hold
  RateOptions rate_customer_forms{5, 2};      // … and requests written into forms
  std::size_t rate_keys_max = 50'000;        // of each of these; beyond: newcomers share one bucket

  std::size_t event_streams_max = 500;
  std::size_t event_streams_per_user_max = 10;
  std::size_t presence_at_start_max = 200;   // tickets with somebody at them that a stream tells when it begins
  std::chrono::seconds heartbeat_every{15};
  std::chrono::minutes event_stream_life{60};  // then the browser reconnects by itself
  std::size_t feed_page_max = 500;

  pipeline::MtaStsOptions mta_sts;           // served at https://mta-sts.<own domain>/.well-known/mta-sts.txt
  std::chrono::seconds domain_check_max{20};  // for all DNS questions of one answer about mail domains
  std::size_t domains_checked_max = 20;       // of one list of mail domains; the others are listed unchecked

  std::size_t page_size_max = 100;           // the server takes 1 to kPageSizeLimit; see within_limits()
  std::size_t page_size_default = 25;
  std::size_t comments_bytes_max = 2U << 20U;       // texts and HTML of one page of comments; then it is a shorter page
  std::size_t comment_text_bytes_max = 256U << 10U; // of one comment in JSON, and of its HTML; the rest is at text_url
  std::size_t plain_body_bytes_max = 4U << 10U;     // the same text a second time, for clients that read that field

  std::chrono::minutes upload_life{10};
  std::size_t uploads_per_user_max = 20;
  std::size_t upload_bytes_per_user_max = 60U << 20U;
  std::size_t upload_bytes_total_max = 256U << 20U;

  // Requests that people without an account write into a form, where an inbox takes them.
  std::size_t form_text_bytes_max = 64U << 10U;
  std::size_t form_line_bytes_max = 1000;    // name, subject
  std::size_t form_files_max = 5;
  std::size_t form_bytes_max = 10U << 20U;   // all files together
  std::chrono::seconds form_seconds_min{3};  // faster than people: held back
  std::chrono::hours form_life{24};          // of a page that stands open
  std::chrono::seconds form_time_max{60};    // until it is stored

  std::chrono::hours replay_life{24};        // Idempotency-Key
  std::size_t replays_erased_at_once_max = 1000;  // expired ones, in one transaction
  std::size_t replays_per_user_max = 50'000;      // keys that are remembered; more: 429
  std::size_t replay_body_bytes_max = 64U << 10U;  // larger answers are kept in their short form
};
using Options = WebOptions;

// What ticketing answers at most, whatever is asked.
inline constexpr std::size_t kPageSizeLimit = 100;
// Page sizes as they are possible: an impossible one would make every list fail, or be ignored.
WebOptions within_limits(WebOptions options);

}  // namespace postern::web
