#pragma once
// auth/audit_trail/shipping/options.h: where copies of the audit log go as it grows, and the limits of that.
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace postern::auth {

struct ShipOptions {
  std::vector<std::string> receivers;  // see target.h for their forms
  std::string ca_file;                 // whom TLS receivers are verified against; empty: the system's list
  std::string token_file;              // bearer token for https receivers; empty: none
  std::string hmac_key_file;           // signs what https receivers get; empty: unsigned
  std::string hostname = "localhost";  // who says so
  std::size_t receivers_max = 8;
  std::size_t secret_bytes_max = 4096;                // of either file
  std::size_t batch_entries_max = 500;                // read and sent together
  std::size_t batch_bytes_max = std::size_t{1} << 20U;  // and held in memory; one larger entry goes alone
  std::size_t reply_bytes_max = 16384;                // head of an HTTP answer
  std::chrono::milliseconds look_interval{1000};      // when there is nothing to send
  std::chrono::milliseconds retry_first{1000};        // after a failure; doubles up to retry_max
  std::chrono::milliseconds retry_max{300'000};       // also the longest Retry-After that is obeyed
  std::chrono::milliseconds connect_max{15'000};      // look-up, connection and handshake together
  std::chrono::milliseconds send_max{30'000};         // one batch until it is confirmed
  std::chrono::milliseconds confirm_step{20};         // between two looks at what TCP has not acknowledged
};

}  // namespace postern::auth
