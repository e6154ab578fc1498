#include "ticketing/bulk/note.h"

#include "auth/audit.h"
#include "ticketing/detail/codec.h"
#include "ticketing/detail/finding_counts.h"
#include "ticketing/detail/outgoing.h"
#include "ticketing/dmarc_ledger.h"

namespace postern::ticketing {

CleanNote clean_note(const pipeline::TextRedactor& redactor, std::string_view text, core::WorkspaceId workspace, core::InboxId inbox) {
  const pipeline::RedactedText redacted = redactor.redact_text(text, {"comment", workspace, inbox});
  return {redacted.text(), redacted.redactions(), redacted.shadow_findings(), redacted.tags()};
}

core::Result<core::CommentId> add_note(const Services& with, TicketDraft& ticket, const auth::Principal& by, const CleanNote& note,
                                       bool is_public) {
  storage::Transaction& transaction = ticket.transaction();
  schema::Comment comment;
  comment.set_id(with.ids.next());
  comment.set_author(by.user.value);
  comment.set_is_public(is_public);
  POSTERN_CHECK(codec::put_text(transaction, with, ticket.workspace(), note.text, *comment.mutable_text()));
  comment.set_created_unix_ms(with.now_ms());
  comment.set_via("api");
  for (const auto& redaction : note.redactions) codec::encode(redaction, *comment.add_redactions());
  for (const auto& finding : note.shadow_findings) codec::encode(finding, *comment.add_shadow_findings());
  if (is_public) {
    POSTERN_TRY(const auto author, with.accounts.find(ticket.workspace(), by.user));
    POSTERN_CHECK(queue_reply(with, transaction, ticket, author.value_or(auth::User{}), {note.text, {}}, {}, comment));
  }
  POSTERN_CHECK(ticket.add_comment(comment, false));
  POSTERN_CHECK(ticket.add_tags(by.user, note.tags));
  count_findings(transaction, {ticket.workspace(), core::InboxId{ticket.record().inbox()}, utc_day(with.clock.wall_now())}, note.redactions,
                 note.shadow_findings, with.options.findings);
  const std::string_view visibility = is_public ? "public" : "internal";
  POSTERN_CHECK(ticket.add_event(by.user, "comment", visibility, core::CommentId{comment.id()}));
  POSTERN_CHECK(audit_ticket(with, ticket, by, "ticket.comment", visibility));
  return core::CommentId{comment.id()};
}

core::Result<TicketDraft> open_within(const Basics& with, storage::Transaction& transaction, const auth::Principal& by, core::TicketId id) {
  POSTERN_TRY(TicketDraft ticket, TicketDraft::open(with, transaction, by.workspace, id));
  const bool is_there = ticket.record().deleted_unix_ms() == 0 && by.inboxes.has(core::InboxId{ticket.record().inbox()});
  if (!is_there) return core::fail(Errc::kNotFound, "ticket/" + std::to_string(id.value));
  ticket.changed_by({by.user, by.role, "api"});
  return ticket;
}

std::string ticket_object(const TicketDraft& ticket) { return "ticket/" + std::to_string(ticket.id().value); }

core::Result<void> audit_ticket(const Basics& with, TicketDraft& ticket, const auth::Principal& by, std::string_view action,
                                std::string_view detail) {
  return auth::audit(ticket.transaction(), with.vault, with.ids, with.clock, by, action, ticket_object(ticket), detail);
}

}  // namespace postern::ticketing
