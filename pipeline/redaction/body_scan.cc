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

bool is_hex(char c) { return is_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F'); }

// What '=' signs say about bytes that nobody called quoted-printable.
enum class QuotedPrintable {
  kNo,
  kPerhaps,  // an escape stands behind a digit; "?page=2041" in a URL looks the same
  kLikely,   // soft line breaks or escaped '=' signs
};
QuotedPrintable guess_quoted_printable(std::string_view bytes) {
  // Padding of base64 at the very end is no soft break.
  const std::string_view body = bytes.substr(0, bytes.find_last_not_of("=\r\n \t") + 1);
  QuotedPrintable guess = QuotedPrintable::kNo;
  for (std::size_t at = body.find('='); at != std::string_view::npos; at = body.find('=', at + 1)) {
    const std::string_view next = body.substr(at + 1, 2);
    const bool is_rule = at > 0 && body[at - 1] == '=';  // "=====" under a heading
    if ((next.starts_with('\n') || next.starts_with("\r\n")) && !is_rule) return QuotedPrintable::kLikely;
    if (next == "3D" || next == "3d") return QuotedPrintable::kLikely;
    if (next.size() < 2 || !is_hex(next[0]) || !is_hex(next[1])) continue;
    const std::string_view before = body.substr(at < 2 ? 0 : at - 2, std::min<std::size_t>(at, 2));
    if (std::any_of(before.begin(), before.end(), is_digit)) guess = QuotedPrintable::kPerhaps;
  }
  return guess;
}

bool looks_like_markup(std::string_view text, const BodyLabels& labels) {
  for (std::string_view word : {"html", "xml", "svg", "enriched", "rtf"}) {
    if (labels.media_subtype.find(word) != std::string::npos) return true;
  }
  return text.find("</") != std::string_view::npos || text.find("<br") != std::string_view::npos ||
         text.find("<!") != std::string_view::npos;
}

// True for a reference to what may stand in a number; those of every HTML text (&amp; and its kin) may not.
bool has_reference(std::string_view text) {
  std::string character;
  for (std::size_t at = text.find('&'); at != std::string_view::npos; at = text.find('&', at + 1)) {
    character.clear();
    if (decode_entity(text, at, character) == 0 || character.empty()) continue;
    if (character.size() > 1 || std::string_view("&<>\"'").find(character[0]) == std::string_view::npos) return true;
  }
  return false;
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

// Collects findings of all views in offsets of the bytes.
class Collector {
 public:
  Collector(const CardDetector& detector, BodyScan& scan, std::string_view bytes)
      : detector_(detector), scan_(scan), bytes_(bytes) {}

  // Digits of a wide charset: views may begin at different bytes of one character.
  void set_unit(std::size_t unit) { unit_ = unit; }
  // From here on only numbers count that hold an escape of quoted-printable: the plain views have seen the others.
  void ask_for_escapes() { asks_for_escapes_ = true; }

  bool shows(std::string_view view) const { return !detector_.find(view).empty(); }

  // `maps` lead from the view to the bytes, the last stage of decoding first.
  void look(std::string_view view, std::initializer_list<const SourceMap*> maps) {
    for (const CardMatch& match : detector_.find(view)) {
      if (asks_for_escapes_ && !holds_escape(map_back(match.span(), maps))) continue;
      const std::size_t hidden_before = scan_.hidden.size();
      for (ByteRange digit : hidden_digits(match)) {
        const auto pieces = map_back(digit, maps);
        scan_.hidden.insert(scan_.hidden.end(), pieces.begin(), pieces.end());
      }
      if (hidden_before == scan_.hidden.size()) continue;
      if (seen_.insert(scan_.hidden[hidden_before].begin / unit_).second) ++scan_.brands[std::string(match.brand)];
    }
  }

 private:
  bool holds_escape(const std::vector<ByteRange>& pieces) const {
    if (pieces.empty()) return false;
    const std::size_t begin = pieces.front().begin;
    return bytes_.substr(begin, pieces.back().end - begin).find('=') != std::string_view::npos;
  }

  const CardDetector& detector_;
  BodyScan& scan_;
  const std::string_view bytes_;
  std::size_t unit_ = 1;
  bool asks_for_escapes_ = false;
  std::set<std::size_t> seen_;
};

SourceMap identity_of(std::string_view bytes) {
  SourceMap map;
  map.append_identity(0, bytes.size());
  return map;
}

// Every view of text whose transfer encoding is off. `decoded` leads from `text` to the bytes.
void look_at_text(Collector& collector, std::string_view text, const BodyLabels& labels, const SourceMap& decoded) {
  Converted converted = to_utf8(text, labels.charset, Mapping::kSkip);
  const WipedAtExit wiped(converted.utf8);
  collector.set_unit(unit_of(converted.charset));
  collector.look(text, {&decoded});
  // Most text holds no number, and the map of hostile text is forty times its size: it is made when it is needed.
  const auto map_of_text = [&] {
    if (converted.map.run_count() == 0) converted.map = to_utf8(text, labels.charset).map;
    return &converted.map;
  };
  if (converted.utf8 != text && collector.shows(converted.utf8)) collector.look(converted.utf8, {map_of_text(), &decoded});
  if (looks_like_markup(converted.utf8, labels)) {
    HtmlText rendered = html_to_text(converted.utf8);
    const WipedAtExit wiped_text(rendered.text);
    if (collector.shows(rendered.text)) collector.look(rendered.text, {&rendered.map, map_of_text(), &decoded});
  }
  if (has_reference(converted.utf8)) {
    Unescaped unescaped = decode_references(converted.utf8);
    const WipedAtExit wiped_text(unescaped.text);
    if (collector.shows(unescaped.text)) collector.look(unescaped.text, {&unescaped.map, map_of_text(), &decoded});
  }
}

// A second Content-Transfer-Encoding that other readers prefer, a part that only other readers see.
void look_at_quoted_printable(Collector& collector, std::string_view bytes, const BodyLabels& labels) {
  if (labels.was_quoted_printable) return;
  const QuotedPrintable guess = guess_quoted_printable(bytes);
  if (guess == QuotedPrintable::kNo) return;
  Decoded decoded = decode_quoted_printable(bytes);
  const WipedAtExit wiped(decoded.bytes);
  if (guess == QuotedPrintable::kLikely) {
    look_at_text(collector, decoded.bytes, labels, decoded.map);
  } else {
    collector.ask_for_escapes();
    collector.look(decoded.bytes, {&decoded.map});
  }
}

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
  // A run that counts has kSpeculativeCharsMin characters on its first line: a look at every sixteenth byte meets it.
  std::size_t floor = 0;
  for (std::size_t probe = kSpeculativeCharsMin - 1; probe < bytes.size();) {
    if (!is_base64_char(bytes[probe])) {
      floor = probe + 1;
      probe += kSpeculativeCharsMin;
      continue;
    }
    std::size_t at = probe;
    while (at > floor && is_base64_char(bytes[at - 1])) --at;
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
    floor = end;
    probe = end + kSpeculativeCharsMin;
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
  Collector collector(detector, scan, bytes);
  look_at_text(collector, bytes, labels, identity_of(bytes));
  look_at_quoted_printable(collector, bytes, labels);
  scan.hidden = merge_overlapping(std::move(scan.hidden));
  look_for_hidden_base64(detector, bytes, limits, scan);
  return scan;
}

BodyScan scan_undecoded(const CardDetector& detector, std::string_view raw, const BodyLabels& labels) {
  BodyScan scan;
  Collector collector(detector, scan, raw);
  collector.look(raw, {});
  look_at_quoted_printable(collector, raw, labels);
  scan.hidden = merge_overlapping(std::move(scan.hidden));
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
