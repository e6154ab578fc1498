#pragma once
// app/dmarc_reporter.h: sends the DMARC aggregate reports of finished days (RFC 9990): once a day, a while after midnight
// UTC, one report for each policy domain to the addresses that its rua= names and that agree; and writes what the ledger
// counts in memory to the store. A day that was slept through is caught up with, see ReportOptions::catch_up_days.
// Thread-safety: start() and stop() by one owner; the work runs on a strand of the executor.
// Ownership: borrows everything; stop() before destruction and before the event loop ends.
// Errors: none; those of the store and of DNS are logged, and the domain is tried again after ReportOptions::retry_after.
// Limits: ReportOptions.
#include <boost/asio/any_io_executor.hpp>
#include <atomic>

#include "core/offload.h"
#include "core/task_group.h"
#include "net/dns.h"
#include "pipeline/reports/destinations.h"
#include "pipeline/reports/options.h"
#include "ticketing/dmarc_ledger.h"

namespace postern::app {

// The report of one policy domain and day as the ledger holds it now. Errors: ticketing::Errc::kNotFound, the store's.
core::Result<pipeline::AggregateReport> make_aggregate_report(const ticketing::DmarcLedger& ledger, std::uint64_t day,
                                                              const std::string& domain, const pipeline::ReportOptions& options);
// "2026-11-21"; the day of such a text, nullopt when it is none.
std::string day_text(std::uint64_t day);
std::optional<std::uint64_t> parse_day(std::string_view text);

class DmarcReporter {
 public:
  struct Parts {
    ticketing::DmarcLedger& ledger;
    const ticketing::Directory& directory;
    net::DnsResolver& resolver;
    core::WorkPool& cpu;
    core::Clock& clock;
  };
  DmarcReporter(boost::asio::any_io_executor executor, Parts parts, pipeline::ReportOptions options, pipeline::DmarcLimits dmarc,
                ticketing::LedgerOptions ledger);

  // Nothing unless the options are enabled.
  void start();
  // Ends the work and writes what was counted. Reports that are queued already wait for the deliverer.
  core::Task<void> stop(core::Deadline by);

 private:
  enum class Step { kDone, kSent, kLater };

  core::Task<void> flush_again_and_again();
  core::Task<void> report_daily();
  core::Task<void> flush();
  core::Task<bool> pass(std::uint64_t today);  // false: something has to be tried again
  core::Task<Step> report_one(ticketing::DmarcDay of, bool is_last_chance);
  core::Task<Step> send(ticketing::DmarcDay of, std::vector<pipeline::ReportUri> to, std::string remarks);
  core::Task<Step> end(ticketing::DmarcDay of, std::string outcome, std::string detail, std::vector<ticketing::SystemMail> reports = {});
  core::Instant start_of(std::uint64_t day) const;
  std::string leave_out_own(pipeline::ReportDestinations& found) const;

  Parts parts_;
  const pipeline::ReportOptions options_;
  const pipeline::DmarcLimits dmarc_;
  const core::Duration spread_;  // behind start_delay, drawn once
  const std::uint32_t keep_days_;
  boost::asio::any_io_executor strand_;
  std::atomic<bool> is_stopping_{false};
  core::TaskGroup tasks_;
};

}  // namespace postern::app
