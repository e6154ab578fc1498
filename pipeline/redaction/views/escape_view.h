#pragma once
// pipeline/redaction/views/escape_view.h: the loop that all views of escapes share: text in which one character begins
// every escape. Private to views. Thread-safety: pure functions.
#include <algorithm>
#include <string>
#include <string_view>

#include "pipeline/redaction/views/views.h"

namespace postern::pipeline {

// `take(source, at, decoded)` with source[at] == mark appends what an escape there stands for and returns its length; 0
// where there is none and the mark stands for itself.
template <class Take>
View view_without_escapes(std::string_view source, char mark, Mapping mapping, Take take) {
  View out;
  if (mapping == Mapping::kSkip) out.map.ignore_appends();
  out.text.reserve(source.size());
  std::string decoded;
  for (std::size_t at = 0; at < source.size();) {
    const std::size_t next = std::min(source.find(mark, at), source.size());
    if (next > at) {
      out.text.append(source.substr(at, next - at));
      out.map.append_identity(at, next - at);
      at = next;
      continue;
    }
    decoded.clear();
    const std::size_t length = take(source, at, decoded);
    if (length == 0) decoded.assign(1, mark);
    out.text += decoded;
    out.map.append(at, std::max<std::size_t>(length, 1), decoded.size());
    at += std::max<std::size_t>(length, 1);
  }
  return out;
}

inline int hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

}  // namespace postern::pipeline
