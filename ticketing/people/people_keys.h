#pragma once
// ticketing/people/people_keys.h: every key of Space::kPeople. Words never stand in a key: only digests of them under a key
// of the workspace (people/name_words.h).
#include <optional>
#include <string>
#include <string_view>

#include "core/ids.h"

namespace postern::ticketing::people_keys {

std::string organizations_prefix(core::WorkspaceId workspace);
std::string organization(core::WorkspaceId workspace, std::uint64_t id);
std::string organization_counter(core::WorkspaceId workspace);
// Unique ones: each names one organisation, or one person.
enum class Unique : std::uint64_t { kName = 2, kDomain = 3, kExternalId = 4, kUserExternalId = 14 };  // never renumber
std::string unique(core::WorkspaceId workspace, Unique what, std::string_view digest);
// Merges whose tickets are on their way, by whoever is merged.
std::string merges_prefix(core::WorkspaceId workspace);
std::string merge(core::WorkspaceId workspace, core::UserId user);
std::string profile(core::WorkspaceId workspace, core::UserId user);
// Who or what has a word that begins so.
enum class Named : std::uint64_t { kPerson = 6, kOrganization = 7 };  // never renumber
std::string named_prefix(core::WorkspaceId workspace, Named what, std::string_view digest);
std::string named(core::WorkspaceId workspace, Named what, std::string_view digest, std::uint64_t id);
std::string members_prefix(core::WorkspaceId workspace, std::uint64_t organization);
std::string member(core::WorkspaceId workspace, std::uint64_t organization, core::UserId user);
std::string membership(core::WorkspaceId workspace, std::uint64_t id);  // whose it is

// Tickets: newest update first; of a group in no order, so that an update moves nothing.
std::string tickets_of_organization(core::WorkspaceId workspace, std::uint64_t organization);
std::string ticket_of_organization(core::WorkspaceId workspace, std::uint64_t organization, std::int64_t updated_ms, core::TicketId ticket);
std::string tickets_of_group(core::WorkspaceId workspace, std::uint64_t group);
std::string ticket_of_group(core::WorkspaceId workspace, std::uint64_t group, core::TicketId ticket);
std::string tickets_copied_to(core::WorkspaceId workspace, core::UserId user);
std::string ticket_copied_to(core::WorkspaceId workspace, core::UserId user, core::TicketId ticket);

// What is still to be done in the background.
enum class Leaving : std::uint64_t { kGroup = 1, kOrganization = 2 };  // never renumber
std::string leavings_prefix(core::WorkspaceId workspace);
std::string leaving(core::WorkspaceId workspace, Leaving what, std::uint64_t id);
std::string index_progress(core::WorkspaceId workspace);
std::string index_version(core::WorkspaceId workspace);  // by what people are found; without it nobody by fields

std::string default_groups_prefix(core::WorkspaceId workspace);
std::string default_group(core::WorkspaceId workspace, core::UserId user);
std::string workspace_group(core::WorkspaceId workspace);

// The number at the end of a key; the ticket at the end of one that sorts by it downwards.
std::uint64_t last_number(std::string_view key);
// Ids as values.
std::string of_id(std::uint64_t id);
std::uint64_t read_id(const std::optional<std::string>& value);  // 0 when there is none

}  // namespace postern::ticketing::people_keys
