#pragma once
// smtp/client/route.h: where a recipient's mail goes: the relay, an address literal, or the MX hosts of its domain
// (RFC 5321 section 5.1, RFC 7505), with ourselves taken out so that mail cannot circle.
// Thread-safety: a free function on values.  Limits: DeliveryOptions::hosts_max, mx_max.
#include <optional>
#include <random>
#include <string>
#include <vector>

#include "net/dns.h"
#include "pipeline/api/outbox.h"
#include "smtp/client/options.h"

namespace postern::smtp {

struct Target {
  std::string host;  // name to verify in TLS; the address itself when there is no name
  net::Endpoint endpoint;
  bool is_signed = false;  // DNSSEC proved both that the domain has this host and the host's address
  std::string canonical;   // where signed aliases of the host's name led; empty: nowhere else
  bool is_chosen = false;  // the operator's relay, or an address that was written to: no name of DNS led here
};

struct Route {
  std::vector<Target> targets;                      // in the order to try; empty exactly when there is a failure
  std::optional<pipeline::DeliveryReport> failure;  // why there is nowhere to go
};

// `random` decides among hosts of equal preference. `options` and `resolver` outlive the task.
core::Task<Route> find_route(std::string domain, net::DnsResolver& resolver, const DeliveryOptions& options,
                             std::uint64_t random, core::Deadline by);

}  // namespace postern::smtp
