#pragma once
// smtp/client/options.h: settings and limits of delivery, filled by conf.
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "net/ip.h"

namespace postern::smtp {

struct DeliveryOptions {
  std::string relay;                    // "HOST:PORT" for all mail; empty: the MX hosts of each recipient's domain
  std::uint16_t port = 25;              // of MX hosts; tests use another
  std::string helo_name = "localhost";  // our name in EHLO; has a PTR and an A record in earnest
  std::vector<std::string> own_names;   // MX hosts that are us, besides helo_name: RFC 5321 section 5.1
  std::vector<net::IpAddress> own_addresses;     // likewise; loopback counts as ours on port 25
  net::IpAddress bind_v4;                        // source address; unspecified: the system's choice
  std::vector<std::string> require_tls_domains;  // recipients' domains delivered to only over verified TLS; "*": all
  std::filesystem::path ca_file;                 // trust anchors for verified TLS; empty: the system's
  bool uses_dane = true;     // RFC 7672, where DNS answers are validated
  bool uses_mta_sts = true;  // RFC 8461

  std::size_t concurrency_max = 32;         // attempts at a time
  std::size_t per_destination_max = 4;      // attempts at a time to one recipient domain
  std::size_t claimed_max = 64;             // messages held in memory, waiting for a place included
  std::size_t claimed_per_destination_max = 8;  // of them to one recipient domain, so that a slow one leaves room
  std::size_t hosts_max = 6;                // addresses tried in one attempt
  std::size_t mx_max = 20;                  // MX records looked at
  std::size_t reply_lines_max = 100;        // of one reply; more ends the session
  std::size_t reply_line_bytes_max = 2048;  // RFC 5321 4.5.3.1.5 asks for 512

  // RFC 5321 section 4.5.3.2, and a bound over the whole attempt.
  std::chrono::seconds connect_max{30};
  std::chrono::seconds banner_max{300};
  std::chrono::seconds tls_max{60};
  std::chrono::seconds command_max{300};  // EHLO, STARTTLS, MAIL, RCPT
  std::chrono::seconds data_start_max{120};
  std::chrono::seconds data_block_max{180};
  std::chrono::seconds data_end_max{600};
  std::chrono::seconds quit_max{2};  // the message is accepted by then: nobody should wait for a farewell
  std::chrono::seconds refusal_max{1};  // for what a server that broke off may have said before
  std::chrono::seconds attempt_max{600};  // up to the end of the content; data_end_max comes on top
  // Of claimed messages; a crash delays them by this. An attempt begins only while all that it may take is left of it: what has waited longer is given back, because its lease would end, and another take it, while it is sent.
  std::chrono::seconds lease{1500};
  std::chrono::seconds report_reserve{60};
  std::chrono::milliseconds report_pause_first{250};  // after a report that the queue could not keep; doubles
  std::chrono::milliseconds report_pause_max{30'000};
  std::chrono::seconds idle_max{60};  // the queue is looked at this often even when nothing woke us
};

}  // namespace postern::smtp
