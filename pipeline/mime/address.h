#pragma once
// pipeline/mime/address.h: RFC 5322 section 3.4 address lists of header fields, obsolete syntax and common mistakes
// tolerated. Display names are decoded (RFC 2047, RFC 6532) and hold no control characters (Mailsploit).
// Thread-safety: pure functions. Errors: none; what is not an address is left out. Time: linear; comments nest to any
// depth without recursion. Limits: MimeLimits::addresses_max.
#include <string_view>
#include <vector>

#include "pipeline/api/address.h"
#include "pipeline/mime/limits.h"

namespace postern::pipeline {

// `raw` is a folded header value. Groups yield their members.
std::vector<NamedAddress> parse_address_list(std::string_view raw, const MimeLimits& limits = {});

}  // namespace postern::pipeline
