#pragma once
// app/tls_report_post.h: hands TLS reports to the web servers that domains name for them (RFC 8460 section 5.4) over app/http_caller.h:
// https with a verified certificate, to public addresses and those that the operator allows, no redirects.
// Thread-safety: any executor.  Ownership: borrows resolver and clock.
// Errors: of a trust store that cannot be read; those of a request are words.  Limits: kTlsReportAnswerMax, net::EgressOptions.
#include <functional>
#include <string>

#include "net/dns.h"
#include "net/options.h"

namespace postern::app {

inline constexpr std::size_t kTlsReportAnswerMax = 4096;  // of what the server says to it, which nobody reads

// What is wrong, for people; empty: the report was taken.
using TlsReportPost = std::function<core::Task<std::string>(std::string url, std::string packed)>;
core::Result<TlsReportPost> make_tls_report_post(net::DnsResolver& resolver, core::Clock& clock, const net::EgressOptions& allowed);

}  // namespace postern::app
