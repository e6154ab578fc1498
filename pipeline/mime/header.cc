// The one header split, and the small lexical forms of header values.
#include "pipeline/mime/header.h"

#include <algorithm>

#include "core/encoding.h"

namespace postern::pipeline {
namespace {

bool is_blank(char c) { return c == ' ' || c == '\t'; }

// RFC 5322 section 2.2: printable US-ASCII but the colon.
bool is_field_name(std::string_view name) {
  return !name.empty() && std::all_of(name.begin(), name.end(), [](char c) { return c > 32 && c < 127 && c != ':'; });
}

bool is_any_delimiter(std::string_view line, const std::vector<std::string>* boundaries) {
  if (boundaries == nullptr || !line.starts_with("--")) return false;
  return std::any_of(boundaries->begin(), boundaries->end(), [line](const std::string& boundary) {
    return match_delimiter(line, boundary) != Delimiter::kNone;
  });
}

// Skips blank lines and one mbox "From " line in front of a message.
std::size_t skip_leading(std::string_view message, const HeaderScan& scan, ParseReport& report) {
  std::size_t pos = scan.begin;
  while (pos < scan.end) {
    const Line line = line_at(message, pos, scan.end, scan.ends);
    const auto text = message.substr(line.begin, line.end - line.begin);
    if (text.find_first_not_of(" \t") == std::string_view::npos) {
      add_defect(report, "leading_blank_line");
    } else if (text.starts_with("From ") || text.starts_with(">From ")) {
      add_defect(report, "mbox_from_line");
    } else {
      return pos;
    }
    pos = line.next;
  }
  return scan.begin;
}

HeaderField make_field(std::string_view message, const Line& line, ParseReport& report) {
  HeaderField field;
  field.whole = {line.begin, line.next};
  const auto text = message.substr(line.begin, line.end - line.begin);
  const auto colon = text.find(':');
  if (colon != std::string_view::npos) {
    auto name = text.substr(0, colon);
    while (!name.empty() && is_blank(name.back())) name.remove_suffix(1);
    if (is_field_name(name)) {
      field.name = {line.begin, line.begin + name.size()};
      field.value = {line.begin + colon + 1, line.end};
      field.name_lower = core::to_lower_ascii(name);
      return field;
    }
  }
  add_defect(report, "header_without_colon");
  field.name = {line.begin, line.begin};
  field.value = {line.begin, line.end};
  return field;
}

void check_line_limit(const std::vector<HeaderField>& fields, const MimeLimits& limits, ParseReport& report) {
  for (const auto& field : fields) {
    if (field.whole.size() <= limits.header_line_bytes_max) continue;
    report.degraded = true;
    add_defect(report, "header_line_limit", limits.defects_max);
  }
}

// No boundary may hold a backslash, so that one stands for a quoted-pair (RFC 5322 section 3.2.4), which only some readers undo:
// how much of the line is the boundary without them, 0 if it is not there.
std::size_t length_without_backslashes(std::string_view line, std::string_view boundary) {
  if (boundary.find('\\') == std::string_view::npos) return 0;
  std::size_t length = 0;
  for (std::size_t at = 0; at < boundary.size(); ++at) {
    if (boundary[at] == '\\' && at + 1 < boundary.size()) ++at;
    if (length == line.size() || line[length] != boundary[at]) return 0;
    ++length;
  }
  return length;
}

}  // namespace

LineEnds line_ends_of(std::string_view message) {
  if (message.find('\n') != std::string_view::npos) return LineEnds::kLf;
  return message.find('\r') == std::string_view::npos ? LineEnds::kLf : LineEnds::kCr;
}

Line line_at(std::string_view message, std::size_t pos, std::size_t limit, LineEnds ends) {
  const auto text = message.substr(pos, limit - pos);
  const auto at = text.find(ends == LineEnds::kLf ? '\n' : '\r');
  if (at == std::string_view::npos) {
    const std::size_t end = text.ends_with('\r') ? limit - 1 : limit;
    return {pos, end, limit};
  }
  const bool has_cr = ends == LineEnds::kLf && at > 0 && text[at - 1] == '\r';
  return {pos, pos + at - (has_cr ? 1 : 0), pos + at + 1};
}

Delimiter match_delimiter(std::string_view line, std::string_view boundary) {
  if (!line.starts_with("--")) return Delimiter::kNone;
  line.remove_prefix(2);
  const std::size_t length = line.starts_with(boundary) ? boundary.size() : length_without_backslashes(line, boundary);
  if (length == 0) return Delimiter::kNone;
  line.remove_prefix(length);
  const bool closes = line.starts_with("--");
  if (closes) line.remove_prefix(2);
  if (line.find_first_not_of(" \t\r") != std::string_view::npos) return Delimiter::kNone;
  return closes ? Delimiter::kClose : Delimiter::kOpen;
}

HeaderBlock parse_header_block(std::string_view message, const HeaderScan& scan, const MimeLimits& limits,
                               ParseReport& report) {
  HeaderBlock block;
  const std::size_t start = scan.is_top ? skip_leading(message, scan, report) : scan.begin;
  std::size_t pos = start;
  bool has_field = false;
  bool ended = false;
  ParseReport found;
  while (pos < scan.end && !ended) {
    if (pos - start > limits.header_block_bytes_max || block.fields.size() >= limits.headers_max) {
      found.degraded = true;
      add_defect(found, "header_block_limit");
      break;
    }
    const Line line = line_at(message, pos, scan.end, scan.ends);
    const auto text = message.substr(line.begin, line.end - line.begin);
    if (is_any_delimiter(text, scan.open_boundaries)) break;
    pos = line.next;
    ended = line.empty();
    if (ended) break;
    if (is_blank(text.front()) && !block.fields.empty()) {
      // Some take a line of blanks for the end of the header.
      if (text.find_first_not_of(" \t\r") == std::string_view::npos) add_defect(found, "blank_folded_line");
      block.fields.back().value.end = line.end;
      block.fields.back().whole.end = line.next;
      continue;
    }
    block.fields.push_back(make_field(message, line, found));
    has_field = has_field || !block.fields.back().name.empty();
  }
  if (!has_field && !block.fields.empty()) {
    add_defect(report, "no_header", limits.defects_max);
    return {{}, {scan.begin, start}, start};
  }
  report.degraded = report.degraded || found.degraded;
  for (const auto& word : found.defects) add_defect(report, word, limits.defects_max);
  check_line_limit(block.fields, limits, report);
  block.range = {scan.begin, pos};
  block.body_begin = pos;
  return block;
}

HeaderBlock parse_message_header(const Message& message, const MimeLimits& limits) {
  ParseReport report;
  HeaderScan scan;
  scan.end = message.size();
  scan.is_top = true;
  scan.ends = line_ends_of(message.bytes());
  return parse_header_block(message.bytes(), scan, limits, report);
}

const HeaderField* find_field(const std::vector<HeaderField>& fields, std::string_view name_lower) {
  const auto at = std::find_if(fields.begin(), fields.end(), [&](const HeaderField& f) { return f.name_lower == name_lower; });
  return at == fields.end() ? nullptr : &*at;
}

std::size_t count_fields(const std::vector<HeaderField>& fields, std::string_view name_lower) {
  return static_cast<std::size_t>(
      std::count_if(fields.begin(), fields.end(), [&](const HeaderField& f) { return f.name_lower == name_lower; }));
}

std::string unfold(std::string_view raw_value) {
  std::string out;
  out.reserve(raw_value.size());
  for (char c : raw_value) {
    if (c != '\r' && c != '\n') out += c;
  }
  return out;
}

std::string without_comments(std::string_view unfolded) {
  std::string out;
  std::size_t depth = 0;
  bool quoted = false;
  for (std::size_t i = 0; i < unfolded.size(); ++i) {
    const char c = unfolded[i];
    const bool escapes = c == '\\' && i + 1 < unfolded.size();
    if (depth == 0 && c == '"') quoted = !quoted;
    if (!quoted && c == '(') {
      ++depth;
      continue;
    }
    if (!quoted && c == ')' && depth > 0) {
      --depth;
      continue;
    }
    if (depth == 0) out += c;
    if (!escapes) continue;
    ++i;
    if (depth == 0) out += unfolded[i];
  }
  return std::string(core::trim_ascii(out));
}

void add_defect(ParseReport& report, std::string_view word, std::size_t defects_max) {
  if (report.defects.size() >= defects_max) return;
  if (std::find(report.defects.begin(), report.defects.end(), word) != report.defects.end()) return;
  report.defects.emplace_back(word);
}

}  // namespace postern::pipeline
