#pragma once
// pipeline/mime/params.h: the value of Content-Type and Content-Disposition: a token and parameters (RFC 2045 section
// 5.1), with RFC 2231 continuations and charsets, and RFC 2047 words where senders put them against the rules.
// Thread-safety: pure functions. Errors: none, the parse is tolerant. Time: linear.
#include <string>
#include <string_view>
#include <vector>

#include "pipeline/mime/limits.h"

namespace postern::pipeline {

struct MimeParam {
  std::string name;   // lower case, without RFC 2231 marks
  std::string value;  // decoded UTF-8
};

struct MimeValue {
  std::string value;  // lower case: "text/plain", "attachment"
  std::vector<MimeParam> params;
  bool has_conflict = false;  // one parameter was given more than once, differently
  // What other readers take: the plain form beside the extended one, the last of duplicates, pieces as they stand, percent
  // escapes decoded. For scanning; none of them equals the value of that name above.
  std::vector<MimeParam> other_readings;
  // The value of the parameter, "" when absent. The first one wins; RFC 2231 forms win over the plain one.
  std::string param(std::string_view name_lower) const;
};

// `raw` is a folded header value.
MimeValue parse_mime_value(std::string_view raw, const MimeLimits& limits = {});

// A file name for people and disks: no path, no control or bidirectional characters, no leading dots, bounded length.
std::string safe_filename(std::string_view decoded, const MimeLimits& limits = {});

}  // namespace postern::pipeline
