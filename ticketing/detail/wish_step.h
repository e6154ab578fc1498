#pragma once
// ticketing/detail/wish_step.h: puts what somebody wishes of a ticket into its draft, checked against the workspace. Two steps
// around the comment: whoever is to read it has to be on the ticket before it is mailed.
// Thread-safety: one owner.  Errors: Errc::kInvalid, whose context begins with the API's name of the field; those of the store.
#include "ticketing/detail/ticket_draft.h"
#include "ticketing/ticket_parts.h"

namespace postern::ticketing {

// What a change of a ticket works with.
struct ChangeScene {
  const Services& with;
  const TicketParts& parts;
  const Tickets& tickets;
  storage::Transaction& transaction;
  const auth::Principal& by;
};

class WishStep {
 public:
  WishStep(const ChangeScene& scene, const TicketWishes& wishes, TicketDraft& ticket) : scene_(scene), wishes_(wishes), ticket_(ticket) {}
  // Requester, CCs, followers, subject.
  core::Result<void> apply_people();
  // All others; not the status.
  core::Result<void> apply_attributes();
  // The group and the assignee, which depend on each other.
  core::Result<void> apply_assignment(const std::optional<core::UserId>& assignee);
  // Whoever it is, made known if he was not.
  core::Result<core::UserId> find_person(const PersonWish& wish, std::string_view field);

 private:
  core::Result<std::vector<core::UserId>> people(const std::optional<std::vector<PersonWish>>& all, const std::vector<PersonWish>& changes,
                                                 std::vector<core::UserId> now, std::string_view field, bool are_agents);
  core::Result<void> check_agent(core::UserId user, std::string_view field) const;
  core::Result<bool> is_seen(core::UserId user) const;
  core::Result<bool> is_of(core::UserId user, const PersonWish& wish) const;
  core::Result<void> apply_organization();
  core::Result<void> apply_tags();
  core::Result<void> apply_links();

  const ChangeScene& scene_;
  const TicketWishes& wishes_;
  TicketDraft& ticket_;
};

// What changed between two states of a ticket, for the audit log: never what somebody typed.
std::vector<auth::AuditChange> changes_between(const schema::Ticket& before, const schema::Ticket& after);

}  // namespace postern::ticketing
