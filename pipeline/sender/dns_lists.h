#pragma once
// pipeline/sender/dns_lists.h: lists in DNS that know the client: of senders of spam, and of good senders (RFC 5782).
// Evidence for the spam score; nothing is refused for it here. The resolver's cache is the cache.
// Thread-safety: look_up() from any executor, many at a time.  Ownership: borrows the clock.
// Errors: none; a list that does not answer in time says nothing. A list that is broken (refuses us, answers with other
// addresses, or lists everybody) says nothing either; it is logged once and counted.
// Limits: DnsListOptions, kDnsListZonesMax.
#include <atomic>
#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/deadline.h"
#include "core/task.h"
#include "net/dns.h"
#include "pipeline/api/verdict.h"
#include "pipeline/sender/options.h"

namespace postern::pipeline {

inline constexpr std::size_t kDnsListZonesMax = 32;  // of both kinds together; further ones are not asked

// What one A record of a list means.
enum class DnsListAnswer {
  kListed,   // 127.0.0.0/8 (RFC 5782 section 2.1)
  kRefused,  // a code with which lists refuse whoever asks: 127.255.255.0/24, 127.0.0.1, 127.0.0.255
  kForeign,  // any other address: the domain was given up, or a resolver invents answers
};
DnsListAnswer read_list_answer(const net::IpAddress& address);

// Why `zone` cannot be asked, as a sentence for whoever wrote it; nullopt when it can.
std::optional<std::string> dns_list_complaint(std::string_view zone);

// Addresses that belong to one host or site mean nothing to others: loopback, private (RFC 1918, 4193), shared
// (RFC 6598), link-local, multicast, unspecified.
bool is_public_address(const net::IpAddress& address);

class DnsLists {
 public:
  // Zones with a complaint are left out; configuration checks name them before.
  DnsLists(core::Clock& clock, const DnsListOptions& options);
  ~DnsLists();
  DnsLists(const DnsLists&) = delete;

  // The lists that know the client, in the order of the options, those that deny first. All are asked at once.
  core::Task<std::vector<DnsListHit>> look_up(net::DnsResolver& resolver, std::string client_ip, core::Deadline by);

 private:
  struct Zone;
  void add(const std::vector<std::string>& zones, bool is_allow);

  core::Clock& clock_;
  core::Duration time_max_;
  std::vector<std::unique_ptr<Zone>> zones_;
};

}  // namespace postern::pipeline
