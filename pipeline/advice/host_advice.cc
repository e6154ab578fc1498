// The server's own name: A and AAAA, and a PTR for each address that leads back (RFC 8601 section 2.7.3).
#include <algorithm>

#include "pipeline/advice/records.h"

namespace postern::pipeline {
namespace {

using net::DnsType;

bool contains(const std::vector<net::IpAddress>& all, const net::IpAddress& one) {
  return std::find(all.begin(), all.end(), one) != all.end();
}

// One address that the name should have.
void judge_address(const net::DnsAnswer& answer, const net::IpAddress& wanted, const std::string& hostname, RecordAdvice& record) {
  if (ends_here(answer, hostname, record)) return;
  std::vector<net::IpAddress> published = answer.addresses();
  for (const net::IpAddress& one : published) record.found.push_back(one.to_string());
  if (!answer.canonical_name.empty()) {
    settle(record, AdviceState::kWarning, hostname + " is an alias of " + answer.canonical_name +
                                              ", which the target of an MX record may not be (RFC 2181 section 10.3)");
  } else if (!contains(published, wanted)) {
    settle(record, AdviceState::kDifferent, hostname + " leads to " + join(record.found) + " and not to " + wanted.to_string());
  } else if (is_private_address(wanted)) {
    settle(record, AdviceState::kDifferent, wanted.to_string() + " is a private address that other servers cannot reach");
  } else {
    settle(record, AdviceState::kOk, hostname + " leads to this server");
  }
}

core::Task<RecordAdvice> judge_ptr(const AdviceRun& run, net::IpAddress address) {
  RecordAdvice record = run.start("ptr", address.to_reverse_name(), "PTR", run.subject.hostname + ".",
                                  "Many receivers refuse mail from an address that does not lead back to a name.");
  const net::DnsAnswer answer = co_await run.ask(record.publish.owner, DnsType::kPtr);
  if (ends_here(answer, address.to_string(), record)) co_return record;
  record.found = answer.names();
  if (record.found.empty()) record.found.push_back(".");  // a record that holds no name
  cut_to(record.found, run.limits.found_max);
  const std::string ours = net::normalize_name(run.subject.hostname);
  const bool names_us = std::find(record.found.begin(), record.found.end(), ours) != record.found.end();
  const std::string name = names_us ? ours : record.found.front();
  const net::DnsAnswer forward = co_await run.ask(name, address.is_v4() ? DnsType::kA : DnsType::kAaaa);
  const bool is_confirmed = contains(forward.addresses(), address);
  if (forward.is_transient_failure()) {
    settle(record, AdviceState::kUnknown, failure_sentence(forward, name));
  } else if (names_us && is_confirmed) {
    settle(record, AdviceState::kOk, "the address leads to " + ours + " and back");
  } else if (names_us) {
    settle(record, AdviceState::kDifferent,
           "the address leads to " + ours + ", but that name does not lead back to " + address.to_string());
  } else if (is_confirmed) {
    settle(record, AdviceState::kWarning,
           "the address leads to " + name + " and back, but this server greets as " + run.subject.hostname);
  } else {
    settle(record, AdviceState::kDifferent, "the address leads to " + join(record.found) + ", which does not lead back");
  }
  co_return record;
}

core::Task<RecordAdvice> check_ptr(const AdviceRun& run, net::IpAddress address) {
  RecordAdvice record = co_await judge_ptr(run, address);
  if (record.state != AdviceState::kOk) {
    record.notes.push_back("Whoever owns the address publishes it: ask the provider of the server, not of the domain.");
  }
  co_return record;
}

}  // namespace

core::Task<std::vector<RecordAdvice>> advise_host(const AdviceRun& run) {
  std::vector<RecordAdvice> out;
  const std::string why = "Lets other servers find this one, and shows them that its name is its own.";
  const std::string& hostname = run.subject.hostname;
  for (const net::IpAddress& address : run.addresses) {
    RecordAdvice record = run.start("host", hostname, address.is_v4() ? "A" : "AAAA", address.to_string(), why);
    const net::DnsAnswer answer = co_await run.ask(hostname, address.is_v4() ? DnsType::kA : DnsType::kAaaa);
    judge_address(answer, address, hostname, record);
    out.push_back(std::move(record));
  }
  if (run.addresses.empty()) {
    RecordAdvice record = run.start("host", hostname, "A", "", why);
    if (run.are_addresses_certain) {
      settle(record, AdviceState::kMissing, hostname + " has no address; publish one record with this server's public address");
    } else {
      settle(record, AdviceState::kUnknown, "DNS did not answer for " + hostname + "; try again");
    }
    out.push_back(std::move(record));
  }
  for (const net::IpAddress& address : run.addresses) {
    if (is_private_address(address)) continue;
    out.push_back(co_await check_ptr(run, address));
  }
  co_return out;
}

}  // namespace postern::pipeline
