#pragma once
// pipeline/api/author_proof.h: whether what was checked proves the author of a message: the one rule for threading,
// allow lists and inbox policies.
// Thread-safety: pure.
#include <string_view>

#include "pipeline/api/verdict.h"

namespace postern::pipeline {

// True when `domain` (of the one author that people see, lower case) vouches for the message: DMARC pass; or a trusted
// forwarder's seal that it passed there; or, for a domain without a DMARC policy, SPF or DKIM pass of that domain or its
// parent (RFC 9989 relaxed alignment without sibling domains).
bool is_author_proven(const AuthVerdicts& auth, std::string_view domain);

}  // namespace postern::pipeline
