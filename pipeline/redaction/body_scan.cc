#include "pipeline/redaction/body_scan.h"

#include <algorithm>
#include <optional>
#include <set>

#include "core/secret.h"
#include "pipeline/mime/decode.h"
#include "pipeline/mime/html.h"
#include "pipeline/redaction/card_mask.h"
#include "pipeline/redaction/message_edit.h"
#include "pipeline/redaction/wiped.h"

namespace postern::pipeline {
namespace {

constexpr std::size_t kCharsetSample = 512;       // bytes, a multiple of every unit
constexpr std::size_t kSpeculativeCharsMin = 16;  // base64 of twelve digits

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_base64_char(char c) {
  return is_digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '+' || c == '/';
}

bool looks_like_markup(std::string_view text, const BodyLabels& labels) {
  for (std::string_view word : {"html", "xml", "svg", "enriched", "rtf"}) {
    if (labels.media_subtype.find(word) != std::string::npos) return true;
  }
  return text.find("</") != std::string_view::npos || text.find("<br") != std::string_view::npos ||
         text.find("<!") != std::string_view::npos;
}

// Character references decoded and nothing else: attributes and scripts, which are not rendered, may hold them too.
struct Unescaped {
  std::string text;
  SourceMap map;
};
Unescaped decode_references(std::string_view source) {
  Unescaped out;
  std::size_t at = 0;
  while (at < source.size()) {
    const std::size_t next = std::min(source.find('&', at), source.size());
    if (next > at) {
      out.text.append(source.substr(at, next - at));
      out.map.append_identity(at, next - at);
      at = next;
      continue;
    }
    std::string character;
    const std::size_t length = decode_entity(source, at, character);
    if (length == 0 || character.empty()) {
      out.text.push_back('&');
      out.map.append_identity(at, 1);
      at += 1;
    } else {
      out.text += character;
      out.map.append(at, length, character.size());
      at += length;
    }
  }
  return out;
}

// Bytes of one character unit of a charset in which digits are wide; 1 for all others.
std::size_t unit_of(std::string_view charset) {
  return charset.starts_with("utf-16") ? 2 : charset.starts_with("utf-32") ? 4 : 1;
}

// Collects findings of all views in offsets of the decoded bytes.
class Collector {
 public:
  Collector(const CardDetector& detector, BodyScan& scan, std::size_t unit)
      : detector_(detector), scan_(scan), unit_(unit) {}

  // `maps` lead from the view to the bytes, the last stage of decoding first.
  void look(std::string_view view, std::initializer_list<const SourceMap*> maps) {
    for (const CardMatch& match : detector_.find(view)) {
      const std::size_t hidden_before = scan_.hidden.size();
      for (ByteRange digit : hidden_digits(match)) {
        const auto pieces = map_back(digit, maps);
        scan_.hidden.insert(scan_.hidden.end(), pieces.begin(), pieces.end());
      }
      if (hidden_before == scan_.hidden.size()) continue;
      // Views of one wide character may begin at different bytes of it.
      if (seen_.insert(scan_.hidden[hidden_before].begin / unit_).second) ++scan_.brands[std::string(match.brand)];
    }
  }

 private:
  const CardDetector& detector_;
  BodyScan& scan_;
  const std::size_t unit_;
  std::set<std::size_t> seen_;
};

// One run of base64 characters over lines, from `at`. Returns where it ends.
std::size_t base64_run_end(std::string_view bytes, std::size_t at) {
  std::size_t end = at;
  while (end < bytes.size()) {
    if (is_base64_char(bytes[end]) || bytes[end] == '=') {
      ++end;
      continue;
    }
    std::size_t next = end;
    while (next < bytes.size() && (bytes[next] == '\r' || bytes[next] == '\n') && next - end < 2) ++next;
    // Only full lines go on: two words on two lines are not base64.
    if (next == end || next >= bytes.size() || !is_base64_char(bytes[next]) || end - at < 56) break;
    end = next;
  }
  return end;
}

void look_for_hidden_base64(const CardDetector& detector, std::string_view bytes, const RedactionLimits& limits,
                            BodyScan& scan) {
  std::size_t budget = limits.speculative_bytes_max;
  for (std::size_t at = 0; at < bytes.size();) {
    if (!is_base64_char(bytes[at])) {
      ++at;
      continue;
    }
    const std::size_t end = base64_run_end(bytes, at);
    const std::size_t size = end - at;
    const bool is_plain_number = std::all_of(bytes.begin() + static_cast<std::ptrdiff_t>(at),
                                             bytes.begin() + static_cast<std::ptrdiff_t>(end), is_digit);
    if (size >= kSpeculativeCharsMin && !is_plain_number && size <= budget) {
      budget -= size;
      Decoded decoded = decode_base64(bytes.substr(at, size));
      const WipedAtExit wiped(decoded.bytes);
      for (const CardMatch& match : detector.find(decoded.bytes)) {
        ++scan.brands[std::string(match.brand)];
        if (scan.blanked.empty() || scan.blanked.back().begin != at) scan.blanked.push_back({at, end});
      }
    }
    at = end;
  }
}

std::string wide_mask(std::size_t unit, bool is_little_endian) {
  std::string mask(unit, '\0');
  mask[is_little_endian ? 0 : unit - 1] = '\x87';  // U+2587
  mask[is_little_endian ? 1 : unit - 2] = '\x25';
  return mask;
}

// Views disagree on which bytes of a wide character are the digit; the whole unit goes.
std::vector<ByteRange> whole_units(std::vector<ByteRange> ranges, std::size_t unit, std::size_t size) {
  for (ByteRange& range : ranges) {
    range.begin -= range.begin % unit;
    range.end = std::min(size, (range.end + unit - 1) / unit * unit);
  }
  return merge_overlapping(std::move(ranges));
}

}  // namespace

BodyScan scan_body(const CardDetector& detector, std::string_view bytes, const BodyLabels& labels,
                   const RedactionLimits& limits) {
  BodyScan scan;
  Converted converted = to_utf8(bytes, labels.charset);
  const WipedAtExit wiped(converted.utf8);
  Collector collector(detector, scan, unit_of(converted.charset));
  SourceMap whole;
  whole.append_identity(0, bytes.size());
  collector.look(bytes, {&whole});
  if (converted.utf8 != bytes) collector.look(converted.utf8, {&converted.map});
  if (looks_like_markup(converted.utf8, labels)) {
    HtmlText rendered = html_to_text(converted.utf8);
    const WipedAtExit wiped_text(rendered.text);
    collector.look(rendered.text, {&rendered.map, &converted.map});
  }
  if (converted.utf8.find("&#") != std::string::npos) {
    Unescaped unescaped = decode_references(converted.utf8);
    const WipedAtExit wiped_text(unescaped.text);
    collector.look(unescaped.text, {&unescaped.map, &converted.map});
  }
  scan.hidden = merge_overlapping(std::move(scan.hidden));
  look_for_hidden_base64(detector, bytes, limits, scan);
  return scan;
}

std::string hide_in_body(std::string_view bytes, const BodyLabels& labels, const BodyScan& scan) {
  std::string charset = labels.charset;
  if (unit_of(charset) > 1 || bytes.substr(0, kCharsetSample).find('\0') != std::string_view::npos) {
    Converted converted = to_utf8(bytes.substr(0, kCharsetSample), labels.charset);
    core::wipe(converted.utf8.data(), converted.utf8.size());
    charset = converted.charset;
  }
  const std::size_t unit = unit_of(charset);
  bool is_little_endian = charset.ends_with("le");
  if (!is_little_endian && !charset.ends_with("be")) is_little_endian = bytes.starts_with("\xFF\xFE");
  const bool is_utf8 = labels.allows_8bit && (charset == "utf-8" || charset == "utf8");
  const std::string mask =
      unit > 1 ? wide_mask(unit, is_little_endian) : std::string(is_utf8 ? kBlockMask : kAsciiMask);
  std::vector<Edit> edits;
  for (ByteRange range : scan.blanked) {
    std::string stars;
    for (char c : bytes.substr(range.begin, range.size())) stars.push_back(c == '\r' || c == '\n' ? c : '*');
    edits.push_back({range, std::move(stars)});
  }
  for (ByteRange range : whole_units(scan.hidden, unit, bytes.size())) edits.push_back({range, mask});
  const core::SecretBuffer hidden = apply_edits(bytes, std::move(edits));
  return std::string(core::view(hidden));
}

BodyScan scan_binary(const CardDetector& detector, std::string_view bytes) {
  BodyScan scan;
  for (const CardMatch& match : detector.find(bytes)) {
    for (ByteRange digit : hidden_digits(match)) scan.hidden.push_back(digit);
    ++scan.brands[std::string(match.brand)];
  }
  return scan;
}

std::string hide_in_binary(std::string_view bytes, const BodyScan& scan) {
  std::string hidden(bytes);
  for (ByteRange range : scan.hidden) std::fill(hidden.begin() + static_cast<std::ptrdiff_t>(range.begin),
                                                hidden.begin() + static_cast<std::ptrdiff_t>(range.end), kAsciiMask.front());
  return hidden;
}

bool is_textual(std::string_view bytes, const RedactionLimits& limits) {
  const std::string_view sample = bytes.substr(0, limits.sniffed_bytes);
  if (sample.empty()) return false;
  if (sample.starts_with("\xFF\xFE") || sample.starts_with("\xFE\xFF")) return true;
  std::size_t controls = 0;
  std::size_t zeros = 0;
  std::size_t high = 0;
  for (char c : sample) {
    const auto byte = static_cast<unsigned char>(c);
    zeros += byte == 0;
    high += byte >= 0x80;
    controls +=
        byte != 0 && byte < 0x20 && byte != '\t' && byte != '\n' && byte != '\r' && byte != '\f' && byte != 0x1B;
  }
  if (zeros > 0) {  // wide text without a mark: every second byte of Latin text is zero
    return zeros * 5 >= sample.size() * 2 && zeros * 5 <= sample.size() * 4 && controls * 50 < sample.size();
  }
  if (controls * 50 >= sample.size()) return false;
  // Compressed data is half high bytes that are not UTF-8.
  const std::string_view whole_characters = sample.substr(0, sample.size() - std::min<std::size_t>(sample.size(), 3));
  return high * 3 < sample.size() || to_utf8(whole_characters, "utf-8").clean;
}

}  // namespace postern::pipeline
