#pragma once
// ticketing/detail/outgoing.h: mails a public comment to the requester and the CCs: one queue entry a recipient, each
// with a reply address and an envelope sender of its own, so that replies and bounces prove whose they are. The rest of
// the message is stored once for all of them.
// Thread-safety: pure over the transaction. Errors: Errc::kInvalid when nobody is left to be mailed (a public reply that
// reaches no one would look sent) and from compose(); those of the store and the vault.
#include "storage/schema/ticket.pb.h"
#include "ticketing/compose.h"
#include "ticketing/detail/services.h"
#include "ticketing/detail/ticket_draft.h"
#include "ticketing/outbox.h"
#include "ticketing/ticket_parts.h"

namespace postern::ticketing {

// Adds the entries to the transaction and their states to the comment, which the caller writes afterwards.
// Call before the comment's own Message-ID joins the ticket's thread.
core::Result<void> queue_reply(const Services& with, storage::Transaction& transaction, const TicketDraft& ticket,
                               const auth::User& author, const ReplyBody& body, const std::vector<OutgoingFile>& files,
                               schema::Comment& comment);

// One entry with a message of its own. Errors: Errc::kInvalid when the recipient is no address that can be mailed.
core::Result<core::OutboxId> queue_system_mail(const Basics& with, storage::Transaction& transaction, SystemMail mail);

}  // namespace postern::ticketing
