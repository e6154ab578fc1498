#pragma once
// app/sts_fetch.h: reads the texts of MTA-STS policies (smtp/client/sts_policies.h) over app/http_caller.h: https with a verified
// certificate, from public addresses and those that the operator allows, no redirects (RFC 8461 section 3.3).
// Thread-safety: any executor.  Ownership: borrows resolver and clock.
// Errors: core::Errc::kInvalid for an answer that is no policy's; those of HttpCaller; of a trust store that cannot be read.
// Limits: smtp::kStsBytesMax, kStsFetchMax.
#include <chrono>

#include "net/dns.h"
#include "net/options.h"
#include "smtp/client/sts_policies.h"

namespace postern::app {

inline constexpr std::chrono::seconds kStsFetchMax{20};  // a delivery waits for it; RFC 8461 section 3.3 asks for a bound

core::Result<smtp::StsPolicies::Fetch> make_sts_fetch(net::DnsResolver& resolver, core::Clock& clock, const net::EgressOptions& allowed);

}  // namespace postern::app
