#pragma once
// app/tls_reporter.h: sends the TLS reports of finished days (RFC 8460): once a day, a while after midnight UTC, one for each domain that
// was written to and that asks for it at _smtp._tls: by mail through the outbox, and to web servers. Mail and every server that has it are
// written down, so that each gets it once; a server that does not take it is asked again, with growing pauses, for a day.
// What the ledger counts in memory is written to the store meanwhile.
// Thread-safety: start() and stop() by one owner; the work runs on a strand of the executor.
// Ownership: borrows everything; stop() before destruction and before the event loop ends.
// Errors: none; those of the store and of DNS are logged, and the domain is tried again after ReportOptions::retry_after.
// Limits: ReportOptions.
#include <boost/asio/any_io_executor.hpp>
#include <atomic>

#include "app/tls_report_post.h"
#include "core/offload.h"
#include "core/task_group.h"
#include "net/dns.h"
#include "pipeline/reports/options.h"
#include "pipeline/reports/tls_report_write.h"
#include "pipeline/reports/tlsrpt_record.h"
#include "ticketing/tls_ledger.h"

namespace postern::app {

// The report of one domain and day as the ledger holds it now.
pipeline::OwnTlsReport make_tls_report(const ticketing::TlsLedgerEntry& of, const pipeline::ReportOptions& options);

class TlsReporter {
 public:
  static constexpr std::uint32_t kKeepDays = 7;  // what was counted; then it is erased
  struct Parts {
    ticketing::TlsLedger& ledger;
    const ticketing::Directory& directory;
    net::DnsResolver& resolver;
    core::WorkPool& cpu;
    core::Clock& clock;
    TlsReportPost post;  // empty: no report goes to a web server
  };
  TlsReporter(boost::asio::any_io_executor executor, Parts parts, pipeline::ReportOptions options);

  // Nothing unless the options have an address for it.
  void start();
  // Ends the work and writes what was counted. Reports that are queued already wait for the deliverer.
  core::Task<void> stop(core::Deadline by);

 private:
  enum class Step { kDone, kSent, kLater };
  struct Packed {
    std::string json;     // gzipped
    std::string message;  // of mail
    std::optional<core::Error> error;
  };

  core::Task<void> flush_again_and_again();
  core::Task<void> report_daily();
  core::Task<void> flush();
  core::Task<bool> pass(std::uint64_t today);  // false: something has to be tried again
  core::Task<Step> report_one(ticketing::TlsLedgerEntry of, bool is_last_chance);
  core::Task<Step> send(ticketing::TlsLedgerEntry of, pipeline::TlsRptRecord to, std::string remarks, bool is_last_chance);
  core::Task<Step> settle(ticketing::TlsLedgerEntry of, ticketing::TlsLedger::Settlement settlement);
  core::Task<Step> end(ticketing::TlsLedgerEntry of, std::string outcome, std::string detail);
  core::Task<core::Result<Packed>> compose(pipeline::OwnTlsReport report, std::vector<pipeline::EmailAddress> to);
  ticketing::SystemMail mail_to(const pipeline::EmailAddress& rcpt, const ticketing::TlsLedgerEntry& of, std::string message) const;
  std::string leave_out_own(pipeline::TlsRptRecord& found) const;
  core::Instant start_of(std::uint64_t day) const;
  std::int64_t next_try_unix_ms(std::uint32_t tries) const;

  Parts parts_;
  const pipeline::ReportOptions options_;
  const core::Duration spread_;  // behind start_delay, drawn once
  boost::asio::any_io_executor strand_;
  std::atomic<bool> is_stopping_{false};
  core::TaskGroup tasks_;
};

}  // namespace postern::app
