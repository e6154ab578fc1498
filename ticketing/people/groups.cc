#include "ticketing/people/groups.h"

#include <algorithm>
#include <functional>
#include <unordered_map>

#include "core/encoding.h"
#include "storage/schema/people.pb.h"
#include "ticketing/definitions/definitions.h"
#include "ticketing/people/people_keys.h"
#include "ticketing/people/transact.h"

namespace postern::ticketing {
namespace {

using GroupList = Definitions<schema::Group>::List;

const schema::Group* group_in(const GroupList& list, std::uint64_t id) {
  const auto found = std::ranges::find_if(*list, [id](const schema::Group& each) { return each.id() == id; });
  return found == list->end() ? nullptr : &*found;
}

const schema::GroupMember* member_in(const schema::Group& group, core::UserId user) {
  const auto found = std::ranges::find_if(group.members(), [user](const schema::GroupMember& each) { return each.user() == user.value; });
  return found == group.members().end() ? nullptr : &*found;
}

// The one that was made default as long as they are in it, otherwise the one they joined first; 0: in none.
std::uint64_t default_of(const GroupList& list, core::UserId user, std::uint64_t chosen) {
  std::uint64_t oldest = 0, out = 0;
  for (const schema::Group& group : *list) {
    const schema::GroupMember* member = member_in(group, user);
    if (member == nullptr) continue;
    if (group.id() == chosen) return chosen;
    if (out == 0 || member->id() < oldest) {
      oldest = member->id();
      out = group.id();
    }
  }
  return out;
}

// The same of the workspace: otherwise the oldest group.
std::uint64_t workspace_default(const GroupList& list, std::uint64_t chosen) {
  if (group_in(list, chosen) != nullptr || list->empty()) return list->empty() ? 0 : chosen;
  return std::ranges::min_element(*list, {}, [](const schema::Group& each) { return each.id(); })->id();
}

Group to_group(const schema::Group& record, std::uint64_t default_group) {
  Group out{record.id(), record.title(), record.description(), record.id() == default_group, record.created_unix_ms(), record.updated_unix_ms(), {}};
  for (const schema::GroupMember& each : record.members()) out.members.push_back(core::UserId{each.user()});
  return out;
}

GroupMembership to_membership(const schema::Group& group, const schema::GroupMember& member, bool is_default) {
  return {member.id(), group.id(), core::UserId{member.user()}, member.created_unix_ms(), is_default};
}

Definitions<schema::Group>::Kind kind_of(const GroupLimits& limits) {
  Definitions<schema::Group>::Kind kind;
  kind.kind = DefinitionKind::kGroup;
  kind.word = "group";
  kind.limits.count_max = limits.groups_max;
  kind.check = [limits](const schema::Group& changed, const std::vector<schema::Group>& others) -> core::Result<void> {
    if (changed.title().empty() || changed.title().size() > limits.name_bytes_max) return core::fail(Errc::kInvalid, "name: empty or too long");
    if (changed.description().size() > limits.description_bytes_max) return core::fail(Errc::kInvalid, "description: too long");
    if (static_cast<std::size_t>(changed.members_size()) > limits.members_max) return core::fail(Errc::kInvalid, "user_id: the group is full");
    const std::string name = core::to_lower_ascii(changed.title());
    const auto is_same = [&](const schema::Group& each) { return each.id() != changed.id() && core::to_lower_ascii(each.title()) == name; };
    if (std::ranges::any_of(others, is_same)) return core::fail(Errc::kInvalid, "name: another group has it");
    return {};
  };
  kind.shown = [](const schema::Group& group) {
    std::vector<std::pair<std::string, std::string>> out{{"name", group.title()}, {"description", group.description()}};
    for (const schema::GroupMember& each : group.members()) out.emplace_back("member/" + std::to_string(each.user()), "member");
    return out;
  };
  // Its tickets leave it in the background.
  kind.also = [](storage::Transaction& transaction, core::WorkspaceId workspace, const schema::Group* before,
                 const schema::Group* after) -> core::Result<void> {
    if (after == nullptr) transaction.put(people_keys::leaving(workspace, people_keys::Leaving::kGroup, before->id()), {});
    return {};
  };
  return kind;
}

}  // namespace

struct Groups::State {
  State(const Services& the_services, const pipeline::TextRedactor& the_redactor, GroupLimits the_limits)
      : with(the_services), redactor(the_redactor), limits(the_limits),
        groups(with.store, with.vault, with.ids, with.clock, kind_of(limits)) {}

  core::Result<std::uint64_t> stored(const std::string& key) const {
    POSTERN_TRY(const std::optional<std::string> value, with.store.snapshot()->get(key));
    return people_keys::read_id(value);
  }
  core::Result<std::uint64_t> default_group(core::WorkspaceId workspace, const GroupList& list) const {
    POSTERN_TRY(const std::uint64_t chosen, stored(people_keys::workspace_group(workspace)));
    return workspace_default(list, chosen);
  }
  std::string clean(core::WorkspaceId workspace, const std::string& typed, const char* part) const {
    return redactor.redact_text(typed, {part, workspace, {}}).text();
  }
  core::Task<core::Result<void>> choose(auth::Principal by, std::string key, std::uint64_t group, std::string action, std::string object);

  const Services with;
  const pipeline::TextRedactor& redactor;
  const GroupLimits limits;
  Definitions<schema::Group> groups;
};

// `key` says which group is the default one, of the workspace or of a user.
core::Task<core::Result<void>> Groups::State::choose(auth::Principal by, std::string key, std::uint64_t group, std::string action,
                                                     std::string object) {
  auto change = [&](storage::Transaction& transaction) -> core::Result<void> {
    POSTERN_TRY(const GroupList list, groups.all(transaction, by.workspace));
    if (group_in(list, group) == nullptr) return core::fail(Errc::kNotFound, "group");
    POSTERN_TRY(const std::optional<std::string> before, transaction.get(key));
    if (people_keys::read_id(before) == group) return {};
    transaction.put(key, people_keys::of_id(group));
    auth::AuditEvent event;
    event.action = action;
    event.object = object;
    event.changes.push_back({"default_group", before.value_or(std::string()), std::to_string(group)});
    return auth::audit(transaction, with.vault, with.ids, with.clock, by, event);
  };
  co_return co_await transact_people(with, std::move(change));
}

Groups::Groups(const Services& with, const pipeline::TextRedactor& redactor, GroupLimits limits)
    : state_(std::make_unique<State>(with, redactor, limits)) {}
Groups::~Groups() = default;

core::Result<std::vector<Group>> Groups::all(core::WorkspaceId workspace) const {
  POSTERN_TRY(const GroupList list, state_->groups.all(workspace));
  POSTERN_TRY(const std::uint64_t of_all, state_->default_group(workspace, list));
  std::vector<Group> out;
  for (const schema::Group& each : *list) out.push_back(to_group(each, of_all));
  std::ranges::sort(out, {}, [](const Group& each) { return std::pair(core::to_lower_ascii(each.name), each.id); });
  return out;
}

core::Result<Group> Groups::find(core::WorkspaceId workspace, std::uint64_t id) const {
  POSTERN_TRY(const GroupList list, state_->groups.all(workspace));
  const schema::Group* record = group_in(list, id);
  if (record == nullptr) return core::fail(Errc::kNotFound, "group");
  POSTERN_TRY(const std::uint64_t of_all, state_->default_group(workspace, list));
  return to_group(*record, of_all);
}

core::Task<core::Result<Group>> Groups::create(auth::Principal by, Change change) {
  schema::Group draft;
  draft.set_is_active(true);
  draft.set_title(std::string(core::trim_ascii(state_->clean(by.workspace, change.name.value_or(std::string()), "name"))));
  draft.set_description(state_->clean(by.workspace, change.description.value_or(std::string()), "description"));
  POSTERN_CO_TRY(const schema::Group made, co_await state_->groups.create(by, std::move(draft)));
  if (change.is_default.value_or(false)) {
    std::string key = people_keys::workspace_group(by.workspace);
    std::string object = "group/" + std::to_string(made.id());
    POSTERN_CO_CHECK(co_await state_->choose(by, std::move(key), made.id(), "group.default", std::move(object)));
  }
  co_return find(by.workspace, made.id());
}

core::Task<core::Result<Group>> Groups::update(auth::Principal by, std::uint64_t id, Change change, Guard guard) {
  if (change.is_default && !*change.is_default) co_return core::fail(Errc::kInvalid, "default: make another group the default one");
  std::optional<std::string> name, description;
  if (change.name) name = core::trim_ascii(state_->clean(by.workspace, *change.name, "name"));
  if (change.description) description = state_->clean(by.workspace, *change.description, "description");
  std::function<core::Result<void>(schema::Group&)> edit = [&](schema::Group& group) -> core::Result<void> {
    if (guard) POSTERN_CHECK(guard(to_group(group, false)));
    if (name) group.set_title(*name);
    if (description) group.set_description(*description);
    return {};
  };
  POSTERN_CO_CHECK(co_await state_->groups.update(by, id, std::move(edit)));
  if (change.is_default) {
    std::string key = people_keys::workspace_group(by.workspace);
    std::string object = "group/" + std::to_string(id);
    POSTERN_CO_CHECK(co_await state_->choose(by, std::move(key), id, "group.default", std::move(object)));
  }
  co_return find(by.workspace, id);
}

core::Task<core::Result<void>> Groups::erase(auth::Principal by, std::uint64_t id, Guard guard) {
  POSTERN_CO_TRY(const GroupList list, state_->groups.all(by.workspace));
  POSTERN_CO_TRY(const std::uint64_t of_all, state_->default_group(by.workspace, list));
  if (id == of_all && list->size() > 1) co_return core::fail(Errc::kInvalid, "group: it is the default one; make another one that first");
  Definitions<schema::Group>::Guard asked;
  if (guard) asked = [&guard](const schema::Group& group) { return guard(to_group(group, false)); };
  POSTERN_CO_CHECK(co_await state_->groups.erase(by, id, false, std::move(asked)));
  co_return core::Result<void>();
}

core::Result<std::vector<GroupMembership>> Groups::memberships(core::WorkspaceId workspace, core::UserId user, std::uint64_t group) const {
  POSTERN_TRY(const GroupList list, state_->groups.all(workspace));
  if (group != 0 && group_in(list, group) == nullptr) return core::fail(Errc::kNotFound, "group");
  std::vector<GroupMembership> out;
  for (const schema::Group& each : *list) {
    if (group != 0 && each.id() != group) continue;
    for (const schema::GroupMember& member : each.members()) {
      if (!user || member.user() == user.value) out.push_back(to_membership(each, member, false));
    }
  }
  std::unordered_map<std::uint64_t, std::uint64_t> defaults;  // by user
  for (GroupMembership& each : out) {
    const auto [known, is_new] = defaults.try_emplace(each.user.value, 0);
    if (is_new) {
      POSTERN_TRY(const std::uint64_t chosen, state_->stored(people_keys::default_group(workspace, each.user)));
      known->second = default_of(list, each.user, chosen);
    }
    each.is_default = known->second == each.group;
  }
  std::ranges::sort(out, {}, &GroupMembership::id);
  return out;
}

core::Result<GroupMembership> Groups::membership(core::WorkspaceId workspace, std::uint64_t id) const {
  POSTERN_TRY(const GroupList list, state_->groups.all(workspace));
  for (const schema::Group& group : *list) {
    for (const schema::GroupMember& member : group.members()) {
      if (member.id() != id) continue;
      const core::UserId user{member.user()};
      POSTERN_TRY(const std::uint64_t chosen, state_->stored(people_keys::default_group(workspace, user)));
      return to_membership(group, member, default_of(list, user, chosen) == group.id());
    }
  }
  return core::fail(Errc::kNotFound, "group_membership");
}

core::Task<core::Result<GroupMembership>> Groups::join(auth::Principal by, std::uint64_t group, core::UserId user, bool is_default) {
  POSTERN_CO_TRY(const std::optional<auth::User> known, state_->with.accounts.find(by.workspace, user));
  if (!known || known->role < auth::Role::kAgent) co_return core::fail(Errc::kInvalid, "user_id: not an agent");
  std::uint64_t id = 0;
  std::function<core::Result<void>(schema::Group&)> edit = [&](schema::Group& record) -> core::Result<void> {
    if (const schema::GroupMember* there = member_in(record, user)) {
      id = there->id();
      return {};
    }
    schema::GroupMember& made = *record.add_members();
    id = state_->with.ids.next();
    made.set_id(id);
    made.set_user(user.value);
    made.set_created_unix_ms(state_->with.now_ms());
    return {};
  };
  POSTERN_CO_CHECK(co_await state_->groups.update(by, group, std::move(edit)));
  if (is_default) POSTERN_CO_CHECK(co_await make_default(by, user, id));
  co_return membership(by.workspace, id);
}

core::Task<core::Result<void>> Groups::leave(auth::Principal by, std::uint64_t membership_id) {
  POSTERN_CO_TRY(const GroupMembership known, membership(by.workspace, membership_id));
  std::function<core::Result<void>(schema::Group&)> edit = [membership_id](schema::Group& record) -> core::Result<void> {
    auto& members = *record.mutable_members();
    const auto gone = std::ranges::find_if(members, [membership_id](const schema::GroupMember& each) { return each.id() == membership_id; });
    if (gone == members.end()) return core::fail(Errc::kNotFound, "group_membership");
    members.erase(gone);
    return {};
  };
  POSTERN_CO_CHECK(co_await state_->groups.update(by, known.group, std::move(edit)));
  co_return core::Result<void>();
}

core::Task<core::Result<std::vector<GroupMembership>>> Groups::make_default(auth::Principal by, core::UserId user, std::uint64_t membership_id) {
  POSTERN_CO_TRY(const GroupMembership known, membership(by.workspace, membership_id));
  if (known.user != user) co_return core::fail(Errc::kNotFound, "group_membership");
  std::string key = people_keys::default_group(by.workspace, user);
  std::string object = "user/" + std::to_string(user.value);
  POSTERN_CO_CHECK(co_await state_->choose(by, std::move(key), known.group, "user.default_group", std::move(object)));
  co_return memberships(by.workspace, user, 0);
}

core::Task<core::Result<void>> Groups::welcome(auth::Principal by, core::UserId user) {
  POSTERN_CO_TRY(const GroupList list, state_->groups.all(by.workspace));
  POSTERN_CO_TRY(const std::uint64_t group, state_->default_group(by.workspace, list));
  if (group == 0) co_return core::Result<void>();
  POSTERN_CO_CHECK(co_await join(by, group, user, false));
  co_return core::Result<void>();
}

core::Result<void> Groups::check_assignment(storage::Transaction& transaction, core::WorkspaceId workspace, std::uint64_t group,
                                            core::UserId assignee) const {
  if (group == 0) return {};
  POSTERN_TRY(const GroupList list, state_->groups.all(transaction, workspace));
  const schema::Group* record = group_in(list, group);
  if (record == nullptr) return core::fail(Errc::kInvalid, "group: there is none such");
  if (assignee && member_in(*record, assignee) == nullptr) return core::fail(Errc::kInvalid, "assignee: not a member of the group");
  return {};
}

core::Result<Assignment> Groups::settle(storage::Transaction& transaction, core::WorkspaceId workspace, Assignment before,
                                        std::optional<std::uint64_t> group, std::optional<core::UserId> assignee) const {
  Assignment out{group.value_or(before.group), assignee.value_or(before.assignee)};
  if (group && !assignee && out.assignee) {
    POSTERN_TRY(const bool stays, is_member(transaction, workspace, out.group, out.assignee));
    if (out.group != 0 && !stays) out.assignee = core::UserId{};
  }
  if (assignee && *assignee && !group) {
    POSTERN_TRY(const GroupList list, state_->groups.all(transaction, workspace));
    const schema::Group* record = group_in(list, out.group);
    if (record == nullptr || member_in(*record, out.assignee) == nullptr) {
      POSTERN_TRY(const std::optional<std::string> chosen, transaction.get(people_keys::default_group(workspace, out.assignee)));
      out.group = default_of(list, out.assignee, people_keys::read_id(chosen));
    }
  }
  POSTERN_CHECK(check_assignment(transaction, workspace, out.group, out.assignee));
  return out;
}

core::Result<bool> Groups::is_member(storage::Transaction& transaction, core::WorkspaceId workspace, std::uint64_t group,
                                     core::UserId user) const {
  POSTERN_TRY(const GroupList list, state_->groups.all(transaction, workspace));
  const schema::Group* record = group_in(list, group);
  return record != nullptr && member_in(*record, user) != nullptr;
}

core::Result<bool> Groups::exists(storage::Transaction& transaction, core::WorkspaceId workspace, std::uint64_t group) const {
  POSTERN_TRY(const GroupList list, state_->groups.all(transaction, workspace));
  return group_in(list, group) != nullptr;
}

core::Result<std::vector<std::uint64_t>> Groups::groups_of(core::WorkspaceId workspace, core::UserId user) const {
  POSTERN_TRY(const GroupList list, state_->groups.all(workspace));
  std::vector<std::uint64_t> out;
  for (const schema::Group& each : *list) {
    if (member_in(each, user) != nullptr) out.push_back(each.id());
  }
  return out;
}

}  // namespace postern::ticketing
