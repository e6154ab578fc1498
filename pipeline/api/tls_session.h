#pragma once
// pipeline/api/tls_session.h: what a session with a recipient's mail host showed of TLS: facts for the TLS reports that we send (RFC 8460).
// Never a recipient's address, nor anything of a message.
// Thread-safety: values; note() from any executor.
// Limits: none here; whoever keeps them has some (ticketing/tls_ledger.h).
#include <string>
#include <string_view>
#include <vector>

#include "core/clock.h"
#include "pipeline/api/tls_report.h"

namespace postern::pipeline {

// Section 4.4 policy-type.
inline constexpr std::string_view kNoPolicyFound = "no-policy-found";
inline constexpr std::string_view kStsType = "sts";
inline constexpr std::string_view kTlsaType = "tlsa";

// The policy that a session was held to.
struct AppliedTlsPolicy {
  std::string type{kNoPolicyFound};
  std::string domain;                 // recipient's; of "tlsa" the name that has the records (RFC 7672 section 2.2.3)
  std::vector<std::string> text;      // policy-string: the lines of an MTA-STS policy, TLSA records as zone files have them
  std::vector<std::string> mx_hosts;  // of "sts": the patterns that it names
  friend bool operator==(const AppliedTlsPolicy&, const AppliedTlsPolicy&) = default;
};

struct TlsSession {
  std::string domain;  // of the recipient, A-labels in lower case: who may ask for the report
  AppliedTlsPolicy policy;
  TlsFailure shown;    // result_type empty: TLS was agreed on as the policy wants it; `count` is not used
  core::WallTime at;
};

// What all sessions under one policy add up to.
struct TlsPolicyTally {
  AppliedTlsPolicy policy;
  std::uint64_t successes = 0;
  std::uint64_t failures = 0;       // what the details add up to may be less
  std::vector<TlsFailure> details;
};

class TlsObserver {
 public:
  virtual ~TlsObserver() = default;
  // Never waits.
  virtual void note(const TlsSession& session) = 0;
};

}  // namespace postern::pipeline
