#include "pipeline/redaction/message_scan.h"

#include <algorithm>
#include <map>
#include <set>
#include <tuple>
#include <utility>

#include "core/encoding.h"
#include "pipeline/mime/decode.h"
#include "pipeline/mime/encode.h"
#include "pipeline/redaction/attachment_texts.h"
#include "pipeline/redaction/body_scan.h"
#include "pipeline/redaction/finding_mask.h"
#include "pipeline/redaction/formats/cleaner_files.h"
#include "pipeline/redaction/formats/xml_scan.h"
#include "pipeline/redaction/header_scan.h"
#include "pipeline/redaction/issuers.h"
#include "pipeline/redaction/machine_fields.h"
#include "pipeline/redaction/notice.h"
#include "pipeline/redaction/part_seams.h"
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

// Counts by rule, label and place.
class PlaceCounts {
 public:
  explicit PlaceCounts(std::vector<Redaction>& into) : into_(into) {}

  // `path` and `where` come from the message: past kRedactionEntriesMax places are no longer told apart.
  void note(const FindingKey& key, const std::string& path, const std::string& where, std::uint32_t count) {
    const auto [known, is_new] = noted_.try_emplace({key, path, where}, into_.size());
    if (!is_new) {
      into_[known->second].count += count;
      return;
    }
    if (noted_.size() > kRedactionEntriesMax && path != kAnyPlace) {
      noted_.erase(known);
      note(key, kAnyPlace, where.starts_with("header:") ? "header:*" : kAnyPlace, count);
      return;
    }
    into_.push_back({key.rule, key.label, path, where, count});
  }

 private:
  std::vector<Redaction>& into_;
  std::map<std::tuple<FindingKey, std::string, std::string>, std::size_t> noted_;  // rule and label, part, where
};

// True for base64 in which lines do not follow each other as an encoder writes them: all of one length, the last one
// shorter. A reader that passes over strange lines begins to decode at another character than one that does not.
bool has_stray_lines(std::string_view raw) {
  std::size_t first = 0;
  bool has_ended = false;
  for (std::size_t at = 0; at < raw.size();) {
    const std::size_t end = std::min(raw.find('\n', at), raw.size());
    const std::string_view line = core::trim_ascii(raw.substr(at, end - at));
    at = end + 1;
    if (line.empty()) continue;
    if (has_ended || (first > 0 && line.size() > first)) return true;
    if (first == 0) first = line.size();
    has_ended = line.size() < first;
  }
  return false;
}

// The name of a field may be the number itself.
std::string name_to_tell(const std::string& name) {
  const auto digits = std::count_if(name.begin(), name.end(), [](char c) { return c >= '0' && c <= '9'; });
  return static_cast<std::size_t>(digits) < kCardDigitsMin ? name : kAnyPlace;
}

class Pass {
 public:
  Pass(const ScanContext& context, const Message& message, const MimeTree& tree, ScanMode mode, CleanLeaves* clean_leaves)
      : context_(context), message_(message), tree_(tree), mode_(mode), clean_leaves_(clean_leaves), budget_(context.limits.scanned_bytes_max),
        file_budget_(context.file_budget == nullptr ? own_file_budget_ : *context.file_budget),
        cleaner_(context.detector, context.limits, context.mime_limits, context.options, context.extractor, &file_budget_) {}

  MessageScan run() {
    scan_fields(tree_.headers, "0");
    seams_ = scan_seams(context_.detector, message_, tree_);
    for_each_part(tree_.root, [this](const Part& part, std::size_t) {
      scan_fields(part.fields, part.path.empty() ? "0" : part.path);
      if (!part.is_leaf()) {
        for (ByteRange aside : {part.preamble, part.epilogue}) scan_plain(aside, part);
      }
      if (part.is_leaf() && !part.is_multipart()) {
        covered_.push_back(part.body);
        scan_leaf_unless_clean(part);
      } else if (part.is_leaf()) {
        covered_.push_back(part.body);
        scan_plain(part.body, part);
      }
    });
    for_each_gap([this](ByteRange gap) { scan_gap(gap); });
    if (scan_.edits.empty()) mask_boundaries();
    return std::move(scan_);
  }

 private:
  void scan_fields(const std::vector<HeaderField>& fields, const std::string& path) {
    ByteRange stray;
    for (const HeaderField& field : fields) {
      if (!fields_seen_.insert(field.whole.begin).second) continue;
      covered_.push_back(field.whole);
      // Lines without a colon: for some readers the body has begun.
      if (field.name_lower.empty()) {
        if (stray.empty() || stray.end != field.whole.begin) {
          scan_stray(stray, path, "header:");
          stray = field.whole;
        }
        stray.end = field.whole.end;
        continue;
      }
      FieldScan found = scan_field(context_.detector, message_.bytes(), field);
      const std::string where = "header:" + name_to_tell(field.name_lower);
      for (const FindingKey& key : found.shadows) shadows_.note(key, path, where, 1);
      if (found.found.empty()) continue;
      for (const FindingKey& key : found.found) found_.note(key, path, where, 1);
      if (mode_ == ScanMode::kReplace) found.edits.assign(1, remove_field(message_.bytes(), field));
      scan_.edits.insert(scan_.edits.end(), found.edits.begin(), found.edits.end());
    }
    scan_stray(stray, path, "header:");
  }

  // Text outside parts: preamble, epilogue, and what no part covers. It has no encoding and no charset.
  void scan_plain(ByteRange range, const Part& part) {
    if (range.empty()) return;
    covered_.push_back(range);
    scan_stray(range, part.path.empty() ? "0" : part.path, part.type());
  }

  void scan_stray(ByteRange range, const std::string& path, const std::string& where) {
    if (range.empty()) return;
    const BodyLabels labels{"text", "plain", "us-ascii", false};
    const std::string_view bytes = message_.view(range);
    const BodyScan found = scan_body(context_.detector, bytes, labels, context_.limits, &readings_);
    note_all(found.findings, found.shadows, path, where);
    for (const std::string& word : found.defects) note_defect(word);
    if (found.empty()) return;
    scan_.edits.push_back({range, mode_ == ScanMode::kReplace ? std::string() : hide_in_body(bytes, labels, found)});
  }

  void scan_leaf_unless_clean(const Part& part) {
    if (clean_leaves_ == nullptr || seams_.contains(&part)) {
      scan_leaf(part);
      return;
    }
    const bool carries_8bit = allows_8bit(message_, part);
    if (const auto known = clean_leaves_->find(part, carries_8bit); known && known->scanned_bytes <= budget_) {
      budget_ -= known->scanned_bytes;
      scan_.has_unread_file = scan_.has_unread_file || known->has_unread_file;
      clean_leaves_->note(part, carries_8bit, *known);
      return;
    }
    const std::size_t edits = scan_.edits.size();
    const std::size_t budget = budget_;
    const bool had_unread_file = std::exchange(scan_.has_unread_file, false);
    scan_leaf(part);
    if (scan_.edits.size() == edits) clean_leaves_->note(part, carries_8bit, {scan_.has_unread_file, budget - budget_});
    scan_.has_unread_file = scan_.has_unread_file || had_unread_file;
  }

  void scan_leaf(const Part& part) {
    if (part.body.empty()) return;
    Decoded decoded = decode_body(message_, part, Mapping::kSkip);
    const WipedAtExit wiped(decoded.bytes);
    if (part.encoding == TransferEncoding::kBase64 && !decoded.clean) note_defect("garbage_in_base64");
    const bool is_text = part.is_text() || part.media_type == "message" || is_textual(decoded.bytes, context_.limits);
    if (!is_text || is_known_format(decoded.bytes)) {
      scan_file(part, decoded.bytes);
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
    const BodyLabels labels = labels_of(part, allows_8bit(message_, part));
    BodyScan found = scan_body(context_.detector, decoded.bytes, labels, context_.limits, &readings_);
    if (const auto seam = seams_.find(&part); seam != seams_.end()) found = join_scans(std::move(found), std::move(seam->second));
    scan_.has_unread_file = scan_.has_unread_file || found.has_unread_file;
    note_all(found.findings, found.shadows, part.path, part.type());
    for (const std::string& word : found.defects) note_defect(word);
    if (!found.empty()) {
      rewrite_body(part, hide_in_body(decoded.bytes, labels, found), is_encoded);
      return;
    }
    if (is_encoded) scan_raw(part, raw, decoded.bytes);
  }

  static BodyLabels labels_of(const Part& part, bool carries_8bit) {
    const TextKind kind = part.is_attachment() ? TextKind::kAttachment : TextKind::kBody;
    return {part.media_type, part.media_subtype, part.charset, carries_8bit, part.encoding == TransferEncoding::kQuotedPrintable, kind};
  }

  // What is no text, or holds text in a form of its own.
  void scan_file(const Part& part, std::string_view decoded) {
    const std::string_view raw = message_.view(part.body);
    const bool is_encoded = part.encoding != TransferEncoding::kIdentity && decoded != raw;
    const BodyLabels body = labels_of(part, allows_8bit(message_, part));
    FileText text;
    cleaner_.collect(context_.file_texts == nullptr ? nullptr : &text);
    FileOutcome outcome = cleaner_.clean(decoded, {part.media_type, part.media_subtype, part.charset, part.filename, body.allows_8bit,
                                                   body.was_quoted_printable, body.kind});
    cleaner_.collect(nullptr);
    const bool stays = outcome.result == FileResult::kClean || outcome.result == FileResult::kUnread;
    if (stays && context_.file_texts != nullptr) context_.file_texts->note(decoded, text);
    note_all(outcome.findings, outcome.shadows, part.path, part.type());
    switch (outcome.result) {
      case FileResult::kRewritten: rewrite_body(part, std::move(outcome.bytes), is_encoded); return;
      case FileResult::kUnsafe: replace_part(part); return;
      case FileResult::kUnread:
        if (context_.options.on_unreadable == UnreadableFile::kReplace) {
          replace_part(part, kUnreadNotice);
          return;
        }
        scan_.has_unread_file = true;
        break;
      case FileResult::kClean: break;
    }
    if (is_encoded) scan_raw(part, raw, {});
  }

  // A reader that ignores the transfer encoding, or takes another of several, sees the raw bytes.
  void scan_raw(const Part& part, std::string_view raw, std::string_view clean_reading) {
    BodyLabels labels = labels_of(part, false);
    labels.clean_reading = clean_reading;
    labels.may_hold_base64 = part.encoding == TransferEncoding::kUuencode || (part.encoding == TransferEncoding::kBase64 && has_stray_lines(raw));
    const BodyScan found = scan_undecoded(context_.detector, raw, labels, context_.limits, &readings_);
    note_all(found.findings, found.shadows, part.path, part.type());
    if (found.empty()) return;
    note_defect("encoding_conflict");
    if (mode_ == ScanMode::kReplace) {
      replace_part(part);
      return;
    }
    for (const auto* ranges : {&found.hidden, &found.dropped}) {
      for (ByteRange one : *ranges) {
        scan_.edits.push_back({{part.body.begin + one.begin, part.body.begin + one.end}, std::string(kAsciiMask)});
      }
    }
    for (const Edit& one : found.patches)
      scan_.edits.push_back({{part.body.begin + one.range.begin, part.body.begin + one.range.end}, one.text});
    for (ByteRange one : found.blanked)
      scan_.edits.push_back({{part.body.begin + one.begin, part.body.begin + one.end}, std::string(one.size(), '*')});
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
    inner.file_budget = &file_budget_;
    const RewrittenMessage rewritten = rewrite_message(inner, Message::copy_of(decoded));
    const std::string inside = part.path + ".";
    for (const Redaction& one : rewritten.shadow_findings) shadows_.note({one.rule, one.brand}, inside + one.part, one.where, one.count);
    for (const Redaction& one : rewritten.redactions) found_.note({one.rule, one.brand}, inside + one.part, one.where, one.count);
    scan_.has_unread_file = scan_.has_unread_file || rewritten.has_unread_file;
    for (const std::string& word : rewritten.report.defects) note_defect(word);
    if (rewritten.redactions.empty()) return;
    rewrite_body(part, std::string(rewritten.message->bytes()), part.encoding != TransferEncoding::kIdentity);
  }

  void rewrite_body(const Part& part, std::string bytes, bool is_encoded) {
    const bool can_encode = part.encoding == TransferEncoding::kBase64 || part.encoding == TransferEncoding::kQuotedPrintable ||
                            part.encoding == TransferEncoding::kUuencode;
    if (mode_ == ScanMode::kReplace || (is_encoded && !can_encode)) {
      replace_part(part);
      return;
    }
    if (is_encoded) {
      const std::string_view raw = message_.view(part.body);
      const std::string_view eol = line_end_of(raw);
      bytes = part.encoding == TransferEncoding::kUuencode ? encode_uuencode(bytes, begin_line_of(raw), eol)
                                                           : encode_transfer(bytes, part.encoding, eol);
      if (part.encoding == TransferEncoding::kBase64 && (raw.ends_with('\n') || raw.ends_with('\r'))) bytes += eol;
    }
    scan_.edits.push_back({part.body, std::move(bytes)});
  }

  // The part stays in its place in the tree, as text.
  void replace_part(const Part& part, std::string_view notice = kReplacedNotice) {
    found_.note({"replaced", ""}, part.path, part.type(), 1);
    for (std::string_view name : {"content-type", "content-transfer-encoding"}) {
      for (const HeaderField& field : part.fields) {
        if (field.name_lower == name) scan_.edits.push_back({field.whole, ""});
      }
    }
    const std::size_t at = part.fields.empty() ? part.header.begin : part.fields.front().whole.begin;
    std::string type = "Content-Type: text/plain; charset=us-ascii\r\n";
    if (part.header.empty()) type += "\r\n";
    scan_.edits.push_back({{at, at}, std::move(type)});
    scan_.edits.push_back({part.body, std::string(notice)});
  }

  // Bytes that belong to no field and no body.
  template <class Use>
  void for_each_gap(Use use) {
    std::size_t at = 0;
    covered_.push_back({message_.size(), message_.size()});
    for (ByteRange range : sorted(covered_)) {
      if (range.begin > at) use(ByteRange{at, range.begin});
      at = std::max(at, range.end);
    }
  }

  // In a pass that changes nothing else: a field and its delimiter lines must change together.
  void mask_boundaries() {
    BoundaryMasks masks;
    for_each_part(tree_.root, [&](const Part& part, std::size_t) {
      const HeaderField* const type = part.is_multipart() ? find_field(part.fields, "content-type") : nullptr;
      if (type == nullptr || !masks.add(message_.bytes(), *type, scan_.edits)) return;
      found_.note({std::string(kMachineRule), ""}, part.path.empty() ? "0" : part.path, "header:content-type", 1);
    });
    if (scan_.edits.empty()) return;
    for_each_gap([&](ByteRange gap) { masks.mask_lines(message_.bytes(), gap, scan_.edits); });
  }

  static std::vector<ByteRange> sorted(std::vector<ByteRange> ranges) {
    std::sort(ranges.begin(), ranges.end(), [](ByteRange a, ByteRange b) { return a.begin < b.begin; });
    return ranges;
  }

  // Delimiter lines must stay as they are, or change with their boundary.
  void scan_gap(ByteRange gap) {
    const std::string_view bytes = message_.view(gap);
    if (!bytes.starts_with("--") && bytes.find("\n--") == std::string_view::npos) {
      scan_stray(gap, "0", "outside");
      return;
    }
    for (const Finding& finding : context_.detector.find(bytes, TextKind::kBody)) {
      const std::size_t line = bytes.substr(0, finding.span.begin).find_last_of("\r\n") + 1;
      if (bytes.substr(line).starts_with("--")) continue;
      (finding.is_shadow ? shadows_ : found_).note({std::string(finding.rule), std::string(finding.label)}, "0", "outside", 1);
      for (const auto* ranges : {&finding.hidden, &finding.dropped}) {
        for (ByteRange one : *ranges) {
          scan_.edits.push_back({{gap.begin + one.begin, gap.begin + one.end}, std::string(kAsciiMask)});
        }
      }
    }
  }

  // "begin 644 name" of a uuencoded body.
  static std::string_view begin_line_of(std::string_view raw) {
    const std::size_t at = raw.starts_with("begin ") ? 0 : raw.find("\nbegin ") + 1;
    return raw.substr(at, raw.find_first_of("\r\n", at) - at);
  }

  void note_defect(const std::string& word) {
    if (std::find(scan_.defects.begin(), scan_.defects.end(), word) == scan_.defects.end()) scan_.defects.push_back(word);
  }

  void note_all(const FindingCounts& findings, const FindingCounts& shadows, const std::string& path, const std::string& where) {
    for (const auto& [key, count] : findings) found_.note(key, path, where, count);
    for (const auto& [key, count] : shadows) shadows_.note(key, path, where, count);
  }

  const ScanContext& context_;
  const Message& message_;
  const MimeTree& tree_;
  const ScanMode mode_;
  CleanLeaves* const clean_leaves_;
  std::size_t budget_;
  FileBudget own_file_budget_;
  FileBudget& file_budget_;
  FileCleaner cleaner_;
  CleanerFiles files_{cleaner_};
  SharedReadings readings_{&files_};
  MessageScan scan_;
  PlaceCounts found_{scan_.redactions};
  PlaceCounts shadows_{scan_.shadow_findings};
  std::set<std::size_t> fields_seen_;
  std::map<const Part*, BodyScan> seams_;  // values over two parts
  std::vector<ByteRange> covered_;
};

}  // namespace

MessageScan scan_message(const ScanContext& context, const Message& message, const MimeTree& tree, ScanMode mode, CleanLeaves* clean_leaves) {
  return Pass(context, message, tree, mode, clean_leaves).run();
}

std::string shape_of(const MimeTree& tree) {
  std::string shape;
  for_each_part(tree.root,
                [&shape](const Part& part, std::size_t) { shape += part.path + (part.is_leaf() ? "; " : "+ "); });
  return shape;
}

}  // namespace postern::pipeline
