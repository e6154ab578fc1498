#pragma once
// ticketing/customers/customer_link.h: links that let somebody without an account at their own requests. A link is made for one
// person, for one ticket or for all of their own, for one use, until a time; it cannot be changed into another one.
// On the wire: base64url of version 1, use, workspace, person, ticket, file (8 bytes each, big-endian), issued and expiry (4 bytes
// each, minutes since 1970), and HMAC-SHA256 of all that, cut to 128 bits, under a key derived for the workspace.
// That the person and the ticket still exist, and that the link was not revoked, CustomerDesk looks up at each use.
// Thread-safety: any thread.  Errors: those of the vault; what is no genuine link is nullopt, whatever is wrong with it.
#include <optional>
#include <string>
#include <string_view>

#include "core/ids.h"
#include "core/result.h"
#include "storage/vault.h"

namespace postern::ticketing {

// Never renumber: in mails that people keep.
enum class LinkUse : std::uint8_t { kRequests = 1, kRating = 2, kFile = 3 };

struct CustomerLink {
  LinkUse use = LinkUse::kRequests;
  core::WorkspaceId workspace;
  core::UserId person;
  core::TicketId ticket;             // 0: all of the person's own
  core::AttachmentId file;           // of kFile
  std::int64_t issued_unix_ms = 0;   // whole minutes
  std::int64_t expires_unix_ms = 0;
};

core::Result<std::string> make_customer_link(const storage::Vault& vault, const CustomerLink& link);
// `now_unix_ms` decides whether it is over.
core::Result<std::optional<CustomerLink>> check_customer_link(const storage::Vault& vault, std::string_view text, std::int64_t now_unix_ms);

// Where a page for it is, below our origin: "/requests/<link>", "/requests/rating/<link>", "/requests/file/<link>".
std::string customer_path(LinkUse use, std::string_view link);

// What a page puts into its form, so that what is sent came from that page, at that time, and is done once however often the
// button is pressed. `bound_to`: what the form belongs to, such as the link; a stamp of another one is none.
struct FormStamp {
  std::int64_t made_unix_ms = 0;
  std::string digest;  // 16 bytes, of this one stamp
};
core::Result<std::string> make_form_stamp(const storage::Vault& vault, core::WorkspaceId workspace, std::string_view bound_to, std::int64_t now_unix_ms);
core::Result<std::optional<FormStamp>> check_form_stamp(const storage::Vault& vault, core::WorkspaceId workspace, std::string_view bound_to,
                                                        std::string_view text);

}  // namespace postern::ticketing
