#include "smtp/client/route.h"

#include <algorithm>
#include <cstdint>

#include "core/encoding.h"
#include "smtp/client/domain.h"

namespace postern::smtp {
namespace {

using pipeline::DeliveryOutcome;

Route nowhere(DeliveryOutcome outcome, const std::string& domain, const char* enhanced, const char* reason) {
  pipeline::DeliveryReport report;
  report.outcome = outcome;
  report.remote = domain;
  report.enhanced = enhanced;
  report.reply = reason;
  Route route;
  route.failure = std::move(report);
  return route;
}

bool is_our_name(const std::string& host, const DeliveryOptions& options) {
  auto is_same = [&host](const std::string& own) { return net::normalize_name(own) == host; };
  return is_same(options.helo_name) || std::any_of(options.own_names.begin(), options.own_names.end(), is_same);
}

bool is_our_address(const net::IpAddress& address, const DeliveryOptions& options, std::uint16_t port) {
  constexpr std::uint16_t kSmtpPort = 25;
  if (address.asio().is_unspecified() || address.asio().is_multicast()) return true;
  if (address.is_loopback() && port == kSmtpPort) return true;
  return std::find(options.own_addresses.begin(), options.own_addresses.end(), address) != options.own_addresses.end();
}

// What the look-ups of hosts found, and why they found nothing.
struct Found {
  std::size_t per_family_max = SIZE_MAX;  // addresses of one host and family, so that a dead host leaves room for others
  bool may_be_ourselves = false;          // a relay is what the configuration says it is
  bool is_signed = false;                 // that the domain has the host
  std::vector<Target> targets;
  bool has_transient_failure = false;
  bool has_met_ourselves = false;
};

Target chosen(const net::Endpoint& endpoint) {
  Target out;
  out.host = endpoint.address.to_string();
  out.endpoint = endpoint;
  out.is_chosen = true;
  return out;
}

// IPv4 first: receivers hold IPv6 senders to stricter rules, and every mail host still has IPv4.
core::Task<void> add_host(std::string host, std::uint16_t port, net::DnsResolver& resolver,
                          const DeliveryOptions& options, core::Deadline by, Found& into) {
  for (net::DnsType type : {net::DnsType::kA, net::DnsType::kAaaa}) {
    net::DnsQuestion question(host, type);
    const net::DnsAnswer answer = co_await resolver.query(std::move(question), by);
    into.has_transient_failure = into.has_transient_failure || answer.is_transient_failure();
    if (!answer.is_ok()) continue;
    std::size_t taken = 0;
    for (const net::IpAddress& address : answer.addresses()) {
      if (!into.may_be_ourselves && is_our_address(address, options, port)) {
        into.has_met_ourselves = true;
      } else if (into.targets.size() < options.hosts_max && taken++ < into.per_family_max) {
        Target target;
        target.host = host;
        target.endpoint = {address, port};
        target.is_signed = into.is_signed && answer.is_secure;
        if (answer.is_secure) target.canonical = answer.canonical_name;
        target.is_chosen = into.may_be_ourselves;
        into.targets.push_back(std::move(target));
      }
    }
  }
}

Route conclude(Found found, const std::string& domain) {
  if (!found.targets.empty()) {
    Route route;
    route.targets = std::move(found.targets);
    return route;
  }
  if (found.has_transient_failure) {
    return nowhere(DeliveryOutcome::kDeferred, domain, "4.4.3", "the mail host's address could not be looked up");
  }
  if (found.has_met_ourselves) {
    return nowhere(DeliveryOutcome::kFailed, domain, "5.4.6", "mail for this domain loops back to this server");
  }
  return nowhere(DeliveryOutcome::kFailed, domain, "5.4.4", "the mail host has no address");
}

core::Task<Route> route_to_relay(const DeliveryOptions& options, net::DnsResolver& resolver, core::Deadline by) {
  Found found;
  if (const auto endpoint = net::Endpoint::parse(options.relay)) {
    found.targets.push_back(chosen(*endpoint));
    co_return conclude(std::move(found), options.relay);
  }
  const auto colon = options.relay.rfind(':');
  const auto port = net::Endpoint::parse("0.0.0.0:" + options.relay.substr(colon == std::string::npos ? 0 : colon + 1));
  if (colon == std::string::npos || !port) {
    co_return nowhere(DeliveryOutcome::kDeferred, options.relay, "4.3.5", "the relay is not HOST:PORT");
  }
  found.may_be_ourselves = true;
  co_await add_host(net::normalize_name(options.relay.substr(0, colon)), port->port, resolver, options, by, found);
  // A relay that cannot be found says nothing about the recipient: the mail waits until the setting is right.
  if (found.targets.empty()) {
    co_return nowhere(DeliveryOutcome::kDeferred, options.relay, "4.4.4", "the relay's address could not be looked up");
  }
  co_return conclude(std::move(found), options.relay);
}

// "[192.0.2.1]" and "[IPv6:2001:db8::1]" (RFC 5321 section 4.1.3).
Route route_to_literal(const std::string& domain, const DeliveryOptions& options) {
  std::string inner = domain.substr(1, domain.size() - 2);
  constexpr std::string_view kTag = "ipv6:";
  if (core::to_lower_ascii(inner).starts_with(kTag)) inner.erase(0, kTag.size());
  const auto address = net::IpAddress::parse(inner);
  if (!address) return nowhere(DeliveryOutcome::kFailed, domain, "5.1.2", "not an address");
  Found found;
  found.has_met_ourselves = is_our_address(*address, options, options.port);
  if (!found.has_met_ourselves) {
    found.targets.push_back(chosen({*address, options.port}));
  }
  return conclude(std::move(found), domain);
}

// RFC 5321 section 5.1: hosts as preferred as ourselves, or less, would send the mail back here.
void drop_from_ourselves_on(std::vector<net::DnsAnswer::Mx>& hosts, const DeliveryOptions& options) {
  auto is_ours = [&options](const net::DnsAnswer::Mx& mx) { return is_our_name(mx.exchange, options); };
  const auto ours = std::find_if(hosts.begin(), hosts.end(), is_ours);
  if (ours == hosts.end()) return;
  const auto preference = ours->preference;
  std::erase_if(hosts, [preference](const net::DnsAnswer::Mx& mx) { return mx.preference >= preference; });
}

void shuffle_equals(std::vector<net::DnsAnswer::Mx>& hosts, std::uint64_t random) {
  std::mt19937_64 engine(random);
  for (auto begin = hosts.begin(); begin != hosts.end();) {
    const auto preference = begin->preference;
    const auto end =
        std::find_if(begin, hosts.end(), [preference](const auto& mx) { return mx.preference != preference; });
    std::shuffle(begin, end, engine);
    begin = end;
  }
}

}  // namespace

core::Task<Route> find_route(std::string domain, net::DnsResolver& resolver, const DeliveryOptions& options,
                             std::uint64_t random, core::Deadline by) {
  if (!options.relay.empty()) co_return co_await route_to_relay(options, resolver, by);
  if (domain.size() > 2 && domain.front() == '[' && domain.back() == ']') co_return route_to_literal(domain, options);
  const auto name = to_ascii_domain(domain);
  if (!name) co_return nowhere(DeliveryOutcome::kFailed, domain, "5.1.2", "not a domain name");

  net::DnsQuestion question(*name, net::DnsType::kMx);
  const net::DnsAnswer answer = co_await resolver.query(std::move(question), by);
  if (answer.is_transient_failure()) {
    co_return nowhere(DeliveryOutcome::kDeferred, *name, "4.4.3", "the domain's mail hosts could not be looked up");
  }
  if (answer.status == net::DnsStatus::kNxDomain) {
    co_return nowhere(DeliveryOutcome::kFailed, *name, "5.1.2", "the domain does not exist");
  }
  std::vector<net::DnsAnswer::Mx> hosts = answer.mx();
  if (answer.is_ok() && hosts.empty()) {
    co_return nowhere(DeliveryOutcome::kDeferred, *name, "4.4.3", "the domain's MX records cannot be read");
  }
  if (hosts.size() == 1 && hosts.front().exchange.empty()) {
    co_return nowhere(DeliveryOutcome::kFailed, *name, "5.1.10", "the domain accepts no mail (null MX)");
  }
  std::erase_if(hosts, [](const net::DnsAnswer::Mx& mx) { return mx.exchange.empty(); });
  Found found;
  found.is_signed = answer.is_secure;
  if (answer.status == net::DnsStatus::kNoData) {
    co_await add_host(*name, options.port, resolver, options, by, found);  // the implicit MX
    co_return conclude(std::move(found), *name);
  }
  drop_from_ourselves_on(hosts, options);
  found.has_met_ourselves = hosts.empty();
  shuffle_equals(hosts, random);
  if (hosts.size() > options.mx_max) hosts.resize(options.mx_max);
  if (hosts.size() > 1) found.per_family_max = 2;
  for (const auto& mx : hosts) {
    if (found.targets.size() >= options.hosts_max) break;
    co_await add_host(mx.exchange, options.port, resolver, options, by, found);
  }
  co_return conclude(std::move(found), *name);
}

}  // namespace postern::smtp
