#pragma once
// pipeline/reports/report_reader.h: whether a message is a report that can be counted, and which: DMARC aggregate
// (RFC 9990), SMTP TLS (RFC 8460); failure reports (RFC 5965, RFC 6591) are recognised and left to people.
// All or nothing: when one thing in the message looks like a report and cannot be read, nothing is counted, so that
// somebody sees the message. An answer to something (In-Reply-To, References) is never a report.
// Thread-safety: pure. Time: bounded by ReportReadLimits: 15 microseconds a row, a third of a second for the largest.
#include "pipeline/api/envelope.h"
#include "pipeline/api/received_reports.h"
#include "pipeline/api/redacted_message.h"
#include "pipeline/reports/limits.h"

namespace postern::pipeline {

ReceivedReports read_reports(const MessageContent& content, const ReportReadLimits& limits = {});
// Sets the message's reports, when a recipient's inbox takes reports.
void attach_reports(RedactedMessage& message, const Envelope& envelope, const ReportReadLimits& limits = {});

}  // namespace postern::pipeline
