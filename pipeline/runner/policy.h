#pragma once
// pipeline/runner/policy.h: what is refused whatever the rest of the message says: loops, headers that two readers take
// for two senders, fragments that escape scanning, mail whose From domain asks for refusal.
// Thread-safety: pure functions. Errors: none; nullopt means "no objection".
#include <optional>

#include "pipeline/api/message.h"
#include "pipeline/api/ports.h"
#include "pipeline/api/verdict.h"
#include "pipeline/options.h"

namespace postern::pipeline {

// Looks at the header block of the received bytes.
std::optional<SmtpVerdict> check_header(const Message& message, const RunnerOptions& options);
std::optional<SmtpVerdict> check_authentication(const AuthVerdicts& auth, const RunnerOptions& options);

SmtpVerdict refusal(int code, std::string enhanced, std::string text);
SmtpVerdict deferral(std::string enhanced, std::string text);

}  // namespace postern::pipeline
