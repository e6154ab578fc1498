#include <algorithm>

#include "pipeline/redaction/views/views.h"

namespace postern::pipeline {
namespace {

int hex_of(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

// text[at] == '%'; -1 when it begins no escape.
int escape_at(std::string_view text, std::size_t at) {
  if (at + 2 >= text.size()) return -1;
  const int high = hex_of(text[at + 1]);
  const int low = hex_of(text[at + 2]);
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
  View out;
  if (mapping == Mapping::kSkip) out.map.ignore_appends();
  out.text.reserve(source.size());
  for (std::size_t at = 0; at < source.size();) {
    const std::size_t next = std::min(source.find('%', at), source.size());
    if (next > at) {
      out.text.append(source.substr(at, next - at));
      out.map.append_identity(at, next - at);
      at = next;
      continue;
    }
    const int byte = escape_at(source, at);
    out.text.push_back(byte < 0 ? '%' : static_cast<char>(byte));
    out.map.append(at, byte < 0 ? 1 : 3, 1);
    at += byte < 0 ? 1 : 3;
  }
  return out;
}

}  // namespace postern::pipeline
