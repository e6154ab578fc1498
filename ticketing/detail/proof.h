#pragma once
// ticketing/detail/proof.h: what we sign so that a reply proves where it belongs (design invariant 8, mail.md trap 45):
// reply addresses "local+<24 characters>@domain", bound to inbox, ticket and the one recipient, and Message-IDs
// "pst.<ticket>.<comment>.<16 characters>@hostname". MACs are HMAC-SHA256 cut to 80 bits, written in lower-case
// base 32 (RFC 4648 section 6) because mail systems change the case of local parts.
// Thread-safety: any thread. Errors: those of the vault; a proof that does not hold is nullopt, not an error.
#include <optional>
#include <string>
#include <string_view>

#include "core/ids.h"
#include "core/result.h"
#include "storage/vault.h"

namespace postern::ticketing {

// The bytes as lower-case base 32 without padding, and back (any case; nullopt when not of that form).
std::string to_base32_lower(std::string_view bytes);
std::optional<std::string> from_base32_any_case(std::string_view text);

// The token of a reply address. `recipient` is the canonical address that the message goes to.
core::Result<std::string> make_reply_token(const storage::Vault& vault, core::WorkspaceId workspace, core::InboxId inbox,
                                           core::TicketId ticket, std::string_view recipient);
// The ticket that a token speaks of; proves nothing yet.
std::optional<core::TicketId> reply_token_ticket(std::string_view token);
// True when the token was made for this recipient.
core::Result<bool> check_reply_token(const storage::Vault& vault, core::WorkspaceId workspace, core::InboxId inbox,
                                     std::string_view token, std::string_view recipient);

// A Message-ID without its angle brackets.
core::Result<std::string> make_message_id(const storage::Vault& vault, core::WorkspaceId workspace, core::TicketId ticket,
                                          core::CommentId comment, std::string_view hostname);
// The ticket and comment that a Message-ID of ours was signed for; nullopt when it is not ours or not genuine.
struct SignedMessageId {
  core::TicketId ticket;
  core::CommentId comment;
};
core::Result<std::optional<SignedMessageId>> check_message_id(const storage::Vault& vault, core::WorkspaceId workspace,
                                                              std::string_view message_id);

}  // namespace postern::ticketing
