#include "pipeline/sender/dns_trail.h"

#include <algorithm>

#include "pipeline/api/card_digits.h"

namespace postern::pipeline {
namespace {

std::string_view word_of(net::DnsType type) {
  switch (type) {
    case net::DnsType::kA: return "A";
    case net::DnsType::kNs: return "NS";
    case net::DnsType::kCname: return "CNAME";
    case net::DnsType::kSoa: return "SOA";
    case net::DnsType::kPtr: return "PTR";
    case net::DnsType::kMx: return "MX";
    case net::DnsType::kTxt: return "TXT";
    case net::DnsType::kAaaa: return "AAAA";
    case net::DnsType::kTlsa: return "TLSA";
  }
  return "?";
}

// Printable text of a bounded size; whoever publishes a record chooses its bytes.
std::string shown(std::string_view text, std::size_t bytes_max) {
  std::string out(text.substr(0, bytes_max));
  for (char& c : out) {
    if (c < 0x20 || c >= 0x7F) c = '?';
  }
  if (text.size() > bytes_max) out += "…";
  return mask_card_digits(out);
}

std::vector<std::string> records_of(net::DnsType type, const net::DnsAnswer& answer) {
  std::vector<std::string> out;
  switch (type) {
    case net::DnsType::kTxt: return answer.txt();
    case net::DnsType::kPtr:
    case net::DnsType::kNs:
    case net::DnsType::kCname: return answer.names();
    case net::DnsType::kMx:
      for (const auto& mx : answer.mx()) out.push_back(std::to_string(mx.preference) + " " + (mx.exchange.empty() ? "." : mx.exchange));
      return out;
    default:
      for (const auto& address : answer.addresses()) out.push_back(address.to_string());
      return out;
  }
}

}  // namespace

core::Task<net::DnsAnswer> DnsTrail::query(net::DnsQuestion question, core::Deadline by) {
  net::DnsAnswer answer = co_await resolver_.query(question, by);
  remember(question, answer);
  co_return answer;
}

void DnsTrail::remember(const net::DnsQuestion& question, const net::DnsAnswer& answer) {
  const std::lock_guard lock(mutex_);
  if (steps_.size() >= limits_.steps_max) return;
  DnsStep step;
  step.method = method_;
  step.name = shown(net::normalize_name(question.name), limits_.record_bytes_max);
  step.type = word_of(question.type);
  const auto is_same = [&step](const DnsStep& other) { return other.name == step.name && other.type == step.type; };
  if (std::ranges::any_of(steps_, is_same)) return;
  step.status = net::to_string(answer.status);
  step.is_secure = answer.is_secure;
  std::vector<std::string> records = records_of(question.type, answer);
  if (records.size() > limits_.records_max) records.resize(limits_.records_max);
  for (const std::string& record : records) step.records.push_back(shown(record, limits_.record_bytes_max));
  steps_.push_back(std::move(step));
}

std::vector<DnsStep> DnsTrail::take() {
  const std::lock_guard lock(mutex_);
  return std::move(steps_);
}

}  // namespace postern::pipeline
