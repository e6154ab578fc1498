#include "ticketing/people/people_keys.h"

#include <charconv>

#include "storage/key.h"

namespace postern::ticketing::people_keys {
namespace {

using storage::KeyBuilder;
using storage::Space;

// Kinds of kPeople beside those of Unique and Named; never renumber.
constexpr std::uint64_t kOrganization = 1;
constexpr std::uint64_t kProfile = 5;
constexpr std::uint64_t kMember = 8;
constexpr std::uint64_t kOrganizationTicket = 9;
constexpr std::uint64_t kGroupTicket = 10;
constexpr std::uint64_t kCopiedTicket = 11;
constexpr std::uint64_t kLeaving = 12;
constexpr std::uint64_t kDefaultGroup = 13;
constexpr std::uint64_t kWorkspaceGroup = 15;
constexpr std::uint64_t kIndexProgress = 16;
constexpr std::uint64_t kMembership = 17;
constexpr std::uint64_t kMerge = 18;
constexpr std::uint64_t kIndexVersion = 19;

KeyBuilder people(core::WorkspaceId workspace, std::uint64_t kind) { return std::move(KeyBuilder(workspace, Space::kPeople).u64(kind)); }
std::uint64_t ms(std::int64_t value) { return value < 0 ? 0 : static_cast<std::uint64_t>(value); }

}  // namespace

std::string organizations_prefix(core::WorkspaceId workspace) { return people(workspace, kOrganization).take(); }
std::string organization(core::WorkspaceId workspace, std::uint64_t id) { return people(workspace, kOrganization).u64(id).bytes(); }
std::string organization_counter(core::WorkspaceId workspace) {
  return KeyBuilder(workspace, Space::kCounter).text("organizations").bytes();
}
std::string unique(core::WorkspaceId workspace, Unique what, std::string_view digest) {
  return people(workspace, static_cast<std::uint64_t>(what)).text(digest).bytes();
}
std::string merges_prefix(core::WorkspaceId workspace) { return people(workspace, kMerge).take(); }
std::string merge(core::WorkspaceId workspace, core::UserId user) { return people(workspace, kMerge).u64(user.value).bytes(); }
std::string profile(core::WorkspaceId workspace, core::UserId user) { return people(workspace, kProfile).u64(user.value).bytes(); }

std::string named_prefix(core::WorkspaceId workspace, Named what, std::string_view digest) {
  return people(workspace, static_cast<std::uint64_t>(what)).text(digest).bytes();
}
std::string named(core::WorkspaceId workspace, Named what, std::string_view digest, std::uint64_t id) {
  return people(workspace, static_cast<std::uint64_t>(what)).text(digest).u64(id).bytes();
}
std::string members_prefix(core::WorkspaceId workspace, std::uint64_t organization) {
  return people(workspace, kMember).u64(organization).bytes();
}
std::string member(core::WorkspaceId workspace, std::uint64_t organization, core::UserId user) {
  return people(workspace, kMember).u64(organization).u64(user.value).bytes();
}
std::string membership(core::WorkspaceId workspace, std::uint64_t id) { return people(workspace, kMembership).u64(id).bytes(); }

std::string tickets_of_organization(core::WorkspaceId workspace, std::uint64_t organization) {
  return people(workspace, kOrganizationTicket).u64(organization).bytes();
}
std::string ticket_of_organization(core::WorkspaceId workspace, std::uint64_t organization, std::int64_t updated_ms, core::TicketId ticket) {
  return people(workspace, kOrganizationTicket).u64(organization).u64_descending(ms(updated_ms)).u64(ticket.value).bytes();
}
std::string tickets_of_group(core::WorkspaceId workspace, std::uint64_t group) { return people(workspace, kGroupTicket).u64(group).bytes(); }
std::string ticket_of_group(core::WorkspaceId workspace, std::uint64_t group, core::TicketId ticket) {
  return people(workspace, kGroupTicket).u64(group).u64(ticket.value).bytes();
}
std::string tickets_copied_to(core::WorkspaceId workspace, core::UserId user) { return people(workspace, kCopiedTicket).u64(user.value).bytes(); }
std::string ticket_copied_to(core::WorkspaceId workspace, core::UserId user, core::TicketId ticket) {
  return people(workspace, kCopiedTicket).u64(user.value).u64(~ticket.value).bytes();
}

std::string leavings_prefix(core::WorkspaceId workspace) { return people(workspace, kLeaving).take(); }
std::string leaving(core::WorkspaceId workspace, Leaving what, std::uint64_t id) {
  return people(workspace, kLeaving).u64(static_cast<std::uint64_t>(what)).u64(id).bytes();
}
std::string index_progress(core::WorkspaceId workspace) { return people(workspace, kIndexProgress).take(); }
std::string index_version(core::WorkspaceId workspace) { return people(workspace, kIndexVersion).take(); }

std::string default_groups_prefix(core::WorkspaceId workspace) { return people(workspace, kDefaultGroup).take(); }
std::string default_group(core::WorkspaceId workspace, core::UserId user) { return people(workspace, kDefaultGroup).u64(user.value).bytes(); }
std::string workspace_group(core::WorkspaceId workspace) { return people(workspace, kWorkspaceGroup).take(); }

std::uint64_t last_number(std::string_view key) {
  std::uint64_t number = 0;
  for (const char c : key.substr(key.size() - 8)) number = (number << 8U) | static_cast<unsigned char>(c);
  return number;
}

std::string of_id(std::uint64_t id) { return std::to_string(id); }
std::uint64_t read_id(const std::optional<std::string>& value) {
  std::uint64_t id = 0;
  if (value) std::from_chars(value->data(), value->data() + value->size(), id);
  return id;
}

}  // namespace postern::ticketing::people_keys
