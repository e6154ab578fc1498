#include <algorithm>

#include "pipeline/redaction/views/blocks.h"
#include "pipeline/redaction/wiped.h"

namespace postern::pipeline {
namespace {

constexpr std::size_t kPairsMin = 12;  // bytes of the shortest number

int hex_of(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}
bool is_hex(char c) { return hex_of(c) >= 0; }
bool is_separator(char c) { return c == ' ' || c == ',' || c == ':' || c == '-' || c == '\t' || c == '\r' || c == '\n' || c == ';'; }

// From behind a pair to the next one; `at` itself when there is none. "34, 0x31", "34\r\n31".
std::size_t next_pair(std::string_view text, std::size_t at) {
  std::size_t pos = at;
  while (pos < text.size() && pos - at < 4 && is_separator(text[pos])) ++pos;
  if (pos + 3 < text.size() && text[pos] == '0' && (text[pos + 1] | 0x20) == 'x') pos += 2;
  return pos + 1 < text.size() && is_hex(text[pos]) && is_hex(text[pos + 1]) ? pos : at;
}

template <class OnPair>
std::size_t walk(std::string_view text, std::size_t begin, OnPair on_pair) {
  std::size_t at = begin;
  while (at + 1 < text.size() && is_hex(text[at]) && is_hex(text[at + 1])) {
    on_pair(at);
    const std::size_t next = next_pair(text, at + 2);
    at += 2;
    if (next == at && !(at + 1 < text.size() && is_hex(text[at]) && is_hex(text[at + 1]))) break;
    at = next;
  }
  return at;
}

// The first pair of the run that holds the one at `at`.
std::size_t first_pair(std::string_view text, std::size_t at, std::size_t floor) {
  for (;;) {
    std::size_t pos = at;
    if (pos >= floor + 2 && (text[pos - 1] | 0x20) == 'x' && text[pos - 2] == '0') pos -= 2;
    for (std::size_t skipped = 0; pos > floor && skipped < 4 && is_separator(text[pos - 1]); ++skipped) --pos;
    if (pos < floor + 2 || !is_hex(text[pos - 1]) || !is_hex(text[pos - 2])) return at;
    at = pos - 2;
  }
}

// Of a run of the right size: digits are 0x30 to 0x39, text is of bytes 0x20 to 0x7E. Hashes and keys are neither.
bool may_be_text(std::string_view text, ByteRange run) {
  std::size_t pairs = 0;
  std::size_t digits = 0;
  std::size_t characters = 0;
  walk(text.substr(0, run.end), run.begin, [&](std::size_t at) {
    const int byte = hex_of(text[at]) * 16 + hex_of(text[at + 1]);
    ++pairs;
    digits += byte >= '0' && byte <= '9';
    characters += (byte >= 0x20 && byte <= 0x7E) || byte == '\r' || byte == '\n' || byte == '\t';
  });
  return digits >= kPairsMin || characters * 8 >= pairs * 7;
}

void hand_over(std::string_view text, ByteRange run, const BlockSink& sink) {
  std::string bytes;
  const WipedAtExit wiped(bytes);
  const std::string_view body = text.substr(0, run.end);
  walk(body, run.begin, [&](std::size_t at) { bytes.push_back(static_cast<char>(hex_of(text[at]) * 16 + hex_of(text[at + 1]))); });
  sink(run, bytes, [&](std::string_view now) {
    constexpr std::string_view kHex = "0123456789abcdef";
    std::vector<Edit> edits;
    std::size_t done = 0;
    walk(body, run.begin, [&](std::size_t at) {
      const auto byte = static_cast<unsigned char>(now[done]);
      if (now[done] != bytes[done]) edits.push_back({{at, at + 2}, {kHex[byte >> 4U], kHex[byte & 15U]}});
      ++done;
    });
    return std::optional(std::move(edits));
  });
}

}  // namespace

void find_hex(std::string_view text, const BlockSink& sink) {
  std::size_t floor = 0;
  for (std::size_t at = text.find('3'); at != std::string_view::npos; at = text.find('3', std::max(at + 1, floor))) {
    if (at + 1 >= text.size() || !is_hex(text[at + 1])) continue;
    std::size_t end = at;
    // A '3' may be the second half of a pair.
    for (std::size_t seen : {at, at > floor && is_hex(text[at - 1]) ? at - 1 : at}) {
      const std::size_t begin = first_pair(text, seen, floor);
      const ByteRange run{begin, walk(text, begin, [](std::size_t) {})};
      if (run.size() < 2 * kPairsMin) continue;
      end = std::max(end, run.end);
      if (may_be_text(text, run)) hand_over(text, run, sink);
    }
    floor = std::max(floor, end);
  }
}

}  // namespace postern::pipeline
