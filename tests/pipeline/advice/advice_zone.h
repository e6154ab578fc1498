#pragma once
// tests/pipeline/advice/advice_zone.h: a domain whose records are all right, so that a test changes the one that it is
// about; and the advice on it.
#include <algorithm>
#include <string>
#include <vector>

#include "core/manual_clock.h"
#include "net/zone_resolver.h"
#include "pipeline/advice/advisor.h"
#include "tests/support/run_task.h"

namespace postern::test {

inline constexpr const char* kEd25519Key = "v=DKIM1; k=ed25519; p=11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=";  // RFC 8463 appendix A

inline pipeline::AdviceSubject advice_subject() {
  pipeline::AdviceSubject out;
  out.domain = "example.org";
  out.hostname = "mail.example.org";
  out.addresses = {"192.0.2.1"};
  pipeline::DkimKeyAdvice key;
  key.key.domain = "example.org";
  key.key.selector = "s1";
  key.key.algorithm = pipeline::DkimAlgorithm::kEd25519Sha256;
  key.txt = {"s1._domainkey.example.org", kEd25519Key};
  out.dkim.push_back(std::move(key));
  return out;
}

// The parts of a good zone, to be left out one by one.
enum class Part { kMx, kHost, kPtr, kSpf, kDkim, kDmarc, kMtaSts, kMtaStsHost, kTlsRpt };

inline void fill_zone(net::ZoneResolver& zone, const std::vector<Part>& without = {}) {
  const auto has = [&](Part part) { return std::find(without.begin(), without.end(), part) == without.end(); };
  zone.add_raw("example.org", net::DnsType::kSoa, std::string(22, '\0'));
  if (has(Part::kMx)) zone.add_mx("example.org", 10, "mail.example.org");
  if (has(Part::kHost)) zone.add_a("mail.example.org", "192.0.2.1");
  if (has(Part::kPtr)) zone.add_ptr("1.2.0.192.in-addr.arpa", "mail.example.org");
  if (has(Part::kSpf)) zone.add_txt("example.org", "v=spf1 ip4:192.0.2.1 -all");
  if (has(Part::kDkim)) zone.add_txt("s1._domainkey.example.org", kEd25519Key);
  if (has(Part::kDmarc)) zone.add_txt("_dmarc.example.org", "v=DMARC1; p=reject; rua=mailto:reports@example.org");
  if (has(Part::kMtaSts)) {
    const std::string policy = pipeline::mta_sts_policy(pipeline::MtaStsOptions{}, "mail.example.org");
    zone.add_txt("_mta-sts.example.org", "v=STSv1; id=" + pipeline::mta_sts_id(policy) + ";");
  }
  if (has(Part::kMtaStsHost)) zone.add_cname("mta-sts.example.org", "mail.example.org");
  if (has(Part::kTlsRpt)) zone.add_txt("_smtp._tls.example.org", "v=TLSRPTv1; rua=mailto:tls@example.org");
}

inline pipeline::DomainAdvice advice_on(net::DnsResolver& zone, pipeline::AdviceSubject subject = advice_subject(),
                                        pipeline::AdviceLimits limits = pipeline::AdviceLimits()) {
  core::ManualClock clock;
  return run_task(pipeline::advise_on(std::move(subject), zone, clock, limits, core::Deadline::never()));
}

// The first record of that purpose; one without a purpose when there is none.
inline pipeline::RecordAdvice record_of(const pipeline::DomainAdvice& advice, std::string_view purpose) {
  for (const pipeline::RecordAdvice& record : advice.records) {
    if (record.purpose == purpose) return record;
  }
  return {};
}

// "missing: no MX record is published at example.org"
inline std::string verdict_of(const pipeline::DomainAdvice& advice, std::string_view purpose) {
  const pipeline::RecordAdvice record = record_of(advice, purpose);
  return record.purpose.empty() ? "none" : std::string(to_string(record.state)) + ": " + record.explanation;
}

inline bool has_note(const pipeline::RecordAdvice& record, std::string_view words) {
  return std::any_of(record.notes.begin(), record.notes.end(),
                     [&](const std::string& note) { return note.find(words) != std::string::npos; });
}

}  // namespace postern::test
