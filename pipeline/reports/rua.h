#pragma once
// pipeline/reports/rua.h: the value of rua= (RFC 9989 section 4.7, RFC 7489 section 6.3 for the size after "!") as
// addresses that can be mailed.
// Thread-safety: free functions. Errors: none; what cannot be mailed is left out (RFC 9990 section 3.5). Limits: `most`.
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "pipeline/api/address.h"

namespace postern::pipeline {

struct ReportUri {
  EmailAddress address;                    // domain as A-labels in lower case
  std::optional<std::uint64_t> bytes_max;  // "!10m": a larger report is not wanted
  friend bool operator==(const ReportUri& a, const ReportUri& b) {
    return a.address.local == b.address.local && a.address.domain == b.address.domain && a.bytes_max == b.bytes_max;
  }
};

// In the order given, each address once, at most `most`. Only mailto: of one ASCII address with a plain local part;
// header fields behind "?" are ignored.
std::vector<ReportUri> parse_report_uris(std::string_view rua, std::size_t most);

}  // namespace postern::pipeline
