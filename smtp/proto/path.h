#pragma once
// smtp/proto/path.h: the Path of MAIL and RCPT (RFC 5321 section 4.1.2, RFC 6531 section 3.3). Source routes are
// stripped (RFC 5321 appendix C). Pure. Errors: ProtoErrc::kPath.
#include <string_view>

#include "core/result.h"
#include "pipeline/api/address.h"
#include "smtp/proto/errc.h"

namespace postern::smtp {

struct ParsedPath {
  pipeline::EmailAddress address;  // empty for "<>"; domain empty for "<postmaster>"
  bool has_utf8 = false;
  std::size_t consumed = 0;        // bytes of the text, angle brackets included
};
// `text` begins with '<'. Neither "<>" nor "<postmaster>" is judged here.
core::Result<ParsedPath> parse_path(std::string_view text);

// RFC 5321 Domain, with underscores as they are in use, and U-labels.
bool is_domain(std::string_view text);
// RFC 5321 section 4.1.3, of IPv4 or IPv6.
bool is_address_literal(std::string_view text);

}  // namespace postern::smtp
