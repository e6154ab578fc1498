#pragma once
// ticketing/detail/redaction_step.h: one removal by hand inside one transaction: finds every copy of a comment's content,
// has it cleaned, and writes records, events, feed, audit and what the purge has to look after.
// Thread-safety: one owner; may run on a pool.  Errors: those of CommentRedactor.
#include <memory>

#include "ticketing/comment_redaction.h"
#include "ticketing/detail/copy_redaction.h"
#include "ticketing/detail/ticket_draft.h"

namespace postern::ticketing {

class RedactionStep {
 public:
  RedactionStep(const Basics& with, storage::Transaction& transaction, const auth::Principal& by,
                const pipeline::RawRewriter& rewriter, const CommentRedactor::Order& order)
      : with_(with), transaction_(transaction), by_(by), order_(order), phrases_(order.phrases),
        copies_(with, transaction, by.workspace, rewriter, phrases_), rewriter_(rewriter) {}

  // Outcome::comment is for the caller to read after the commit. Nothing is in the transaction when Outcome::count is 0.
  core::Result<CommentRedactor::Outcome> apply(core::TicketId ticket, core::CommentId comment);

 private:
  core::Result<void> read_marks();
  core::Result<void> find_files(const schema::Comment& comment);
  core::Result<bool> redact_comment(TicketDraft& ticket, schema::Comment& comment);
  core::Result<void> redact_waiting(TicketDraft& ticket, const schema::Comment& comment);
  core::Result<void> redact_trace(core::TraceId id);
  core::Result<void> redact_head(TicketDraft& ticket);
  core::Result<void> redact_attributes(TicketDraft& ticket);
  core::Result<void> redact_events(const TicketDraft& ticket);
  core::Result<void> redact_others(TicketDraft& ticket, core::CommentId done);
  core::Result<void> redact_elsewhere(const TicketDraft& done, core::TraceId trace);
  core::Result<void> redact_suspended(core::TraceId trace);
  core::Result<void> note(TicketDraft& ticket, core::CommentId comment);
  // Every comment of the ticket, oldest first, up to the limit; `visit` ends it by false.
  template <class Visit>
  core::Result<void> each_comment(core::TicketId ticket, Visit visit);
  core::Result<void> forget_copies(core::TicketId ticket, core::UserId author);
  std::string length_word() const;

  const Basics& with_;
  storage::Transaction& transaction_;
  const auth::Principal& by_;
  const CommentRedactor::Order& order_;
  std::vector<std::string> phrases_;
  std::vector<std::string> content_ids_;
  CopyRedactor copies_;
  const pipeline::RawRewriter& rewriter_;
  CommentRedactor::Outcome out_;
  std::size_t beyond_reach_ = 0;  // copies of the message in inboxes that the caller does not work in
};

}  // namespace postern::ticketing
