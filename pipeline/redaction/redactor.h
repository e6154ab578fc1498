#pragma once
// pipeline/redaction/redactor.h: makes the only storable form of a message (invariant 2): scans the union of what any
// reader may see, hides what it finds, keeps the message parseable, and proves it by parsing and scanning the result.
// Thread-safety: const methods from any thread; nothing blocks but the CPU work itself.
// Ownership: shares the published rules, borrows the extractor; messages are borrowed for the call. Errors: pipeline::Errc::kStageFailed (transient)
// when scanning itself failed; content never makes it fail. Limits: RedactionLimits, MimeLimits. Idempotent.
#include <memory>
#include <string>
#include <string_view>

#include "core/result.h"
#include "pipeline/api/envelope.h"
#include "pipeline/api/message.h"
#include "pipeline/api/redacted_message.h"
#include "pipeline/options.h"
#include "pipeline/redaction/formats/text_extractor.h"
#include "pipeline/redaction/rules/published_rules.h"

namespace postern::pipeline {

struct ScanContext;
struct FileOutcome;
class FileText;

// Trace fields of ours for the stored copy.
struct ResultHeaders {
  std::string prepend;  // whole fields with their line ends, put before the message
  std::string
      authserv_id;  // Authentication-Results fields with this id came from outside: removed (RFC 8601 section 5)
};

class Redactor final : public TextRedactor {
 public:
  Redactor(std::shared_ptr<const PublishedRules> rules, RedactionLimits limits = {},
           MimeLimits mime_limits = {}, RedactionOptions options = {}, const TextExtractor* extractor = nullptr);
  // The shipped rules.
  explicit Redactor(RedactionLimits limits = {}, MimeLimits mime_limits = {});

  core::Result<RedactedMessage> redact(std::shared_ptr<const Message> message, const Envelope& envelope,
                                       AuthVerdicts auth, const ResultHeaders& headers = {}) const;
  RedactedText redact_text(std::string_view text, const TextPlace& place) const override;
  RedactedHtml redact_html(std::string_view html, const TextPlace& place) const override;
  RedactedFile redact_file(std::string_view name, std::string_view media_type, std::string_view content,
                           const TextPlace& place) const override;
  // True when redact() may wait for the extractor: then it is no work for an event loop.
  bool may_block(const Message& message) const;
  // A message with a file that nobody can look into waits for a person.
  bool suspends_unread() const { return options_.on_unreadable == UnreadableFile::kSuspend; }

 private:
  RedactedMessage redact_or_throw(const Message& message, const Envelope& envelope, AuthVerdicts auth,
                                  const ResultHeaders& headers) const;
  void clean_content(MessageContent& content, const Detector& detector) const;
  ScanContext context_of(const Detector& detector) const;
  FileOutcome clean_file(const Detector& detector, std::string_view name, std::string_view media_type, std::string_view content, FileText& text) const;

  std::shared_ptr<const PublishedRules> rules_;
  RedactionLimits limits_;
  MimeLimits mime_limits_;
  RedactionOptions options_;
  const TextExtractor* extractor_ = nullptr;
};

}  // namespace postern::pipeline
