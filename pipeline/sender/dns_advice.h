#pragma once
// pipeline/sender/dns_advice.h: what a domain must publish so that mail flows both ways, and whether it does.
// Thread-safety: free functions from any executor.  Errors: none; a record that could not be asked for is kFailed.
#include <string>
#include <string_view>
#include <vector>

#include "core/deadline.h"
#include "core/task.h"
#include "net/dns.h"
#include "pipeline/sender/dkim_keys.h"

namespace postern::pipeline {

// One record to publish.
struct DnsRecordAdvice {
  std::string purpose;      // "mx", "spf", "dkim", "dmarc", "ptr"
  std::string owner;        // "example.org"; for ptr the reverse name
  std::string type;         // "MX", "TXT", "PTR"
  std::string value;        // as a zone file has it, TXT unquoted
  std::string why;          // one sentence for people
  bool is_required = true;  // false: mail flows without it, worse
};

enum class DnsCheckResult { kOk, kMissing, kDifferent, kFailed };
std::string_view to_string(DnsCheckResult result);  // "ok", "missing", "different", "failed"

struct DnsCheck {
  DnsRecordAdvice advice;
  DnsCheckResult result = DnsCheckResult::kFailed;
  std::vector<std::string> found;  // values of the same kind that are published
  std::string explanation;
};

struct DnsSubject {
  std::string domain;                  // whose mail we take and send
  std::string hostname;                // this server's name, target of MX and PTR
  std::vector<std::string> addresses;  // public addresses of this server; PTR is advised for each; may be empty
  std::vector<DkimTxtRecord> dkim;     // of active and retiring keys
};

std::vector<DnsRecordAdvice> advise(const DnsSubject& subject);
// One verdict per record of advise(), in the same order.
core::Task<std::vector<DnsCheck>> check_dns(DnsSubject subject, net::DnsResolver& resolver, core::Deadline by);

}  // namespace postern::pipeline
