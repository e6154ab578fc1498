#pragma once
// tests/ticketing/redacted_fixture.h: makes RedactedMessage and RedactedText from fields. The class bears the name of the
// real redactor, which is their friend; it exists in this test binary only, which does not link the pipeline.
#include <string>
#include <string_view>

#include "pipeline/api/redacted_message.h"

namespace postern::pipeline {

class Redactor {
 public:
  static RedactedMessage message(MessageContent content, Verdicts verdicts, std::string raw);
  static RedactedFile file(std::string name, std::string content, std::vector<Redaction> redactions);
  static RedactedHtml html(std::string html, std::string text, std::vector<Redaction> redactions);
  static RedactedText text(std::string text, std::vector<Redaction> redactions);
};

}  // namespace postern::pipeline

namespace postern::test {

// Replaces every "4111111111111111" as a redactor would: enough to prove that text passes through it.
class MarkingRedactor final : public pipeline::TextRedactor {
 public:
  pipeline::RedactedText redact_text(std::string_view text, const pipeline::TextPlace& place) const override;
  // Elements stay as they are: what the sanitiser does is tested with it. The text has no tags.
  pipeline::RedactedHtml redact_html(std::string_view html, const pipeline::TextPlace& place) const override;
  pipeline::RedactedFile redact_file(std::string_view name, std::string_view media_type, std::string_view content,
                                     const pipeline::TextPlace& place) const override;
};

// A plain mail; tests change what matters to them.
struct Mail {
  std::string from = "ann@customer.example";
  std::string from_name = "Ann";
  std::string subject = "Help";
  std::string text = "It does not work.";
  std::string message_id = "m1@customer.example";
  std::vector<std::string> in_reply_to;
  std::vector<std::string> references;
  std::vector<pipeline::NamedAddress> cc;
  std::vector<pipeline::NamedAddress> to;
  std::vector<pipeline::RedactedAttachment> attachments;
  pipeline::MachineMail machine;
  pipeline::AuthResult dmarc = pipeline::AuthResult::kPass;
  std::string dmarc_domain;  // that the verdict is about; empty: not told
  pipeline::SpamAction spam = pipeline::SpamAction::kAccept;
  std::string trace_header = "Received: from a by b; attempt 1\r\n";
  std::string raw_extra;  // at the end of the raw message
  pipeline::RedactedMessage build() const;
};

}  // namespace postern::test
