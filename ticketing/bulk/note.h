#pragma once
// ticketing/bulk/note.h: a comment that comes with a change of several tickets: redacted once an inbox, then written as one by
// an agent is: mailed when it is public, counted, audited.
// Thread-safety: free functions.  Errors: as of queue_reply(); those of the store and the vault.
#include <string>
#include <vector>

#include "pipeline/api/redacted_message.h"
#include "ticketing/detail/services.h"
#include "ticketing/detail/ticket_draft.h"

namespace postern::ticketing {

struct CleanNote {
  std::string text;
  std::vector<pipeline::Redaction> redactions;
  std::vector<pipeline::Redaction> shadow_findings;
  std::vector<std::string> tags;
};

CleanNote clean_note(const pipeline::TextRedactor& redactor, std::string_view text, core::WorkspaceId workspace, core::InboxId inbox);
// Adds it with its event; the ticket is saved by the caller.
core::Result<core::CommentId> add_note(const Services& with, TicketDraft& ticket, const auth::Principal& by, const CleanNote& note,
                                       bool is_public);

// The ticket, if it is there for whoever asks: neither deleted nor beyond his inboxes.
core::Result<TicketDraft> open_within(const Basics& with, storage::Transaction& transaction, const auth::Principal& by, core::TicketId id);
std::string ticket_object(const TicketDraft& ticket);
core::Result<void> audit_ticket(const Basics& with, TicketDraft& ticket, const auth::Principal& by, std::string_view action,
                                std::string_view detail = {});

}  // namespace postern::ticketing
