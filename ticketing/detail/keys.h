#pragma once
// ticketing/detail/keys.h: every key that ticketing writes, in one place. The table is in storage/README.md.
#include <string>
#include <string_view>
#include <utility>

#include "core/ids.h"
#include "storage/key.h"
#include "ticketing/tickets.h"

namespace postern::ticketing::keys {

inline constexpr core::WorkspaceId kGlobal{0};  // names of workspaces and inboxes
inline constexpr std::uint64_t kOutboxEntry = 1;
inline constexpr std::uint64_t kOutboxMessage = 2;  // of one entry: mail without a ticket, and older versions
inline constexpr std::uint64_t kOutboxBody = 3;     // of all entries of one comment

inline constexpr std::uint64_t kLedgerDay = 1;
inline constexpr std::uint64_t kLedgerRow = 2;
inline constexpr std::uint64_t kLedgerCount = 3;    // messages of a row
inline constexpr std::uint64_t kLedgerDomains = 4;  // policy domains of a day

std::string workspace_named(std::string_view name);
std::string inbox_address(std::string_view workspace_name, std::string_view canonical_address);
std::string global_counter(std::string_view name);

std::string ticket(core::WorkspaceId workspace, core::TicketId id);
std::string ticket_counter(core::WorkspaceId workspace);
std::string status_counter(core::WorkspaceId workspace, Status status);
// The same of one inbox; and the mark that they count everything (detail/inbox_counts.h).
std::string inbox_counters_prefix(core::WorkspaceId workspace);
std::string inbox_counter(core::WorkspaceId workspace, core::InboxId inbox, Status status);
std::pair<std::uint64_t, std::uint32_t> read_inbox_counter(std::string_view key);  // inbox, status
std::string inbox_counts_mark(core::WorkspaceId workspace);
std::string tickets_prefix(core::WorkspaceId workspace);
std::string events_prefix(core::WorkspaceId workspace, core::TicketId id);
std::string event(core::WorkspaceId workspace, core::TicketId id, std::uint64_t number);
std::string comments_prefix(core::WorkspaceId workspace, core::TicketId id);
std::string comment(core::WorkspaceId workspace, core::TicketId id, core::CommentId comment);
std::string attachment(core::WorkspaceId workspace, core::AttachmentId id);

// Indexes of tickets: the prefix, then where one ticket stands in it.
std::string by_update_prefix(core::WorkspaceId workspace);
std::string by_update(core::WorkspaceId workspace, std::int64_t updated_ms, core::TicketId id);
std::string by_status_prefix(core::WorkspaceId workspace, Status status);
std::string by_status(core::WorkspaceId workspace, Status status, std::int64_t updated_ms, core::TicketId id);
std::string by_assignee_prefix(core::WorkspaceId workspace, core::UserId user);
std::string by_assignee(core::WorkspaceId workspace, core::UserId user, std::int64_t updated_ms, core::TicketId id);
std::string by_requester_prefix(core::WorkspaceId workspace, core::UserId user);
std::string by_requester(core::WorkspaceId workspace, core::UserId user, core::TicketId id);

std::string message_id(core::WorkspaceId workspace, core::InboxId inbox, std::string_view keyed_hash);
std::string delivery(core::WorkspaceId workspace, core::InboxId inbox, std::string_view kind, std::string_view digest);
std::string traces_prefix(core::WorkspaceId workspace);
std::string trace(core::WorkspaceId workspace, core::TraceId id);
std::string suspended_prefix(core::WorkspaceId workspace);
std::string suspended(core::WorkspaceId workspace, core::TraceId id, core::InboxId inbox);

std::string outbox_prefix(core::WorkspaceId workspace);
std::string outbox(core::WorkspaceId workspace, core::OutboxId id);
std::string outbox_message(core::WorkspaceId workspace, core::OutboxId id);
std::string outbox_body(core::WorkspaceId workspace, core::CommentId comment);
std::string due_prefix(core::WorkspaceId workspace);
std::string due(core::WorkspaceId workspace, std::int64_t due_ms, core::OutboxId id);

// DMARC reports of ours; `day` counts from 1970-01-01 UTC. Days sort first, so that old ones are found and erased.
std::string ledger_prefix(std::uint64_t kind);
std::string ledger_day_prefix(std::uint64_t kind, std::uint64_t day);
std::string ledger(std::uint64_t kind, std::uint64_t day, std::string_view domain);
std::string ledger_row(std::uint64_t kind, std::uint64_t day, std::string_view domain, std::string_view digest);

// Reports of others about us. `day` counts from 1970-01-01; trusted: their sender is proven.
std::string mail_reports_prefix(core::WorkspaceId workspace);
std::string mail_report(core::WorkspaceId workspace, std::uint64_t id);
std::string mail_report_seen(core::WorkspaceId workspace, std::string_view digest);
std::string mail_report_detail(core::WorkspaceId workspace, std::uint64_t id);
enum class ReportDay : std::uint64_t { kSums = 4, kSources = 5, kTls = 6 };  // never renumber
std::string report_days_prefix(core::WorkspaceId workspace, ReportDay kind);
std::string report_day_prefix(core::WorkspaceId workspace, ReportDay kind, std::uint64_t day, bool is_trusted);
std::string report_day(core::WorkspaceId workspace, ReportDay kind, std::uint64_t day, bool is_trusted, std::string_view domain);
std::string mail_report_counter(core::WorkspaceId workspace);
std::string foreign_domain_counter(core::WorkspaceId workspace, ReportDay kind, std::uint64_t day, bool is_trusted);

// Redaction rules. Counts sort by day, then rule; the rule "" stands for every message that was looked at.
enum class FindingMode : std::uint64_t { kEnforced = 1, kShadow = 2, kFalsePositive = 3 };  // never renumber
enum class FindingMeasure : std::uint64_t { kMessages = 1, kFindings = 2 };                 // never renumber
std::string rule_sets(core::WorkspaceId workspace);
std::string rule_document(core::WorkspaceId workspace, std::uint64_t number);
std::string finding_days_prefix(core::WorkspaceId workspace);
std::string finding_day_prefix(core::WorkspaceId workspace, std::uint64_t day);
std::string finding_rule_prefix(core::WorkspaceId workspace, std::uint64_t day, std::string_view rule);
struct FindingCount {
  std::uint64_t day = 0;
  std::string rule;
  core::InboxId inbox;
  FindingMode mode = FindingMode::kEnforced;
  FindingMeasure measure = FindingMeasure::kMessages;
  std::string place;
  std::string label;
};
std::string finding_count(core::WorkspaceId workspace, const FindingCount& of);
FindingCount read_finding_count(std::string_view key);
std::string finding_marks(core::WorkspaceId workspace, core::TicketId ticket, core::CommentId comment);
std::string finding_mark_prefix(core::WorkspaceId workspace);
std::string finding_mark(core::WorkspaceId workspace, std::uint64_t id);

}  // namespace postern::ticketing::keys
