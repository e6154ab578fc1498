#pragma once
// ticketing/detail/report_store.h: stores the reports of one message inside the caller's transaction: the report, its
// rows, and what they add to the sums of their day. Old reports and days are erased on the way, a few at a time.
// Thread-safety: pure over the transaction. Errors: those of the store and the vault. Limits: MailReportLimits.
#include "pipeline/api/received_reports.h"
#include "ticketing/detail/incoming.h"
#include "ticketing/detail/services.h"
#include "ticketing/mail_reports.h"

namespace postern::ticketing {

// Returns what became of them, for the trace: "aggregate of example.com: counted".
core::Result<std::string> store_reports(const Basics& with, storage::Transaction& transaction, const Target& target,
                                        const IncomingMail& mail, const pipeline::ReceivedReports& reports);

}  // namespace postern::ticketing
