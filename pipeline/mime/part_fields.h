#pragma once
// pipeline/mime/part_fields.h: from the header fields of one entity to the meaning of its body (RFC 2045, RFC 2183).
// Private to the parser. Thread-safety: pure function.
#include <string>
#include <string_view>

#include "pipeline/mime/part.h"

namespace postern::pipeline {

// Sets type, parameters, encoding, disposition and names of `part` from its fields. `is_in_digest` changes the default
// type to message/rfc822 (RFC 2046 section 5.1.5).
void read_part_fields(std::string_view message, Part& part, bool is_in_digest, const MimeLimits& limits,
                      ParseReport& report);
// The boundary of a multipart, "" when it has none that can be used.
std::string boundary_of(const Part& part, const MimeLimits& limits, ParseReport& report);

}  // namespace postern::pipeline
