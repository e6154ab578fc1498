#pragma once
// ticketing/ticket_hooks.h: what else happens, in the same transaction, when a ticket is saved: first the rules, which may
// change it further (triggers, service levels), then the indexes, which follow it (search, views, due times, groups).
// Thread-safety: implementations are called from any executor, several at once.  Ownership: TicketHooks borrows them; they
// outlive every service that uses it.
// Errors: whatever an implementation returns ends the transaction; a transient conflict has it tried again.
#include <span>
#include <string>
#include <vector>

#include "auth/principal.h"
#include "core/ids.h"
#include "core/result.h"

namespace postern::schema {
class Comment;
class Ticket;
}
namespace postern::storage {
class Transaction;
}

namespace postern::ticketing {

class TicketDraft;

// Who makes the change that is being saved, and by which way.
struct ChangeSource {
  core::UserId actor;          // 0: the system
  auth::Role role = auth::Role::kContact;
  std::string via = "system";  // "mail", "api", "rule", "system"
  // Of mail: what a person did not write is never answered, nor is whoever may not have written it.
  bool is_machine = false;
  bool is_proven = true;
};

// Looks at a ticket that is about to be saved and may change it through the draft. Not called for what it changes itself.
class TicketRules {
 public:
  virtual ~TicketRules() = default;
  virtual core::Result<void> before_save(TicketDraft& ticket) = 0;
};

// What a save does to a ticket. `before` is null for a new one. Records are as they will be stored; comments of before this
// change are not among them.
struct TicketChange {
  core::WorkspaceId workspace;
  const schema::Ticket* before = nullptr;
  const schema::Ticket* after = nullptr;  // never null
  std::span<const schema::Comment> added;
  std::span<const schema::Comment> rewritten;  // existing ones whose text or files changed (a removal by hand)
  const ChangeSource* source = nullptr;        // never null
};

// Keeps something in step with tickets.
class TicketIndex {
 public:
  virtual ~TicketIndex() = default;
  virtual core::Result<void> follow(storage::Transaction& transaction, const TicketChange& change) = 0;
};

struct TicketHooks {
  std::vector<TicketRules*> rules;    // in this order
  std::vector<TicketIndex*> indexes;  // in any
};

}  // namespace postern::ticketing
