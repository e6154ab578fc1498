#pragma once
// ticketing/suspended_digest.h: what waits in the suspended queue, in numbers, and the daily mail that tells them. No
// address, subject or text of a held message is in it: the mail leaves for a mailbox that we do not guard.
// Thread-safety: free functions over a snapshot.  Errors: those of the store and the vault.
#include <map>
#include <optional>
#include <string>

#include "ticketing/detail/services.h"
#include "ticketing/outbox.h"

namespace postern::ticketing {

struct SuspendedTally {
  std::size_t waiting = 0;
  std::size_t fresh = 0;                        // of these, since the day before
  std::map<std::string, std::size_t> by_cause;  // of those that wait
  std::int64_t oldest_unix_ms = 0;
  bool is_complete = true;  // otherwise there are more than Options::digest_scan_max
};
// Of the inboxes within the reach, the newest first.
core::Result<SuspendedTally> tally_suspended(const Basics& with, const storage::Snapshot& snapshot,
                                             const auth::Reach& reach, std::int64_t fresh_since_unix_ms);

// The mail; nullopt for somebody who cannot be mailed: no inbox to write from, or an address that is one of our
// inboxes.
core::Result<std::optional<SystemMail>> suspended_digest(const Basics& with, const auth::User& reader,
                                                         const SuspendedTally& tally, std::uint32_t days);

}  // namespace postern::ticketing
