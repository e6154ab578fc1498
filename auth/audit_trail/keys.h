#pragma once
// auth/audit_trail/keys.h: the keys of the trail, all in space kAuditTrail, first field a kind. Index keys end with the
// entry's id, so that a scan of a prefix is in order of time.
// Thread-safety: pure.
#include <string>
#include <string_view>

#include "core/ids.h"

namespace postern::auth::trail {

// Never renumber: these numbers are on disk.
enum class Kind : std::uint64_t {
  kHead = 1,
  kVerification = 2,
  kLink = 3,      // (sequence) -> id, in decimal
  kWaiting = 4,   // (id): not yet in the chain
  kByActor = 5,   // (actor, id)
  kByAction = 6,  // (action, id)
  kByObject = 7,  // (object, id)
  kByIp = 8,      // (address, id)
  kContact = 21,
  kAlerts = 22,
  kContactLink = 23,  // workspace 0: (hash of the link's secret) -> workspace, in decimal
  kShipping = 24,     // (hash of a receiver's URL): how far it has got
  kCheckpoint = 25,   // what the chain begins behind, where old entries were removed
  kSupport = 26,      // (id): a grant of support access
  kSupportOpen = 27,  // (id): one that nobody has closed yet; 0: every open one stands here
};

std::string prefix(core::WorkspaceId workspace, Kind kind);
std::string numbered(core::WorkspaceId workspace, Kind kind, std::uint64_t number);  // links and waiting entries
std::string by_actor(core::WorkspaceId workspace, core::UserId actor);               // prefixes
std::string by_text(core::WorkspaceId workspace, Kind kind, std::string_view text);
std::string with_id(std::string prefix, core::AuditId id);
// The number at the end of a key: 0 when the key is too short for one.
std::uint64_t last_number(std::string_view key);
// The text behind workspace, space and kind: the action of an index key.
std::string text_of(std::string_view key);
std::string contact_link(std::string_view secret_hash);

}  // namespace postern::auth::trail
