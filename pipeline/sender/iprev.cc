#include "pipeline/sender/iprev.h"

#include "pipeline/sender/domain_name.h"
#include "pipeline/sender/resolve_all.h"

namespace postern::pipeline {

core::Task<IprevVerdict> check_iprev(net::DnsResolver& resolver, std::string client_ip, std::uint32_t names_max,
                                     core::Deadline by) {
  IprevVerdict verdict;
  const auto ip = net::IpAddress::parse(client_ip);
  if (!ip) co_return verdict;
  net::DnsQuestion question(ip->to_reverse_name(), net::DnsType::kPtr);
  const net::DnsAnswer pointers = co_await resolver.query(std::move(question), by);
  if (!pointers.is_ok()) {
    verdict.result = pointers.is_absent() ? AuthResult::kFail : AuthResult::kTempError;
    co_return verdict;
  }
  std::vector<std::string> names = pointers.names();
  if (names.size() > names_max) names.resize(names_max);
  // Whoever holds the address writes these names; what is no name is not asked about.
  std::erase_if(names, [](const std::string& name) { return !to_a_labels(name); });
  std::vector<net::DnsQuestion> questions;
  for (const std::string& name : names)
    questions.emplace_back(name, ip->is_v4() ? net::DnsType::kA : net::DnsType::kAaaa);
  const std::vector<net::DnsAnswer> answers = co_await resolve_all(resolver, std::move(questions), by);
  verdict.result = AuthResult::kFail;
  for (std::size_t i = 0; i < answers.size(); ++i) {
    if (answers[i].is_transient_failure()) verdict.result = AuthResult::kTempError;
    for (const net::IpAddress& address : answers[i].addresses()) {
      if (address != *ip) continue;
      verdict.result = AuthResult::kPass;
      verdict.name = names[i];
      co_return verdict;
    }
  }
  co_return verdict;
}

}  // namespace postern::pipeline
