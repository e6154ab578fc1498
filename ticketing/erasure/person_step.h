#pragma once
// ticketing/erasure/person_step.h: what one ticket has of a person goes, inside one transaction: the content and files of their
// comments with the stored messages and traces, the subject that they gave, their address as a recipient and mail to it that
// waits, drafts about their tickets, what was kept to undo changes. The comments stay, as ones whose content was erased,
// so that the others make sense. What is replaced leaves the disk with the purger.
// Thread-safety: one owner.  Errors: those of the store and the vault.  Limits: PersonErasureLimits.
#include <string>
#include <vector>

#include "storage/schema/satisfaction.pb.h"
#include "storage/schema/ticket.pb.h"
#include "ticketing/detail/services.h"
#include "ticketing/detail/ticket_draft.h"

namespace postern::ticketing {

inline constexpr std::string_view kErasedText = "[The content of this comment was erased at the request of the person who wrote it.]";
inline constexpr std::string_view kErasedSubject = "[erased]";
inline constexpr std::string_view kErasedName = "Permanently deleted user";

struct PersonErasureLimits {
  std::size_t comments_per_transaction_max = 100;
  std::size_t tickets_per_round_max = 2000;   // that one round looks at
  std::size_t preview_tickets_max = 1000;     // that a preview opens
  std::size_t preview_comments_max = 1000;    // of each of them
  std::size_t held_scan_max = 10'000;         // held messages that are looked at
};

// Who it is about. Addresses are compared without case.
struct ErasedPerson {
  core::UserId user;
  std::string email;
  std::string name;
  std::vector<std::string> other_emails = {};  // of those who were merged into them
  std::vector<core::UserId> merged = {};
  bool has_address(std::string_view address) const;  // one of them
};
// As stored now; an empty address and name of somebody who is not there.
core::Result<ErasedPerson> person_of(const Services& with, const storage::Snapshot& snapshot, core::WorkspaceId workspace, core::UserId user);

struct PersonShare {  // of a ticket
  std::uint64_t comments = 0;
  std::uint64_t files = 0;
  bool is_requester = false;
  bool is_copied = false;
  bool is_mailed = false;  // a comment of it was mailed to their address
  bool is_rater = false;   // they said what they think of the help, and why: also who is its requester no more
  bool is_any() const { return comments != 0 || is_requester || is_copied || is_mailed || is_rater; }
};

// What a ticket has of somebody that is not erased yet. `comments_max`: that are looked at.
core::Result<PersonShare> share_of_person(const Basics& with, const storage::Snapshot& snapshot, core::WorkspaceId workspace,
                                          const schema::Ticket& ticket, const ErasedPerson& person, std::size_t comments_max);

// What they said of the help that they got with a ticket; nothing: nothing, or it cannot be read.
core::Result<std::optional<schema::SatisfactionRating>> rating_of_person(const Basics& with, const storage::Snapshot& snapshot,
                                                                         core::WorkspaceId workspace, const schema::Ticket& ticket, core::UserId person);

class PersonStep {
 public:
  PersonStep(const Basics& with, storage::Transaction& transaction, core::WorkspaceId workspace, const ErasedPerson& person)
      : with_(with), transaction_(transaction), workspace_(workspace), person_(person) {}
  // At most so many comments; `is_over` tells that none of them is left. The ticket is saved.
  struct Done {
    PersonShare share;
    bool is_over = false;
    core::CommentId any;  // a comment of the ticket; none: it has none
  };
  core::Result<Done> erase_from(core::TicketId ticket, std::size_t comments_max);

 private:
  core::Result<void> erase_comment(TicketDraft& ticket, schema::Comment comment, Done& done);
  core::Result<bool> hide_recipient(schema::Comment& comment);
  core::Result<void> drop_waiting(core::OutboxId id);
  core::Result<bool> is_waiting(core::OutboxId id);
  core::Result<void> erase_drafts(core::TicketId ticket);
  core::Result<void> erase_rating_words(core::TicketId ticket);
  void erase(std::string key);

  const Basics& with_;
  storage::Transaction& transaction_;
  const core::WorkspaceId workspace_;
  const ErasedPerson& person_;
  std::vector<std::string> keys_;
};

}  // namespace postern::ticketing
