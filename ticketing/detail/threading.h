#pragma once
// ticketing/detail/threading.h: decides which ticket a message belongs to, by proof (design invariant 8, mail.md traps
// 42 to 47). Candidates in order: signed reply address; our signed Message-IDs; stored Message-IDs. A reply address
// that was made for the From address suffices; every other candidate needs an authenticated sender who is the
// requester, a CC or an agent. The reply address of somebody with an account does not suffice either: whoever answers
// to all shows it to all, and mail from an account may carry its powers. A candidate without proof is only a claim.
// A ticket whose inbox is no longer configured may be answered at every inbox of its workspace.
// Thread-safety: pure over the transaction. Errors: those of the store and the vault.
#include <optional>
#include <string>

#include "auth/principal.h"
#include "storage/records.h"
#include "ticketing/detail/incoming.h"
#include "ticketing/detail/services.h"

namespace postern::ticketing {

// Of a bounce that was joined by what it returns: nothing proves who sent it.
inline constexpr std::string_view kBounceEvidence = "bounce";

struct Placement {
  std::optional<core::TicketId> ticket;  // proven
  std::string evidence;                  // "signed address", "signed message-id", "message-id", kBounceEvidence
  std::uint64_t claims = 0;              // quoted without proof
  std::string claimed_by = {};           // what was quoted, in the words of `evidence`
};

// The contact or account of claimed_sender().
struct MailSender {
  core::UserId user;
  bool is_account = false;   // of an agent or above
  bool is_verified = false;  // is_sender_authenticated()
  bool is_agent = false;     // both, and not disabled: may do by mail what an agent may
  bool may_reply = true;     // otherwise what an agent writes is a note (light agents)
  auth::Role role = auth::Role::kContact;  // of a proven account, and the grant that let it in (auth/support): for the audit log
  std::uint64_t support = 0;
  auth::InboxScope inboxes = {};           // of an agent: where he is one
};

core::Result<Placement> place_message(const Services& with, storage::Transaction& transaction, const Target& target,
                                      const IncomingMail& mail, const MailSender& sender);
// The key under which a foreign Message-ID leads to its ticket.
core::Result<std::string> message_id_key(const Services& with, const Target& target, std::string_view message_id);

}  // namespace postern::ticketing
