// DANE: a TLSA record for the SMTP certificate's key (RFC 7672), of use only where the whole way to it is signed.
#include <algorithm>

#include "pipeline/advice/certificate.h"
#include "pipeline/advice/records.h"

namespace postern::pipeline {
namespace {

// Senders look for TLSA only when MX and addresses of the host are DNSSEC-secure (RFC 7672 section 2.2).
struct Security {
  bool is_secure = false;
  std::string reason;
};

core::Task<Security> check_security(const AdviceRun& run) {
  const std::string hostname = run.subject.hostname;
  const net::DnsAnswer mx = co_await run.ask(run.subject.domain, net::DnsType::kMx);
  net::DnsAnswer host = co_await run.ask(hostname, net::DnsType::kA);
  if (host.is_absent()) host = co_await run.ask(hostname, net::DnsType::kAaaa);
  Security out;
  if (!run.subject.validates_dnssec) {
    out.reason = "this server does not validate DNSSEC (dns.trust_anchor_file)";
  } else if (!mx.is_ok() || !host.is_ok()) {
    out.reason = "MX or address of " + hostname + " did not come back";
  } else if (!mx.is_secure) {
    out.reason = "the zone of " + run.subject.domain + " is not signed";
  } else if (!host.is_secure) {
    out.reason = "the zone of " + hostname + " is not signed";
  }
  out.is_secure = out.reason.empty();
  co_return out;
}

void judge(const std::vector<TlsaRecord>& published, const CertificateFacts& certificate, RecordAdvice& record) {
  const auto is_ours = [&](const TlsaRecord& one) { return one.usage == 3 && matches(one, certificate); };
  if (std::any_of(published.begin(), published.end(), is_ours)) {
    return settle(record, AdviceState::kOk, "the record is that of the certificate's key");
  }
  // RFC 7672 section 3.1.3: usages 0 and 1 are not for SMTP.
  const bool has_anchor = std::any_of(published.begin(), published.end(), [](const TlsaRecord& one) { return one.usage == 2; });
  if (has_anchor) {
    return settle(record, AdviceState::kWarning, "a trust anchor is published (usage 2), which cannot be checked from here");
  }
  record.is_required = true;
  settle(record, AdviceState::kDifferent,
         "no published record matches the SMTP certificate, so that senders with DANE refuse to deliver");
}

}  // namespace

core::Task<std::vector<RecordAdvice>> advise_tlsa(const AdviceRun& run, std::vector<std::string>& notes) {
  std::vector<RecordAdvice> out;
  const std::string owner = "_25._tcp." + run.subject.hostname;
  const auto certificate = read_certificate(run.subject.smtp_certificate_pem);
  const Security security = co_await check_security(run);
  const net::DnsAnswer answer = co_await run.ask(owner, net::DnsType::kTlsa);
  if (!answer.is_ok() && (!security.is_secure || !certificate)) {
    notes.push_back("DANE: not advised, because " +
                    (security.is_secure ? std::string("the SMTP certificate is not known.") : security.reason + "."));
    co_return out;
  }
  RecordAdvice record = run.start("tlsa", owner, "TLSA", certificate ? to_string(make_tlsa(*certificate)) : "",
                                  "Lets senders with DANE verify the certificate of this server by DNSSEC.");
  record.is_required = false;
  if (!ends_here(answer, owner, record)) {
    std::vector<TlsaRecord> published;
    for (const std::string& rdata : answer.rdata) {
      if (auto one = read_tlsa(rdata)) published.push_back(std::move(*one));
    }
    for (const TlsaRecord& one : published) record.found.push_back(to_string(one));
    cut_to(record.found, run.limits.found_max);
    if (!security.is_secure) {
      settle(record, AdviceState::kWarning, "senders ignore the record, because " + security.reason);
    } else if (!certificate) {
      settle(record, AdviceState::kUnknown, "the SMTP certificate could not be read, so that the record cannot be compared");
    } else {
      judge(published, *certificate, record);
    }
  }
  record.notes.push_back("Publish the record of a new key, and wait for the TTL, before the certificate gets that key.");
  out.push_back(std::move(record));
  co_return out;
}

}  // namespace postern::pipeline
