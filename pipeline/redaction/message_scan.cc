#include "pipeline/redaction/message_scan.h"

#include <algorithm>
#include <map>
#include <set>
#include <tuple>

#include "core/encoding.h"
#include "pipeline/mime/decode.h"
#include "pipeline/mime/encode.h"
#include "pipeline/redaction/body_scan.h"
#include "pipeline/redaction/card_mask.h"
#include "pipeline/redaction/header_scan.h"
#include "pipeline/redaction/redactor.h"
#include "pipeline/redaction/wiped.h"

namespace postern::pipeline {
namespace {

constexpr const char* kAnyPlace = "*";

bool allows_8bit(const Message& message, const Part& part) {
  if (part.encoding != TransferEncoding::kIdentity) return true;
  const HeaderField* field = find_field(part.fields, "content-transfer-encoding");
  if (field == nullptr) return false;
  const std::string value = core::to_lower_ascii(core::trim_ascii(message.view(field->value)));
  return value == "8bit" || value == "binary";
}

class Pass {
 public:
  Pass(const ScanContext& context, const Message& message, const MimeTree& tree, ScanMode mode)
      : context_(context), message_(message), tree_(tree), mode_(mode), budget_(context.limits.scanned_bytes_max) {}

  MessageScan run() {
    scan_fields(tree_.headers, "0");
    for_each_part(tree_.root, [this](const Part& part, std::size_t) {
      scan_fields(part.fields, part.path.empty() ? "0" : part.path);
      if (!part.is_leaf()) {
        for (ByteRange aside : {part.preamble, part.epilogue}) scan_plain(aside, part);
      }
      if (part.is_leaf() && !part.is_multipart()) {
        covered_.push_back(part.body);
        scan_leaf(part);
      } else if (part.is_leaf()) {
        covered_.push_back(part.body);
        scan_plain(part.body, part);
      }
    });
    scan_gaps();
    return std::move(scan_);
  }

 private:
  void scan_fields(const std::vector<HeaderField>& fields, const std::string& path) {
    for (const HeaderField& field : fields) {
      if (!fields_seen_.insert(field.whole.begin).second) continue;
      covered_.push_back(field.whole);
      FieldScan found = scan_field(context_.detector, message_.bytes(), field);
      if (found.brands.empty()) continue;
      for (const std::string& brand : found.brands) note(brand, path, "header:" + field.name_lower, 1);
      if (mode_ == ScanMode::kReplace) found.edits.assign(1, remove_field(message_.bytes(), field));
      scan_.edits.insert(scan_.edits.end(), found.edits.begin(), found.edits.end());
    }
  }

  // Text outside parts: preamble, epilogue, and what no part covers. It has no encoding and no charset.
  void scan_plain(ByteRange range, const Part& part) {
    if (range.empty()) return;
    covered_.push_back(range);
    const BodyLabels labels{"text", "plain", "us-ascii", false};
    const std::string_view bytes = message_.view(range);
    const BodyScan found = scan_body(context_.detector, bytes, labels, context_.limits);
    if (found.empty()) return;
    note_all(found, part.path.empty() ? "0" : part.path, part.type());
    scan_.edits.push_back({range, mode_ == ScanMode::kReplace ? std::string() : hide_in_body(bytes, labels, found)});
  }

  void scan_leaf(const Part& part) {
    if (part.body.empty()) return;
    const bool is_text = part.is_text() || part.media_type == "message" || is_text_inside(part);
    Decoded decoded = decode_body(message_, part, Mapping::kSkip);
    const WipedAtExit wiped(decoded.bytes);
    if (!is_text) {
      scan_binary_leaf(part, decoded.bytes);
      return;
    }
    if (part.is_message()) {
      scan_encoded_message(part, decoded.bytes);
      return;
    }
    if (decoded.bytes.size() > context_.limits.part_bytes_max || decoded.bytes.size() > budget_) {
      replace_part(part);
      return;
    }
    const std::string_view raw = message_.view(part.body);
    const bool is_encoded = part.encoding != TransferEncoding::kIdentity && decoded.bytes != raw;
    budget_ -= decoded.bytes.size();
    const BodyLabels labels{part.media_type, part.media_subtype, part.charset, allows_8bit(message_, part),
                            part.encoding == TransferEncoding::kQuotedPrintable};
    const BodyScan found = scan_body(context_.detector, decoded.bytes, labels, context_.limits);
    if (!found.empty()) {
      note_all(found, part.path, part.type());
      rewrite_body(part, hide_in_body(decoded.bytes, labels, found), is_encoded);
      return;
    }
    if (is_encoded) scan_raw(part, raw);
  }

  // Nothing but digits that stand in the bytes themselves is looked for in what is no text.
  void scan_binary_leaf(const Part& part, std::string_view decoded) {
    const std::string_view raw = message_.view(part.body);
    const bool is_encoded = part.encoding != TransferEncoding::kIdentity && decoded != raw;
    const BodyScan found = scan_binary(context_.detector, decoded);
    if (!found.empty()) {
      note_all(found, part.path, part.type());
      rewrite_body(part, hide_in_binary(decoded, found), is_encoded);
    } else if (is_encoded) {
      scan_raw(part, raw);
    }
  }

  // Text under a binary label: the beginning tells.
  bool is_text_inside(const Part& part) const {
    const std::string_view raw = message_.view(part.body).substr(0, context_.limits.sniffed_bytes * 2);
    Decoded beginning = decode_transfer(raw, part.encoding);
    const WipedAtExit wiped(beginning.bytes);
    return is_textual(beginning.bytes, context_.limits);
  }

  // A reader that ignores the transfer encoding, or takes another of several, sees the raw bytes.
  void scan_raw(const Part& part, std::string_view raw) {
    const BodyLabels labels{part.media_type, part.media_subtype, part.charset, false,
                            part.encoding == TransferEncoding::kQuotedPrintable};
    const BodyScan found = scan_undecoded(context_.detector, raw, labels);
    if (found.empty()) return;
    note_all(found, part.path, part.type());
    if (mode_ == ScanMode::kReplace) {
      replace_part(part);
      return;
    }
    for (ByteRange digit : found.hidden) {
      scan_.edits.push_back({{part.body.begin + digit.begin, part.body.begin + digit.end}, std::string(kAsciiMask)});
    }
  }

  // message/rfc822 in base64 or quoted-printable, which RFC 2046 forbids and mail systems send.
  void scan_encoded_message(const Part& part, std::string_view decoded) {
    if (context_.nested >= context_.limits.nested_messages_max || decoded.size() > budget_) {
      replace_part(part);
      return;
    }
    budget_ -= decoded.size();
    ScanContext inner = context_;
    ++inner.nested;
    const RewrittenMessage rewritten = rewrite_message(inner, Message::copy_of(decoded));
    if (rewritten.redactions.empty()) return;
    for (const Redaction& one : rewritten.redactions) note(one.brand, part.path + "." + one.part, one.where, one.count);
    rewrite_body(part, std::string(rewritten.message->bytes()), part.encoding != TransferEncoding::kIdentity);
  }

  void rewrite_body(const Part& part, std::string bytes, bool is_encoded) {
    const bool can_encode =
        part.encoding == TransferEncoding::kBase64 || part.encoding == TransferEncoding::kQuotedPrintable;
    if (mode_ == ScanMode::kReplace || (is_encoded && !can_encode)) {
      replace_part(part);
      return;
    }
    if (is_encoded) {
      const std::string_view raw = message_.view(part.body);
      const std::string_view eol = line_end_of(raw);
      bytes = encode_transfer(bytes, part.encoding, eol);
      if (part.encoding == TransferEncoding::kBase64 && (raw.ends_with('\n') || raw.ends_with('\r'))) bytes += eol;
    }
    scan_.edits.push_back({part.body, std::move(bytes)});
  }

  // The part stays in its place in the tree, as text.
  void replace_part(const Part& part) {
    note("", part.path, part.type(), 1);
    for (std::string_view name : {"content-type", "content-transfer-encoding"}) {
      for (const HeaderField& field : part.fields) {
        if (field.name_lower == name) scan_.edits.push_back({field.whole, ""});
      }
    }
    const std::size_t at = part.fields.empty() ? part.header.begin : part.fields.front().whole.begin;
    std::string type = "Content-Type: text/plain; charset=us-ascii\r\n";
    if (part.header.empty()) type += "\r\n";
    scan_.edits.push_back({{at, at}, std::move(type)});
    scan_.edits.push_back({part.body, std::string(kReplacedNotice)});
  }

  // Bytes that belong to no field and no body. Delimiter lines must stay as they are.
  void scan_gaps() {
    std::size_t at = 0;
    covered_.push_back({message_.size(), message_.size()});
    for (ByteRange range : sorted(covered_)) {
      if (range.begin > at) scan_gap({at, range.begin});
      at = std::max(at, range.end);
    }
  }

  static std::vector<ByteRange> sorted(std::vector<ByteRange> ranges) {
    std::sort(ranges.begin(), ranges.end(), [](ByteRange a, ByteRange b) { return a.begin < b.begin; });
    return ranges;
  }

  void scan_gap(ByteRange gap) {
    const std::string_view bytes = message_.view(gap);
    for (const CardMatch& match : context_.detector.find(bytes)) {
      const std::size_t line = bytes.substr(0, match.span().begin).find_last_of("\r\n") + 1;
      if (bytes.substr(line).starts_with("--")) continue;
      note(std::string(match.brand), "0", "outside", 1);
      for (ByteRange digit : hidden_digits(match)) {
        scan_.edits.push_back({{gap.begin + digit.begin, gap.begin + digit.end}, std::string(kAsciiMask)});
      }
    }
  }

  void note_all(const BodyScan& found, const std::string& path, const std::string& where) {
    for (const auto& [brand, count] : found.brands) note(brand, path, where, count);
  }

  // `path` and `where` come from the message: past kRedactionEntriesMax places are no longer told apart.
  void note(const std::string& brand, const std::string& path, const std::string& where, std::uint32_t count) {
    const auto [known, is_new] = noted_.try_emplace({brand, path, where}, scan_.redactions.size());
    if (!is_new) {
      scan_.redactions[known->second].count += count;
      return;
    }
    if (noted_.size() > kRedactionEntriesMax && path != kAnyPlace) {
      noted_.erase(known);
      note(brand, kAnyPlace, where.starts_with("header:") ? "header:*" : kAnyPlace, count);
      return;
    }
    scan_.redactions.push_back({brand.empty() ? "replaced" : "card", brand, path, where, count});
  }

  const ScanContext& context_;
  const Message& message_;
  const MimeTree& tree_;
  const ScanMode mode_;
  std::size_t budget_;
  MessageScan scan_;
  std::map<std::tuple<std::string, std::string, std::string>, std::size_t> noted_;  // brand, part, where
  std::set<std::size_t> fields_seen_;
  std::vector<ByteRange> covered_;
};

}  // namespace

MessageScan scan_message(const ScanContext& context, const Message& message, const MimeTree& tree, ScanMode mode) {
  return Pass(context, message, tree, mode).run();
}

std::string shape_of(const MimeTree& tree) {
  std::string shape;
  for_each_part(tree.root,
                [&shape](const Part& part, std::size_t) { shape += part.path + (part.is_leaf() ? "; " : "+ "); });
  return shape;
}

}  // namespace postern::pipeline
