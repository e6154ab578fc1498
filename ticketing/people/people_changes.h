#pragma once
// ticketing/people/people_changes.h: what happened to a person or an organisation, told in the transaction in which it happens to
// whoever wants to know it (webhooks).
// Thread-safety: the function is called from any executor.  Errors: what it returns ends the transaction.
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "core/ids.h"
#include "core/result.h"

namespace postern::storage {
class Transaction;
}

namespace postern::ticketing {

enum class PeopleEvent : std::uint8_t { kCreated, kUpdated, kMerged, kDeleted };

struct PeopleChange {
  core::WorkspaceId workspace;
  PeopleEvent event = PeopleEvent::kUpdated;
  core::UserId user;               // 0: an organisation
  std::uint64_t organization = 0;
  core::UserId into;               // of kMerged: who stays
  core::UserId actor;              // 0: the system
  std::string via = "api";
  std::vector<std::string> fields; // by their names in the API; never what stood or stands in them
};

using TellPeopleChange = std::function<core::Result<void>(storage::Transaction&, const PeopleChange&)>;

// Nobody wants to know: nothing happens.
inline core::Result<void> tell_people_change(const TellPeopleChange& tell, storage::Transaction& transaction, const PeopleChange& change) {
  return tell ? tell(transaction, change) : core::Result<void>();
}

}  // namespace postern::ticketing
