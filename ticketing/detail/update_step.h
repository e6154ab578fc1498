#pragma once
// ticketing/detail/update_step.h: one change of a ticket by somebody who is signed in, inside one transaction: who is on it, a
// comment and its mail, attributes, group and assignee, status; events and audit entries with them.
// Thread-safety: one owner.  Errors: Errc::kConflict (another version), Errc::kInvalid, those of the store.
#include "ticketing/detail/clean_update.h"
#include "ticketing/detail/wish_step.h"

namespace postern::ticketing {

class UpdateStep {
 public:
  UpdateStep(const ChangeScene& scene, const Tickets::Update& update, const CleanUpdate& typed)
      : scene_(scene), update_(update), typed_(typed) {}

  // The new comment's record, when there is one. Saves the draft.
  core::Result<std::optional<schema::Comment>> apply(TicketDraft& ticket);
  // The same of a draft that was created in this transaction.
  core::Result<schema::Comment> open(TicketDraft& ticket);

 private:
  core::Result<void> audit(std::string_view action, std::string_view detail);
  core::Result<void> audit_changes(std::string_view action, const schema::Ticket& before, const schema::Ticket& after);
  core::Result<schema::Comment> add_comment(TicketDraft& ticket, core::CommentId id, bool is_mailed);
  core::Result<void> change_assignment(TicketDraft& ticket);
  // A public answer opens a new ticket unless the agent says otherwise.
  core::Result<void> change_status(TicketDraft& ticket);
  core::Result<void> note_findings(TicketDraft& ticket);
  bool is_own(core::UserId author) const;
  core::Result<void> check_author(const TicketDraft& ticket, core::UserId author) const;

  const ChangeScene& scene_;
  const Tickets::Update& update_;
  const CleanUpdate& typed_;
  std::string object_;
};

}  // namespace postern::ticketing
