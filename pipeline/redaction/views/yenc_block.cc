#include <algorithm>

#include "pipeline/redaction/views/blocks.h"
#include "pipeline/redaction/wiped.h"

namespace postern::pipeline {
namespace {

constexpr unsigned kShift = 42;
constexpr unsigned kEscapedShift = 64;

char decoded(char c, bool is_escaped) {
  return static_cast<char>((static_cast<unsigned char>(c) - kShift - (is_escaped ? kEscapedShift : 0U)) & 0xFFU);
}

std::string encoded(char byte) {
  const auto c = static_cast<char>((static_cast<unsigned char>(byte) + kShift) & 0xFFU);
  if (c != '\0' && c != '\n' && c != '\r' && c != '=') return std::string(1, c);
  return {'=', static_cast<char>((static_cast<unsigned char>(c) + kEscapedShift) & 0xFFU)};
}

template <class OnByte>
void walk(std::string_view text, ByteRange data, OnByte on_byte) {
  for (std::size_t at = data.begin; at < data.end; ++at) {
    if (text[at] == '\r' || text[at] == '\n') continue;
    const bool is_escaped = text[at] == '=' && at + 1 < data.end;
    const std::size_t length = is_escaped ? 2 : 1;
    on_byte(ByteRange{at, at + length}, decoded(text[at + length - 1], is_escaped));
    at += length - 1;
  }
}

// " crc32=1a2b3c4d" and " pcrc32=…" of the trailer: they belong to what was.
void drop_checksums(std::string_view text, std::size_t trailer, std::vector<Edit>& edits) {
  const std::size_t end = std::min(next_line_begin(text, trailer), text.size());
  for (std::string_view word : {" crc32=", " pcrc32="}) {
    const std::size_t at = text.find(word, trailer);
    if (at >= end) continue;
    edits.push_back({{at, std::min({text.find_first_of(" \r\n", at + 1), end, text.size()})}, ""});
  }
}

}  // namespace

void find_yenc(std::string_view text, const BlockSink& sink) {
  for (std::size_t line = 0; line < text.size(); line = next_line_begin(text, line)) {
    if (!text.substr(line).starts_with("=ybegin ")) continue;
    ByteRange data{next_line_begin(text, line), text.size()};
    if (text.substr(data.begin).starts_with("=ypart ")) data.begin = next_line_begin(text, data.begin);
    data.end = data.begin;
    while (data.end < text.size() && !text.substr(data.end).starts_with("=yend")) data.end = next_line_begin(text, data.end);
    std::string bytes;
    const WipedAtExit wiped(bytes);
    bytes.reserve(data.size());
    walk(text, data, [&bytes](ByteRange, char byte) { bytes.push_back(byte); });
    sink(data, bytes, [&](std::string_view now) {
      std::vector<Edit> edits;
      std::size_t done = 0;
      walk(text, data, [&](ByteRange from, char was) {
        if (now[done] != was) edits.push_back({from, encoded(now[done])});
        ++done;
      });
      drop_checksums(text, data.end, edits);
      return std::optional(std::move(edits));
    });
    line = data.end == 0 ? 0 : data.end - 1;
  }
}

}  // namespace postern::pipeline
