#pragma once
// pipeline/api/aggregate_report.h: one DMARC aggregate report (RFC 9990 section 3.1, and what RFC 7489 appendix C had
// besides), as data: what we send and what we read. Text is UTF-8 as the writer of the report meant it, not escaped.
// Domains are A-labels in lower case in reports of ours; in those of others they are what the report says.
// Limits: none here; AggregateReader bounds what is read, DmarcLedger what is written.
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "pipeline/api/verdict.h"

namespace postern::pipeline {

// What was done with the messages of a row. kPass: they passed under a policy that asks for more than none.
enum class ReportDisposition { kNone, kPass, kQuarantine, kReject };
std::string_view to_string(ReportDisposition disposition);  // "none", "pass", "quarantine", "reject"
std::optional<ReportDisposition> parse_report_disposition(std::string_view word);  // case is ignored

struct ReportMetadata {
  std::string org_name;            // the reporting organisation
  std::string email;               // whom to write to about the report
  std::string extra_contact_info;  // empty: absent
  std::string report_id;
  std::int64_t begin_unix = 0;     // seconds; the reporting period
  std::int64_t end_unix = 0;
  std::vector<std::string> errors;  // found in the policy record; RFC 9990 allows one, RFC 7489 several
  std::string generator;            // name and version of the reporting program; empty: absent
  friend bool operator==(const ReportMetadata&, const ReportMetadata&) = default;
};

// Words as published: "none", "quarantine", "reject"; "r", "s"; "y", "n". Empty: absent.
struct ReportPolicy {
  std::string domain;  // where the record was found
  std::string adkim;
  std::string aspf;
  std::string p;
  std::string sp;
  std::string np;
  std::string testing;           // t=
  std::string discovery_method;  // "treewalk", "psl"
  std::string fo;
  friend bool operator==(const ReportPolicy&, const ReportPolicy&) = default;
};

// Why the disposition is not what the policy asks for.
struct ReportReason {
  std::string type;  // "local_policy", "mailing_list", "other", "policy_test_mode", "trusted_forwarder"; RFC 7489: "forwarded", "sampled_out"
  std::string comment;
  friend bool operator==(const ReportReason&, const ReportReason&) = default;
};

struct ReportDkim {
  std::string domain;    // d=
  std::string selector;  // s=; empty: absent (RFC 7489)
  AuthResult result = AuthResult::kNone;
  friend bool operator==(const ReportDkim&, const ReportDkim&) = default;
};

struct ReportSpf {
  std::string domain;
  std::string scope;  // "mfrom", "helo" (RFC 7489); empty: absent
  AuthResult result = AuthResult::kNone;
  friend bool operator==(const ReportSpf&, const ReportSpf&) = default;
};

// Messages alike in everything that is told of them.
struct ReportRow {
  std::string source_ip;  // net::IpAddress form
  std::uint64_t count = 0;
  ReportDisposition disposition = ReportDisposition::kNone;
  bool is_dkim_aligned = false;  // policy_evaluated: "pass" or "fail"
  bool is_spf_aligned = false;
  std::vector<ReportReason> reasons;
  std::string header_from;
  std::optional<std::string> envelope_from;  // absent when unknown; empty for the null sender
  std::string envelope_to;                   // domain; empty: absent
  std::vector<ReportDkim> dkim;
  std::vector<ReportSpf> spf;  // RFC 9990 allows one, RFC 7489 asks for one or more
  friend bool operator==(const ReportRow&, const ReportRow&) = default;
};

struct AggregateReport {
  ReportMetadata metadata;
  ReportPolicy policy;
  std::vector<ReportRow> rows;
  friend bool operator==(const AggregateReport&, const AggregateReport&) = default;
};

}  // namespace postern::pipeline
