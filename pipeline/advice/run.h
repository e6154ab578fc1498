#pragma once
// pipeline/advice/run.h: one advice in the making: whom it is about, what to ask, and what all kinds of records share.
// Thread-safety: one coroutine.  Ownership: borrows subject, resolver and clock for the time of the advice.
#include <optional>
#include <string>
#include <vector>

#include "core/deadline.h"
#include "net/dns.h"
#include "pipeline/api/domain_advice.h"
#include "pipeline/api/mta_sts.h"
#include "pipeline/sender/dkim_keys.h"

namespace postern::pipeline {

struct AdviceLimits {
  std::size_t questions_max = 250;        // DNS questions of one advice
  std::uint32_t spf_lookups_max = 40;     // counted of one SPF record; a larger count is not counted to its end
  std::size_t spf_terms_max = 200;        // listed of one SPF record with all that it includes
  std::size_t report_uris_max = 10;       // rua addresses of one DMARC record whose permission is looked at
  std::size_t found_max = 20;             // values shown of one answer
};

struct DkimKeyAdvice {
  DkimKeyInfo key;
  DkimTxtRecord txt;
};

// What of this server's own settings the records depend on.
struct AdviceSubject {
  std::string domain;                  // whose mail we take and send; A-labels, lower case
  std::string hostname;                // this server's name: target of MX and PTR, name in EHLO
  std::vector<std::string> addresses;  // public addresses of this server; empty: those of the hostname
  std::string web_host;                // name of the HTTPS listener in DNS; empty: the hostname
  std::string report_address;          // proposed for rua=; empty: postmaster@domain
  std::string sender_local = "support";  // local part of the replies that are foretold
  std::vector<DkimKeyAdvice> dkim;     // keys that are not retired
  MtaStsOptions mta_sts;
  std::string smtp_certificate_pem;    // leaf first; empty: unknown
  std::string web_certificate_pem;
  bool validates_dnssec = false;       // the resolver has a trust anchor
};

struct AdviceRun {
  AdviceRun(const AdviceSubject& whom, net::DnsResolver& dns, core::Clock& the_clock, AdviceLimits the_limits, core::Deadline until)
      : subject(whom), resolver(dns), clock(the_clock), limits(the_limits), by(until) {}
  const AdviceSubject& subject;
  net::DnsResolver& resolver;
  core::Clock& clock;
  AdviceLimits limits;
  core::Deadline by;
  std::string zone;                       // set by find_zone()
  std::vector<net::IpAddress> addresses;  // set by find_addresses()
  bool are_addresses_certain = true;      // false: DNS did not answer for the hostname

  core::Task<net::DnsAnswer> ask(std::string name, net::DnsType type) const;
  std::string web_host() const { return subject.web_host.empty() ? subject.hostname : subject.web_host; }
  std::string report_address() const;
  RecordAdvice start(std::string purpose, std::string owner, std::string type, std::string value, std::string why) const;
};

// The domain's zone: the nearest name at or above it with an SOA record; the domain itself when DNS does not tell.
core::Task<void> find_zone(AdviceRun& run);
// The server's public addresses: those configured, or else those of its name.
core::Task<void> find_addresses(AdviceRun& run);

void settle(RecordAdvice& record, AdviceState state, std::string explanation);
// Answers that end a check before their records are looked at: absent, or no answer. `name` is what was asked for.
bool ends_here(const net::DnsAnswer& answer, const std::string& name, RecordAdvice& record);
// "DNS did not answer for NAME (timeout)": the sentence for a transient failure.
std::string failure_sentence(const net::DnsAnswer& answer, const std::string& name);
std::string join(const std::vector<std::string>& words, std::string_view between = ", ");
void cut_to(std::vector<std::string>& values, std::size_t count_max);
// Addresses that other servers cannot reach: loopback, private, link-local, shared (RFC 6890).
bool is_private_address(const net::IpAddress& address);

}  // namespace postern::pipeline
