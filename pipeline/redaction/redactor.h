#pragma once
// pipeline/redaction/redactor.h: makes the only storable form of a message (invariant 2): scans the union of what any
// reader may see, hides what it finds, keeps the message parseable, and proves it by parsing and scanning the result.
// Thread-safety: const methods from any thread; nothing blocks but the CPU work itself.
// Ownership: owns its detector; messages are borrowed for the call. Errors: pipeline::Errc::kStageFailed (transient)
// when scanning itself failed; content never makes it fail. Limits: RedactionLimits, MimeLimits. Idempotent.
#include <memory>
#include <string>
#include <string_view>

#include "core/result.h"
#include "pipeline/api/envelope.h"
#include "pipeline/api/message.h"
#include "pipeline/api/redacted_message.h"
#include "pipeline/options.h"
#include "pipeline/redaction/card_detector.h"

namespace postern::pipeline {

// What stands where a part could not be rewritten safely.
constexpr std::string_view kReplacedNotice =
    "[This part of the message held a payment card number in a form that could not be removed safely.\r\n"
    "It was replaced by this notice before the message was stored.]\r\n";

// Trace fields of ours for the stored copy.
struct ResultHeaders {
  std::string prepend;  // whole fields with their line ends, put before the message
  std::string
      authserv_id;  // Authentication-Results fields with this id came from outside: removed (RFC 8601 section 5)
};

class Redactor final : public TextRedactor {
 public:
  // `fingerprint_key`: 1 to 64 secret bytes, the same in every copy of this installation.
  Redactor(std::string fingerprint_key, RedactionLimits limits = {}, MimeLimits mime_limits = {});

  core::Result<RedactedMessage> redact(std::shared_ptr<const Message> message, const Envelope& envelope,
                                       AuthVerdicts auth, const ResultHeaders& headers = {}) const;
  RedactedText redact_text(std::string_view text, std::string_view where) const override;
  RedactedFile redact_file(std::string_view name, std::string_view media_type, std::string_view content) const override;

 private:
  RedactedMessage redact_or_throw(const Message& message, const Envelope& envelope, AuthVerdicts auth,
                                  const ResultHeaders& headers) const;
  void clean_content(MessageContent& content) const;

  std::string fingerprint_key_;
  RedactionLimits limits_;
  MimeLimits mime_limits_;
  CardDetector detector_;
};

}  // namespace postern::pipeline
