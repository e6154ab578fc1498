#pragma once
// ticketing/detail/report_codec.h: received reports to and from storage/schema/reports.proto.
// Thread-safety: pure.
#include "storage/schema/reports.pb.h"
#include "ticketing/mail_reports.h"

namespace postern::ticketing::codec {

void encode(const MailReport& from, schema::MailReport& to);
MailReport decode(const schema::MailReport& from);
// Without rows: those are added one by one, up to a limit.
void encode_head(const pipeline::AggregateReport& from, schema::MailReportDetail& to);
void encode(const pipeline::ReportRow& from, schema::ReportedRow& to);
void encode_head(const pipeline::TlsPolicyReport& from, schema::ReportedTlsPolicy& to);
void encode(const pipeline::TlsFailure& from, schema::ReportedFailure& to);
// The report with what the detail holds of it.
MailReportDetail decode(MailReport report, const schema::MailReportDetail& from);

void add(const ReportSums& more, schema::AggregateSums& to);
ReportSums decode(const schema::AggregateSums& from);

}  // namespace postern::ticketing::codec
