#pragma once
// pipeline/reports/options.h: the DMARC aggregate reports (RFC 9990) and TLS reports (RFC 8460) that we send: who they come from and
// every limit.
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>

#include "core/clock.h"

namespace postern::pipeline {

struct ReportOptions {
  std::string address;         // From and envelope sender: "noreply-dmarc@example.com"; empty: nothing is counted or sent
  std::string tls_address;     // the same of TLS reports: "noreply-tls@example.com"; empty: nothing is counted or sent
  std::string organisation;    // empty: the domain of `address`
  std::string contact;         // whom to write to about a report; empty: `address`
  std::string extra_contact_info;
  std::size_t destinations_max = 5;              // rua addresses of one domain; further ones get nothing
  std::size_t message_bytes_max = 10U << 20U;    // of one report as mail; a larger one is not sent
  std::uint32_t per_hour_max = 300;              // reports; the rest of the day's wait their turn
  core::Duration start_delay = std::chrono::minutes(15);    // after midnight UTC, so that late verdicts are counted
  core::Duration start_spread = std::chrono::minutes(120);  // and up to so much more, by chance: not all at once
  std::uint32_t catch_up_days = 2;               // 1 at least; an older day is not reported any more
  core::Duration dns_time_max = std::chrono::seconds(30);   // of one domain's look-ups together
  core::Duration retry_after = std::chrono::minutes(30);    // of a domain whose look-ups failed
  core::Duration life_max = std::chrono::hours(24);         // in the queue; then it is given up
  core::Duration flush_interval = std::chrono::seconds(30); // from memory to the store; what a crash loses at most

  core::Duration retry_max = std::chrono::hours(4);         // of a TLS report that a web server did not take: pauses double up to it

  bool is_enabled() const { return !address.empty(); }
  bool sends_tls() const { return !tls_address.empty(); }
};

}  // namespace postern::pipeline
