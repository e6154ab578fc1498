#pragma once
// ticketing/erasure/person_erasure.h: the right to be forgotten (I1-14). A contact is deleted first: the address is nobody's any more,
// mail from there is from somebody new, and everything stays as it was. Erasing a deleted one walks over all tickets of the workspace,
// deleted ones too, takes out the content of their comments and files (person_step.h), their address and whole name where
// others quote them, and mail of theirs that is held back; then name and address of the person are replaced. It goes
// on in the background, across restarts, and what it replaced leaves the disk with the purger. Audited without values;
// audit entries themselves stay as they are.
// Accounts are not erased: whoever works here is taken out of the roles first.
// Thread-safety: any executor; rounds of one workspace one at a time.  Ownership: borrows its services.
// Errors: Errc::kNotFound, Errc::kInvalid, Errc::kConflict (its erasure has begun), auth::Errc::kForbidden, those of the store.
// Limits: PersonErasureLimits.
#include <atomic>
#include <string>
#include <vector>

#include "core/task.h"
#include "ticketing/detail/services.h"
#include "ticketing/erasure/person_step.h"
#include "ticketing/people/people.h"
#include "ticketing/people/people_changes.h"

namespace postern::schema {
class PersonErasure;
}

namespace postern::ticketing {

class CommentRedactor;

// Never renumber: stored.
enum class ErasureStage : std::uint32_t { kTickets = 0, kHeld = 1, kIdentity = 2 };

struct DeletedPerson {
  core::UserId user;
  std::string name;
  std::string email;
  std::int64_t created_unix_ms = 0;
  std::int64_t deleted_unix_ms = 0;
  bool is_being_erased = false;
};

struct ErasurePreview {
  std::uint64_t requested = 0;   // tickets
  std::uint64_t copied = 0;      // tickets, not requested
  std::uint64_t comments = 0;    // in these
  std::uint64_t files = 0;
  std::uint64_t held = 0;        // messages that are held back
  bool is_whole = true;          // false: limits were met; the erasure has none
};

class PersonErasures {
 public:
  explicit PersonErasures(const Services& with, PersonErasureLimits limits = {}) : with_(with), limits_(limits) {}
  // Before the first call; without it nobody is told who was deleted.
  void use(TellPeopleChange tell) { tell_ = std::move(tell); }
  // Before the first round. Borrowed; without one, what others quote stays.
  void use(CommentRedactor& redactions) { redactions_ = &redactions; }

  // `guard` sees what is known of them, in the transaction.
  core::Task<core::Result<DeletedPerson>> remove(auth::Principal by, core::UserId user, People::Guard guard = {});
  core::Task<core::Result<DeletedPerson>> begin(auth::Principal by, core::UserId user);
  core::Result<DeletedPerson> find_deleted(core::WorkspaceId workspace, core::UserId user) const;
  // By id, behind `after`.
  core::Result<std::vector<DeletedPerson>> deleted(core::WorkspaceId workspace, core::UserId after, std::size_t count) const;
  // What begin() would take out, as far as tickets that they requested or are copied on tell.
  core::Result<ErasurePreview> preview(core::WorkspaceId workspace, core::UserId user) const;
  // A round of the chore; how many tickets it looked at.
  core::Task<core::Result<std::size_t>> round(core::WorkspaceId workspace, const std::atomic<bool>& is_stopping);

 private:
  core::Task<core::Result<std::size_t>> go_on(core::WorkspaceId workspace, core::UserId user, const std::atomic<bool>& is_stopping);
  core::Task<core::Result<void>> erase_ticket(core::WorkspaceId workspace, const ErasedPerson* person, core::TicketId ticket, schema::PersonErasure* plan);
  core::Task<core::Result<void>> hide_quotes(core::WorkspaceId workspace, const ErasedPerson* person, core::TicketId ticket, core::CommentId comment);
  core::Task<core::Result<void>> erase_held(core::WorkspaceId workspace, const ErasedPerson* person, schema::PersonErasure* plan);
  core::Task<core::Result<void>> replace_identity(core::WorkspaceId workspace, const ErasedPerson* person, const schema::PersonErasure* plan);
  core::Task<core::Result<void>> keep(core::WorkspaceId workspace, const schema::PersonErasure* plan);
  core::Result<DeletedPerson> shown_deleted(core::WorkspaceId workspace, const storage::Entry& entry) const;

  const Services with_;
  TellPeopleChange tell_;
  const PersonErasureLimits limits_;
  CommentRedactor* redactions_ = nullptr;
};

}  // namespace postern::ticketing
