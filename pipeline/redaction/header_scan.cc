#include "pipeline/redaction/header_scan.h"

#include <algorithm>
#include <array>

#include "core/encoding.h"
#include "core/secret.h"
#include "pipeline/mime/address.h"
#include "pipeline/mime/decode.h"
#include "pipeline/mime/encode.h"
#include "pipeline/mime/params.h"
#include "pipeline/redaction/finding_mask.h"
#include "pipeline/redaction/machine_fields.h"
#include "pipeline/redaction/views/views.h"
#include "pipeline/redaction/wiped.h"

namespace postern::pipeline {
namespace {

constexpr std::string_view kMachineFields[] = {"message-id",
                                               "in-reply-to",
                                               "references",
                                               "resent-message-id",
                                               "received",
                                               "x-received",
                                               "return-path",
                                               "date",
                                               "resent-date",
                                               "dkim-signature",
                                               "domainkey-signature",
                                               "x-google-dkim-signature",
                                               "authentication-results",
                                               "received-spf",
                                               "content-id",
                                               "mime-version",
                                               "content-transfer-encoding",
                                               "thread-index",
                                               "x-google-smtp-source"};

constexpr std::string_view kAddressFields[] = {
    "from",        "to",        "cc",        "bcc",           "sender",        "reply-to",
    "resent-from", "resent-to", "resent-cc", "resent-sender", "x-original-to", "delivered-to"};

template <std::size_t N>
bool contains(const std::string_view (&words)[N], std::string_view word) {
  return std::find(std::begin(words), std::end(words), word) != std::end(words);
}

bool is_mime_field(std::string_view name) { return name == "content-type" || name == "content-disposition"; }

std::string masked(const Detector& detector, std::string_view text, TextKind kind = TextKind::kHeader) {
  return mask_findings(text, detector.find(text, kind), kBlockMask);
}

std::string quoted(std::string_view text) {
  std::string out = "\"";
  for (char c : text) {
    if (c == '"' || c == '\\') out.push_back('\\');
    out.push_back(c);
  }
  return out + "\"";
}

bool is_ascii(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return static_cast<unsigned char>(c) < 0x80; });
}

std::string rebuilt_addresses(const Detector& detector, std::string_view value) {
  std::string out;
  for (const NamedAddress& one : parse_address_list(value)) {
    EmailAddress address = one.address;
    address.local = mask_findings(address.local, detector.find(address.local, TextKind::kHeader), kAsciiMask);
    const std::string name = masked(detector, one.name);
    if (!out.empty()) out += ",\r\n ";
    if (!name.empty()) out += (is_ascii(name) ? quoted(name) : encode_header_text(name)) + " ";
    out += "<" + address.to_string() + ">";
  }
  return " " + out;
}

TextKind kind_of(const MimeParam& param) {
  return param.name == "name" || param.name == "filename" ? TextKind::kFilename : TextKind::kHeader;
}

// RFC 2231 section 4: attribute*=UTF-8''percent-encoded.
std::string extended_value(std::string_view text) {
  constexpr std::string_view kHex = "0123456789ABCDEF";
  std::string out = "UTF-8''";
  for (char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    const bool is_plain =
        (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '.' || c == '-' || c == '_';
    if (is_plain) {
      out.push_back(c);
    } else {
      out.append({'%', kHex[byte >> 4], kHex[byte & 15]});
    }
  }
  return out;
}

std::string rebuilt_parameters(const Detector& detector, std::string_view value) {
  const MimeValue parsed = parse_mime_value(value);
  std::string out = " " + parsed.value;
  for (const MimeParam& param : parsed.params) {
    const std::string clean = param.name == "boundary" ? param.value : masked(detector, param.value, kind_of(param));
    out += ";\r\n\t" + param.name + (is_ascii(clean) ? "=" + quoted(clean) : "*=" + extended_value(clean));
  }
  return out;
}

bool note(const Finding& finding, FieldScan& scan) {
  (finding.is_shadow ? scan.shadows : scan.found).push_back({std::string(finding.rule), std::string(finding.label)});
  return !finding.is_shadow;
}

// The boundary must keep its bytes, or the message falls apart.
bool touches_boundary(const Finding& finding, std::string_view text, std::string_view value) {
  const std::string boundary = parse_mime_value(value).param("boundary");
  if (boundary.empty()) return false;
  const std::size_t at = text.find(boundary);
  return at != std::string_view::npos && finding.span.begin < at + boundary.size() && finding.span.end > at;
}

// Characters that stand in the message as themselves are starred in place; false when one does not, or has to vanish.
bool star_in_place(std::string_view message, std::string_view text, const SourceMap& map, const Finding& finding,
                   std::vector<Edit>& edits) {
  if (!finding.dropped.empty()) return false;
  std::vector<Edit> found;
  for (ByteRange character : finding.hidden) {
    const auto pieces = map.pieces(character);
    if (pieces.size() != 1 || pieces[0].size() != 1 || character.size() != 1) return false;
    if (message[pieces[0].begin] != text[character.begin]) return false;
    found.push_back({pieces[0], std::string(kAsciiMask)});
  }
  edits.insert(edits.end(), found.begin(), found.end());
  return true;
}

// Too few digits, and nothing that could be decoded to some.
bool cannot_hold_number(std::string_view value) {
  constexpr std::size_t kDigitsMin = 12;
  std::size_t digits = 0;
  for (char c : value) {
    if (static_cast<unsigned char>(c) >= 0x80) return false;
    digits += c >= '0' && c <= '9';
  }
  return digits < kDigitsMin && value.find("=?") == std::string_view::npos;
}

// What decoding leaves as it is.
bool is_plain(std::string_view value) {
  return is_ascii(value) && core::trim_ascii(value).find_first_of("\r\n%*") == std::string_view::npos &&
         value.find("=?") == std::string_view::npos;
}

// "4111-1111-1111-1111: thanks", and "411111:1111111111".
bool name_may_hold_number(std::string_view message, const HeaderField& field) {
  const std::string_view name = message.substr(field.name.begin, field.name.size());
  if (std::none_of(name.begin(), name.end(), [](char c) { return c >= '0' && c <= '9'; })) return false;
  return !cannot_hold_number(message.substr(field.name.begin, field.value.end - field.name.begin));
}

// Numbers that begin in the name; the value is looked at by itself.
void scan_name(const Detector& detector, std::string_view message, const HeaderField& field, FieldScan& scan) {
  if (!name_may_hold_number(message, field)) return;
  const ByteRange range{field.name.begin, field.value.end};
  Decoded decoded = decode_header_text(message.substr(range.begin, range.size()), range.begin);
  const WipedAtExit wiped(decoded.bytes);
  bool is_in_place = true;
  for (const Finding& finding : detector.find(decoded.bytes, TextKind::kHeader)) {
    const auto pieces = decoded.map.pieces(finding.span);
    if (pieces.empty() || pieces.front().begin >= field.name.end || !note(finding, scan)) continue;
    is_in_place = is_in_place && star_in_place(message, decoded.bytes, decoded.map, finding, scan.edits);
  }
  if (!is_in_place) scan.edits.assign(1, remove_field(message, field));
}

bool parameters_hold_number(const Detector& detector, std::string_view value, FieldScan& scan) {
  bool found = false;
  const MimeValue parsed = parse_mime_value(value);
  for (const auto* readings : {&parsed.params, &parsed.other_readings}) {
    for (const MimeParam& param : *readings) {
      if (param.name == "boundary") continue;
      for (const Finding& finding : detector.find(param.value, kind_of(param))) found = note(finding, scan) || found;
    }
  }
  return found;
}

// A value without the backslashes of quoted-pairs and without comments deeper than `depth_max` (RFC 5322 sections 3.2.1 and
// 3.2.2). Comments stand in each other; which of them a reader shows is his own affair.
struct Unquoted {
  std::string text;
  std::vector<std::size_t> from;  // of each byte
};
constexpr std::size_t kAllComments = 1024;
Unquoted unquoted(std::string_view value, std::size_t depth_max) {
  Unquoted out;
  std::size_t depth = 0;
  for (std::size_t at = 0; at < value.size(); ++at) {
    if (depth_max != kAllComments && (value[at] == '(' || (value[at] == ')' && depth > 0))) {
      value[at] == '(' ? ++depth : --depth;
      continue;
    }
    if (value[at] == '\\' && at + 1 < value.size()) ++at;
    if (depth > depth_max) continue;
    out.text.push_back(value[at]);
    out.from.push_back(at);
  }
  return out;
}

// Comments in comments.
bool is_nested(std::string_view value) {
  const std::size_t open = value.find('(');
  const std::size_t next = value.find_first_of("()", open == std::string_view::npos ? open : open + 1);
  return next != std::string_view::npos && value[next] == '(';
}

// What only a reader sees who takes quoted-pairs and comments for what they are.
void scan_unquoted(const Detector& detector, std::string_view value, std::size_t value_begin, const HeaderField& field, FieldScan& scan) {
  constexpr std::size_t kDepths[] = {kAllComments, 0, 1};
  const bool has_comments = contains(kAddressFields, field.name_lower) && value.find('(') != std::string_view::npos;
  for (std::size_t depth : kDepths) {
    if (depth == kAllComments ? value.find('\\') == std::string_view::npos : !has_comments) continue;
    if (depth == 1 && !is_nested(value)) continue;
    Unquoted plain = unquoted(value, depth);
    const WipedAtExit wiped(plain.text);
    for (const Finding& finding : detector.find(plain.text, TextKind::kHeader)) {
      if (finding.is_shadow || (field.name_lower == "content-type" && touches_boundary(finding, plain.text, value))) continue;
      note(finding, scan);
      const auto edit = [&](ByteRange character, std::string_view mask) {
        const std::size_t begin = value_begin + plain.from[character.begin];
        scan.edits.push_back({{begin, value_begin + plain.from[character.end - 1] + 1}, std::string(mask)});
      };
      for (ByteRange character : finding.hidden) edit(character, kAsciiMask);
      for (ByteRange character : finding.dropped) edit(character, "");
    }
    if (!scan.found.empty()) return;
  }
}

// "?card=%34%31…" and "4111%201111…", as links and programs write them; an escape becomes one star.
void scan_percent(const Detector& detector, std::string_view value, std::size_t value_begin, FieldScan& scan) {
  if (value.find('%') == std::string_view::npos || !may_hold_percent(value, look_for_telltales(value))) return;
  View view = percent_view(value, Mapping::kKeep);
  const WipedAtExit wiped(view.text);
  for (const Finding& finding : detector.find(view.text, TextKind::kHeader)) {
    if (!note(finding, scan)) continue;
    const auto edit = [&](ByteRange character, std::string_view mask) {
      for (ByteRange piece : view.map.pieces(character)) {
        scan.edits.push_back({{value_begin + piece.begin, value_begin + piece.end}, std::string(mask)});
      }
    };
    for (ByteRange character : finding.hidden) edit(character, kAsciiMask);
    for (ByteRange character : finding.dropped) edit(character, "");
  }
}

}  // namespace

bool is_scanned_field(std::string_view name_lower) {
  return !contains(kMachineFields, name_lower) && !name_lower.starts_with("arc-");
}

Edit remove_field(std::string_view message, const HeaderField& field) {
  if (!name_may_hold_number(message, field)) return {field.value, " [removed]"};
  return {{field.name.begin, field.value.end}, "X-Removed: [removed]"};
}

FieldScan scan_field(const Detector& detector, std::string_view message, const HeaderField& field) {
  FieldScan scan;
  if (!is_scanned_field(field.name_lower)) return scan_machine_field(message, field);
  if (!field.name.empty()) scan_name(detector, message, field, scan);
  if (!scan.found.empty()) return scan;  // the value is looked at in the next pass
  const ByteRange range = field.name.empty() ? field.whole : field.value;
  const std::string_view value = message.substr(range.begin, range.size());
  if (is_plain(value) && detector.find(value, TextKind::kHeader).empty()) {
    scan_unquoted(detector, value, range.begin, field, scan);
    return scan;
  }
  Decoded decoded = decode_header_text(value, range.begin);
  const WipedAtExit wiped(decoded.bytes);
  bool is_in_place = true;
  for (const Finding& finding : detector.find(decoded.bytes, TextKind::kHeader)) {
    if (field.name_lower == "content-type" && touches_boundary(finding, decoded.bytes, value)) continue;
    if (!note(finding, scan)) continue;
    is_in_place = is_in_place && star_in_place(message, decoded.bytes, decoded.map, finding, scan.edits);
  }
  if (is_mime_field(field.name_lower) && scan.found.empty() && parameters_hold_number(detector, value, scan))
    is_in_place = false;
  if (scan.found.empty()) scan_unquoted(detector, value, range.begin, field, scan);
  if (scan.found.empty() && !is_mime_field(field.name_lower)) scan_percent(detector, value, range.begin, scan);
  if (scan.found.empty() || is_in_place) return scan;
  std::string rebuilt;
  if (contains(kAddressFields, field.name_lower)) {
    rebuilt = rebuilt_addresses(detector, value);
  } else if (is_mime_field(field.name_lower)) {
    rebuilt = rebuilt_parameters(detector, value);
  } else {
    rebuilt = " " + encode_header_text(masked(detector, decoded.bytes));
  }
  scan.edits.assign(1, Edit{range, std::move(rebuilt)});
  return scan;
}

}  // namespace postern::pipeline
