#include "pipeline/redaction/body_scan.h"

#include <algorithm>

#include "core/secret.h"
#include "pipeline/mime/decode.h"
#include "pipeline/mime/unicode.h"
#include "pipeline/redaction/finding_mask.h"
#include "pipeline/redaction/views/explorer.h"

namespace postern::pipeline {
namespace {

constexpr std::size_t kCharsetSample = 512;  // bytes, a multiple of every unit

// Bytes of one character unit of a charset in which digits are wide; 1 for all others.
std::size_t unit_of(std::string_view charset) {
  return charset.starts_with("utf-16") ? 2 : charset.starts_with("utf-32") ? 4 : 1;
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

// What one rule masks and another drops is masked.
void settle(BodyScan& scan) {
  scan.hidden = merge_overlapping(std::move(scan.hidden));
  scan.dropped = without(merge_overlapping(std::move(scan.dropped)), scan.hidden);
}

// ASCII in the units of the charset.
std::string widened(std::string_view ascii, std::size_t unit, bool is_little_endian) {
  if (unit == 1) return std::string(ascii);
  std::string out;
  for (char c : ascii) {
    std::string wide(unit, '\0');
    wide[is_little_endian ? 0 : unit - 1] = c;
    out += wide;
  }
  return out;
}

// Two bytes of a charset with shift sequences are one character: the mask must leave the others in step. "!v" and "#*"
// are the full-width asterisk of JIS X 0208, and of GB 2312 and KS X 1001.
std::string shifted_mask(std::string_view bytes, ByteRange range) {
  if (range.size() != 2) return std::string(kAsciiMask);
  return bytes.substr(0, range.begin).rfind("\x1B$B") != std::string_view::npos ? "!v" : "#*";
}

// What an escape stood for must not become a byte that its format does not allow.
bool is_escape(std::string_view bytes, ByteRange range) {
  return range.size() > 1 && std::string_view("%\\=").find(bytes[range.begin]) != std::string_view::npos;
}

// In a `cid:` or `mid:` link (RFC 2392): what it leads to has the same mask (machine_fields.h).
bool is_in_id_link(std::string_view bytes, ByteRange range) {
  constexpr std::size_t kIdMax = 250;
  const std::string_view before = bytes.substr(range.begin - std::min(range.begin, kIdMax), std::min(range.begin, kIdMax));
  const std::string_view word = before.substr(before.find_last_of(" \t\r\n\"'<>()") + 1);
  return word.starts_with("cid:") || word.starts_with("mid:");
}

bool has_zero_near(std::string_view bytes, ByteRange range) {
  const std::size_t begin = range.begin == 0 ? 0 : range.begin - 1;
  return bytes.substr(begin, range.end + 1 - begin).find('\0') != std::string_view::npos;
}

// A body too full of possible readings to look at them all.
void replace_whole(std::string_view bytes, BodyScan& scan) {
  scan.hidden.clear();
  scan.dropped.clear();
  scan.blanked.clear();
  scan.patches.assign(1, Edit{{0, bytes.size()}, "[text removed: too many encodings in each other]"});
  ++scan.findings[{"replaced", ""}];
  scan.defects.emplace_back("too_many_readings");
}

}  // namespace

BodyScan scan_body(const Detector& detector, std::string_view bytes, const BodyLabels& labels,
                   const RedactionLimits& limits, SharedReadings* shared) {
  BodyScan scan;
  ReadingBudget budget(limits, bytes.size(), shared);
  Explorer(detector, labels, budget, scan).explore(bytes);
  settle(scan);
  if (budget.is_exhausted()) replace_whole(bytes, scan);
  return scan;
}

BodyScan scan_undecoded(const Detector& detector, std::string_view raw, const BodyLabels& labels, const RedactionLimits& limits,
                        SharedReadings* shared) {
  BodyScan scan;
  ReadingBudget budget(limits, raw.size(), shared);
  Explorer(detector, labels, budget, scan).explore_undecoded(raw);
  settle(scan);
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
  const bool is_ascii_format = bytes.find("{\\rtf") != std::string_view::npos;
  const bool is_utf8 = labels.allows_8bit && !is_ascii_format && (charset == "utf-8" || charset == "utf8");
  const bool is_shifted = unit == 1 && bytes.find_first_of("\x1B\x0E") != std::string_view::npos;
  const auto mask_of = [&](ByteRange range) -> std::string {
    if (unit > 1) return wide_mask(unit, is_little_endian);
    if (is_shifted) return shifted_mask(bytes, range);
    return std::string(is_utf8 && !is_escape(bytes, range) && !has_zero_near(bytes, range) && !is_in_id_link(bytes, range) ? kBlockMask : kAsciiMask);
  };
  std::vector<Edit> edits;
  for (ByteRange range : scan.blanked) {
    std::string stars;
    for (char c : bytes.substr(range.begin, range.size())) stars.push_back(c == '\r' || c == '\n' ? c : '*');
    edits.push_back({range, std::move(stars)});
  }
  for (const Edit& patch : scan.patches) edits.push_back({patch.range, widened(patch.text, unit, is_little_endian)});
  for (ByteRange range : whole_units(scan.hidden, unit, bytes.size())) edits.push_back({range, mask_of(range)});
  for (ByteRange range : whole_units(scan.dropped, unit, bytes.size())) edits.push_back({range, ""});
  const core::SecretBuffer hidden = apply_edits(bytes, std::move(edits));
  return std::string(core::view(hidden));
}

BodyScan scan_binary(const Detector& detector, std::string_view bytes, TextKind kind) {
  BodyScan scan;
  for (const Finding& finding : detector.find(bytes, kind)) {
    scan.hidden.insert(scan.hidden.end(), finding.hidden.begin(), finding.hidden.end());
    scan.hidden.insert(scan.hidden.end(), finding.dropped.begin(), finding.dropped.end());
    ++(finding.is_shadow ? scan.shadows : scan.findings)[{std::string(finding.rule), std::string(finding.label)}];
  }
  return scan;
}

std::string hide_in_binary(std::string_view bytes, const BodyScan& scan) {
  std::string hidden(bytes);
  for (ByteRange range : scan.hidden) std::fill(hidden.begin() + static_cast<std::ptrdiff_t>(range.begin),
                                                hidden.begin() + static_cast<std::ptrdiff_t>(range.end), kAsciiMask.front());
  return hidden;
}

namespace {

constexpr std::size_t kShortSample = 64;      // less of it says little by its control characters
constexpr std::size_t kCharacterBytesMax = 4;  // of UTF-8

// Well-formed to its end, or to a character that the end of the sample cuts.
bool is_utf8_text(std::string_view sample) {
  for (std::size_t cut = 0; cut < std::min(kCharacterBytesMax, sample.size()); ++cut) {
    const std::string_view characters = sample.substr(0, sample.size() - cut);
    const Utf8Shape shape = inspect_utf8(characters);
    if (shape.is_ascii() ? to_utf8(characters, "utf-8").clean : shape.invalid == 0) return true;
  }
  return false;
}

}  // namespace

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
  // Wide text without a mark: every second byte of Latin text is zero.
  if (zeros * 5 >= sample.size() * 2) return zeros * 5 <= sample.size() * 4 && controls * 50 < sample.size();
  // A stray one is in text too; of compressed bytes one in ten is a control character.
  if ((controls + zeros) * 50 >= sample.size()) return false;
  return high * 3 < sample.size() || sample.size() >= kShortSample || is_utf8_text(sample);
}

}  // namespace postern::pipeline
