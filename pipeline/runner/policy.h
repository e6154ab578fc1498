#pragma once
// pipeline/runner/policy.h: what is refused whatever the rest of the message says: loops, headers that two readers take
// for two senders, fragments that escape scanning.
// Thread-safety: pure functions. Errors: none; nullopt means "no objection".
#include <optional>

#include "pipeline/api/message.h"
#include "pipeline/api/ports.h"
#include "pipeline/options.h"

namespace postern::pipeline {

// Looks at the header block of the received bytes.
std::optional<SmtpVerdict> check_header(const Message& message, const RunnerOptions& options);

// What goes into a reply line. A domain: letters, digits, dots and hyphens only.
std::string reply_domain(const std::string& domain);
// A reason: printable ASCII, within the 512 bytes of a line (RFC 5321 section 4.5.3.1.5).
std::string printable(const std::string& reason);
SmtpVerdict refusal(int code, std::string enhanced, std::string text);
SmtpVerdict deferral(std::string enhanced, std::string text);

}  // namespace postern::pipeline
