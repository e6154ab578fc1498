#pragma once
// web/customer/form_data.h: what a browser sends from an HTML form without a script: multipart/form-data (RFC 7578) or
// application/x-www-form-urlencoded. Strict where browsers are: a part needs a name, lines end in CRLF, the end is marked.
// Thread-safety: pure.  Errors: Errc::kUnsupportedType, Errc::kMalformed; what it says of them is for logs.
// Limits: FormDataLimits; the body's size is bounded by whoever read it.
#include <string>
#include <string_view>
#include <vector>

#include "core/result.h"

namespace postern::web::customer {

struct FormDataLimits {
  std::size_t parts_max = 40;
  std::size_t part_head_bytes_max = 4096;
  std::size_t boundary_bytes_max = 70;  // RFC 2046 section 5.1.1
};

struct FormFile {
  std::string name;        // without folders; what a browser escaped is itself again
  std::string media_type;  // as claimed
  std::string content;
};

struct FormData {
  std::vector<std::pair<std::string, std::string>> fields;  // in their order
  std::vector<std::pair<std::string, FormFile>> files;      // those that were chosen: a field without one sends an empty part
  std::string_view field(std::string_view name) const;      // the first of that name; empty when absent
};

core::Result<FormData> parse_form_data(std::string_view content_type, std::string_view body, const FormDataLimits& limits = FormDataLimits());

}  // namespace postern::web::customer
