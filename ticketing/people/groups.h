#pragma once
// ticketing/people/groups.h: groups of agents. A ticket may belong to one; then its assignee is a member of it. A group gives
// no access: what an agent sees is said by his inboxes, and one who is limited to inboxes may be in any group.
// Whoever is in several has one default group, where a ticket goes that is assigned to him alone: the one he was given as
// that, otherwise his oldest. The workspace has one, too: new agents join it.
// A group that is deleted leaves its tickets step by step in the background (people/leavings.h); none may be put into it
// any more from the moment of its deletion.
// Thread-safety: all methods from any executor.  Ownership: borrows what Services borrows, and the redactor.
// Errors: Errc::kNotFound, Errc::kInvalid (the context begins with the field), those of the store.  Limits: GroupLimits.
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "auth/principal.h"
#include "core/task.h"
#include "pipeline/api/redacted_message.h"
#include "ticketing/detail/services.h"

namespace postern::ticketing {

struct GroupLimits {
  std::size_t groups_max = 500;        // of a workspace
  std::size_t members_max = 1000;      // of a group
  std::size_t name_bytes_max = 200;
  std::size_t description_bytes_max = 2000;
};

struct GroupMembership {
  std::uint64_t id = 0;
  std::uint64_t group = 0;
  core::UserId user;
  std::int64_t created_unix_ms = 0;
  bool is_default = false;  // the user's default group
};

struct Group {
  std::uint64_t id = 0;
  std::string name;
  std::string description;
  bool is_default = false;  // of the workspace
  std::int64_t created_unix_ms = 0;
  std::int64_t updated_unix_ms = 0;
  std::vector<core::UserId> members;  // oldest first
};

// Who has a ticket.
struct Assignment {
  std::uint64_t group = 0;  // 0: none
  core::UserId assignee;    // 0: nobody
  friend bool operator==(const Assignment&, const Assignment&) = default;
};

class Groups {
 public:
  Groups(const Services& with, const pipeline::TextRedactor& redactor, GroupLimits limits = GroupLimits());
  ~Groups();
  Groups(const Groups&) = delete;

  core::Result<std::vector<Group>> all(core::WorkspaceId workspace) const;  // by name
  core::Result<Group> find(core::WorkspaceId workspace, std::uint64_t id) const;

  // Names are unique, whatever their case.
  struct Change {
    std::optional<std::string> name;
    std::optional<std::string> description;
    std::optional<bool> is_default;  // of the workspace; true only
  };
  core::Task<core::Result<Group>> create(auth::Principal by, Change change);
  // Asked in the transaction of a change, of the group as it is before, but for is_default; its error ends the change.
  using Guard = std::function<core::Result<void>(const Group&)>;
  core::Task<core::Result<Group>> update(auth::Principal by, std::uint64_t id, Change change, Guard guard = {});
  // Not the default one while there are others.
  core::Task<core::Result<void>> erase(auth::Principal by, std::uint64_t id, Guard guard = {});

  // Of everybody, or of one user or one group (0: of all), by id.
  core::Result<std::vector<GroupMembership>> memberships(core::WorkspaceId workspace, core::UserId user, std::uint64_t group) const;
  core::Result<GroupMembership> membership(core::WorkspaceId workspace, std::uint64_t id) const;
  // Agents and above only. One that there is already is returned.
  core::Task<core::Result<GroupMembership>> join(auth::Principal by, std::uint64_t group, core::UserId user, bool is_default);
  core::Task<core::Result<void>> leave(auth::Principal by, std::uint64_t membership);
  // The memberships of that user.
  core::Task<core::Result<std::vector<GroupMembership>>> make_default(auth::Principal by, core::UserId user, std::uint64_t membership);
  // Into the workspace's default group; nothing when there is none.
  core::Task<core::Result<void>> welcome(auth::Principal by, core::UserId user);

  // In the transaction that puts a ticket there, with conflict detection. Microseconds.
  // kInvalid "group" when there is none such, kInvalid "assignee" when the assignee is not a member of it.
  core::Result<void> check_assignment(storage::Transaction& transaction, core::WorkspaceId workspace, std::uint64_t group,
                                      core::UserId assignee) const;
  // What a wish for another group, another assignee or both comes to. Both: as check_assignment() says. A group alone: an
  // assignee who is not a member of it is nobody's any more. An assignee alone: the ticket stays in its group if he is a
  // member; otherwise it goes to his default group, or to none.
  core::Result<Assignment> settle(storage::Transaction& transaction, core::WorkspaceId workspace, Assignment before,
                                  std::optional<std::uint64_t> group, std::optional<core::UserId> assignee) const;
  core::Result<bool> is_member(storage::Transaction& transaction, core::WorkspaceId workspace, std::uint64_t group,
                               core::UserId user) const;
  core::Result<bool> exists(storage::Transaction& transaction, core::WorkspaceId workspace, std::uint64_t group) const;
  // Groups of a user, for conditions on "the current user's groups".
  core::Result<std::vector<std::uint64_t>> groups_of(core::WorkspaceId workspace, core::UserId user) const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace postern::ticketing
