#include "pipeline/sender/helo_check.h"

#include <algorithm>

#include "pipeline/sender/domain_name.h"

namespace postern::pipeline {
namespace {

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_let_dig(char c) { return is_digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }

bool is_sub_domain(std::string_view label) {
  return !label.empty() && is_let_dig(label.front()) && is_let_dig(label.back()) &&
         std::all_of(label.begin(), label.end(), [](char c) { return is_let_dig(c) || c == '-'; });
}

}  // namespace

bool is_host_name(std::string_view text) {
  if (text.ends_with('.')) text.remove_suffix(1);
  if (!is_dns_name(text) || count_labels(text) < 2) return false;
  const std::string_view last = text.substr(text.rfind('.') + 1);
  if (std::all_of(last.begin(), last.end(), is_digit)) return false;  // an address without its brackets
  std::size_t at = 0;
  while (true) {
    const std::size_t dot = text.find('.', at);
    if (!is_sub_domain(text.substr(at, dot == std::string_view::npos ? dot : dot - at))) return false;
    if (dot == std::string_view::npos) return true;
    at = dot + 1;
  }
}

core::Task<AuthResult> check_helo(net::DnsResolver& resolver, std::string helo, std::string client_ip,
                                  core::Deadline by) {
  const auto ip = net::IpAddress::parse(client_ip);
  // An SMTPUTF8 client may say U-labels (RFC 6531 section 3.7.1 asks for A-labels, but they name the same host).
  const std::optional<std::string> name = to_a_labels(helo);
  if (!ip || !name || !is_host_name(*name)) co_return AuthResult::kNone;
  net::DnsQuestion question(*name, ip->is_v4() ? net::DnsType::kA : net::DnsType::kAaaa);
  const net::DnsAnswer answer = co_await resolver.query(std::move(question), by);
  if (answer.is_transient_failure()) co_return AuthResult::kTempError;
  const std::vector<net::IpAddress> addresses = answer.addresses();
  const bool leads_here = std::find(addresses.begin(), addresses.end(), *ip) != addresses.end();
  co_return leads_here ? AuthResult::kPass : AuthResult::kFail;
}

}  // namespace postern::pipeline
