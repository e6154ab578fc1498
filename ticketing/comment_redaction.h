#pragma once
// ticketing/comment_redaction.h: removal by hand, for good: an agent who may takes a phrase or a file out of a stored comment,
// in every copy: its text and HTML, the stored message, files and their names, the ticket's subject, mail that waits to be
// sent, the same message in the workspace's other inboxes that the caller works in (tickets and suspended mail), details of
// events and traces; what was kept to undo changes of the ticket goes. One transaction; what it leaves behind on the disk is
// purged afterwards (purge.h). Closed tickets too.
// There is no undo.
// Thread-safety: any executor; the rewriting runs on the pool. Ownership: borrows its services. Limits: Options.
// Errors: Errc::kNotFound, Errc::kInvalid (nothing found, too short, too many), Errc::kConflict (another version),
// auth::Errc::kForbidden, those of the store; transient after Options::commit_attempts_max conflicts.
#include "core/offload.h"
#include "pipeline/api/raw_rewriter.h"
#include "ticketing/tickets.h"
#include "ticketing/ticket_hooks.h"

namespace postern::ticketing {

struct Basics;

class CommentRedactor {
 public:
  CommentRedactor(storage::Store& store, storage::Vault& vault, const Directory& directory,
                  const pipeline::RawRewriter& rewriter, core::IdSource& ids, core::Clock& clock, Options options,
                  core::WorkPool* cpu = nullptr);  // without a pool, on the caller's thread

  // What has to go; at least one of the first three.
  struct Order {
    std::vector<std::string> phrases;               // found whatever their white space; case counts
    std::string marked_html;                        // the comment's HTML with marks, see pipeline::MarkedHtml
    std::vector<core::AttachmentId> attachments;    // of the comment
    bool everywhere_in_ticket = false;              // the ticket's other comments too, which may quote it
    std::optional<std::uint64_t> expected_version;  // kConflict when the ticket is at another
  };
  struct Outcome {
    Ticket ticket;
    Comment comment;
    std::uint32_t count = 0;               // places that changed, in all copies; 0: it was done before
    std::vector<core::CommentId> also_in;  // other comments of the ticket that still show it
    bool is_being_sent = false;            // an attempt to deliver the comment runs: what it sends nobody can take back
    std::size_t blobs_kept = 0;            // contents that other tickets refer to as well: they stay for these
  };
  core::Task<core::Result<Outcome>> redact(auth::Principal by, core::TicketId ticket, core::CommentId comment, Order order);

  // Before the first call. Borrowed.
  void use(const TicketHooks& hooks) { hooks_ = &hooks; }

 private:
  core::Result<void> check(const auth::Principal& by, Order& order) const;
  storage::Store& store_;
  storage::Vault& vault_;
  const Directory& directory_;
  const pipeline::RawRewriter& rewriter_;
  core::IdSource& ids_;
  core::Clock& clock_;
  Options options_;
  const TicketHooks* hooks_ = nullptr;
  core::WorkPool* cpu_;
};

}  // namespace postern::ticketing
