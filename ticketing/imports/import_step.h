#pragma once
// ticketing/imports/import_step.h: one imported ticket inside one transaction: people, attributes, comments at their times, what
// they add up to in its metrics, and the marks by which it is known again.
// Thread-safety: one owner.  Errors: those of TicketImport.
#include "ticketing/detail/clean_update.h"
#include "ticketing/detail/wish_step.h"
#include "ticketing/imports/import_marks.h"
#include "ticketing/imports/past_clock.h"
#include "ticketing/imports/ticket_import.h"

namespace postern::ticketing {

// What was typed, after the redactor: one for the ticket's attributes, one a comment.
struct CleanImport {
  CleanUpdate head;
  std::vector<CleanUpdate> comments;
};
core::Result<CleanImport> clean_import(const pipeline::TextRedactor& redactor, const ImportedTicket& ticket, core::WorkspaceId workspace,
                                       core::InboxId inbox);

class ImportStep {
 public:
  // `scene`: its services have `clock`. `now_ms`: the real time.
  ImportStep(const ChangeScene& scene, PastClock& clock, std::int64_t now_ms) : scene_(scene), clock_(clock), now_ms_(now_ms) {}

  // A draft that was created in this transaction; saved.
  core::Result<ImportDone> open(TicketDraft& ticket, const ImportedTicket& from, const CleanImport& typed);
  // Comments of one that was imported before; saved when there is a new one.
  core::Result<ImportDone> add(TicketDraft& ticket, const ImportedTicket& from, const CleanImport& typed);

 private:
  core::Result<std::size_t> add_comments(TicketDraft& ticket, const ImportedTicket& from, const CleanImport& typed);
  core::Result<bool> add_comment(TicketDraft& ticket, const ImportedTicket& from, const ImportedComment& comment, const CleanUpdate& typed);
  // Whoever that is now; 0 for 0.
  core::Result<core::UserId> known_person(const TicketDraft& ticket, core::UserId wanted, std::string_view field) const;
  void count(schema::TicketMetrics& metrics, const schema::Ticket& ticket, const schema::Comment& comment, bool is_by_agent) const;
  core::Result<std::string> key_of(ImportKind kind, const std::string& source, const std::string& foreign_id) const;
  std::int64_t end_of(const ImportedTicket& from) const;

  const ChangeScene& scene_;
  PastClock& clock_;
  const std::int64_t now_ms_;
  schema::TicketMetrics metrics_;
};

}  // namespace postern::ticketing
