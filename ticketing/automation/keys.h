#pragma once
// ticketing/automation/keys.h: every key that macros, triggers and automations write beside their definitions. The table is in
// storage/README.md. Keys hold ids, times and keyed digests only.
#include <string>

#include "core/ids.h"
#include "storage/key.h"

namespace postern::ticketing::keys {

// (kTicketDue, 1, time, ticket): when an automation may have to look at a ticket. Empty.
std::string rule_due_prefix(core::WorkspaceId workspace);
std::string rule_due(core::WorkspaceId workspace, std::int64_t due_ms, core::TicketId ticket);
struct RuleDue {
  std::int64_t due_ms = 0;
  core::TicketId ticket;
};
RuleDue read_rule_due(std::string_view key);
// (kTicketDue, 2, ticket): the time under which it stands there, 8 bytes big-endian.
std::string rule_due_of(core::WorkspaceId workspace, core::TicketId ticket);
// (kTicketDue, 3): DueRebuild.
std::string rule_due_rebuild(core::WorkspaceId workspace);
// (kTicketDue, 4, window, is answer, inbox, keyed digest of the address): counter of mails that rules sent.
std::string rule_mail_windows(core::WorkspaceId workspace);
std::string rule_mail_count(core::WorkspaceId workspace, std::uint64_t window, bool is_answer, core::InboxId inbox, std::string_view digest);
// (kTicketDue, 5, unit, number, rule): counter of what a rule did in that hour or day since 1970, or ever. 6: loops.
enum class UseUnit : std::uint64_t { kEver = 0, kHour = 1, kDay = 2 };  // never renumber: on disk
std::string rule_uses_of(core::WorkspaceId workspace, UseUnit unit);
std::string rule_uses(core::WorkspaceId workspace, UseUnit unit, std::uint64_t number, std::uint64_t rule);
std::string rule_loops(core::WorkspaceId workspace, std::uint64_t rule);
// (kDefinition, 1007, trigger, revision).
std::string trigger_revisions(core::WorkspaceId workspace, std::uint64_t trigger);
std::string trigger_revision(core::WorkspaceId workspace, std::uint64_t trigger, std::uint32_t revision);
// (kTicketDue, 7): that the shipped triggers were made once. Empty.
std::string shipped_rules(core::WorkspaceId workspace);

}  // namespace postern::ticketing::keys
