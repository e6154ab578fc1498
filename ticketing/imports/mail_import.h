#pragma once
// ticketing/imports/mail_import.h: redacted mail of an archive becomes tickets as of when it was written. It joins the ticket to
// which In-Reply-To or, newest first, References lead among what was imported into the inbox; nothing else, for an archive
// proves nothing about living tickets. No rule is asked, nothing is mailed, no webhook is told; tickets carry the tag
// "imported". What was imported before, and mail that the inbox holds already, is passed over.
// Who wrote it is who it says: like the archive itself, a person vouches for that. What an account of ours or one of our own
// addresses wrote is an answer, and its ticket is of whom it was sent to.
// Thread-safety: any executor; one message of a conversation at a time.  Ownership: borrows what Services borrows.
// Errors: Errc::kInvalid for an inbox of elsewhere, those of the store and the vault.
#include <set>

#include "auth/principal.h"
#include "core/task.h"
#include "pipeline/api/redacted_message.h"
#include "ticketing/detail/services.h"
#include "ticketing/tickets.h"

namespace postern::ticketing {

inline constexpr std::string_view kImportedTag = "imported";
inline constexpr std::string_view kImportWay = "import";  // ChangeSource::via of all that is imported

struct MailOrder {
  core::InboxId inbox;
  Status status = Status::kClosed;   // of new tickets
  std::int64_t sent_unix_ms = 0;     // when it was written
  std::string source;                // "mbox" …, for the history
  std::string digest;                // of the message as it lies in the archive, see MailImport::digest()
};

struct MailDone {
  enum class As { kNewTicket, kComment, kKnown } as = As::kKnown;
  core::TicketId ticket;
};

// What a rehearsal has seen, as nothing of it is stored.
struct Rehearsal {
  std::set<std::string> digests;
  std::set<std::string> message_ids;
};

class MailImport {
 public:
  explicit MailImport(const Services& with) : with_(with) {}

  // A keyed digest of a message's bytes, by which it is known again without being looked at.
  core::Result<std::string> digest(core::WorkspaceId workspace, std::string_view bytes) const;
  core::Result<bool> is_known(core::WorkspaceId workspace, core::InboxId inbox, const std::string& digest) const;
  // `message`: not moved from, so that whoever asks may try again.
  core::Task<core::Result<MailDone>> take(auth::Principal by, MailOrder order, const pipeline::RedactedMessage& message) const;
  // What take() would do; stores nothing.
  core::Result<MailDone> rehearse(const auth::Principal& by, const MailOrder& order, const pipeline::RedactedMessage& message,
                                  Rehearsal& rehearsal) const;

 private:
  const Services with_;
};

}  // namespace postern::ticketing
