#pragma once
// ticketing/signatures/signatures.h: what stands under agents' replies when they are mailed: a person's own signature, and that of
// the inbox. Comments are stored without them. Not in notes, nor twice.
// A text, and the same as HTML for replies that are formatted; both with the placeholders of rules; what is filled in is what the
// customer may see.
// Thread-safety: all methods from any executor.  Ownership: borrows what Services borrows, and the redactor.
// Errors: Errc::kInvalid "body" or "html_body" (too long, unknown placeholder), those of the store.  Limits: SignatureLimits.
#include <functional>
#include <string>

#include "auth/principal.h"
#include "core/task.h"
#include "ticketing/automation/rule_parts.h"
#include "ticketing/detail/ticket_draft.h"
#include "ticketing/signatures/signature_form.h"
#include "ticketing/ticket_parts.h"

namespace postern::ticketing {

class Signatures {
 public:
  explicit Signatures(const RuleParts& parts, SignatureLimits limits = SignatureLimits()) : parts_(parts), limits_(limits) {}

  core::Result<SignatureForm> of_inbox(core::WorkspaceId workspace, core::InboxId inbox) const;
  // Empty takes it away; HTML alone has the text that it says. Audited. The answer is as stored.
  // `guard` is asked in the transaction, of the one before; its error ends the change. Empty: nobody is asked.
  using Guard = std::function<core::Result<void>(const SignatureForm&)>;
  core::Task<core::Result<SignatureForm>> set_of_inbox(auth::Principal by, core::InboxId inbox, SignatureForm form, Guard guard = {});

  // A reply as it is mailed: with both signatures, unless it ends with them already. One that is plain stays so.
  core::Result<ReplyBody> signed_body(TicketDraft& ticket, core::UserId author, const ReplyBody& body) const;
  // The same for nobody: how a reply by that person would end; `typed` in place of their own signature when it is given.
  core::Result<SignatureForm> preview(const auth::Principal& by, core::TicketId ticket, const std::optional<SignatureForm>& typed) const;

 private:
  core::Result<SignatureForm> filled(TicketDraft& ticket, core::UserId author, const SignatureForm& own) const;

  const RuleParts parts_;
  const SignatureLimits limits_;
};

}  // namespace postern::ticketing
