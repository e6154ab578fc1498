#pragma once
// ticketing/detail/threading.h: decides which ticket a message belongs to, by proof (design invariant 8, mail.md traps
// 42 to 47). Candidates in order: signed reply address; our signed Message-IDs; stored Message-IDs. A reply address
// that was made for the From address suffices; every other candidate needs an authenticated sender who is the
// requester, a CC or an agent. A candidate without that proof is only a claim.
// Errors: those of the store and the vault.
#include <optional>
#include <string>

#include "storage/records.h"
#include "ticketing/detail/incoming.h"
#include "ticketing/detail/services.h"

namespace postern::ticketing {

struct Placement {
  std::optional<core::TicketId> ticket;  // proven
  std::string evidence;                  // "signed address", "signed message-id", "message-id", "bounce"
  std::uint64_t claims = 0;              // quoted without proof
};

// `sender` is the contact or account of claimed_sender(); `is_agent` when it is an account of an agent or above.
core::Result<Placement> place_message(const Services& with, storage::Transaction& transaction, const Target& target,
                                      const IncomingMail& mail, core::UserId sender, bool is_agent);
// The key under which a foreign Message-ID leads to its ticket.
core::Result<std::string> message_id_key(const Services& with, const Target& target, std::string_view message_id);

}  // namespace postern::ticketing
