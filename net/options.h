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

}  // namespace postern::net
