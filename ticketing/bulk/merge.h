#pragma once
// ticketing/bulk/merge.h: several tickets become one, and one becomes two. A source of a merge is closed and says where it
// went; mail that answers it lands there (threading.h), and its people become CCs of the target. A split moves comments into
// a new ticket. Both are one transaction, and undone by another.
// Thread-safety: free functions over a transaction.  Ownership: borrows.
// Errors: Errc::kNotFound, Errc::kInvalid (the context says what), auth::Errc::kForbidden, those of the store and the vault.
// Limits: BulkLimits::sources_max, moved_max; Options::participants_max.
#include <optional>
#include <string>
#include <vector>

#include "ticketing/bulk/note.h"
#include "ticketing/bulk/undo_book.h"

namespace postern::ticketing {

struct MergeOrder {
  core::TicketId target;
  std::vector<core::TicketId> sources;
  // Redacted; none: it says which tickets came, or where this one went.
  std::optional<CleanNote> target_comment;
  std::optional<CleanNote> source_comment;
  bool is_target_comment_public = false;
  bool is_source_comment_public = false;
};

// What is wrong with the order before anything is read.
core::Result<void> check_merge(const auth::Principal& by, const MergeOrder& order, const BulkLimits& limits);
// `undo`: the id under which it can be undone.
core::Result<void> merge_tickets(const Services& with, storage::Transaction& transaction, const auth::Principal& by, const MergeOrder& order,
                                 std::uint64_t undo, const BulkLimits& limits);

struct SplitOrder {
  core::TicketId ticket;
  std::vector<core::CommentId> comments;
  std::optional<std::string> subject;  // redacted; none: that of the ticket
};
core::Result<void> check_split(const auth::Principal& by, const SplitOrder& order, const BulkLimits& limits);
// `number`: of the new ticket, from Store::next_number.
core::Result<void> split_ticket(const Services& with, storage::Transaction& transaction, const auth::Principal& by, const SplitOrder& order,
                                core::TicketId number, std::uint64_t undo, const BulkLimits& limits);

// Moves comments of one ticket to another with whatever leads to them: waiting mail, Message-IDs, traces. Both are saved by the
// caller. Errors: Errc::kNotFound for one that is not of `from`.
core::Result<void> move_comments(const Services& with, TicketDraft& from, TicketDraft& to, const std::vector<core::CommentId>& comments);

// Undoing them, in one transaction. What could not be given back, and why: empty when all was.
core::Result<std::string> unmerge(const Services& with, storage::Transaction& transaction, const auth::Principal& by, std::uint64_t undo);
core::Result<std::string> unsplit(const Services& with, storage::Transaction& transaction, const auth::Principal& by, std::uint64_t undo);

}  // namespace postern::ticketing
