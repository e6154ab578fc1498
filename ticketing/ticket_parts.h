#pragma once
// ticketing/ticket_parts.h: what changes of tickets are checked against, beside the ticket itself. Each may be missing; then
// nobody can set what it knows.
// Thread-safety: the functions are called from any executor, in the transaction of the change.
// Ownership: borrows everything.
#include <functional>
#include <optional>
#include <string>

#include "core/ids.h"
#include "core/result.h"

namespace postern::storage {
class Transaction;
}

namespace postern::ticketing {

class TicketDraft;
class TicketFields;
class TicketLinks;

// What a reply says. The HTML says the same as the text; empty: the reply is plain.
struct ReplyBody {
  std::string text;
  std::string html;
};

struct TicketParts {
  const TicketFields* fields = nullptr;
  const TicketLinks* links = nullptr;

  struct Assigned {
    std::uint64_t group = 0;
    core::UserId assignee;
  };
  // What a wish for another group, another assignee or both comes to (people/groups.h).
  std::function<core::Result<Assigned>(storage::Transaction&, core::WorkspaceId, Assigned before, std::optional<std::uint64_t> group,
                                       std::optional<core::UserId> assignee)>
      settle;
  // The organisation of a requester's tickets; 0: none.
  std::function<core::Result<std::uint64_t>(storage::Transaction&, core::WorkspaceId, core::UserId requester)> organization_of;
  // Whether a ticket of that requester may belong to it.
  std::function<core::Result<bool>(storage::Transaction&, core::WorkspaceId, std::uint64_t organization, core::UserId requester)> may_belong;
  // A public reply as it is mailed, with the signatures of its author and the inbox.
  std::function<core::Result<ReplyBody>(TicketDraft&, core::UserId author, const ReplyBody& body)> signed_body;
};

}  // namespace postern::ticketing
