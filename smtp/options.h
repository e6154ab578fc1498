#pragma once
// smtp/options.h: settings and limits of the SMTP server, filled by conf. A limit names what happens beyond it.
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "net/ip.h"

namespace postern::smtp {

// Allowance of a minute, refilled evenly; 0: any number.
struct PeerRate {
  std::size_t per_address = 0;  // one address, one /64 of IPv6
  std::size_t per_network = 0;  // one /24, one /48 of IPv6
};

// What clients may spend (server/peer_budget.h). Connections over it: 421 4.7.0; messages, recipients and bytes:
// 450 4.7.1; errors: blocked for block_first, doubling with each offence within a day, up to block_max.
struct PeerLimits {
  PeerRate connections{600, 3'000};
  PeerRate messages;
  PeerRate rcpts;
  PeerRate bytes;
  PeerRate errors{100, 400};
  std::chrono::seconds block_first{600};
  std::chrono::seconds block_max{86'400};
};

// Greylisting (RFC 6647): server/grey_list.h.
struct GreyListOptions {
  bool is_on = false;
  std::chrono::seconds delay{120};               // before which asking again does not count
  std::chrono::hours try_within{24};             // after which it begins anew: senders queue for days, but try within hours
  std::chrono::hours known_for{36 * 24};         // since a network was last seen: a monthly newsletter stays known
  std::size_t tried_max = 100'000;
  std::size_t known_max = 200'000;
};

struct ServerOptions {
  std::string hostname = "localhost";  // in the banner, EHLO and Received
  std::string banner = "Postern";      // follows "220 <hostname> ESMTP "
  std::string postmaster_domain;       // of RCPT TO:<postmaster>; empty: hostname
  bool implicit_tls = false;           // the session begins with a handshake (RFC 8314)
  bool require_tls = false;            // MAIL without TLS is 530 5.7.0 (RFC 3207)
  bool offers_dsn = true;              // RFC 3461 parameters are taken and handed on in the envelope
  std::vector<net::IpNetwork> xclient_peers;  // whose word about the real client is believed; nobody by default
  std::vector<net::IpNetwork> proxy_peers;    // load balancers that begin with a PROXY header (net/proxy_header.h)

  std::size_t message_bytes_max = 25U << 20U;       // 552 5.3.4; what EHLO's SIZE says
  std::size_t memory_in_flight_max = 512U << 20U;   // all messages of the server together; 452 4.3.1
  std::size_t text_line_bytes_max = 1U << 20U;      // of message text; RFC 5322 asks for 998; 554 5.6.0
  std::size_t hops_max = 50;                        // Received fields of a message; 554 5.4.6 (RFC 5321 6.3)
  std::size_t discard_bytes_max = 100U << 20U;      // of a refused message read to its end; then the session is closed
  std::size_t read_buffer_bytes = 32U << 10U;       // of a session while it sends content, at least 8 KiB
  std::size_t rcpts_max = 100;                      // a message; 452 4.5.3 (RFC 5321 4.5.3.1.8)
  std::size_t commands_max = 100'000;               // a session; 421 4.7.0
  std::size_t transactions_max = 20'000;            // MAIL commands a session; 421 4.7.0
  std::size_t aborted_max = 50;                     // transactions of a session begun and not ended; 421 4.7.0
  std::size_t aborted_per_network_max = 500;        // the same of a /24 or /64 in aborted_window; MAIL is 450 4.7.1
  std::chrono::seconds aborted_window{600};
  std::size_t junk_max = 100;                       // NOOP, RSET, VRFY, EHLO … since the last message; more are errors
  std::size_t errors_soft_max = 10;                 // with 4xx counted; then each is answered after error_delay
  std::size_t errors_hard_max = 20;                 // 421 4.7.0
  std::chrono::milliseconds error_delay{1000};
  PeerLimits peers;
  GreyListOptions grey_list;
  std::size_t sessions_per_network_max = 100;       // of one address (one /64 of IPv6), but not of
                                                    // xclient_peers; 421 4.7.0 before the banner

  std::chrono::milliseconds banner_delay{0};        // waits this long for early talkers; 0: what has arrived already
  std::chrono::seconds command_idle_max{300};       // for one whole command (RFC 5321 4.5.3.2.7); 421 4.4.2
  std::chrono::seconds session_total_max{4 * 3600}; // 421 4.4.2 at the next command
  std::chrono::seconds write_max{60};               // for one group of replies
  std::chrono::seconds tls_handshake_max{30};
  std::chrono::seconds proxy_header_max{5};         // from those of proxy_peers; then the connection is closed
  std::chrono::seconds data_total_max{1800};        // for one message, whatever its rate
  std::chrono::seconds data_grace{60};              // before the minimum rate counts
  std::size_t data_rate_min = 500;                  // bytes a second over the whole message; 421 4.4.2
  std::chrono::seconds intake_total_max{120};       // for the pipeline's verdict; RFC 5321 4.5.3.2.6 gives 10 minutes
};

}  // namespace postern::smtp
