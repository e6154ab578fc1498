// Redactor::redact_text, redact_html and redact_file: what did not come by mail gets the looks that mail gets.
#include <algorithm>

#include "core/encoding.h"
#include "pipeline/mime/html.h"
#include "pipeline/redaction/attachment_texts.h"
#include "pipeline/redaction/body_scan.h"
#include "pipeline/redaction/formats/cleaner_files.h"
#include "pipeline/redaction/message_scan.h"
#include "pipeline/redaction/notice.h"
#include "pipeline/redaction/redactor.h"

namespace postern::pipeline {
namespace {

void count(std::vector<Redaction>& into, const FindingCounts& found, std::string_view where) {
  for (const auto& [key, times] : found) {
    const auto known = std::find_if(into.begin(), into.end(), [&key](const Redaction& one) {
      return one.rule == key.rule && one.brand == key.label;
    });
    if (known != into.end()) {
      known->count += times;
    } else {
      into.push_back({key.rule, key.label, "", std::string(where), times});
    }
  }
}

std::vector<std::string> tags_of(const RuleScanner& scanner, const std::vector<Redaction>& redactions) {
  std::vector<std::string> tags;
  for (const RuleHit& hit : scanner.hits(redactions)) tags.insert(tags.end(), hit.tags.begin(), hit.tags.end());
  std::sort(tags.begin(), tags.end());
  tags.erase(std::unique(tags.begin(), tags.end()), tags.end());
  return tags;
}

FileLabels labels_of(std::string_view name, std::string_view media_type) {
  const std::string lower = core::to_lower_ascii(core::trim_ascii(media_type.substr(0, media_type.find(';'))));
  const std::size_t slash = std::min(lower.find('/'), lower.size());
  return {lower.substr(0, slash), lower.substr(std::min(lower.size(), slash + 1)), "utf-8", std::string(name)};
}

}  // namespace

RedactedText Redactor::redact_text(std::string_view text, const TextPlace& place) const {
  RedactedText out;
  out.text_ = std::string(text);
  const RuleScanner scanner = rules_->scanner_for_text(place);
  // Files that stand encoded in typed text are looked into, but for those that only the extractor reads: nothing here waits.
  FileCleaner cleaner(scanner, limits_, mime_limits_, options_, nullptr);
  CleanerFiles files(cleaner);
  const BodyLabels labels{"text", "plain", "utf-8", true, false, TextKind::kTyped};
  // One more pass than rewrites: the last one proves that nothing is left.
  for (std::uint32_t pass = 0; pass <= limits_.passes_max; ++pass) {
    SharedReadings readings{&files};
    const BodyScan found = scan_body(scanner, out.text_, labels, limits_, &readings);
    if (pass == 0) count(out.shadow_findings_, found.shadows, place.where);
    count(out.redactions_, found.findings, place.where);
    if (found.empty()) break;
    out.text_ = pass < limits_.passes_max ? hide_in_body(out.text_, labels, found) : std::string(core::trim_ascii(kReplacedNotice));
  }
  out.tags_ = tags_of(scanner, out.redactions_);
  return out;
}

// What is scanned is the HTML that will be stored: the sanitiser can only put together what stands in its result.
RedactedHtml Redactor::redact_html(std::string_view html, const TextPlace& place) const {
  RedactedHtml out;
  out.html_ = sanitise_typed_html(html, mime_limits_);
  const RuleScanner scanner = rules_->scanner_for_text(place);
  FileCleaner cleaner(scanner, limits_, mime_limits_, options_, nullptr);
  CleanerFiles files(cleaner);
  const BodyLabels labels{"text", "html", "utf-8", true, false, TextKind::kTyped};
  const auto scan = [&](std::string_view bytes) {
    SharedReadings readings{&files};
    return scan_body(scanner, bytes, labels, limits_, &readings);
  };
  bool is_clean = false;
  for (std::uint32_t pass = 0; pass < limits_.passes_max && !is_clean; ++pass) {
    const BodyScan found = scan(out.html_);
    if (pass == 0) count(out.shadow_findings_, found.shadows, place.where);
    count(out.redactions_, found.findings, place.where);
    is_clean = found.empty();
    if (!is_clean) out.html_ = sanitise_typed_html(hide_in_body(out.html_, labels, found), mime_limits_);
  }
  // The text puts links beside words and cells beside cells: where that makes a value, both say what is left of the text.
  const RedactedText plain = redact_text(typed_html_text(out.html_), place);
  out.text_ = plain.text();
  if (!plain.redactions().empty() || !(is_clean || scan(out.html_).empty())) {
    if (out.redactions_.empty()) out.redactions_ = plain.redactions();
    out.html_ = "<pre>" + escape_html(out.text_) + "</pre>";
    if (!scan(out.html_).empty()) out.html_.clear();
  }
  out.tags_ = tags_of(scanner, out.redactions_);
  return out;
}

FileOutcome Redactor::clean_file(const Detector& detector, std::string_view name, std::string_view media_type,
                                 std::string_view content, FileText& text) const {
  const FileLabels labels = labels_of(name, media_type);
  FileCleaner cleaner(detector, limits_, mime_limits_, options_, extractor_);
  cleaner.collect(&text);
  if (labels.media_type != "message") return cleaner.clean(content, labels);
  const RewrittenMessage rewritten = rewrite_message(context_of(detector), Message::copy_of(content));
  FileOutcome out;
  for (const Redaction& one : rewritten.redactions) out.findings[{one.rule, one.brand}] += one.count;
  for (const Redaction& one : rewritten.shadow_findings) out.shadows[{one.rule, one.brand}] += one.count;
  if (!out.findings.empty()) out.result = FileResult::kRewritten;
  if (out.result == FileResult::kClean) add_message_text(text, *rewritten.message, rewritten.tree, mime_limits_);
  out.bytes = std::string(rewritten.message->bytes());
  return out;
}

RedactedFile Redactor::redact_file(std::string_view name, std::string_view media_type, std::string_view content,
                                   const TextPlace& place) const {
  RedactedFile out;
  const RedactedText clean_name = redact_text(name, {"filename", place.workspace, place.inbox});
  out.name_ = clean_name.text();
  out.redactions_ = clean_name.redactions();
  out.shadow_findings_ = clean_name.shadow_findings();
  out.content_ = std::string(content);
  const RuleScanner scanner = rules_->scanner_for_text(place);
  // One more pass than rewrites: the last one proves that nothing is left.
  for (std::uint32_t pass = 0; pass <= limits_.passes_max; ++pass) {
    FileText text;  // of this pass: the last one reads what is stored
    FileOutcome outcome = clean_file(scanner, name, media_type, out.content_, text);
    if (pass == 0) {
      count(out.redactions_, outcome.findings, place.where);
      count(out.shadow_findings_, outcome.shadows, place.where);
      out.tags_ = tags_of(scanner, out.redactions_);
    }
    const bool stays = outcome.result == FileResult::kClean ||
                       (outcome.result == FileResult::kUnread && options_.on_unreadable != UnreadableFile::kReplace);
    if (stays) {
      out.text_ = clean_file_text(text, scanner, limits_.passes_max);
      return out;
    }
    if (outcome.result == FileResult::kUnread) {
      out.content_ = std::string(kUnreadNotice);
      out.was_replaced_ = true;
      return out;
    }
    if (outcome.result == FileResult::kUnsafe) break;
    out.content_ = std::move(outcome.bytes);
  }
  out.content_ = std::string(kReplacedNotice);
  out.was_replaced_ = true;
  count(out.redactions_, {{{"replaced", ""}, 1}}, place.where);
  return out;
}

}  // namespace postern::pipeline
