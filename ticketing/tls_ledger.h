#pragma once
// ticketing/tls_ledger.h: what sessions with other mail servers showed of TLS, counted per UTC day and recipients' domain, for the reports
// that we send (RFC 8460). note() counts in memory, flush() adds to the store, a sealed record a domain and day. settle() writes what
// became of a report with the transaction that queues its mail, so that a restart never sends it twice.
// Thread-safety: all methods from any executor; note() takes a short lock and never waits for the store.
// Ownership: borrows everything.  Errors: those of the store and the vault; what a failed flush() held is kept.
// Limits: TlsLedgerLimits; what finds no room is counted in postern_tls_ledger_dropped_total.
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "pipeline/api/tls_session.h"
#include "storage/schema/tls_ledger.pb.h"
#include "ticketing/directory.h"
#include "ticketing/outbox.h"

namespace postern::ticketing {

struct TlsLedgerLimits {
  std::size_t pending_max = 1'000;     // domains and days in memory, until they are written
  std::size_t domains_max = 10'000;    // of one day
  std::size_t policies_max = 8;        // of one domain and day
  std::size_t details_max = 100;       // kinds of failure of one policy; further ones are in its sum only
  std::size_t lines_max = 40;          // of a policy's text; the rest is left out, and so are more hosts than that
  std::size_t text_bytes_max = 300;    // of any one field
  std::size_t batch_max = 50;          // records written together
};

struct TlsLedgerEntry {
  std::uint64_t day = 0;
  std::string domain;
  std::vector<pipeline::TlsPolicyTally> policies;
  std::uint64_t sessions_dropped = 0;
  std::vector<std::string> delivered;
  std::uint32_t tries = 0;
  std::int64_t next_try_unix_ms = 0;
  // Empty while unfinished; "sent", "unwanted", "refused", "too_large", "expired", "invalid", "undelivered", "damaged".
  std::string outcome;
  std::string detail;
  std::int64_t ended_unix_ms = 0;

  std::uint64_t successes() const;
  std::uint64_t failures() const;
};

class TlsLedger final : public pipeline::TlsObserver {
 public:
  TlsLedger(storage::Store& store, storage::Vault& vault, const Directory& directory, core::IdSource& ids, core::Clock& clock,
            Options options, TlsLedgerLimits limits = {});

  void note(const pipeline::TlsSession& session) override;
  // Do not cancel it: a write that has begun goes on, and would be counted again by the next one.
  core::Task<core::Result<void>> flush();

  // What the store holds, oldest day first, domains in order; `after`: the last one of the page before.
  core::Result<std::vector<TlsLedgerEntry>> list(std::size_t limit, const std::optional<TlsLedgerEntry>& after = {}) const;
  // Errors: Errc::kNotFound.
  core::Result<TlsLedgerEntry> find(std::uint64_t day, const std::string& domain) const;

  struct Settlement {
    std::vector<std::string> delivered;    // destinations, besides those before
    std::vector<SystemMail> mails;         // queued with it
    bool was_in_vain = false;              // counts as a try
    std::int64_t next_try_unix_ms = 0;
    std::string outcome;                   // empty: there is more to do
    std::string detail;
  };
  // False, and nothing is queued, when it had been ended before.
  core::Task<core::Result<bool>> settle(std::uint64_t day, std::string domain, Settlement settlement);
  // Erases all days before this one.
  core::Task<core::Result<void>> erase_before(std::uint64_t day);

 private:
  using DayDomain = std::pair<std::uint64_t, std::string>;
  using Pending = std::map<DayDomain, schema::TlsLedgerDay>;

  core::Task<core::Result<void>> commit_batch(const Pending& batch);
  core::Result<void> write(storage::Transaction& transaction, const Pending& batch);
  core::Result<void> write_day(storage::Transaction& transaction, const DayDomain& of, const schema::TlsLedgerDay& counted,
                               std::map<std::uint64_t, std::size_t>& new_domains);
  void keep(const Pending& unwritten);
  void add(const schema::TlsLedgerDay& from, schema::TlsLedgerDay& to) const;
  void add(const schema::TlsLedgerPolicy& from, schema::TlsLedgerPolicy& to) const;

  storage::Store& store_;
  storage::Vault& vault_;
  const Directory& directory_;
  core::IdSource& ids_;
  core::Clock& clock_;
  Options options_;
  TlsLedgerLimits limits_;
  std::mutex mutex_;
  Pending pending_;
};

}  // namespace postern::ticketing
