#pragma once
// ticketing/detail/filing.h: puts one message into one inbox, inside the caller's transaction: a duplicate (nothing
// written), a suspended record, a counted report, a comment on a proven ticket, a follow-up of a closed one, or a new ticket.
// An account acts by mail only when its mail is authenticated; a bounce speaks for nobody and is an internal note.
// Thread-safety: one owner. Errors: those of the store and the vault.
#include "ticketing/detail/dedupe.h"
#include "ticketing/detail/incoming.h"
#include "ticketing/detail/threading.h"
#include "ticketing/detail/ticket_draft.h"

namespace postern::ticketing {

struct Filed {
  enum class As { kDuplicate, kSuspended, kReport, kComment, kNewTicket } as = As::kNewTicket;
  core::TicketId ticket;  // 0 when suspended or counted as a report
  core::CommentId comment;
  std::string held_for;  // why it is suspended
  std::string reports;  // what became of reports in it, or why they could not be read; for the trace
};

class MailFiler {
 public:
  // `by`: who does it for the audit record; nullopt: the sender, by mail.
  MailFiler(const Services& with, storage::Transaction& transaction, const IncomingMail& mail, TakenNumbers& numbers,
            std::optional<auth::Principal> by = std::nullopt)
      : with_(with), transaction_(transaction), mail_(mail), numbers_(numbers), by_(std::move(by)) {}

  core::Result<Filed> file(const Target& target);
  // The same without looking for duplicates or at the spam verdict: a suspended message is recovered.
  core::Result<Filed> file_as_ticket(const Target& target);

 private:
  struct Added {
    core::CommentId comment;
    bool is_public = true;
  };
  core::Result<Filed> suspend(const Target& target, std::string cause);
  // Why it waits for a person; empty: it does not.
  core::Result<std::string> cause_to_hold(const Target& target);
  // The reports of an inbox that takes them are counted; whatever cannot be is a ticket that somebody sees.
  core::Result<Filed> file_reports(const Target& target);
  core::Result<MailSender> find_sender(const Target& target);
  core::Result<MailSender> find_mail_system(const Target& target);
  core::Result<TicketDraft> open_or_create(const Target& target, const MailSender& sender, Placement& placement, bool& is_new);
  // The original sender of what an agent forwards becomes the requester.
  core::Result<void> take_forwarded(const Target& target, TicketDraft& ticket, const MailSender& sender);
  core::Result<Added> add_comment(const Target& target, TicketDraft& ticket, const MailSender& sender);
  core::Result<void> remember_message_id(const Target& target, core::TicketId ticket, core::CommentId comment);
  core::Result<void> add_ccs(const Target& target, TicketDraft& ticket);
  core::Result<void> reopen(TicketDraft& ticket, const MailSender& sender);
  core::Result<bool> is_addressed_to_requester(const TicketDraft& ticket) const;
  core::Result<void> audit(const Target& target, const MailSender& sender, std::string_view action, std::string_view object,
                           std::string_view detail);

  const Services& with_;
  storage::Transaction& transaction_;
  const IncomingMail& mail_;
  TakenNumbers& numbers_;
  std::optional<auth::Principal> by_;
};

// An attachment as a record with a new id; its content goes into the transaction as a blob.
core::Result<schema::Attachment> store_attachment(const Services& with, storage::Transaction& transaction,
                                                  core::WorkspaceId workspace, const pipeline::RedactedAttachment& from);

}  // namespace postern::ticketing
