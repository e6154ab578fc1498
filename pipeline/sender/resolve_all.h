#pragma once
// pipeline/sender/resolve_all.h: several DNS questions at once.
// Thread-safety: free function, any executor.  Errors: none; each answer has its status.
#include <vector>

#include "net/dns.h"

namespace postern::pipeline {

// The answers in the order of the questions.
core::Task<std::vector<net::DnsAnswer>> resolve_all(net::DnsResolver& resolver, std::vector<net::DnsQuestion> questions,
                                                    core::Deadline by);

}  // namespace postern::pipeline
