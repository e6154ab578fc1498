#pragma once
// ticketing/finding_feedback.h: what people call wrong among the findings in stored comments: counted by rule and day, listed
// for operators with their tickets, never with a value. Who may see shadow findings may mark them too.
// Thread-safety: any executor.  Ownership: borrows everything.
// Errors: auth::Errc::kForbidden; Errc::kNotFound (no such comment, finding or mark); kInvalid; those of the store.
// Limits: FindingLimits::marks_per_comment_max.
#include <optional>
#include <vector>

#include "auth/audit.h"
#include "storage/schema/rules.pb.h"
#include "ticketing/tickets.h"

namespace postern::ticketing {

// Says which finding of a comment is meant. Without part or where: the first of the rule that fits.
struct FindingChoice {
  std::string rule;
  std::optional<std::string> part;
  std::optional<std::string> where;
};

struct FindingMark {
  std::uint64_t id = 0;
  core::TicketId ticket;
  core::CommentId comment;
  core::InboxId inbox;
  std::string rule;
  std::string label;
  std::string part;
  std::string where;
  std::uint32_t count = 0;
  bool is_shadow = false;
  core::UserId author;
  std::int64_t at_unix_ms = 0;
};

class FindingFeedback {
 public:
  FindingFeedback(storage::Store& store, storage::Vault& vault, const Tickets& tickets, core::IdSource& ids, core::Clock& clock,
                  Options options);

  // Marking what is marked already gives that mark.
  core::Task<core::Result<FindingMark>> mark(auth::Principal by, core::TicketId ticket, core::CommentId comment, FindingChoice choice);
  core::Task<core::Result<void>> withdraw(auth::Principal by, core::TicketId ticket, core::CommentId comment, FindingChoice choice);
  core::Result<std::vector<FindingMark>> of_comment(core::WorkspaceId workspace, core::TicketId ticket, core::CommentId comment) const;
  // Newest first, those made before the mark `before` (0: from the newest).
  core::Result<std::vector<FindingMark>> list(core::WorkspaceId workspace, std::size_t limit, std::uint64_t before = 0) const;

 private:
  core::Result<std::optional<FindingMark>> find(const auth::Principal& by, core::TicketId ticket, core::CommentId comment,
                                                const FindingChoice& choice) const;
  core::Result<schema::CommentMarks> read(const storage::Snapshot& snapshot, core::WorkspaceId workspace, core::TicketId ticket,
                                          core::CommentId comment) const;

  storage::Store& store_;
  storage::Vault& vault_;
  const Tickets& tickets_;
  core::IdSource& ids_;
  core::Clock& clock_;
  Options options_;
};

}  // namespace postern::ticketing
