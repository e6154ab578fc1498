#pragma once
// ticketing/definitions/kinds.h: what a workspace can set up, and how much of each.
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace postern::ticketing {

// Never renumber: these are on disk.
enum class DefinitionKind : std::uint64_t {
  kGroup = 1,
  kTicketField = 2,
  kTicketForm = 3,
  kCustomStatus = 4,
  kMacro = 5,
  kView = 6,
  kTrigger = 7,
  kAutomation = 8,
  kSlaPolicy = 9,
  kSchedule = 10,
  kWebhook = 11,
  kUserField = 12,
  kOrganizationField = 13,
  kReplySettings = 14,  // acknowledgements, signatures, surveys
  kGroupSlaPolicy = 15,
  kSender = 40,         // who is always let in, or kept out
};

struct DefinitionLimits {
  std::size_t count_max = 500;           // of one kind in a workspace; of what somebody has for himself, see own_max
  std::size_t own_max = 0;               // of one person's own ones; they leave those of all alone
  std::size_t people_max = 200;          // times own_max: how many own ones of all people there can be
  std::size_t record_bytes_max = 65536;  // of one, as stored
  std::size_t attempts_max = 5;          // on a conflict
};

}  // namespace postern::ticketing
