#pragma once
// ticketing/drafts/drafts.h: what an agent has typed for a ticket and not sent: stored, so that no browser loses it, redacted
// before that like everything typed. One a person and ticket; it goes when that person sends a comment there.
// And the way back of a reply: held for a few seconds, if its author wants that, it can be taken out of the queue and is a
// draft again.
// Thread-safety: all methods from any executor.  Ownership: borrows its services.
// Errors: Errc::kNotFound, Errc::kInvalid, Errc::kConflict (another revision; a reply that is on its way),
// auth::Errc::kForbidden, those of the store.  Limits: DraftLimits, Options::comment_bytes_max.
#include <optional>
#include <string>
#include <vector>

#include "pipeline/api/redacted_message.h"
#include "ticketing/bulk/limits.h"
#include "ticketing/detail/services.h"
#include "ticketing/ticket_hooks.h"
#include "ticketing/tickets.h"

namespace postern::ticketing {

struct DraftLimits {
  std::size_t per_user_max = 500;
  std::uint32_t hold_seconds_max = 60;
};

struct Draft {
  core::TicketId ticket;
  std::string text;
  bool is_public = true;
  std::uint64_t revision = 0;  // counts the times that it was stored
  std::int64_t updated_unix_ms = 0;
  std::string html = {};  // the same, formatted and sanitised; empty: it is plain
};

struct Unsent {
  Draft draft;
  Ticket ticket;
  std::size_t files_removed = 0;  // they have to be attached again
};

class Drafts final : public TicketIndex {
 public:
  Drafts(const Services& with, const pipeline::TextRedactor& redactor, DraftLimits limits = {}) : with_(with), redactor_(redactor), limits_(limits) {}

  // The last one to write wins, unless he says which revision he has read.
  core::Task<core::Result<Draft>> put(auth::Principal by, core::TicketId ticket, std::string text, bool is_public,
                                      std::optional<std::uint64_t> expected_revision, std::string html = {});
  core::Result<Draft> get(const auth::Principal& by, core::TicketId ticket) const;
  core::Task<core::Result<void>> erase(auth::Principal by, core::TicketId ticket);
  // One's own, by ticket; those of tickets that are not there any more are left out. Texts
  // are cut to `text_bytes_max`, at a character.
  core::Result<std::vector<Draft>> list(const auth::Principal& by, std::size_t limit, std::size_t text_bytes_max) const;

  // How long one's own public replies wait before they are mailed; 0: not.
  core::Result<std::uint32_t> hold_seconds(core::WorkspaceId workspace, core::UserId user) const;
  core::Task<core::Result<void>> set_hold_seconds(auth::Principal by, std::uint32_t seconds);
  // Within that time: the comment goes, and what came with it, unless somebody changed the ticket since.
  core::Task<core::Result<Unsent>> unsend(auth::Principal by, core::TicketId ticket, core::CommentId comment);

  // Until when such a comment can be taken back, in Unix milliseconds; 0: it cannot any more.
  core::Result<std::int64_t> held_until(core::WorkspaceId workspace, core::TicketId ticket, core::CommentId comment) const;

  core::Result<void> follow(storage::Transaction& transaction, const TicketChange& change) override;
  const DraftLimits& limits() const { return limits_; }

 private:
  core::Result<void> check_ticket(storage::Transaction& transaction, const auth::Principal& by, core::TicketId ticket) const;
  core::Result<std::optional<Draft>> read(storage::Transaction& transaction, core::WorkspaceId workspace, core::UserId user, core::TicketId ticket) const;
  core::Result<Draft> store(storage::Transaction& transaction, const auth::Principal& by, Draft draft) const;
  core::Result<void> hold_back(storage::Transaction& transaction, const TicketChange& change, const schema::Comment& comment) const;
  core::Result<Unsent> take_back(storage::Transaction& transaction, const auth::Principal& by, core::TicketId ticket, core::CommentId comment) const;

  const Services with_;
  const pipeline::TextRedactor& redactor_;
  const DraftLimits limits_;
};

}  // namespace postern::ticketing
