#pragma once
// ticketing/signatures/signatures.h: what stands under agents' public replies in the mail: the signature of whoever writes, which is
// part of their profile, and below it that of the inbox. The stored comment stays as it was written. Never under notes, nor twice.
// Plain text, as our mails are, with the placeholders of rules; what is filled in is what the customer may see.
// Thread-safety: all methods from any executor.  Ownership: borrows what Services borrows, and the redactor.
// Errors: Errc::kInvalid "body" (too long, unknown placeholder), those of the store.  Limits: SignatureLimits.
#include <string>

#include "auth/principal.h"
#include "core/task.h"
#include "ticketing/automation/rule_parts.h"
#include "ticketing/detail/ticket_draft.h"

namespace postern::ticketing {

struct SignatureLimits {
  std::size_t bytes_max = 4096;  // of one
};

class Signatures {
 public:
  explicit Signatures(const RuleParts& parts, SignatureLimits limits = SignatureLimits()) : parts_(parts), limits_(limits) {}

  core::Result<std::string> of_inbox(core::WorkspaceId workspace, core::InboxId inbox) const;
  // Empty takes it away. Audited.
  core::Task<core::Result<std::string>> set_of_inbox(auth::Principal by, core::InboxId inbox, std::string text);

  // The text of a reply as it is mailed: with both signatures, unless it ends with them already.
  core::Result<std::string> signed_text(TicketDraft& ticket, core::UserId author, const std::string& text) const;
  // The same for nobody: how a reply by that person would end; `body` in place of their own signature when it is given.
  core::Result<std::string> preview(const auth::Principal& by, core::TicketId ticket, const std::optional<std::string>& body) const;

 private:
  core::Result<std::string> filled(TicketDraft& ticket, core::UserId author, const std::string& own) const;

  const RuleParts parts_;
  const SignatureLimits limits_;
};

// Errors: Errc::kInvalid, which says what is wrong with it.
core::Result<void> check_signature(std::string_view text, const SignatureLimits& limits = SignatureLimits());

}  // namespace postern::ticketing
