#pragma once
// ticketing/dmarc_ledger.h: what DMARC found about whose mail, counted per UTC day, policy domain and kind of message,
// for the aggregate reports that we send (RFC 9990). note() counts in memory, flush() adds to the store. A day's domain
// is finished once: with the transaction that queues its reports, so that a restart never sends them twice.
// Not counted: messages without a DMARC policy or without a result of pass or fail, and those whose recipients all take
// reports, so that two reporters do not report on each other's reports for ever.
// Thread-safety: all methods from any executor; note() takes a short lock and never waits for the store.
// Ownership: borrows everything.  Errors: those of the store and the vault; what a failed flush() held is kept.
// Limits: LedgerOptions; what finds no room is counted in postern_dmarc_ledger_dropped_total.
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "pipeline/api/aggregate_report.h"
#include "pipeline/api/ports.h"
#include "storage/schema/reports.pb.h"
#include "ticketing/directory.h"
#include "ticketing/ledger_options.h"
#include "ticketing/outbox.h"

namespace postern::ticketing {

// Days since 1970-01-01 UTC.
std::uint64_t utc_day(core::WallTime time);

struct DmarcDay {
  std::uint64_t day = 0;
  std::string domain;  // policy domain
  pipeline::ReportPolicy policy;
  std::uint32_t rows = 0;
  std::uint64_t messages = 0;
  std::uint64_t messages_dropped = 0;  // without a row: there was no room, or the report had gone
  // Empty while unfinished; "sent", "unwanted", "refused", "too_large", "expired", "invalid", "damaged".
  std::string outcome;
  std::string detail;
  std::int64_t ended_unix_ms = 0;
};

class DmarcLedger final : public pipeline::VerdictObserver {
 public:
  DmarcLedger(storage::Store& store, storage::Vault& vault, const Directory& directory, core::IdSource& ids, core::Clock& clock,
              Options options, LedgerOptions limits);

  void note(const pipeline::Envelope& envelope, const pipeline::AuthVerdicts& verdicts) override;
  // Do not cancel it: a write that has begun goes on, and would be counted again by the next one.
  core::Task<core::Result<void>> flush();

  // What the store holds, oldest day first, domains in order; `after`: the last one of the page before.
  core::Result<std::vector<DmarcDay>> list(std::size_t limit, const std::optional<DmarcDay>& after = {}) const;
  // Errors: Errc::kNotFound.
  core::Result<DmarcDay> find(std::uint64_t day, const std::string& domain) const;
  core::Result<std::vector<pipeline::ReportRow>> rows(std::uint64_t day, const std::string& domain) const;

  // Ends a day's domain and queues its reports. False, and nothing is queued, when it had been ended before.
  core::Task<core::Result<bool>> finish(std::uint64_t day, std::string domain, std::string outcome, std::string detail,
                                        std::vector<SystemMail> reports);
  // Erases all days before this one.
  core::Task<core::Result<void>> erase_before(std::uint64_t day);

 private:
  struct PendingDomain {
    pipeline::DmarcPublished published;       // seen last
    std::map<std::string, std::uint64_t> rows;  // serialised row -> messages
  };
  using DayDomain = std::pair<std::uint64_t, std::string>;
  using Pending = std::map<DayDomain, PendingDomain>;

  core::Result<void> write(storage::Transaction& transaction, const Pending& batch);
  core::Result<void> write_domain(storage::Transaction& transaction, const DayDomain& of, const PendingDomain& counted,
                                  std::map<std::uint64_t, std::size_t>& new_domains);
  core::Task<core::Result<void>> commit_batch(const Pending& batch);
  void keep(Pending unwritten);
  Basics basics() const;

  storage::Store& store_;
  storage::Vault& vault_;
  const Directory& directory_;
  core::IdSource& ids_;
  core::Clock& clock_;
  Options options_;
  LedgerOptions limits_;
  std::mutex mutex_;
  Pending pending_;
  std::size_t pending_rows_ = 0;
};

}  // namespace postern::ticketing
