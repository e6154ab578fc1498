#include "pipeline/sender/dns_advice.h"

#include <algorithm>

#include "core/encoding.h"
#include "pipeline/sender/dkim_tags.h"
#include "pipeline/sender/dmarc_walk.h"
#include "pipeline/sender/domain_name.h"
#include "pipeline/sender/spf.h"
#include "pipeline/sender/spf_record.h"

namespace postern::pipeline {
namespace {

using Status = DnsCheckResult;

std::string join(const std::vector<std::string>& words) {
  std::string out;
  for (const std::string& word : words) out += (out.empty() ? "" : ", ") + word;
  return out;
}

// Answers that end a check before its record is looked at.
bool ends_here(const net::DnsAnswer& answer, DnsCheck& check) {
  if (answer.is_ok()) return false;
  check.result = answer.is_absent() ? Status::kMissing : Status::kFailed;
  check.explanation =
      answer.is_absent() ? "not published" : "DNS answered " + std::string(net::to_string(answer.status));
  return true;
}

void settle(DnsCheck& check, Status result, std::string explanation) {
  check.result = result;
  check.explanation = std::move(explanation);
}

core::Task<net::DnsAnswer> ask(net::DnsResolver& resolver, std::string name, net::DnsType type, core::Deadline by) {
  net::DnsQuestion question(std::move(name), type);
  co_return co_await resolver.query(std::move(question), by);
}

core::Task<DnsCheck> check_mx(DnsRecordAdvice advice, std::string hostname, net::DnsResolver& resolver,
                              core::Deadline by) {
  DnsCheck check;
  check.advice = std::move(advice);
  const net::DnsAnswer answer = co_await ask(resolver, check.advice.owner, net::DnsType::kMx, by);
  if (ends_here(answer, check)) co_return check;
  bool names_us = false;
  for (const net::DnsAnswer::Mx& mx : answer.mx()) {
    check.found.push_back(std::to_string(mx.preference) + " " + mx.exchange + ".");
    names_us = names_us || net::normalize_name(mx.exchange) == net::normalize_name(hostname);
  }
  if (names_us) {
    settle(check, Status::kOk, "mail for the domain comes here");
  } else {
    settle(check, Status::kDifferent, "no MX record names " + hostname);
  }
  co_return check;
}

core::Task<DnsCheck> check_spf(DnsRecordAdvice advice, DnsSubject subject, net::DnsResolver& resolver,
                               core::Deadline by) {
  DnsCheck check;
  check.advice = std::move(advice);
  const net::DnsAnswer answer = co_await ask(resolver, check.advice.owner, net::DnsType::kTxt, by);
  if (ends_here(answer, check)) co_return check;
  for (std::string& text : answer.txt()) {
    if (is_spf_record(text)) check.found.push_back(std::move(text));
  }
  if (check.found.empty()) {
    settle(check, Status::kMissing, "not published");
    co_return check;
  }
  if (check.found.size() > 1 || !parse_spf_record(check.found[0])) {
    settle(check, Status::kDifferent,
           check.found.size() > 1 ? "more than one SPF record" : "the record has a syntax error");
    co_return check;
  }
  if (subject.addresses.empty()) {
    for (const net::DnsType type : {net::DnsType::kA, net::DnsType::kAaaa}) {
      const net::DnsAnswer host = co_await ask(resolver, subject.hostname, type, by);
      for (const net::IpAddress& address : host.addresses()) subject.addresses.push_back(address.to_string());
    }
  }
  SpfChecker checker(resolver, core::system_clock(), SpfLimits{});
  EmailAddress sender;
  sender.local = "postmaster";
  sender.domain = subject.domain;
  std::vector<std::string> refused;
  for (const std::string& address : subject.addresses) {
    SpfQuery query(address, subject.hostname, sender);
    const SpfVerdict verdict = co_await checker.check(std::move(query), by);
    if (verdict.result != AuthResult::kPass)
      refused.push_back(address + " (" + std::string(to_string(verdict.result)) + ")");
  }
  if (subject.addresses.empty()) {
    settle(check, Status::kDifferent, "no address of " + subject.hostname + " is known to check the record against");
  } else if (refused.empty()) {
    settle(check, Status::kOk, "the record passes mail from " + join(subject.addresses));
  } else {
    settle(check, Status::kDifferent, "the record does not pass mail from " + join(refused));
  }
  co_return check;
}

core::Task<DnsCheck> check_dkim(DnsRecordAdvice advice, net::DnsResolver& resolver, core::Deadline by) {
  DnsCheck check;
  check.advice = std::move(advice);
  const net::DnsAnswer answer = co_await ask(resolver, check.advice.owner, net::DnsType::kTxt, by);
  if (ends_here(answer, check)) co_return check;
  check.found = answer.txt();
  const auto key_of = [](const std::string& text) {
    const std::optional<DkimTagList> tags = DkimTagList::parse(text);
    return tags ? without_white_space(tags->value_or("p", "")) : std::string();
  };
  const std::string ours = key_of(check.advice.value);
  const bool matches = check.found.size() == 1 && key_of(check.found[0]) == ours;
  if (matches) {
    settle(check, Status::kOk, "the published key is ours");
  } else {
    settle(check, Status::kDifferent,
           check.found.size() > 1 ? "more than one record at the name" : "another key is published");
  }
  co_return check;
}

core::Task<DnsCheck> check_dmarc(DnsRecordAdvice advice, std::string domain, net::DnsResolver& resolver,
                                 core::Deadline by) {
  DnsCheck check;
  check.advice = std::move(advice);
  const std::string start = to_a_labels(domain).value_or(domain);
  const DmarcWalk walk = co_await walk_tree(resolver, start, DmarcLimits{}, by);
  if (walk.has_failed) {
    settle(check, Status::kFailed, "DNS did not answer");
    co_return check;
  }
  const net::DnsAnswer own = co_await ask(resolver, check.advice.owner, net::DnsType::kTxt, by);
  check.found = own.txt();
  for (const std::string& name : {start, walk.organizational_domain()}) {
    const DmarcRecord* record = walk.record_at(name);
    if (record == nullptr) continue;
    const std::optional<DmarcPolicy> policy = record->effective_policy();
    if (!policy) {
      settle(check, Status::kDifferent, "the record at " + name + " has no valid p= and no rua=");
    } else {
      settle(check, Status::kOk, "policy " + std::string(to_string(*policy)) + " is published at " + name);
    }
    co_return check;
  }
  if (check.found.empty()) {
    settle(check, Status::kMissing, "not published");
  } else {
    settle(check, Status::kDifferent, "what is published is no single DMARC record");
  }
  co_return check;
}

core::Task<DnsCheck> check_ptr(DnsRecordAdvice advice, std::string hostname, net::DnsResolver& resolver,
                               core::Deadline by) {
  DnsCheck check;
  check.advice = std::move(advice);
  const net::DnsAnswer answer = co_await ask(resolver, check.advice.owner, net::DnsType::kPtr, by);
  if (ends_here(answer, check)) co_return check;
  check.found = answer.names();
  const bool is_ours =
      std::find(check.found.begin(), check.found.end(), net::normalize_name(hostname)) != check.found.end();
  if (is_ours) {
    settle(check, Status::kOk, "the address leads back to this server");
  } else {
    settle(check, Status::kDifferent, "the address leads to " + join(check.found));
  }
  co_return check;
}

}  // namespace

std::string_view to_string(DnsCheckResult result) {
  switch (result) {
    case Status::kOk: return "ok";
    case Status::kMissing: return "missing";
    case Status::kDifferent: return "different";
    case Status::kFailed: return "failed";
  }
  return "failed";
}

std::vector<DnsRecordAdvice> advise(const DnsSubject& subject) {
  std::vector<DnsRecordAdvice> records;
  const std::string& domain = subject.domain;
  records.push_back(
      {"mx", domain, "MX", "10 " + subject.hostname + ".", "Brings mail for the domain to this server.", true});
  records.push_back({"spf", domain, "TXT", "v=spf1 a:" + subject.hostname + " -all",
                     "Says that mail of the domain comes from this server only; add your other senders before -all.",
                     true});
  for (const DkimTxtRecord& key : subject.dkim) {
    records.push_back(
        {"dkim", key.owner, "TXT", key.value, "Lets receivers verify the signature on our replies.", true});
  }
  records.push_back({"dmarc", "_dmarc." + domain, "TXT", "v=DMARC1; p=quarantine",
                     "Asks receivers to distrust mail that only pretends to be from the domain.", true});
  for (const std::string& address : subject.addresses) {
    const auto ip = net::IpAddress::parse(address);
    if (!ip) continue;
    records.push_back({"ptr", ip->to_reverse_name(), "PTR", subject.hostname + ".",
                       "Many receivers refuse mail from an address that does not lead back to a name.", true});
  }
  return records;
}

core::Task<std::vector<DnsCheck>> check_dns(DnsSubject subject, net::DnsResolver& resolver, core::Deadline by) {
  std::vector<DnsCheck> checks;
  std::vector<DnsRecordAdvice> records = advise(subject);
  for (DnsRecordAdvice& advice : records) {
    DnsCheck check;
    if (advice.purpose == "mx") {
      check = co_await check_mx(std::move(advice), subject.hostname, resolver, by);
    } else if (advice.purpose == "spf") {
      check = co_await check_spf(std::move(advice), subject, resolver, by);
    } else if (advice.purpose == "dkim") {
      check = co_await check_dkim(std::move(advice), resolver, by);
    } else if (advice.purpose == "dmarc") {
      check = co_await check_dmarc(std::move(advice), subject.domain, resolver, by);
    } else {
      check = co_await check_ptr(std::move(advice), subject.hostname, resolver, by);
    }
    checks.push_back(std::move(check));
  }
  co_return checks;
}

}  // namespace postern::pipeline
