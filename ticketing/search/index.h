#pragma once
// ticketing/search/index.h: keeps the full-text index in step with tickets. A save puts the words of what was added into one
// sealed record, and nothing else: the merger takes these into postings later, and queries look at both, so that a ticket is
// found as of its commit and two saves of different tickets never touch the same key. Facts (facts.h) are such words. When text changes or goes (a removal by hand, another
// subject, a deletion), what is found no more leaves postings and dictionary in the same transaction.
// Thread-safety: any executor.  Ownership: borrows what Basics borrows.  Errors: those of the store and the vault; a conflict
// with the merger is transient.  Limits: Limits.
#include <optional>

#include "storage/schema/ticket.pb.h"
#include "ticketing/detail/services.h"
#include "ticketing/search/keys.h"
#include "ticketing/search/waiting_keys.h"
#include "ticketing/search/words.h"
#include "ticketing/ticket_hooks.h"

namespace postern::ticketing::search {

class SearchIndex final : public TicketIndex {
 public:
  SearchIndex(const Basics& with, const Limits& limits) : with_(with), limits_(limits) {}

  core::Result<void> follow(storage::Transaction& transaction, const TicketChange& change) override;
  // Takes a ticket in as the transaction has it. What is known of it already is part of that.
  core::Result<void> take_in(storage::Transaction& transaction, core::WorkspaceId workspace, const schema::Ticket& ticket);
  // Lets go of a ticket, which is about to leave the store for good, while its comments still are in the transaction's view.
  core::Result<void> forget(storage::Transaction& transaction, core::WorkspaceId workspace, const schema::Ticket& ticket);
  WaitingKeys& waiting_keys() const { return waiting_; }

 private:
  struct Texts;
  core::Result<void> add(storage::Transaction& transaction, const TicketChange& change) const;
  core::Result<void> replace(storage::Transaction& transaction, core::WorkspaceId workspace, const schema::Ticket* before,
                             const schema::Ticket* after, std::span<const schema::Comment> changed, bool purges) const;
  core::Result<void> move_facts(storage::Transaction& transaction, core::WorkspaceId workspace, const schema::Ticket& before,
                                const schema::Ticket& after) const;
  core::Result<std::optional<Waiting>> changed_facts(storage::Transaction& transaction, const std::string& key, core::WorkspaceId workspace) const;
  core::Result<void> add_comment(storage::Transaction& transaction, core::WorkspaceId workspace, const schema::Comment& comment,
                                 WordBag& to) const;

  core::Result<void> put_waiting(storage::Transaction& transaction, core::WorkspaceId workspace, std::string key, const WordBag& words, bool is_whole) const;

  const Basics with_;
  const Limits& limits_;
  mutable WaitingKeys waiting_;
};

}  // namespace postern::ticketing::search
