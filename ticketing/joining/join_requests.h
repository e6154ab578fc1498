#pragma once
// ticketing/joining/join_requests.h: somebody wrote to a ticket without proving that he belongs to it: with a reply
// address or a Message-ID that was shown to others (design invariant 8, helpdesk.md 4.2 rule 5). His mail is a ticket
// of its own, and a request on the one that it names. Agents accept it (the comments move there, he becomes a CC, his
// own ticket is closed and leads there) or refuse it (his ticket stays, and what he sends to the same ticket later asks
// no more); either answer can be taken back, and the request waits again. He is told nothing of the ticket in either case, nor that it exists. Thread-safety: all methods from any
// executor.  Ownership: borrows the services. Errors: Errc::kNotFound, Errc::kConflict (answered already, or not yet),
// Errc::kInvalid with a sentence, auth::Errc::kForbidden; those of the store.  Limits: kJoinRequestsMax of a ticket,
// kJoinedCommentsMax, Options::participants_max.
#include <optional>
#include <string>
#include <vector>

#include "core/task.h"
#include "ticketing/detail/services.h"

namespace postern::ticketing {

inline constexpr std::size_t kJoinRequestsMax =
    100;  // of one ticket; further mail makes tickets that only say what they claim
inline constexpr std::size_t kJoinedCommentsMax = 100;  // that one acceptance moves

// Never renumber: stored.
enum class JoinState : std::uint32_t { kWaiting = 1, kAccepted = 2, kRefused = 3 };
std::string_view to_string(JoinState state);  // "waiting", "accepted", "refused"

struct JoinRequest {
  core::TicketId ticket;  // that is claimed
  core::TicketId made;    // of the mail
  core::UserId person;
  std::string evidence;    // that was quoted: "signed address", "signed message-id", "message-id"
  bool is_proven = false;  // that the person is who From says
  std::int64_t at_unix_ms = 0;
  JoinState state = JoinState::kWaiting;
  core::UserId answered_by;  // 0: nobody yet
  std::int64_t answered_unix_ms = 0;
};

// In the transaction that makes the ticket of the mail. Nothing when that person was refused there before, or beyond
// the limit.
struct JoinWish {
  core::TicketId ticket;
  core::TicketId made;
  core::UserId person;
  std::string evidence;
  bool is_proven = false;
};
core::Result<void> ask_to_join(const Basics& with, storage::Transaction& transaction, core::WorkspaceId workspace,
                               const JoinWish& wish);

// Of a whole workspace: the newest tickets' first, of each the newest first. A page may be short and not the last.
inline constexpr std::size_t kJoinRequestsLookedMax = 500;  // that one page reads
struct JoinCursor {
  core::TicketId ticket;  // 0: from the newest on
  core::TicketId made;
};
struct JoinPage {
  std::vector<JoinRequest> requests;
  JoinCursor last;  // go on behind it
  bool has_more = false;
};

class JoinRequests {
 public:
  explicit JoinRequests(Services with) : with_(with) {}

  // Oldest first; of a ticket within the reach, those whose own ticket is too and still there.
  core::Result<std::vector<JoinRequest>> of(const auth::Reach& reach, core::TicketId ticket) const;
  // All within the reach (both tickets have to be), or those of one state.
  core::Result<JoinPage> page(const auth::Reach& reach, std::optional<JoinState> state, JoinCursor after, std::size_t size) const;
  core::Task<core::Result<JoinRequest>> accept(auth::Principal by, core::TicketId ticket, core::TicketId made);
  core::Task<core::Result<JoinRequest>> refuse(auth::Principal by, core::TicketId ticket, core::TicketId made);
  // Takes the answer back (join_undo.cc): the request waits again. Of an acceptance the comments go back into his ticket, which
  // is what it was, and he leaves the CCs if he came by it; what he and others said here since stays here. The state of this
  // ticket is given back if nobody has touched it since. No rule is asked. Errors beside the common ones: Errc::kInvalid when
  // this ticket is closed, his was changed since, none of the comments is here any more, or an older version accepted it.
  core::Task<core::Result<JoinRequest>> undo(auth::Principal by, core::TicketId ticket, core::TicketId made);

 private:
  const Services with_;
};

}  // namespace postern::ticketing
