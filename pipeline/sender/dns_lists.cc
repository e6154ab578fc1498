#include "pipeline/sender/dns_lists.h"

#include <algorithm>
#include <array>

#include "core/log.h"
#include "core/metrics.h"
#include "pipeline/sender/domain_name.h"
#include "pipeline/sender/helo_check.h"
#include "pipeline/sender/resolve_all.h"

namespace postern::pipeline {
namespace {

constexpr std::size_t kReversedBytesMax = 64;  // 32 nibbles with their dots
constexpr std::size_t kNameBytesMax = 253;     // RFC 1035 section 2.3.4

// RFC 5782 section 5: these must not be listed; a zone that knows them knows everybody.
constexpr std::string_view kNeverListedV4 = "1.0.0.127";
constexpr std::string_view kNeverListedV6 = "1.0.0.0.0.0.f.7.f.f.f.f.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0";

bool is_in_any(const net::IpAddress& address, const std::vector<net::IpNetwork>& networks) {
  return std::any_of(networks.begin(), networks.end(),
                     [&address](const net::IpNetwork& network) { return network.contains(address); });
}

std::vector<net::IpNetwork> parse_networks(std::initializer_list<const char*> texts) {
  std::vector<net::IpNetwork> out;
  for (const char* text : texts) out.push_back(*net::IpNetwork::parse(text));
  return out;
}

// Labels of the address in reverse, without the zone that PTR records stand in (RFC 5782 sections 2.1 and 2.4).
std::string reversed_labels(const net::IpAddress& address) {
  std::string name = address.to_reverse_name();
  const std::string_view zone = address.is_v4() ? ".in-addr.arpa" : ".ip6.arpa";
  name.resize(name.size() - zone.size());
  return name;
}

constexpr std::size_t kKeyBytesMin = 20;

// Some lists are asked below a label that is the customer's key; it is not shown to whoever reads a verdict.
std::string without_key(const std::string& zone) {
  const std::size_t dot = zone.find('.');
  return dot >= kKeyBytesMin && count_labels(zone) > 2 ? "*" + zone.substr(dot) : zone;
}

}  // namespace

struct DnsLists::Zone {
  Zone(std::string the_name, bool allows) : name(std::move(the_name)), shown(without_key(name)), is_allow(allows) {}

  void note_fault(std::string_view cause, std::string_view answer) {
    core::metrics()
        .counter("postern_sender_dns_list_faults_total", "answers of DNS lists that could not be used",
                 "list=\"" + shown + "\",cause=\"" + std::string(cause) + "\"")
        .add();
    if (cause == "silent" || has_warned.exchange(true)) return;
    core::log::warn("sender.dns_list_unusable", {{"list", shown}, {"cause", cause}, {"answer", answer}});
  }
  // The listing in the answer, or empty. What cannot be used is noted.
  std::string read(const net::DnsAnswer& answer) {
    if (answer.is_transient_failure()) note_fault("silent", {});
    for (const net::IpAddress& address : answer.addresses()) {
      switch (read_list_answer(address)) {
        case DnsListAnswer::kListed: return address.to_string();
        case DnsListAnswer::kRefused: note_fault("refused", address.to_string()); break;
        case DnsListAnswer::kForeign: note_fault("foreign", address.to_string()); break;
      }
    }
    return {};
  }

  std::string name;
  std::string shown;
  bool is_allow;
  std::atomic<bool> has_warned{false};
};

DnsListAnswer read_list_answer(const net::IpAddress& address) {
  if (!address.is_v4()) return DnsListAnswer::kForeign;
  const auto bytes = address.asio().to_v4().to_bytes();
  if (bytes[0] != 127) return DnsListAnswer::kForeign;
  const bool is_code = (bytes[1] == 255 && bytes[2] == 255) ||
                       (bytes[1] == 0 && bytes[2] == 0 && (bytes[3] == 1 || bytes[3] == 255));
  return is_code ? DnsListAnswer::kRefused : DnsListAnswer::kListed;
}

std::optional<std::string> dns_list_complaint(std::string_view zone) {
  const std::string shown = "\"" + core::log::printable(zone) + "\"";
  const std::optional<std::string> name = to_a_labels(zone);
  if (!name) return shown + " is no domain name; a DNS list is written like \"zen.spamhaus.org\"";
  // Some lists give each customer a zone with a key, which may hold an underscore.
  std::string plain = *name;
  std::replace(plain.begin(), plain.end(), '_', 'x');
  if (!is_host_name(plain)) return shown + " is no zone of a DNS list; write it like \"zen.spamhaus.org\"";
  if (name->size() + kReversedBytesMax > kNameBytesMax) return shown + " is too long to put an IPv6 address in front";
  return std::nullopt;
}

bool is_public_address(const net::IpAddress& address) {
  static const std::vector<net::IpNetwork> local =
      parse_networks({"0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12",
                      "192.168.0.0/16", "224.0.0.0/3", "::/127", "fc00::/7", "fe80::/10", "ff00::/8"});
  return !is_in_any(address, local);
}

DnsLists::DnsLists(core::Clock& clock, const DnsListOptions& options) : clock_(clock), time_max_(options.time_max) {
  add(options.deny, false);
  add(options.allow, true);
}
DnsLists::~DnsLists() = default;

void DnsLists::add(const std::vector<std::string>& zones, bool is_allow) {
  for (const std::string& zone : zones) {
    if (zones_.size() >= kDnsListZonesMax || dns_list_complaint(zone)) continue;
    zones_.push_back(std::make_unique<Zone>(*to_a_labels(zone), is_allow));
  }
}

core::Task<std::vector<DnsListHit>> DnsLists::look_up(net::DnsResolver& resolver, std::string client_ip,
                                                      core::Deadline by) {
  std::vector<DnsListHit> hits;
  const auto ip = net::IpAddress::parse(client_ip);
  if (!ip || zones_.empty() || !is_public_address(*ip)) co_return hits;
  by = by.earlier_of(core::Deadline::after(time_max_, clock_));
  const std::string client = reversed_labels(*ip);
  std::vector<net::DnsQuestion> questions;
  for (const auto& zone : zones_) questions.emplace_back(client + '.' + zone->name, net::DnsType::kA);
  const std::vector<net::DnsAnswer> answers = co_await resolve_all(resolver, std::move(questions), by);

  std::vector<Zone*> knowing;
  std::vector<net::DnsQuestion> controls;
  for (std::size_t i = 0; i < answers.size(); ++i) {
    std::string listing = zones_[i]->read(answers[i]);
    if (listing.empty()) continue;
    hits.push_back({zones_[i]->shown, std::move(listing), zones_[i]->is_allow});
    knowing.push_back(zones_[i].get());
    controls.emplace_back(std::string(ip->is_v4() ? kNeverListedV4 : kNeverListedV6) + '.' + zones_[i]->name,
                          net::DnsType::kA);
  }
  if (hits.empty()) co_return hits;
  const std::vector<net::DnsAnswer> proofs = co_await resolve_all(resolver, std::move(controls), by);
  std::vector<DnsListHit> sound;
  for (std::size_t i = 0; i < hits.size(); ++i) {
    if (proofs[i].is_ok()) {
      knowing[i]->note_fault("lists_everybody", hits[i].answer);
    } else {
      sound.push_back(std::move(hits[i]));
    }
  }
  co_return sound;
}

}  // namespace postern::pipeline
