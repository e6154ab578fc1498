#include "pipeline/redaction/redactor.h"

#include <algorithm>

#include "core/assert.h"
#include "core/encoding.h"
#include "core/log.h"
#include "pipeline/api/errc.h"
#include "pipeline/mime/ambiguity.h"
#include "pipeline/mime/content.h"
#include "pipeline/mime/header.h"
#include "pipeline/redaction/attachment_texts.h"
#include "pipeline/redaction/finding_mask.h"
#include "pipeline/redaction/machine_fields.h"
#include "pipeline/redaction/message_scan.h"
#include "pipeline/redaction/notice.h"
#include "pipeline/redaction/remembering_detector.h"

namespace postern::pipeline {
namespace {

// RFC 8601 section 2.2: the id is an RFC 2045 value, quoted or not; some readers drop the dot of the root.
std::string authserv_id_of(std::string_view field_value) {
  const std::string value = without_comments(unfold(field_value));
  std::string id;
  bool is_quoted = false;
  for (std::size_t at = 0; at < value.size(); ++at) {
    if (value[at] == '"') {
      is_quoted = !is_quoted;
    } else if (!is_quoted && std::string_view("; \t").find(value[at]) != std::string_view::npos) {
      break;
    } else {
      if (value[at] == '\\' && at + 1 < value.size()) ++at;
      id.push_back(value[at]);
    }
  }
  std::string_view bare = core::trim_ascii(id);
  while (bare.ends_with('.')) bare.remove_suffix(1);
  return std::string(bare);
}

// The message with our trace fields before its first field, and without results that claim to be ours (RFC 8601
// section 5: a field with our id that came from outside is forged).
core::SecretBuffer with_own_headers(const Message& message, const HeaderBlock& header, const ResultHeaders& ours) {
  std::vector<Edit> edits;
  for (const HeaderField& field : header.fields) {
    if (field.name_lower != "authentication-results") continue;
    if (core::equals_ignoring_case(authserv_id_of(message.view(field.value)), ours.authserv_id)) edits.push_back({field.whole, ""});
  }
  if (!ours.prepend.empty()) {
    // A body without a header must not become one.
    const std::size_t at = header.fields.empty() ? header.body_begin : header.fields.front().whole.begin;
    edits.push_back({{at, at}, ours.prepend + (header.fields.empty() ? "\r\n" : "")});
  }
  return apply_edits(message.bytes(), std::move(edits));
}

}  // namespace

Redactor::Redactor(std::shared_ptr<const PublishedRules> rules, RedactionLimits limits,
                   MimeLimits mime_limits, RedactionOptions options, const TextExtractor* extractor)
    : rules_(std::move(rules)),
      limits_(limits),
      mime_limits_(mime_limits),
      options_(std::move(options)),
      extractor_(extractor) {
  POSTERN_ASSERT(rules_ != nullptr);
}

Redactor::Redactor(RedactionLimits limits, MimeLimits mime_limits)
    : Redactor(std::make_shared<const PublishedRules>(), limits, mime_limits) {}

ScanContext Redactor::context_of(const Detector& detector) const {
  return {detector, limits_, mime_limits_, options_, extractor_};
}

// The beginnings of PDF files and pictures, plain and in base64, of what may hold them, or their labels.
bool Redactor::may_block(const Message& message) const {
  if (extractor_ == nullptr) return false;
  constexpr std::string_view kPdf[] = {"%PDF-", "JVBERi", "application/pdf", ".pdf", "application/zip", "PK\x03\x04", "UEsDB", "\nbegin "};
  constexpr std::string_view kPicture[] = {"image/", "\niVBOR", "\n/9j/", "\nR0lGOD", "\nSUkq", "\nTU0A"};
  const auto has = [&message](std::string_view mark) { return message.bytes().find(mark) != std::string_view::npos; };
  return (extractor_->reads(DocumentKind::kPdf) && std::any_of(std::begin(kPdf), std::end(kPdf), has)) ||
         (extractor_->reads(DocumentKind::kPicture) && std::any_of(std::begin(kPicture), std::end(kPicture), has));
}

core::Result<RedactedMessage> Redactor::redact(std::shared_ptr<const Message> message, const Envelope& envelope,
                                               AuthVerdicts auth, const ResultHeaders& headers) const {
  try {
    return redact_or_throw(*message, envelope, std::move(auth), headers);
  } catch (const std::exception&) {  // what() may quote content
    core::log::warn("redaction.failed", {{"trace", core::to_base32(envelope.trace.value)}});
    return core::fail_transient(Errc::kStageFailed, "redaction");
  }
}

RedactedMessage Redactor::redact_or_throw(const Message& original, const Envelope& envelope, AuthVerdicts auth,
                                          const ResultHeaders& headers) const {
  RedactedMessage out;
  out.original_bytes_ = original.size();
  const HeaderBlock header = parse_message_header(original, mime_limits_);
  const RuleScanner scanner = rules_->scanner_for_mail(envelope);
  const RememberingDetector detector(scanner);
  ScanContext context = context_of(detector);
  FileTexts texts;
  context.file_texts = &texts;
  RewrittenMessage rewritten =
      rewrite_message(context, std::make_shared<const Message>(with_own_headers(original, header, headers)));
  out.raw_ = std::string(rewritten.message->bytes());
  out.verdicts_.parse = std::move(rewritten.report);
  if (header.fields.empty()) add_defect(out.verdicts_.parse, "no_header", mime_limits_.defects_max);
  out.verdicts_.parse.ambiguity = ambiguity_of(out.verdicts_.parse);
  if (rewritten.was_emptied) {
    out.verdicts_.parse.degraded = true;
    add_defect(out.verdicts_.parse, "emptied_by_redaction", mime_limits_.defects_max);
  }
  out.verdicts_.auth = std::move(auth);
  out.verdicts_.rule_hits = scanner.hits(rewritten.redactions);
  out.verdicts_.rule_owners = scanner.owners(rewritten.redactions, rewritten.shadow_findings);
  if (rewritten.has_unread_file) add_defect(out.verdicts_.parse, "unread_file", mime_limits_.defects_max);
  out.verdicts_.redactions = std::move(rewritten.redactions);
  out.verdicts_.shadow_findings = std::move(rewritten.shadow_findings);
  out.content_ = build_content(*rewritten.message, rewritten.tree, mime_limits_);
  if (envelope.mail_from.empty() && !envelope.rcpts.empty()) out.content_.machine.is_bounce = true;
  add_attachment_texts(out.content_, texts, detector, limits_, mime_limits_);
  clean_content(out.content_, detector);
  return out;
}

// The content is made from rewritten bytes; joining parts can still put two halves of a number side by side.
void Redactor::clean_content(MessageContent& content, const Detector& detector) const {
  const auto clean_text = [this, &detector](std::string& text, TextKind kind) {
    for (std::uint32_t pass = 0; pass < limits_.passes_max; ++pass) {
      const auto findings = detector.find(text, kind);
      if (!hides_any(findings)) break;
      text = mask_findings(text, findings, kBlockMask);
    }
    if (text.find('*') != std::string::npos) text = with_block_masks(text);
  };
  clean_text(content.subject, TextKind::kHeader);
  clean_text(content.text, TextKind::kBody);
  clean_text(content.html, TextKind::kBody);
  std::vector<std::string> ids;
  for (const RedactedAttachment& attachment : content.attachments) ids.push_back(attachment.content_id);
  content.html = with_ids_as_they_are(std::move(content.html), ids);
  for (auto* list : {&content.from, &content.sender, &content.reply_to, &content.to, &content.cc}) {
    for (NamedAddress& one : *list) clean_text(one.name, TextKind::kHeader);
  }
  for (RedactedAttachment& attachment : content.attachments) {
    clean_text(attachment.name, TextKind::kFilename);
    const std::string_view content_now = core::trim_ascii(attachment.content);
    attachment.was_replaced = content_now == core::trim_ascii(kReplacedNotice) || content_now == core::trim_ascii(kUnreadNotice);
    if (attachment.was_replaced) attachment.media_type = "text/plain";
    if (attachment.was_replaced) attachment.text.clear();  // nobody looks for the notice
  }
}

}  // namespace postern::pipeline
