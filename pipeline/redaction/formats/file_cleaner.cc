#include "pipeline/redaction/formats/file_cleaner.h"

#include "pipeline/redaction/attachment_texts.h"
#include "pipeline/redaction/formats/cleaner_files.h"
#include "pipeline/redaction/formats/file_kind.h"
#include "pipeline/redaction/formats/format_cleaners.h"
#include "pipeline/redaction/formats/sheet_numbers.h"
#include "pipeline/redaction/formats/xml_scan.h"
#include "pipeline/redaction/message_scan.h"

namespace postern::pipeline {
namespace {

bool is_xml_label(const FileLabels& labels) {
  return labels.media_subtype == "xml" || labels.media_subtype.ends_with("+xml");
}

// Two readings of the same bytes: what only one of them could rewrite is not safe for the other.
FileOutcome both_readings(const FileOutcome& one, const FileOutcome& other) {
  Tally tally;
  tally.add(one);
  tally.add(other);
  const bool is_mixed = other.result == FileResult::kRewritten || one.result == FileResult::kRewritten;
  FileOutcome out = tally.outcome(!is_mixed);
  if (one.result == FileResult::kRewritten && other.result == FileResult::kClean) {
    out.result = FileResult::kRewritten;
    out.reason.clear();
    out.bytes = one.bytes;
  }
  return out;
}

}  // namespace

FileCleaner::FileCleaner(const Detector& detector, const RedactionLimits& limits, const MimeLimits& mime_limits,
                         const RedactionOptions& options, const TextExtractor* extractor, FileBudget* shared_budget)
    : detector_(detector),
      limits_(limits),
      mime_limits_(mime_limits),
      options_(options),
      extractor_(extractor),
      budget_(shared_budget == nullptr ? own_budget_ : *shared_budget) {}

FileOutcome FileCleaner::clean(std::string_view bytes, const FileLabels& labels) {
  const FileKind kind = kind_of(bytes);
  const bool is_read_as_text = kind == FileKind::kOther || kind == FileKind::kXml || kind == FileKind::kClosed;
  if (labels.media_type != "text" || is_read_as_text || (bytes.size() > limits_.part_bytes_max && !is_textual(bytes, limits_)))
    return clean_kind(kind, bytes, labels);
  // Mail programs show a part that is called text as text, whatever file it begins like; what was hidden so is looked at as that file.
  FileText* const collected = collect(nullptr);
  const FileOutcome text = clean_plain(bytes, labels);
  collect(collected);
  if (text.result == FileResult::kUnsafe) return text;
  if (text.result != FileResult::kRewritten) return clean_kind(kind, bytes, labels);
  const FileOutcome file = clean_kind(kind_of(text.bytes), text.bytes, labels);
  return file.result == FileResult::kClean || file.result == FileResult::kUnread ? text : both_readings(file, text);
}

FileOutcome FileCleaner::clean_kind(FileKind kind, std::string_view bytes, const FileLabels& labels) {
  switch (kind) {
    case FileKind::kZip: return clean_zip(*this, bytes);
    case FileKind::kGzip: return clean_gzip(*this, bytes, labels);
    case FileKind::kTar: return clean_tar(*this, bytes);
    case FileKind::kArchive: return clean_archive(*this, bytes, labels);
    case FileKind::kCompound: return clean_compound(*this, bytes);
    case FileKind::kTnef: return clean_tnef(*this, bytes);
    case FileKind::kSignedData: return clean_signed_data(*this, bytes);
    case FileKind::kZlib:
    case FileKind::kPdf:
    case FileKind::kPicture:
    case FileKind::kClosed:
    case FileKind::kXml:
    case FileKind::kOther: break;
  }
  FileOutcome out;
  if (kind == FileKind::kPdf) {
    out = clean_document(*this, DocumentKind::kPdf, bytes);
  } else if (kind == FileKind::kPicture) {
    out = clean_document(*this, DocumentKind::kPicture, bytes);
  } else if (is_deflated(bytes, kind, out)) {
    return out;
  } else {
    const bool is_message = labels.media_type == "message" && labels.media_subtype == "rfc822";
    out = is_message || is_message_name(labels.name) ? clean_message(bytes) : clean_plain(bytes, labels);
  }
  if (kind == FileKind::kClosed && out.result == FileResult::kClean) {
    out.result = FileResult::kUnread;
    out.reason = "format";
  }
  if (!ends_with_zip(bytes)) return out;
  return both_readings(out, clean_zip(*this, bytes));
}

// What unpacks to the last byte is packed; anything else that begins so is a file like others.
bool FileCleaner::is_deflated(std::string_view bytes, FileKind kind, FileOutcome& out) {
  if (kind != FileKind::kZlib && (kind != FileKind::kOther || is_textual(bytes, limits_))) return false;
  bool is_packed = false;
  out = clean_deflated(*this, bytes, kind == FileKind::kZlib ? DeflateForm::kZlib : DeflateForm::kRaw, is_packed);
  return is_packed;
}

// Text, XML, and binary that holds no text in a form of its own.
FileOutcome FileCleaner::clean_plain(std::string_view bytes, const FileLabels& labels) {
  FileOutcome out;
  const bool is_text = labels.media_type == "text" || is_textual(bytes, limits_);
  if (is_text && bytes.size() > limits_.part_bytes_max) {
    out.result = FileResult::kUnsafe;
    out.reason = "size";
    return out;
  }
  const BodyLabels body{labels.media_type,  labels.media_subtype,        labels.charset,
                        labels.allows_8bit, labels.was_quoted_printable, labels.kind};
  const bool is_xml = kind_of(bytes) == FileKind::kXml || (is_text && is_xml_label(labels));
  XmlScan xml;
  if (is_xml) xml = scan_xml(detector_, bytes, body, labels.shared_texts);
  // Text of any vocabulary may be shown as a browser shows it; that reading runs the cells of a table into each other,
  // and nobody reads the parts of an office document so.
  const bool is_office_xml = is_xml && labels.is_office_part;
  BodyScan plain;
  CleanerFiles files(*this);
  SharedReadings readings{&files};
  if (!is_office_xml)
    plain = is_text ? scan_body(detector_, bytes, body, limits_, &readings) : scan_binary(detector_, bytes, labels.kind);
  const bool has_unread_file = plain.has_unread_file;
  const BodyScan found = is_xml ? join_scans(std::move(xml.found), std::move(plain)) : std::move(plain);
  out.findings = found.findings;
  out.shadows = found.shadows;
  if (!is_text && !is_xml && has_sheet_numbers(bytes, labels, out)) return out;
  if (found.empty() && has_unread_file) {
    out.result = FileResult::kUnread;
    out.reason = "inside";
  }
  if (found.empty()) {
    if (text_ != nullptr && (is_text || is_xml)) add_plain_text(*text_, bytes, labels);
    return out;
  }
  out.result = FileResult::kRewritten;
  if (is_xml) {
    out.bytes = hide_in_xml(bytes, body, found, xml);
  } else {
    out.bytes = is_text ? hide_in_body(bytes, body, found) : hide_in_binary(bytes, found);
  }
  return out;
}

// Cells of a binary sheet: what is found in their numbers cannot be masked in place.
bool FileCleaner::has_sheet_numbers(std::string_view bytes, const FileLabels& labels, FileOutcome& out) const {
  BodyScan found;
  if (is_bare_sheet(bytes)) found = scan_sheet_numbers(detector_, bytes);
  if (labels.is_office_part && labels.name.ends_with(".bin"))
    found = scan_binary_sheet(detector_, bytes, labels.shared_texts);
  for (const auto& [key, count] : found.findings) out.findings[key] += count;
  for (const auto& [key, count] : found.shadows) out.shadows[key] += count;
  if (found.empty()) return false;
  out.result = FileResult::kUnsafe;
  out.reason = "found";
  return true;
}

// A message in a file: mail.
FileOutcome FileCleaner::clean_message(std::string_view bytes) {
  ScanContext context{detector_, limits_, mime_limits_, options_, extractor_};
  context.nested = budget_.depth;
  context.file_budget = &budget_;
  const RewrittenMessage rewritten = rewrite_message(context, Message::copy_of(bytes));
  FileOutcome out;
  for (const Redaction& one : rewritten.redactions) out.findings[{one.rule, one.brand}] += one.count;
  for (const Redaction& one : rewritten.shadow_findings) out.shadows[{one.rule, one.brand}] += one.count;
  if (!rewritten.redactions.empty() || rewritten.was_emptied) {
    out.result = FileResult::kRewritten;
    out.bytes = std::string(rewritten.message->bytes());
  } else if (rewritten.has_unread_file) {
    out.result = FileResult::kUnread;
    out.reason = "inside";
  }
  if (text_ != nullptr && out.result != FileResult::kRewritten) add_message_text(*text_, *rewritten.message, rewritten.tree, mime_limits_);
  return out;
}

FileOutcome FileCleaner::clean_inner(std::string_view bytes, const FileLabels& labels) {
  FileOutcome out;
  if (budget_.depth >= options_.files.depth_max) {
    // The deepest files are looked at as bytes, and what holds further files is not.
    if (!is_known_format(bytes) && !is_message_name(labels.name)) return clean_plain(bytes, labels);
    out.result = FileResult::kUnsafe;
    out.reason = "depth";
    return out;
  }
  ++budget_.depth;
  out = clean(bytes, labels);
  --budget_.depth;
  return out;
}

bool FileCleaner::take_entry() {
  if (entries_left() == 0) return false;
  ++budget_.entries;
  return true;
}

bool FileCleaner::take_unpacked(std::size_t bytes) {
  if (bytes > unpacked_bytes_left()) return false;
  budget_.unpacked_bytes += bytes;
  return true;
}

bool FileCleaner::take_document() {
  if (budget_.documents >= options_.files.documents_max) return false;
  ++budget_.documents;
  return true;
}

}  // namespace postern::pipeline
