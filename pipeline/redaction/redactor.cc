#include "pipeline/redaction/redactor.h"

#include <algorithm>

#include "core/assert.h"
#include "core/encoding.h"
#include "core/log.h"
#include "pipeline/api/errc.h"
#include "pipeline/mime/content.h"
#include "pipeline/mime/header.h"
#include "pipeline/redaction/card_mask.h"
#include "pipeline/redaction/message_scan.h"

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

Redactor::Redactor(std::string fingerprint_key, RedactionLimits limits, MimeLimits mime_limits)
    : fingerprint_key_(std::move(fingerprint_key)), limits_(limits), mime_limits_(mime_limits) {
  POSTERN_ASSERT(!fingerprint_key_.empty() && fingerprint_key_.size() <= 64);
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
  out.fingerprint_ = core::blake2b_keyed(fingerprint_key_, original.bytes());
  const HeaderBlock header = parse_message_header(original, mime_limits_);
  const ScanContext context{detector_, limits_, mime_limits_};
  RewrittenMessage rewritten =
      rewrite_message(context, std::make_shared<const Message>(with_own_headers(original, header, headers)));
  out.raw_ = std::string(rewritten.message->bytes());
  out.verdicts_.parse = std::move(rewritten.report);
  if (header.fields.empty()) add_defect(out.verdicts_.parse, "no_header", mime_limits_.defects_max);
  if (rewritten.was_emptied) {
    out.verdicts_.parse.degraded = true;
    add_defect(out.verdicts_.parse, "emptied_by_redaction", mime_limits_.defects_max);
  }
  out.verdicts_.auth = std::move(auth);
  out.verdicts_.redactions = std::move(rewritten.redactions);
  out.content_ = build_content(*rewritten.message, rewritten.tree, mime_limits_);
  if (envelope.mail_from.empty() && !envelope.rcpts.empty()) out.content_.machine.is_bounce = true;
  clean_content(out.content_);
  return out;
}

// The content is made from rewritten bytes; joining parts can still put two halves of a number side by side.
void Redactor::clean_content(MessageContent& content) const {
  const auto clean_text = [this](std::string& text) {
    for (std::uint32_t pass = 0; pass < limits_.passes_max; ++pass) {
      const auto matches = detector_.find(text);
      if (matches.empty()) break;
      text = mask_cards(text, matches, kBlockMask);
    }
    if (text.find('*') != std::string::npos) text = with_block_masks(text);
  };
  clean_text(content.subject);
  clean_text(content.text);
  clean_text(content.html);
  for (auto* list : {&content.from, &content.sender, &content.reply_to, &content.to, &content.cc}) {
    for (NamedAddress& one : *list) clean_text(one.name);
  }
  for (RedactedAttachment& attachment : content.attachments) {
    clean_text(attachment.name);
    const std::string_view notice = core::trim_ascii(kReplacedNotice);
    attachment.was_replaced = core::trim_ascii(attachment.content) == notice;
    if (attachment.was_replaced) attachment.media_type = "text/plain";
  }
}

RedactedText Redactor::redact_text(std::string_view text, std::string_view where) const {
  RedactedText out;
  out.text_ = std::string(text);
  for (std::uint32_t pass = 0; pass < limits_.passes_max; ++pass) {
    const auto matches = detector_.find(out.text_);
    if (matches.empty()) break;
    for (const CardMatch& match : matches) {
      const auto known = std::find_if(out.redactions_.begin(), out.redactions_.end(),
                                      [&match](const Redaction& one) { return one.brand == match.brand; });
      if (known != out.redactions_.end()) {
        ++known->count;
      } else {
        out.redactions_.push_back({"card", std::string(match.brand), "", std::string(where), 1});
      }
    }
    out.text_ = mask_cards(out.text_, matches, kBlockMask);
  }
  return out;
}

}  // namespace postern::pipeline
