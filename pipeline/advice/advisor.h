#pragma once
// pipeline/advice/advisor.h: the DomainAdvisor over DNS: reads this server's keys and certificates, asks everything, puts
// the records together. An answer is kept for a short time, so that impatience costs DNS nothing.
// Thread-safety: advise() from any executor, many at a time; files are read on the pool.
// Ownership: borrows resolver, clock and pool, which outlive it.
// Limits: AdvisorOptions; beyond checks_max at a time kOverloaded (transient).
#include <filesystem>
#include <map>
#include <mutex>
#include <string>
#include <vector>

#include "core/offload.h"
#include "net/dns.h"
#include "pipeline/advice/run.h"

namespace postern::pipeline {

struct AdvisorOptions {
  std::string hostname;
  std::string web_host;                     // see AdviceSubject
  std::vector<std::string> addresses;
  std::string report_address;
  std::filesystem::path dkim_folder;        // empty: no keys
  std::filesystem::path smtp_certificate;   // PEM; empty or unreadable: unknown
  std::filesystem::path web_certificate;
  MtaStsOptions mta_sts;
  bool validates_dnssec = false;
  AdviceLimits limits;
  core::Duration kept_for = std::chrono::seconds(10);  // an answer is given again this long
  std::size_t kept_max = 1000;                         // domains whose answer is kept
  std::size_t checks_max = 8;                          // at a time
};

class DnsDomainAdvisor final : public DomainAdvisor {
 public:
  DnsDomainAdvisor(net::DnsResolver& resolver, core::Clock& clock, core::WorkPool& pool, AdvisorOptions options)
      : resolver_(resolver), clock_(clock), pool_(pool), options_(std::move(options)) {}
  core::Task<core::Result<DomainAdvice>> advise(std::string domain, core::Deadline by) override;
  std::string mta_sts_policy() const override;

 private:
  struct Kept {
    core::Instant until;
    DomainAdvice advice;
  };
  bool find_kept(const std::string& domain, DomainAdvice& into);
  void keep(const DomainAdvice& advice);
  bool try_enter();

  net::DnsResolver& resolver_;
  core::Clock& clock_;
  core::WorkPool& pool_;
  const AdvisorOptions options_;
  std::mutex mutex_;
  std::map<std::string, Kept> kept_;
  std::size_t running_ = 0;
};

// The keys and certificates of one domain. Blocking. Errors: those of the key folder.
core::Result<AdviceSubject> read_subject(const AdvisorOptions& options, std::string domain);
// The advice about one subject. Errors: none.
core::Task<DomainAdvice> advise_on(AdviceSubject subject, net::DnsResolver& resolver, core::Clock& clock, AdviceLimits limits,
                                   core::Deadline by);

}  // namespace postern::pipeline
