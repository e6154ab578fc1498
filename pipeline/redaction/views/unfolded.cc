#include <algorithm>

#include "pipeline/redaction/views/views.h"

namespace postern::pipeline {
namespace {

// Bytes of a line end at `at`, with the blank that makes the next line part of this one; 0 when it is none.
std::size_t fold_at(std::string_view text, std::size_t at) {
  std::size_t end = at;
  if (end < text.size() && text[end] == '\r') ++end;
  if (end < text.size() && text[end] == '\n') ++end;
  if (end == at || end >= text.size() || (text[end] != ' ' && text[end] != '\t')) return 0;
  return end + 1 - at;
}

}  // namespace

bool may_be_folded(const LineTelltales& lines, std::string_view media_subtype) {
  const std::string_view kTypes[] = {"calendar", "vcard", "x-vcard", "directory", "x-vcalendar"};
  return lines.folded || std::find(std::begin(kTypes), std::end(kTypes), media_subtype) != std::end(kTypes);
}

View unfolded_view(std::string_view source, Mapping mapping) {
  View out;
  if (mapping == Mapping::kSkip) out.map.ignore_appends();
  out.text.reserve(source.size());
  for (std::size_t at = 0; at < source.size();) {
    const std::size_t next = std::min(source.find_first_of("\r\n\\", at), source.size());
    if (next > at) {
      out.text.append(source.substr(at, next - at));
      out.map.append_identity(at, next - at);
      at = next;
      continue;
    }
    if (const std::size_t fold = fold_at(source, at); fold > 0) {
      at += fold;
      continue;
    }
    const char escaped = source[at] == '\\' && at + 1 < source.size() ? source[at + 1] : '\0';
    if (std::string_view(",;\\:").find(escaped) != std::string_view::npos && escaped != '\0') {
      out.text.push_back(escaped);
      out.map.append(at, 2, 1);
      at += 2;
    } else if (escaped == 'n' || escaped == 'N') {
      out.text.push_back('\n');
      out.map.append(at, 2, 1);
      at += 2;
    } else {
      out.text.push_back(source[at]);
      out.map.append_identity(at, 1);
      at += 1;
    }
  }
  return out;
}

}  // namespace postern::pipeline
