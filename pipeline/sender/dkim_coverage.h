#pragma once
// pipeline/sender/dkim_coverage.h: whether what readers show of a header is what a signature covers.
// Thread-safety: free function.  The message has CRLF lines (header_fields.h).
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "pipeline/sender/header_fields.h"

namespace postern::pipeline {

// A signature covers the lowest fields of a name, readers show the topmost: a field put on top of a signed one is shown
// under a pass that does not cover it (RFC 6376 section 8.15). Gives the name of such a field; one that says the same
// as the signed one deceives nobody.
// `names` are those of h=, in lower case.
std::optional<std::string> find_uncovered_field(std::string_view message, const HeaderLayout& layout,
                                                const std::vector<std::string>& names);

}  // namespace postern::pipeline
