#include "pipeline/redaction/views/escape_view.h"

namespace postern::pipeline {
namespace {

// text[at] == '%'; -1 when it begins no escape.
int escape_at(std::string_view text, std::size_t at) {
  if (at + 2 >= text.size()) return -1;
  const int high = hex_digit(text[at + 1]);
  const int low = hex_digit(text[at + 2]);
  return high < 0 || low < 0 ? -1 : high * 16 + low;
}

}  // namespace

bool may_hold_percent(std::string_view text, const Telltales& marks) {
  if (!marks.percent) return false;
  for (std::size_t at = text.find('%'); at != std::string_view::npos; at = text.find('%', at + 1)) {
    const int byte = escape_at(text, at);
    if (byte < 0) continue;
    if (byte == '%' || byte >= 0xD9) return true;  // escaped twice; digits of other scripts
    if (may_belong_to_value(text, at, 3, std::string(1, static_cast<char>(byte)))) return true;
  }
  return false;
}

View percent_view(std::string_view source, Mapping mapping) {
  return view_without_escapes(source, '%', mapping, [](std::string_view text, std::size_t at, std::string& decoded) -> std::size_t {
    const int byte = escape_at(text, at);
    if (byte < 0) return 0;
    decoded.push_back(static_cast<char>(byte));
    return 3;
  });
}

}  // namespace postern::pipeline
