#pragma once
// pipeline/advice/records.h: one function a kind of record: what to publish, what is live, and the difference in a sentence.
// Thread-safety: each from the coroutine of its run; awaited on the spot.  Errors: none; DNS trouble is kUnknown.
#include <vector>

#include "pipeline/advice/run.h"
#include "pipeline/api/verdict.h"

namespace postern::pipeline {

struct SpfAdvice {
  RecordAdvice record;
  SpfBudget budget;
  std::vector<std::string> refused;  // of our addresses: "192.0.2.1 (softfail)"
  bool is_certain = false;           // the record was evaluated for every address
};

struct DmarcAdvice {
  std::vector<RecordAdvice> records;  // the policy, then permissions of others to send reports to
  std::string policy;                 // "none", "quarantine", "reject" as it applies to the domain; empty: none
  bool is_spf_strict = false;
  bool is_dkim_strict = false;
};

core::Task<RecordAdvice> advise_mx(const AdviceRun& run);
// A and AAAA of the hostname, then a PTR for each address.
core::Task<std::vector<RecordAdvice>> advise_host(const AdviceRun& run);
core::Task<SpfAdvice> advise_spf(const AdviceRun& run);
// One a key; one that says what to do when the domain has no key.
core::Task<std::vector<RecordAdvice>> advise_dkim(const AdviceRun& run);
core::Task<DmarcAdvice> advise_dmarc(const AdviceRun& run);
// The TXT record and the host that serves the policy. Empty when the mode is none and nothing is published; then `notes`
// says so.
core::Task<std::vector<RecordAdvice>> advise_mta_sts(const AdviceRun& run, std::vector<std::string>& notes);
core::Task<RecordAdvice> advise_tls_rpt(const AdviceRun& run);
// Empty when DANE is not advised and nothing is published; then `notes` says why.
core::Task<std::vector<RecordAdvice>> advise_tlsa(const AdviceRun& run, std::vector<std::string>& notes);

}  // namespace postern::pipeline
