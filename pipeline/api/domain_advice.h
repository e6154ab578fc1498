#pragma once
// pipeline/api/domain_advice.h: what a domain should publish in DNS so that mail flows both ways, what it publishes now,
// and whether replies from it will pass. Values for the command line and the API, and the port through which they come.
// Thread-safety: values; the port from any executor.  Ownership: everything owned.
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "core/clock.h"
#include "core/deadline.h"
#include "core/result.h"
#include "core/task.h"

namespace postern::pipeline {

enum class AdviceState {
  kOk,         // published as it should be
  kMissing,    // nothing is published
  kDifferent,  // something else is published, and it does not work
  kWarning,    // it works, and could be better or will break
  kUnknown,    // DNS did not answer
};
std::string_view to_string(AdviceState state);  // "ok", "missing", "different", "warning", "unknown"

// One record in the forms in which people paste it.
struct RecordToPublish {
  std::string owner;        // "_dmarc.example.org", no final dot
  std::string type;         // "TXT"
  std::string value;        // TXT in one piece and unquoted, as web forms want it; empty: nothing can be advised
  std::string host;         // `owner` relative to its zone, as web forms want it: "@", "_dmarc"
  std::string zone_text;    // the line of a zone file, long TXT cut into strings of 255 bytes; empty like `value`
  std::uint32_t ttl_seconds = 3600;
};

struct RecordAdvice {
  std::string purpose;  // "mx", "host", "ptr", "spf", "dkim", "dmarc", "dmarc_report", "mta_sts", "mta_sts_host", "tls_rpt", "tlsa"
  RecordToPublish publish;
  AdviceState state = AdviceState::kUnknown;
  bool is_required = true;         // false: mail flows without it, worse
  std::string why;                 // what the record is for, one sentence
  std::string explanation;         // of the state, one sentence
  std::vector<std::string> found;  // values of the same kind that are published
  std::vector<std::string> notes;  // what else is worth knowing, a sentence each
};

// One term of an SPF record and what its evaluation costs; nested ones follow the include that brings them.
struct SpfCost {
  std::uint32_t depth = 0;     // 0: the domain's own record
  std::string term;            // "include:_spf.example.net"
  std::uint32_t lookups = 0;   // with everything below it
  bool is_void = false;        // its name has no such record (RFC 7208 section 4.6.4: at most two)
  std::string problem;         // "has no SPF record": empty when none
};

// What a receiver spends that finds no match (RFC 7208 section 4.6.4).
struct SpfBudget {
  std::uint32_t lookups = 0;
  std::uint32_t lookups_max = 10;
  std::uint32_t void_lookups = 0;
  std::uint32_t void_lookups_max = 2;
  bool is_complete = true;  // false: DNS did not answer somewhere, or the record is larger than we follow
  std::vector<SpfCost> terms;
};

// Whether a reply written here passes DMARC at its receiver.
struct AlignmentForecast {
  struct Path {
    bool passes = false;
    bool is_certain = true;  // false: DNS did not answer
    std::string domain;      // that the check authenticates
    std::string reason;      // one sentence
  };
  std::string from;  // "support@example.org"
  Path spf;
  Path dkim;
  AdviceState state = AdviceState::kUnknown;  // ok: by DKIM; warning: by SPF alone; different: not at all
  std::string summary;                        // one sentence
};

struct DomainAdvice {
  std::string domain;  // A-labels
  std::string hostname;
  std::string zone;    // the domain's zone, as far as DNS tells
  std::vector<RecordAdvice> records;
  SpfBudget spf_budget;
  AlignmentForecast reply;
  std::string mta_sts_policy;      // the text to be served
  std::vector<std::string> notes;  // why a kind of record is not advised
  core::WallTime checked_at;

  // The worst of the required records: kOk, else kWarning, kUnknown, kMissing or kDifferent.
  AdviceState state() const;
  // No required record is missing, different or unknown.
  bool is_good() const;
};

// Implemented by pipeline::DnsDomainAdvisor.
class DomainAdvisor {
 public:
  virtual ~DomainAdvisor() = default;
  // Errors: core::Errc::kInvalid for what is no domain name, kOverloaded (transient) when too many are being checked,
  // those of the key folder. DNS trouble is a state of the records, not an error.
  virtual core::Task<core::Result<DomainAdvice>> advise(std::string domain, core::Deadline by) = 0;
  // The MTA-STS policy of every own domain; what advise() tells to announce.
  virtual std::string mta_sts_policy() const = 0;
};

}  // namespace postern::pipeline
