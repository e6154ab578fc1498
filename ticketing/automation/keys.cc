#include "ticketing/automation/keys.h"

namespace postern::ticketing::keys {
namespace {

using storage::KeyBuilder;
using storage::Space;

// Never renumber: these are on disk.
enum class DueKind : std::uint64_t { kDue = 1, kDueOf = 2, kRebuild = 3, kMails = 4, kUses = 5, kLoops = 6, kShipped = 7 };
constexpr std::uint64_t kTriggerRevisions = 1007;  // beside the kinds of definitions/kinds.h

KeyBuilder of(core::WorkspaceId workspace, DueKind kind) {
  KeyBuilder out(workspace, Space::kTicketDue);
  out.u64(static_cast<std::uint64_t>(kind));
  return out;
}

}  // namespace

std::string rule_due_prefix(core::WorkspaceId workspace) { return of(workspace, DueKind::kDue).take(); }
std::string rule_due(core::WorkspaceId workspace, std::int64_t due_ms, core::TicketId ticket) {
  return of(workspace, DueKind::kDue).u64(static_cast<std::uint64_t>(due_ms)).u64(ticket.value).bytes();
}
RuleDue read_rule_due(std::string_view key) {
  storage::KeyReader reader(key);
  reader.u64();
  RuleDue out;
  out.due_ms = static_cast<std::int64_t>(reader.u64());
  out.ticket = core::TicketId{reader.u64()};
  return reader.ok() ? out : RuleDue{};
}
std::string rule_due_of(core::WorkspaceId workspace, core::TicketId ticket) { return of(workspace, DueKind::kDueOf).u64(ticket.value).bytes(); }
std::string rule_due_rebuild(core::WorkspaceId workspace) { return of(workspace, DueKind::kRebuild).take(); }
std::string rule_mail_windows(core::WorkspaceId workspace) { return of(workspace, DueKind::kMails).take(); }
std::string rule_mail_count(core::WorkspaceId workspace, std::uint64_t window, bool is_answer, core::InboxId inbox, std::string_view digest) {
  return of(workspace, DueKind::kMails).u64(window).u64(is_answer ? 1 : 0).u64(inbox.value).text(digest).bytes();
}
std::string rule_uses_of(core::WorkspaceId workspace, UseUnit unit) {
  return of(workspace, DueKind::kUses).u64(static_cast<std::uint64_t>(unit)).bytes();
}
std::string rule_uses(core::WorkspaceId workspace, UseUnit unit, std::uint64_t number, std::uint64_t rule) {
  return of(workspace, DueKind::kUses).u64(static_cast<std::uint64_t>(unit)).u64(number).u64(rule).bytes();
}
std::string rule_loops(core::WorkspaceId workspace, std::uint64_t rule) { return of(workspace, DueKind::kLoops).u64(rule).bytes(); }
std::string trigger_revisions(core::WorkspaceId workspace, std::uint64_t trigger) {
  return KeyBuilder(workspace, Space::kDefinition).u64(kTriggerRevisions).u64(trigger).bytes();
}
std::string trigger_revision(core::WorkspaceId workspace, std::uint64_t trigger, std::uint32_t revision) {
  return KeyBuilder(workspace, Space::kDefinition).u64(kTriggerRevisions).u64(trigger).u64(revision).bytes();
}
std::string shipped_rules(core::WorkspaceId workspace) { return of(workspace, DueKind::kShipped).take(); }

}  // namespace postern::ticketing::keys
