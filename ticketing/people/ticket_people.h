#pragma once
// ticketing/people/ticket_people.h: what people mean for a ticket that is saved. A new ticket, or one with another requester, comes
// into the requester's organisation; a new one into that organisation's group unless it has one. A group that is gone is
// left. Tickets are found by group, by organisation and by whom they are copied to; their people are found by name.
// Thread-safety: any executor.  Ownership: borrows what Services borrows, and the groups.  Errors: those of the store.
#include <optional>
#include <string>
#include <vector>

#include "ticketing/detail/services.h"
#include "ticketing/people/groups.h"
#include "ticketing/people/people_changes.h"

namespace postern::ticketing {

struct TicketNumbers {
  std::vector<core::TicketId> tickets;
  std::string after;  // cursor of the next page
  bool has_more = false;
};

class TicketPeople final : public TicketRules, public TicketIndex {
 public:
  TicketPeople(const Services& with, const Groups& groups) : with_(with), groups_(groups) {}
  // Before the first save: who is told of people who become known by a ticket.
  void use(TellPeopleChange tell) { tell_ = std::move(tell); }

  core::Result<void> before_save(TicketDraft& ticket) override;
  core::Result<void> follow(storage::Transaction& transaction, const TicketChange& change) override;

  // Whether a ticket of that requester may belong to the organisation: it is one of his.
  core::Result<bool> may_belong(storage::Transaction& transaction, core::WorkspaceId workspace, std::uint64_t organization,
                                core::UserId requester) const;
  core::Result<std::uint64_t> organization_of(storage::Transaction& transaction, core::WorkspaceId workspace, core::UserId requester) const;

  // At most `count` of them behind `after`. Errors: Errc::kInvalid "cursor".
  core::Result<TicketNumbers> of_organization(core::WorkspaceId workspace, std::uint64_t organization, const std::string& after,
                                              std::size_t count) const;  // newest update first
  core::Result<TicketNumbers> copied_to(core::WorkspaceId workspace, core::UserId user, const std::string& after,
                                        std::size_t count) const;  // newest ticket first

 private:
  core::Result<TicketNumbers> page(const std::string& prefix, const std::string& after, std::size_t count, bool is_descending) const;

  core::Result<void> enrol(storage::Transaction& transaction, const TicketChange& change, core::UserId user) const;

  const Services with_;
  TellPeopleChange tell_;
  const Groups& groups_;
};

}  // namespace postern::ticketing
