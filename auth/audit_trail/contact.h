#pragma once
// auth/audit_trail/contact.h: the security contact of a workspace: an address, not necessarily of somebody with an account,
// that security notices go to and that /.well-known/security.txt names. It counts once the link mailed to it was opened; until
// then the one before it goes on. The link works once, for contact_link_life.
// Thread-safety: any executor.  Ownership: borrows store, vault, ids and clock.
// Errors: core::Errc::kInvalid for no address, auth::Errc::kExpired for a link that is used or over; those of the store. An error of the
// port undoes the matter.
#include <functional>
#include <optional>

#include "auth/audit.h"

namespace postern::auth {

struct SecurityContact {
  std::string email;    // verified; empty: none
  std::string pending;  // waits for its link to be opened; empty: none
};

// A mail to the contact, queued in the transaction that it is about.
struct SecurityLetter {
  core::WorkspaceId workspace;
  std::string to;
  std::string subject;
  std::string text;
  std::int64_t at_unix_ms = 0;
};
using LetterPort = std::function<core::Result<void>(storage::Transaction&, const SecurityLetter&)>;

struct ContactLimits {
  std::chrono::hours contact_link_life{48};
  std::size_t address_bytes_max = 254;
};

class SecurityContacts {
 public:
  // `host`: where the link leads.
  SecurityContacts(storage::Store& store, const storage::Vault& vault, core::IdSource& ids, core::Clock& clock, LetterPort letters,
                   std::string host, ContactLimits limits = ContactLimits());
  core::Result<SecurityContact> get(core::WorkspaceId workspace) const;
  // Mails the link; an empty address ends the contact at once. Both the old and the new one are told.
  core::Task<core::Result<SecurityContact>> set(Principal by, std::string email);
  core::Task<core::Result<SecurityContact>> verify(std::string secret, std::string client_ip);

 private:
  core::Result<SecurityContact> propose(storage::Transaction& transaction, const Principal& by, const std::string& email, const std::string& secret);
  storage::Store& store_;
  const storage::Vault& vault_;
  core::IdSource& ids_;
  core::Clock& clock_;
  const LetterPort letters_;
  const std::string host_;
  const ContactLimits limits_;
};

// The verified address; empty: none.
core::Result<std::string> verified_contact(const storage::Snapshot& snapshot, const storage::Vault& vault, core::WorkspaceId workspace);
// RFC 9116, of the contacts given; valid for less than a year from now, as its section 2.5.5 recommends.
std::string security_txt(const std::vector<std::string>& contacts, const std::string& origin, core::WallTime now);

}  // namespace postern::auth
