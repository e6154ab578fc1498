#pragma once
// pipeline/sender/iprev.h: whether a name of the client leads back to it (RFC 8601 section 3).
// Thread-safety: free functions.  Errors: none; what DNS could not tell is kTempError.  Limits: see `names_max`.
#include <cstdint>
#include <string>

#include "core/deadline.h"
#include "core/task.h"
#include "net/dns.h"
#include "pipeline/api/verdict.h"

namespace postern::pipeline {

struct IprevVerdict {
  AuthResult result = AuthResult::kNone;  // none: the client is no address
  std::string name;                       // the first PTR name that leads back; empty unless pass
};

// Looks at the first `names_max` PTR names (RFC 8601 section 2.7.3), all at once.
core::Task<IprevVerdict> check_iprev(net::DnsResolver& resolver, std::string client_ip, std::uint32_t names_max,
                                     core::Deadline by);

}  // namespace postern::pipeline
