#pragma once
// net/options.h: settings and limits of name resolution, filled by conf.
#include <chrono>
#include <cstddef>
#include <string>
#include <vector>

#include "net/ip.h"

namespace postern::net {

struct ResolverOptions {
  std::vector<Endpoint> servers;           // forwarders; empty: those of /etc/resolv.conf
  std::string trust_anchor_file;           // DNSSEC root key; empty: answers are not validated
  std::size_t cache_bytes_max = 16U << 20U;  // of libunbound's cache; as much again of ours before it
  std::size_t outstanding_max = 4096;      // questions in flight; more answer kTimeout
  std::size_t answers_max = 16384;         // in our own cache before libunbound's: a repeated question costs ~1 us
  std::chrono::seconds answer_ttl_max{300};  // how long our own cache keeps an answer, whatever its TTL
  std::chrono::nanoseconds query_time_max = std::chrono::seconds(10);  // upper bound whatever the caller's deadline
};

// Where requests go that people ask us to make; see net/egress.h.
struct EgressOptions {
  std::vector<std::string> hosts;        // "hooks.example.com", "*.example.com": no others; empty: all
  std::vector<IpNetwork> networks;       // of our own that may be reached although they are not public
  std::string ca_file;                   // whom https endpoints are verified against; empty: the system's list
  bool http_to_loopback = false;         // plain HTTP to this machine: for an agent that runs beside us, and tests
  std::chrono::milliseconds connect_max{10'000};  // look-up, connection and handshake together
  std::chrono::milliseconds answer_max{15'000};   // from the first byte of a request to the last that is read
};

}  // namespace postern::net
