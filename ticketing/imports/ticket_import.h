#pragma once
// ticketing/imports/ticket_import.h: tickets of another helpdesk with their comments, as of when they were made: Zendesk's ticket
// import, and its exports. What people typed goes through the redactor first. No rule is asked, nothing is mailed, no
// webhook is told; tickets carry the tag "imported", and their own times in lists, metrics and history.
// A ticket or comment with an id of elsewhere comes once; the ticket's is its external_id, by which it is searched for.
// Thread-safety: any executor; one comment of a ticket at a time.  Ownership: borrows its services; without a pool what is typed is
// redacted on the caller's thread.
// Errors: Errc::kInvalid (the context begins with the API's name of the field), auth::Errc::kForbidden, those of the store.
// Limits: ImportLimits.
#include "core/offload.h"
#include "pipeline/api/redacted_message.h"
#include "ticketing/detail/services.h"
#include "ticketing/ticket_parts.h"
#include "ticketing/tickets.h"

namespace postern::ticketing {

struct ImportLimits {
  std::size_t comments_max = 5000;             // of one ticket in one call
  // What came by mail elsewhere, or here before it was exported, is as long as a mail may be, and not as what is typed.
  std::size_t comment_bytes_max = 64U << 20U;  // of one text
  std::size_t text_bytes_max = 64U << 20U;     // of all comments of one call
  std::size_t files_max = 1000;                // of one comment
  std::size_t file_bytes_max = 128U << 20U;    // of all comments of one call
};

struct ImportedComment {
  std::string foreign_id;            // empty: none
  core::UserId author;               // 0: the requester
  std::string text;
  bool is_public = true;
  std::int64_t created_unix_ms = 0;  // 0: that of the ticket
  std::vector<Tickets::Update::File> files;
  std::string html = {};             // in place of the text; empty: it is plain
};

struct ImportedTicket {
  std::string source = "api";        // "zendesk" …: ids of elsewhere are its
  std::string foreign_id;            // empty: none; then it comes as often as it is brought
  core::InboxId inbox;               // 0: the first one within reach
  TicketWishes wishes;               // requester needed
  Status status = Status::kOpen;
  core::UserId assignee;             // 0: nobody
  core::UserId submitter;            // 0: the requester
  std::vector<ImportedComment> comments;
  std::int64_t created_unix_ms = 0;  // 0: now
  std::int64_t updated_unix_ms = 0;  // 0: that of the last comment
  std::int64_t solved_unix_ms = 0;   // 0: that of the update, of a ticket that is solved
  bool archives = false;             // Zendesk's archive_immediately: of a closed one, nothing more may change it
};

struct ImportDone {
  core::TicketId ticket;
  bool is_known = false;             // it was here before
  std::size_t comments = 0;          // that are new
};

class TicketImport {
 public:
  TicketImport(const Services& with, const pipeline::TextRedactor& redactor, core::WorkPool* cpu = nullptr, ImportLimits limits = {})
      : with_(with), redactor_(redactor), cpu_(cpu), limits_(limits) {}
  // Before the first call. Borrowed; of `parts`, what it borrows.
  void use(const Tickets& tickets, const TicketParts& parts) { tickets_ = &tickets, parts_ = parts; }

  core::Task<core::Result<ImportDone>> create(auth::Principal by, ImportedTicket ticket) const;
  // Comments of a ticket that was imported. Those that are known by their ids are passed over.
  core::Task<core::Result<ImportDone>> add_comments(auth::Principal by, std::string source, core::TicketId ticket,
                                                    std::vector<ImportedComment> comments) const;
  // The ticket, person or organisation that something of elsewhere has become; 0: none yet.
  core::Result<core::TicketId> find(core::WorkspaceId workspace, std::string_view source, std::string_view foreign_id) const;
  const ImportLimits& limits() const { return limits_; }

 private:
  core::Result<void> check(const auth::Principal& by, const std::vector<ImportedComment>& comments) const;
  core::Task<core::Result<void>> on_pool(std::function<core::Result<void>()> work) const;

  const Services with_;
  const pipeline::TextRedactor& redactor_;
  core::WorkPool* cpu_;
  const ImportLimits limits_;
  const Tickets* tickets_ = nullptr;
  TicketParts parts_;
};

}  // namespace postern::ticketing
