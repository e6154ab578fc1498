#pragma once
// pipeline/reports/report_parts.h: what the mails of all our reports are put together from. Nothing here may end a header field or a
// phrase: addresses and domains come from configuration and from DNS.
// Thread-safety: pure.
#include <string>
#include <string_view>

#include "pipeline/api/address.h"

namespace postern::pipeline {

struct ReportMail;  // report_mail.h

bool is_plain_address(const EmailAddress& address);
bool is_plain_domain(std::string_view domain);
bool is_report_id(std::string_view id);  // RFC 9990 section 3.5.1 ridfmt
std::string display_name(std::string_view text);
// The fields that all reports share, from Date to MIME-Version; `domain` is what the report is about.
std::string report_header(const ReportMail& mail, std::string_view domain, std::string_view report_id);
// "=_" occurs in none of the parts (RFC 2045 section 6.7); made of the attachment, so that the message is the same when made again.
std::string report_boundary(std::string_view packed);
// RFC 3339 of seconds since 1970.
std::string report_time(std::int64_t unix_seconds);

}  // namespace postern::pipeline
