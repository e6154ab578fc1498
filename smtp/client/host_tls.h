#pragma once
// smtp/client/host_tls.h: what a mail host has to prove before it gets a message: DANE (RFC 7672) where DNS is signed, else MTA-STS
// (RFC 8461), else what the operator and the message demand. DANE stands above MTA-STS (RFC 8461 section 2).
// Thread-safety: any executor.  Errors: none; a host that cannot be asked has a failure.
#include <optional>
#include <string>

#include "pipeline/api/tls_session.h"
#include "smtp/client/route.h"
#include "smtp/client/session.h"
#include "smtp/client/sts_policies.h"

namespace postern::smtp {

struct Courier;

// What is the same for all hosts of one attempt.
struct TlsWishes {
  std::string domain;            // the recipient's, as DNS has it
  bool is_required = false;      // by the operator or by the message: verified TLS
  bool needs_proof = false;      // REQUIRETLS: that the host is the domain's is proven too (RFC 8689 section 4.2.1)
  std::optional<StsPolicy> sts;  // what the domain wants
  bool is_report = false;        // a TLS report of ours: policies do not hold it up (RFC 8460 section 3)
  bool is_observed = false;      // somebody counts: policies in testing are tried too
};

struct HostTls {
  TlsPolicy policy;
  bool is_trial = false;  // `policy` is that of a domain in testing: where it fails, the message goes as if there were none
  pipeline::AppliedTlsPolicy in_force;  // for reports
  std::string fault;                    // what of it is not kept already, a result type of RFC 8460; empty: nothing
  std::string fault_reason;
  std::optional<pipeline::DeliveryReport> failure;  // this host gets nothing; another may
};

core::Task<HostTls> tls_for(const Courier& courier, Target target, TlsWishes wishes, core::Deadline by);

}  // namespace postern::smtp
