#pragma once
// pipeline/api/tls_report.h: one SMTP TLS report (RFC 8460 section 4.3), as data. Words of its registries (policy and
// result types) are kept as the report says them, in lower case.
// Limits: none here; read_tls_report bounds what is read.
#include <cstdint>
#include <string>
#include <vector>

namespace postern::pipeline {

struct TlsFailure {
  std::string result_type;     // "starttls-not-supported", "certificate-expired", … (RFC 8460 section 4.3)
  std::string sending_ip;      // sending-mta-ip; net::IpAddress form; empty: absent
  std::string receiving_host;  // receiving-mx-hostname
  std::string receiving_helo;
  std::string receiving_ip;
  std::uint64_t count = 0;     // failed-session-count
  std::string reason_code;     // failure-reason-code
  friend bool operator==(const TlsFailure&, const TlsFailure&) = default;
};

struct TlsPolicyReport {
  std::string type;    // "sts", "tlsa", "no-policy-found"
  std::string domain;  // policy-domain
  std::vector<std::string> mx_hosts;
  std::uint64_t successes = 0;  // total-successful-session-count
  std::uint64_t failures = 0;   // total-failure-session-count; what the details add up to may be less
  std::vector<TlsFailure> details;
  friend bool operator==(const TlsPolicyReport&, const TlsPolicyReport&) = default;
};

struct TlsReport {
  std::string organization;
  std::string contact;
  std::string report_id;
  std::int64_t begin_unix = 0;  // seconds; the reporting period
  std::int64_t end_unix = 0;
  std::vector<TlsPolicyReport> policies;
  friend bool operator==(const TlsReport&, const TlsReport&) = default;
};

}  // namespace postern::pipeline
