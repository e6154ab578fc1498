#pragma once
// ticketing/feed_scope.h: the change feed, and what a message's trace tells, within the inboxes of whoever reads it. What is
// not known to belong to one of them is left out: an unknown kind of change is nobody's.
// Thread-safety: one owner.  Ownership: borrows store and vault.  Errors: those of the store and the vault.
// Limits: kRemembered tickets whose inbox is kept; further ones are read again.
#include <map>

#include "auth/principal.h"
#include "storage/store.h"
#include "storage/vault.h"
#include "ticketing/traces.h"

namespace postern::ticketing {

// Whether the ticket stands in an inbox within the reach; false also when it cannot be read.
bool inbox_within(const storage::Snapshot& snapshot, const storage::Vault& vault, const auth::Reach& reach, core::TicketId ticket);

class FeedScope {
 public:
  static constexpr std::size_t kRemembered = 10'000;

  FeedScope(const storage::Store& store, const storage::Vault& vault, auth::Reach reach);
  // Another one from now on: the reach of an agent may change while he reads.
  void set_reach(auth::Reach reach);
  // The entry with those of its changes that are within; without any it is not for this reader.
  storage::FeedEntry within(storage::FeedEntry entry);

 private:
  bool is_within(const storage::Change& change);
  bool has_ticket(std::uint64_t id);

  const storage::Store& store_;
  const storage::Vault& vault_;
  auth::Reach reach_;
  std::map<std::uint64_t, bool> tickets_;  // a ticket never changes its inbox
};

// The trace as somebody with the reach may see it: Errc::kNotFound unless one of its tickets, or its held back mail, is
// within; other tickets are left out, and so is what its steps say of them.
core::Result<Trace> within(const storage::Store& store, const storage::Vault& vault, const auth::Reach& reach, Trace trace);

}  // namespace postern::ticketing
