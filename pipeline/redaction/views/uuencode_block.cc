#include <algorithm>
#include <array>

#include "pipeline/redaction/views/blocks.h"
#include "pipeline/redaction/wiped.h"

namespace postern::pipeline {
namespace {

unsigned value_of(char c) { return (static_cast<unsigned char>(c) - 32U) & 63U; }
char char_of(unsigned value) { return value == 0 ? '`' : static_cast<char>(value + 32U); }
bool is_digit(char c) { return c >= '0' && c <= '9'; }

// "begin 644 name": from `from` on, the first line of data; npos when there is none.
std::size_t data_begin(std::string_view text, std::size_t& from) {
  for (std::size_t line = from; line < text.size(); line = next_line_begin(text, line)) {
    const std::string_view rest = text.substr(line, 9);
    if (!rest.starts_with("begin ") || rest.size() < 9 || !is_digit(rest[6]) || !is_digit(rest[7])) continue;
    from = line;
    return next_line_begin(text, line);
  }
  return std::string_view::npos;
}

std::string_view line_at(std::string_view text, std::size_t at) {
  std::size_t end = std::min(text.find('\n', at), text.size());
  if (end > at && text[end - 1] == '\r') --end;
  return text.substr(at, end - at);
}

// Where the data ends: before "end", an empty line, or one whose length does not fit its first character.
std::size_t data_end(std::string_view text, std::size_t begin) {
  for (std::size_t at = begin; at < text.size(); at = next_line_begin(text, at)) {
    const std::string_view line = line_at(text, at);
    if (line == "end" || line.empty() || line[0] < ' ' || line[0] > '`') return at;
    const std::size_t wanted = 1 + (value_of(line[0]) + 2) / 3 * 4;
    if (line.size() > wanted + 4) return at;
  }
  return text.size();
}

// Groups of four characters; those behind the end of a line, where blanks were cut off, are npos.
template <class OnGroup>
void walk(std::string_view text, ByteRange data, OnGroup on_group) {
  for (std::size_t at = data.begin; at < data.end; at = next_line_begin(text, at)) {
    const std::string_view line = line_at(text, at);
    std::size_t left = line.empty() ? 0 : value_of(line[0]);
    for (std::size_t group = 1; left > 0; group += 4) {
      std::array<std::size_t, 4> where{};
      for (std::size_t i = 0; i < 4; ++i) where[i] = group + i < line.size() ? at + group + i : std::string_view::npos;
      const std::size_t bytes = std::min<std::size_t>(left, 3);
      on_group(where, bytes);
      left -= bytes;
    }
  }
}

std::string decode(std::string_view text, ByteRange data) {
  std::string out;
  out.reserve(data.size() / 4 * 3);
  walk(text, data, [&](const std::array<std::size_t, 4>& where, std::size_t bytes) {
    unsigned bits = 0;
    for (const std::size_t at : where) bits = bits << 6U | (at == std::string_view::npos ? 0U : value_of(text[at]));
    for (std::size_t i = 0; i < bytes; ++i) out.push_back(static_cast<char>(bits >> (16U - 8U * i) & 0xFFU));
  });
  return out;
}

std::optional<std::vector<Edit>> patch(std::string_view text, ByteRange data, std::string_view was, std::string_view now) {
  std::vector<Edit> edits;
  std::size_t done = 0;
  bool fits = true;
  walk(text, data, [&](const std::array<std::size_t, 4>& where, std::size_t bytes) {
    if (was.substr(done, bytes) != now.substr(done, bytes)) {
      unsigned bits = 0;
      for (std::size_t i = 0; i < 3; ++i) bits = bits << 8U | (i < bytes ? static_cast<unsigned char>(now[done + i]) : 0U);
      for (std::size_t i = 0; i < 4; ++i) {
        const unsigned value = bits >> (18U - 6U * i) & 63U;
        if (where[i] != std::string_view::npos) edits.push_back({{where[i], where[i] + 1}, std::string(1, char_of(value))});
        else fits = fits && value == 0;
      }
    }
    done += bytes;
  });
  if (!fits) return std::nullopt;
  return edits;
}

}  // namespace

void find_uuencode(std::string_view text, const BlockSink& sink) {
  for (std::size_t from = 0; from < text.size();) {
    const std::size_t begin = data_begin(text, from);
    if (begin == std::string_view::npos) return;
    const ByteRange data{begin, data_end(text, begin)};
    if (!data.empty()) {
      std::string bytes = decode(text, data);
      const WipedAtExit wiped(bytes);
      sink(data, bytes, [&](std::string_view now) { return patch(text, data, bytes, now); });
    }
    from = std::max(data.end, begin);
  }
}

}  // namespace postern::pipeline
