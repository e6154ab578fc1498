#pragma once
// ticketing/detail/dmarc_rows.h: one judged message as a row of an aggregate report (RFC 9990 section 3.1), and between
// that row and its record.
// Thread-safety: pure. Errors: none. Limits: names are cut to 255 bytes, the longest that DNS knows.
#include "pipeline/api/aggregate_report.h"
#include "pipeline/api/envelope.h"
#include "storage/schema/reports.pb.h"

namespace postern::ticketing {

schema::DmarcRow make_dmarc_row(const pipeline::Envelope& envelope, const pipeline::AuthVerdicts& verdicts, std::size_t results_max);
pipeline::ReportRow read_dmarc_row(const schema::DmarcRow& record, std::uint64_t count);

}  // namespace postern::ticketing
