#pragma once
// pipeline/runner/inbox_rules.h: what the inboxes that a message is for want done with a sender who is not proven, or
// whom they listed. One answer serves all recipients: a message is refused when every inbox refuses it; where only some
// do, it waits for a person in those. When one wants to defer, the message is deferred: its sender tries again.
// Thread-safety: pure functions. Errors: none.
#include <optional>

#include "pipeline/api/envelope.h"
#include "pipeline/api/message.h"
#include "pipeline/api/ports.h"
#include "pipeline/api/verdict.h"
#include "pipeline/options.h"
#include "pipeline/sender/sender_list.h"

namespace postern::pipeline {

// `lists`: where the inboxes' lists are kept prepared. The answer that ends the session's transaction; nullopt: go on. Sets Recipient::held_cause ("blocked", "dmarc",
// "unproven", "temperror") where an inbox wants a person to look, and DmarcVerdict::disposition and overridden_by to
// what is really done, and Recipient::is_allowed for a sender that the inbox has listed.
std::optional<SmtpVerdict> apply_inbox_rules(Envelope& envelope, AuthVerdicts& auth, const Message& message,
                                             const RunnerOptions& options, SenderListCache& lists);

}  // namespace postern::pipeline
