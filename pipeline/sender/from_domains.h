#pragma once
// pipeline/sender/from_domains.h: the domains of the author addresses, for DMARC. Tolerant of comments, quoted strings,
// groups and folding; strict in what counts: whatever a reader could take for an author address is found.
// Thread-safety: free functions.
#include <string>
#include <string_view>
#include <vector>

#include "pipeline/sender/header_fields.h"
#include "pipeline/sender/options.h"

namespace postern::pipeline {

struct FromDomains {
  std::vector<std::string> domains;  // distinct, A-labels, lower case; addresses without a usable domain give none
  std::size_t fields = 0;            // From fields in the header
  bool is_complete = true;           // false: a limit was met, so there may be other authors
};

FromDomains find_from_domains(std::string_view message, const HeaderLayout& layout, const DmarcLimits& limits);

}  // namespace postern::pipeline
