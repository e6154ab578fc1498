#pragma once
// ticketing/detail/report_sums.h: adds one report to the sums of its day, inside the caller's transaction. Every count is
// in the sums; beyond a limit it only has no name any more.
// Thread-safety: pure over the transaction. Errors: those of the store and the vault. Limits: MailReportLimits.
#include "ticketing/detail/keys.h"
#include "ticketing/detail/services.h"
#include "ticketing/mail_reports.h"

namespace postern::ticketing {

inline constexpr std::int64_t kSecondsADay = 86'400;

struct ReportOrigin {
  core::WorkspaceId workspace;
  bool is_trusted = false;
  std::string domain;        // of the message's author
  std::string organization;  // what the report calls it
};

ReportSums sums_of(const pipeline::ReportRow& row);

class ReportAdder {
 public:
  ReportAdder(const Basics& with, storage::Transaction& transaction, ReportOrigin origin, std::uint64_t day)
      : with_(with), transaction_(transaction), origin_(std::move(origin)), day_(day) {}
  // False when the day has no room for another domain that is not ours: nothing was added.
  core::Result<bool> add(const std::string& domain, const pipeline::AggregateReport& report);
  core::Result<bool> add(const std::string& domain, const pipeline::TlsPolicyReport& policy);

 private:
  // False when there is no such record.
  core::Result<bool> read(const std::string& key, google::protobuf::MessageLite& record);
  // Room for a record that is not there yet.
  core::Result<bool> has_room(keys::ReportDay kind, const std::string& domain);
  core::Result<void> add_sources(const std::string& domain, const pipeline::AggregateReport& report);

  const Basics& with_;
  storage::Transaction& transaction_;
  ReportOrigin origin_;
  std::uint64_t day_;
};

}  // namespace postern::ticketing
