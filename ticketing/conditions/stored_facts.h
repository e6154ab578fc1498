#pragma once
// ticketing/conditions/stored_facts.h: what conditions ask beyond the ticket's record, answered from the store: texts of
// comments, accounts, groups, inboxes. Texts are read and folded once.
// Thread-safety: one owner, for one ticket.  Ownership: borrows the services, the transaction and the resolver; made for one save
// or one question.  Errors: those of the store and the vault.
#include <functional>
#include <map>
#include <memory>

#include "ticketing/conditions/condition.h"
#include "ticketing/detail/services.h"

namespace postern::ticketing {

// Groups of a user in a workspace.
using GroupsOf = std::function<core::Result<std::vector<std::uint64_t>>(core::WorkspaceId, core::UserId)>;

class StoredFacts final : public FactSource {
 public:
  // `source`: of the change, whose way is that of a ticket which it makes; may be null.
  StoredFacts(const Services& with, storage::Transaction& transaction, core::WorkspaceId workspace, const GroupsOf& groups_of,
              const ChangeSource* source = nullptr, bool is_new = false)
      : with_(with), transaction_(transaction), workspace_(workspace), groups_of_(groups_of), source_(source), is_new_(is_new) {}

  core::Result<const std::string*> folded_text(const schema::Comment& comment) const override;
  core::Result<std::string> created_via(const schema::Ticket& ticket) const override;
  core::Result<auth::Role> role_of(core::UserId user) const override;
  core::Result<std::vector<std::uint64_t>> groups_of(core::UserId user) const override;
  std::string address_of(core::InboxId inbox) const override;

 private:
  core::Result<std::string> text_of(const schema::Text& text) const;
  const Services& with_;
  storage::Transaction& transaction_;  // whose own writes are seen: a long text that it brings
  core::WorkspaceId workspace_;
  const GroupsOf& groups_of_;
  const ChangeSource* source_;
  bool is_new_;
  mutable std::map<std::uint64_t, std::string> texts_;  // by comment; folded
};

}  // namespace postern::ticketing
