#pragma once
// web/server/mta_sts.h: the host mta-sts.<own domain> (RFC 8461 section 3.3): serves the policy to anybody, and nothing
// else: no page, no API.
// Thread-safety: free functions.  Ownership: borrows the services.
#include "web/server/message.h"
#include "web/services.h"

namespace postern::web {

// True when the request names such a host, whatever its path.
bool is_mta_sts_host(const Request& request, const Services& services);
// For a request to such a host. Errors: kNotFound for every other path.
core::Result<Response> mta_sts_response(const Request& request, const Services& services);

}  // namespace postern::web
