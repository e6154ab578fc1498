#pragma once
// pipeline/reports/report_text.h: fields of a stranger's report as text that may be stored and shown: it was inside an
// archive; the redactor has looked there too, but not at what escapes of XML and JSON meant.
// Thread-safety: pure.
#include <string>
#include <string_view>

namespace postern::pipeline {

// Valid UTF-8 without controls and invisible characters, blanks joined and trimmed, card numbers masked, cut at a
// character to `bytes_max`.
std::string report_text(std::string_view text, std::size_t bytes_max);
// The same in lower case, without a final dot.
std::string report_domain(std::string_view text, std::size_t bytes_max);

}  // namespace postern::pipeline
