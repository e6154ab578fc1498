#pragma once
// pipeline/runner/rule_hits.h: what redaction rules that matched want done with the mail, inbox by inbox. One answer serves
// all recipients: a message is refused when a rule of every inbox refuses it; where only some do, it waits for a person
// in those.
// Thread-safety: pure functions. Errors: none.
#include <optional>

#include "pipeline/api/envelope.h"
#include "pipeline/api/ports.h"
#include "pipeline/api/verdict.h"

namespace postern::pipeline {

// Sets Recipient::held_cause ("redaction_rule", "unread_file") where nothing holds the message yet. The refusal names
// the rule, never the value.
std::optional<SmtpVerdict> apply_rule_hits(Envelope& envelope, const Verdicts& verdicts, bool suspends_unread);

}  // namespace postern::pipeline
