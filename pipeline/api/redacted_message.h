#pragma once
// pipeline/api/redacted_message.h: the only form in which a message may be stored, logged, indexed or sent on
// (invariant 2). Only the Redactor constructs one; everything in it has been scanned and rewritten.
// Ownership: movable value that owns all its bytes. Thread-safety: const methods from any thread.
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/clock.h"
#include "core/ids.h"
#include "pipeline/api/address.h"
#include "pipeline/api/verdict.h"

namespace postern::pipeline {

class Redactor;
struct ReceivedReports;

struct RedactedAttachment {
  std::string name;         // decoded UTF-8, path separators and controls removed; may be empty
  std::string media_type;   // lower case "type/subtype", "application/octet-stream" when unknown
  std::string content_id;   // without angle brackets
  bool is_inline = false;
  std::string content;      // transfer-decoded
  bool was_replaced = false;  // a notice stands here instead of what could not be rewritten safely
  std::string text = {};      // what the file shows, UTF-8, bounded, for the search; empty: nothing that is read here
};

// What the header says of automatic origin (RFC 3834, RFC 2919, RFC 3464), for loop and backscatter rules.
struct MachineMail {
  bool is_auto_submitted = false;  // Auto-Submitted other than "no", X-Autoreply and kin
  bool is_bounce = false;          // null envelope sender or multipart/report delivery-status
  bool is_bulk = false;            // List-*, Precedence bulk/list/junk, Feedback-ID
  bool wants_no_reply = false;     // X-Auto-Response-Suppress and kin
  bool is_machine() const { return is_auto_submitted || is_bounce || is_bulk; }
};

// The parts of a message that people and tickets use, decoded to UTF-8.
struct MessageContent {
  std::vector<NamedAddress> from;
  std::vector<NamedAddress> sender;
  std::vector<NamedAddress> reply_to;
  std::vector<NamedAddress> to;
  std::vector<NamedAddress> cc;
  std::string subject;
  std::string message_id;                // without angle brackets; empty when absent
  std::vector<std::string> in_reply_to;  // ids without angle brackets
  std::vector<std::string> references;   // oldest first
  std::string date;                      // RFC 3339 when parseable, empty otherwise
  std::string text;                      // plain text body; derived from HTML when there is no text part
  std::string html;                      // sanitised; empty when the message has none
  std::vector<RedactedAttachment> attachments;
  MachineMail machine;
};

class RedactedMessage {
 public:
  const MessageContent& content() const { return content_; }
  const Verdicts& verdicts() const { return verdicts_; }
  // The whole message as received, with redacted spans rewritten in place; parses to the same tree.
  const std::string& raw() const { return raw_; }
  std::size_t original_bytes() const { return original_bytes_; }
  // Verdicts of later stages (spam) may be added; content may not.
  void set_spam(SpamVerdict spam) { verdicts_.spam = std::move(spam); }
  // The reports that its content holds; nullptr when nobody looked, because no recipient takes reports.
  const ReceivedReports* reports() const { return reports_.get(); }
  void set_reports(std::shared_ptr<const ReceivedReports> reports) { reports_ = std::move(reports); }

 private:
  friend class Redactor;
  RedactedMessage() = default;
  MessageContent content_;
  Verdicts verdicts_;
  std::string raw_;
  std::size_t original_bytes_ = 0;
  std::shared_ptr<const ReceivedReports> reports_;
};

// Text that went through the same redactor: agent replies, notes, form fields. Only the Redactor constructs one.
class RedactedText {
 public:
  const std::string& text() const { return text_; }
  const std::vector<Redaction>& redactions() const { return redactions_; }
  const std::vector<Redaction>& shadow_findings() const { return shadow_findings_; }
  const std::vector<std::string>& tags() const { return tags_; }  // of enforced rules that matched

 private:
  friend class Redactor;
  RedactedText() = default;
  std::string text_;
  std::vector<Redaction> redactions_;
  std::vector<Redaction> shadow_findings_;
  std::vector<std::string> tags_;
};

// Formatted text that people typed, after the sanitiser and the redactor. Only the Redactor constructs one.
class RedactedHtml {
 public:
  const std::string& html() const { return html_; }  // few elements, no style, no pictures; empty: the text alone could be kept
  const std::string& text() const { return text_; }  // what the HTML says as plain text, nothing else
  const std::vector<Redaction>& redactions() const { return redactions_; }
  const std::vector<Redaction>& shadow_findings() const { return shadow_findings_; }
  const std::vector<std::string>& tags() const { return tags_; }

 private:
  friend class Redactor;
  RedactedHtml() = default;
  std::string html_;
  std::string text_;
  std::vector<Redaction> redactions_;
  std::vector<Redaction> shadow_findings_;
  std::vector<std::string> tags_;
};

// A file that came other than by mail (an agent's upload), after the looks that a mail's attachment gets.
class RedactedFile {
 public:
  const std::string& name() const { return name_; }
  // Text keeps its charset; in other files digits are overwritten in place, so that no offset moves. A file that still
  // shows a number after that is a notice.
  const std::string& content() const { return content_; }
  const std::vector<Redaction>& redactions() const { return redactions_; }
  const std::vector<Redaction>& shadow_findings() const { return shadow_findings_; }
  const std::vector<std::string>& tags() const { return tags_; }
  bool was_replaced() const { return was_replaced_; }  // content() is the notice
  // What the file shows, as RedactedAttachment has it.
  const std::string& text() const { return text_; }

 private:
  friend class Redactor;
  RedactedFile() = default;
  std::string name_;
  std::string content_;
  std::string text_;
  std::vector<Redaction> redactions_;
  std::vector<Redaction> shadow_findings_;
  std::vector<std::string> tags_;
  bool was_replaced_ = false;
};

// Where typed text or a file will stand: decides which rules apply.
struct TextPlace {
  std::string_view where;       // names the field for the report: "comment", "subject", "filename"
  core::WorkspaceId workspace;  // none: the shipped rules
  core::InboxId inbox;          // none: rules that are enforced in some inboxes only are not enforced here
};

// Port through which ticketing and web turn what people typed or uploaded into what may be stored.
// Thread-safety: any thread; never blocks.
class TextRedactor {
 public:
  virtual ~TextRedactor() = default;
  virtual RedactedText redact_text(std::string_view text, const TextPlace& place) const = 0;
  virtual RedactedHtml redact_html(std::string_view html, const TextPlace& place) const = 0;
  // `media_type` is what the sender claims; the bytes decide. May take seconds for documents: not on an event loop.
  virtual RedactedFile redact_file(std::string_view name, std::string_view media_type, std::string_view content,
                                   const TextPlace& place) const = 0;
};

}  // namespace postern::pipeline
