// Redactor::redact_file: an upload gets the looks of an attachment.
#include <algorithm>

#include "core/encoding.h"
#include "pipeline/redaction/body_scan.h"
#include "pipeline/redaction/message_scan.h"
#include "pipeline/redaction/redactor.h"

namespace postern::pipeline {
namespace {

BodyLabels labels_of(std::string_view media_type) {
  const std::string lower = core::to_lower_ascii(core::trim_ascii(media_type.substr(0, media_type.find(';'))));
  const std::size_t slash = std::min(lower.find('/'), lower.size());
  return {lower.substr(0, slash), lower.substr(std::min(lower.size(), slash + 1)), "utf-8", true};
}

}  // namespace

RedactedFile Redactor::redact_file(std::string_view name, std::string_view media_type, std::string_view content) const {
  RedactedFile out;
  const RedactedText clean_name = redact_text(name, "filename");
  out.name_ = clean_name.text();
  out.redactions_ = clean_name.redactions();
  out.content_ = std::string(content);
  const BodyLabels labels = labels_of(media_type);
  if (labels.media_type == "message") {
    const RewrittenMessage rewritten = rewrite_message({detector_, limits_, mime_limits_}, Message::copy_of(content));
    out.content_ = std::string(rewritten.message->bytes());
    out.redactions_.insert(out.redactions_.end(), rewritten.redactions.begin(), rewritten.redactions.end());
    return out;
  }
  const bool is_text = labels.media_type == "text" || is_textual(content, limits_);
  for (std::uint32_t pass = 0; pass <= limits_.passes_max; ++pass) {
    const BodyScan found = is_text ? scan_body(detector_, out.content_, labels, limits_) : scan_binary(detector_, out.content_);
    if (found.empty()) return out;
    if (pass == 0) {
      for (const auto& [brand, count] : found.brands) out.redactions_.push_back({"card", brand, "", "file", count});
    }
    out.content_ = is_text ? hide_in_body(out.content_, labels, found) : hide_in_binary(out.content_, found);
  }
  out.content_ = std::string(kReplacedNotice);
  return out;
}

}  // namespace postern::pipeline
