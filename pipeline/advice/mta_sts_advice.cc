// MTA-STS (RFC 8461): the TXT record that announces our policy, and the host that serves it.
#include <algorithm>

#include "pipeline/advice/certificate.h"
#include "pipeline/advice/records.h"
#include "pipeline/sender/dkim_tags.h"

namespace postern::pipeline {
namespace {

constexpr std::string_view kVersion = "v=STSv1";

bool is_sts(const std::string& text) {
  return text.starts_with(kVersion) && (text.size() == kVersion.size() || text[kVersion.size()] == ';' || text[kVersion.size()] == ' ');
}

std::string id_of(const std::string& text) {
  for (const std::string& tag : split_list(text, ';')) {
    if (tag.starts_with("id=")) return tag.substr(3);
  }
  return {};
}

bool covers(const std::string& policy, const std::string& exchange) {
  if (policy.find("mx: " + exchange + "\r\n") != std::string::npos) return true;
  const auto dot = exchange.find('.');
  return dot != std::string::npos && policy.find("mx: *" + exchange.substr(dot) + "\r\n") != std::string::npos;
}

// Where the policy is served from: this server, another one, nobody.
enum class Server { kOurs, kOther, kNobody, kUnknown };

void judge_certificate(const AdviceRun& run, const std::string& host, RecordAdvice& record) {
  const auto web = read_certificate(run.subject.web_certificate_pem);
  if (web && !certificate_names(*web, host)) {
    settle(record, AdviceState::kWarning,
           "the certificate of the HTTPS listener does not name " + host + ", so that senders ignore the policy");
  } else if (web && web->is_self_signed) {
    settle(record, AdviceState::kWarning, "the certificate of the HTTPS listener is self-signed, so that senders ignore the policy");
  } else {
    settle(record, AdviceState::kOk, host + " leads to this server, which serves the policy");
  }
}

core::Task<Server> check_host(const AdviceRun& run, RecordAdvice& record) {
  const std::string host = record.publish.owner;
  std::vector<net::IpAddress> published;
  std::vector<net::IpAddress> ours = run.addresses;
  for (const net::DnsType type : {net::DnsType::kA, net::DnsType::kAaaa}) {
    const net::DnsAnswer answer = co_await run.ask(host, type);
    if (answer.is_transient_failure()) {
      settle(record, AdviceState::kUnknown, failure_sentence(answer, host));
      co_return Server::kUnknown;
    }
    for (const net::IpAddress& one : answer.addresses()) published.push_back(one);
    const net::DnsAnswer web = co_await run.ask(run.web_host(), type);
    for (const net::IpAddress& one : web.addresses()) ours.push_back(one);
  }
  for (const net::IpAddress& one : published) record.found.push_back(one.to_string());
  cut_to(record.found, run.limits.found_max);
  if (published.empty()) {
    settle(record, AdviceState::kMissing, host + " has no address, so that the policy cannot be fetched");
    co_return Server::kNobody;
  }
  const bool is_ours = std::any_of(published.begin(), published.end(), [&](const net::IpAddress& one) {
    return std::find(ours.begin(), ours.end(), one) != ours.end();
  });
  if (!is_ours) {
    settle(record, AdviceState::kWarning, host + " leads to " + join(record.found) + ": the policy is served by another server");
    co_return Server::kOther;
  }
  judge_certificate(run, host, record);
  co_return Server::kOurs;
}

// Hosts that take mail for the domain and that a sender who keeps to the policy would not use.
core::Task<void> note_hosts(const AdviceRun& run, std::string policy, RecordAdvice& record) {
  const net::DnsAnswer answer = co_await run.ask(run.subject.domain, net::DnsType::kMx);
  for (const net::DnsAnswer::Mx& mx : answer.mx()) {
    const std::string exchange = net::normalize_name(mx.exchange);
    if (exchange.empty() || covers(policy, exchange)) continue;
    record.notes.push_back("The policy does not name the MX host " + exchange +
                           "; once enforced, senders do not use it (web.mta_sts_mx adds it).");
    if (record.notes.size() >= run.limits.found_max) break;
  }
  const auto smtp = read_certificate(run.subject.smtp_certificate_pem);
  if (smtp && (smtp->is_self_signed || !certificate_names(*smtp, run.subject.hostname))) {
    const std::string fault = smtp->is_self_signed ? std::string("is self-signed") : "does not name " + run.subject.hostname;
    if (run.subject.mta_sts.mode == "enforce") {
      record.is_required = true;
      settle(record, AdviceState::kDifferent, "the policy is enforced, but the SMTP certificate " + fault +
                                                  ": senders that keep to it cannot deliver; go back to testing");
    } else {
      record.notes.push_back("Do not enforce yet: the SMTP certificate " + fault + ".");
    }
  }
}

void judge_txt(const AdviceRun& run, const std::string& id, Server server, RecordAdvice& record) {
  if (record.found.empty()) {
    return settle(record, AdviceState::kDifferent, "what is published is no MTA-STS record: it must begin with \"v=STSv1;\"");
  }
  if (record.found.size() > 1) {
    return settle(record, AdviceState::kDifferent, "more than one record is published, and senders ignore all of them; keep one");
  }
  if (server == Server::kOther) {
    return settle(record, AdviceState::kWarning, "a policy is announced, but not the one that this server would serve");
  }
  if (id_of(record.found[0]) != id) {
    return settle(record, AdviceState::kDifferent, "the id is not that of the present policy, so that senders keep an older one");
  }
  if (server == Server::kNobody) {
    return settle(record, AdviceState::kWarning, "the policy is announced, but nobody can fetch it");
  }
  settle(record, AdviceState::kOk, "the present policy (mode " + run.subject.mta_sts.mode + ") is announced");
}

}  // namespace

core::Task<std::vector<RecordAdvice>> advise_mta_sts(const AdviceRun& run, std::vector<std::string>& notes) {
  std::vector<RecordAdvice> out;
  const std::string& domain = run.subject.domain;
  const std::string policy = pipeline::mta_sts_policy(run.subject.mta_sts, run.subject.hostname);
  const std::string id = mta_sts_id(policy);
  const std::string owner = "_mta-sts." + domain;
  RecordAdvice txt = run.start("mta_sts", owner, "TXT", "v=STSv1; id=" + id + ";",
                               "Announces that senders should insist on verified TLS, and when that policy changes.");
  txt.is_required = false;
  const net::DnsAnswer answer = co_await run.ask(owner, net::DnsType::kTxt);
  if (run.subject.mta_sts.mode == "none" && answer.is_absent()) {
    notes.push_back("MTA-STS: not advised, because web.mta_sts_mode is \"none\".");
    co_return out;
  }
  RecordAdvice host = run.start("mta_sts_host", "mta-sts." + domain, "CNAME", run.web_host() + ".",
                                "Lets senders fetch the policy from this server over HTTPS, port 443.");
  host.is_required = false;
  const Server server = co_await check_host(run, host);
  if (!ends_here(answer, owner, txt)) {
    for (std::string& text : answer.txt()) {
      if (is_sts(text)) txt.found.push_back(std::move(text));
    }
    cut_to(txt.found, run.limits.found_max);
    judge_txt(run, id, server, txt);
  }
  if (run.subject.mta_sts.mode != "none") co_await note_hosts(run, policy, txt);
  out.push_back(std::move(txt));
  out.push_back(std::move(host));
  co_return out;
}

}  // namespace postern::pipeline
