#pragma once
// pipeline/sender/helo_check.h: whether the name that the client gave in HELO or EHLO leads to it (RFC 5321 section
// 4.1.4). Evidence only: that section forbids to refuse mail for it.
// Thread-safety: free functions.  Errors: none; what DNS could not tell is kTempError.  Limits: one question.
#include <string>
#include <string_view>

#include "core/deadline.h"
#include "core/task.h"
#include "net/dns.h"
#include "pipeline/api/verdict.h"

namespace postern::pipeline {

// True for a fully qualified host name in the syntax of RFC 5321 section 4.1.2: labels of letters, digits and inner
// hyphens, at least two, the last one not a number. No underscore, no address literal.
bool is_host_name(std::string_view text);

// kPass: an address of `helo` is the client's. kFail: the name does not exist, or has no such address of the client's
// family. kNone: no host name, so nothing is asked; or the client is no address.
core::Task<AuthResult> check_helo(net::DnsResolver& resolver, std::string helo, std::string client_ip,
                                  core::Deadline by);

}  // namespace postern::pipeline
