#include "pipeline/advice/run.h"

#include <algorithm>
#include <array>

#include "pipeline/advice/zone_text.h"
#include "pipeline/sender/domain_name.h"

namespace postern::pipeline {

core::Task<net::DnsAnswer> AdviceRun::ask(std::string name, net::DnsType type) const {
  net::DnsQuestion question(std::move(name), type);
  co_return co_await resolver.query(std::move(question), by);
}

std::string AdviceRun::report_address() const {
  return subject.report_address.empty() ? "postmaster@" + subject.domain : subject.report_address;
}

RecordAdvice AdviceRun::start(std::string purpose, std::string owner, std::string type, std::string value,
                              std::string why) const {
  RecordAdvice out;
  out.purpose = std::move(purpose);
  out.publish = make_record(std::move(owner), std::move(type), std::move(value), zone);
  out.why = std::move(why);
  return out;
}

core::Task<void> find_zone(AdviceRun& run) {
  run.zone = run.subject.domain;
  for (std::size_t labels = count_labels(run.subject.domain); labels > 1; --labels) {
    const std::string name = last_labels(run.subject.domain, labels);
    const net::DnsAnswer answer = co_await run.ask(name, net::DnsType::kSoa);
    if (answer.is_transient_failure()) co_return;
    if (!answer.is_ok() || !answer.canonical_name.empty()) continue;
    run.zone = name;
    co_return;
  }
}

core::Task<void> find_addresses(AdviceRun& run) {
  for (const std::string& text : run.subject.addresses) {
    if (const auto address = net::IpAddress::parse(text)) run.addresses.push_back(*address);
  }
  if (!run.addresses.empty()) co_return;
  for (const net::DnsType type : {net::DnsType::kA, net::DnsType::kAaaa}) {
    const net::DnsAnswer answer = co_await run.ask(run.subject.hostname, type);
    if (answer.is_transient_failure()) run.are_addresses_certain = false;
    for (const net::IpAddress& address : answer.addresses()) run.addresses.push_back(address);
  }
}

void settle(RecordAdvice& record, AdviceState state, std::string explanation) {
  record.state = state;
  record.explanation = std::move(explanation);
}

std::string failure_sentence(const net::DnsAnswer& answer, const std::string& name) {
  if (answer.status == net::DnsStatus::kBogus) {
    return "the DNSSEC signatures of " + name + " are wrong, so servers that validate get no answer";
  }
  return "DNS did not answer for " + name + " (" + std::string(net::to_string(answer.status)) + "); try again";
}

bool ends_here(const net::DnsAnswer& answer, const std::string& name, RecordAdvice& record) {
  if (answer.is_ok()) return false;
  if (answer.is_absent()) {
    settle(record, AdviceState::kMissing, "no " + record.publish.type + " record is published at " + name);
  } else {
    settle(record, AdviceState::kUnknown, failure_sentence(answer, name));
  }
  return true;
}

std::string join(const std::vector<std::string>& words, std::string_view between) {
  std::string out;
  for (const std::string& word : words) {
    if (!out.empty()) out += between;
    out += word;
  }
  return out;
}

void cut_to(std::vector<std::string>& values, std::size_t count_max) {
  if (values.size() > count_max) values.resize(count_max);
}

bool is_private_address(const net::IpAddress& address) {
  static const std::array kNetworks{
      net::IpNetwork::parse("0.0.0.0/8").value(),      net::IpNetwork::parse("10.0.0.0/8").value(),
      net::IpNetwork::parse("100.64.0.0/10").value(),  net::IpNetwork::parse("127.0.0.0/8").value(),
      net::IpNetwork::parse("169.254.0.0/16").value(), net::IpNetwork::parse("172.16.0.0/12").value(),
      net::IpNetwork::parse("192.168.0.0/16").value(), net::IpNetwork::parse("::/127").value(),
      net::IpNetwork::parse("fc00::/7").value(),       net::IpNetwork::parse("fe80::/10").value()};
  return std::any_of(kNetworks.begin(), kNetworks.end(),
                     [&](const net::IpNetwork& network) { return network.contains(address); });
}

}  // namespace postern::pipeline
