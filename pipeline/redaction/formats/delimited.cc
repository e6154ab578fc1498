#include "pipeline/redaction/formats/delimited.h"

#include <algorithm>

#include "pipeline/redaction/dense_digits.h"
#include "pipeline/redaction/formats/card_cells.h"

namespace postern::pipeline {
namespace {

constexpr std::string_view kDelimiters = "\t;|,";
constexpr std::size_t kBetweenDigitsMin = 2;  // 4-6-5 in three fields

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_wrapping(char c) { return c == ' ' || c == '"' || c == '\'' || c == '='; }

ByteRange line_around(std::string_view text, std::size_t at) {
  const std::size_t begin = at == 0 ? 0 : text.find_last_of('\n', at - 1) + 1;
  return {begin, std::min(text.find('\n', at), text.size())};
}
std::string_view view_of(std::string_view text, ByteRange range) { return text.substr(range.begin, range.size()); }

// The mark that stands between fields of digits in the line; 0: there is none.
char delimiter_of(std::string_view line) {
  for (char one : kDelimiters) {
    std::size_t count = 0;
    for (std::size_t at = line.find(one); at != std::string_view::npos && count < kBetweenDigitsMin; at = line.find(one, at + 1)) {
      std::size_t before = at;
      while (before > 0 && is_wrapping(line[before - 1])) --before;
      std::size_t behind = at + 1;
      while (behind < line.size() && is_wrapping(line[behind])) ++behind;
      count += before > 0 && is_digit(line[before - 1]) && behind < line.size() && is_digit(line[behind]);
    }
    if (count >= kBetweenDigitsMin) return one;
  }
  return 0;
}

bool is_blank_line(std::string_view line) { return line.find_first_not_of(" \t\r") == std::string_view::npos; }

// Lines without an empty one between them around the line.
ByteRange block_around(std::string_view text, ByteRange line) {
  ByteRange block = line;
  while (block.begin > 0) {
    const ByteRange above = line_around(text, block.begin - 1);
    if (is_blank_line(view_of(text, above))) break;
    block.begin = above.begin;
  }
  while (block.end < text.size()) {
    const ByteRange below = line_around(text, block.end + 1);
    if (is_blank_line(view_of(text, below))) break;
    block.end = below.end;
  }
  return block;
}

// The field that begins at `at`; `next` gets the offset of its delimiter, or of the line's end. Quotes, the apostrophe and the
// '=' by which people keep a table program from changing a number are left out.
ByteRange field_at(std::string_view line, std::size_t at, char delimiter, std::size_t& next) {
  std::size_t begin = at;
  while (begin < line.size() && (line[begin] == ' ' || line[begin] == '=' || line[begin] == '\'')) ++begin;
  if (begin < line.size() && line[begin] == '"') {
    const std::size_t close = line.find('"', begin + 1);
    if (close != std::string_view::npos) {
      next = std::min(line.find(delimiter, close), line.size());
      return {begin + 1, close};
    }
  }
  next = std::min(line.find(delimiter, at), line.size());
  std::size_t end = next;
  while (end > begin && (line[end - 1] == ' ' || line[end - 1] == '\r')) --end;
  return {std::min(begin, end), end};
}

void add_line(std::string_view line, std::size_t line_begin, char delimiter, std::uint32_t row, CardCells& cells) {
  std::uint32_t column = 0;
  for (std::size_t at = 0; at <= line.size(); ++column) {
    std::size_t next = line.size();
    const ByteRange field = field_at(line, at, delimiter, next);
    at = next + 1;
    const std::string_view text = line.substr(field.begin, field.size());
    DigitCell cell;
    std::vector<std::size_t> from;
    cell.digits = only_digits(text, from);
    if (cell.digits.empty()) {
      cells.add_words(row, column, text);
      continue;
    }
    for (std::size_t digit : from) cell.places.push_back({line_begin + field.begin + digit, line_begin + field.begin + digit + 1});
    cells.add_digits(row, column, std::move(cell));
  }
}

void scan_block(const Detector& detector, std::string_view text, ByteRange block, char delimiter, TextKind kind, BodyScan& out) {
  CardCells cells(detector, kind);
  std::uint32_t row = 0;
  for (std::size_t at = block.begin; at < block.end; ++row) {
    const std::size_t end = std::min(text.find('\n', at), block.end);
    add_line(text.substr(at, end - at), at, delimiter, row, cells);
    at = end + 1;
  }
  const BodyScan found = cells.finish();
  out.hidden.insert(out.hidden.end(), found.hidden.begin(), found.hidden.end());
  for (const auto& [key, count] : found.findings) out.findings[key] += count;
  for (const auto& [key, count] : found.shadows) out.shadows[key] += count;
}

}  // namespace

BodyScan scan_delimited(const Detector& detector, std::string_view text, TextKind kind) {
  BodyScan out;
  std::size_t done = 0;
  for (const DensePlace& place : dense_digits(text)) {
    for (std::size_t at = std::max(place.range.begin, done); at < place.range.end;) {
      ByteRange line = line_around(text, at);
      const char delimiter = delimiter_of(view_of(text, line));
      if (delimiter != 0) {
        line = block_around(text, line);
        scan_block(detector, text, line, delimiter, kind, out);
      }
      at = line.end + 1;
      done = at;
    }
  }
  return out;
}

}  // namespace postern::pipeline
