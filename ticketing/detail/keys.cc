#include "ticketing/detail/keys.h"

namespace postern::ticketing::keys {

using storage::KeyBuilder;
using storage::Space;

namespace {
// Kinds of kMailReport beside those of ReportDay; never renumber.
constexpr std::uint64_t kReport = 1;
constexpr std::uint64_t kReportSeen = 2;
constexpr std::uint64_t kReportDetail = 3;
// Kinds of kRuleBench; never renumber.
constexpr std::uint64_t kRuleSets = 1;
constexpr std::uint64_t kRuleDocument = 2;
constexpr std::uint64_t kFindingCount = 3;
constexpr std::uint64_t kCommentMarks = 4;
constexpr std::uint64_t kMarkIndex = 5;

std::uint64_t ms(std::int64_t value) { return value < 0 ? 0 : static_cast<std::uint64_t>(value); }
}  // namespace

std::string workspace_named(std::string_view name) { return KeyBuilder(kGlobal, Space::kWorkspace).text(name).bytes(); }
std::string inbox_address(std::string_view workspace_name, std::string_view canonical_address) {
  return KeyBuilder(kGlobal, Space::kInbox).text(workspace_name).text(canonical_address).bytes();
}
std::string global_counter(std::string_view name) { return KeyBuilder(kGlobal, Space::kCounter).text(name).bytes(); }

std::string ticket(core::WorkspaceId workspace, core::TicketId id) {
  return KeyBuilder(workspace, Space::kTicket).u64(id.value).bytes();
}
std::string ticket_counter(core::WorkspaceId workspace) {
  return KeyBuilder(workspace, Space::kCounter).text("tickets").bytes();
}
std::string status_counter(core::WorkspaceId workspace, Status status) {
  return KeyBuilder(workspace, Space::kCounter).text("status").text(to_string(status)).bytes();
}
std::string inbox_counters_prefix(core::WorkspaceId workspace) { return KeyBuilder(workspace, Space::kCounter).text("inbox_status").bytes(); }
std::string inbox_counter(core::WorkspaceId workspace, core::InboxId inbox, Status status) {
  return KeyBuilder(workspace, Space::kCounter).text("inbox_status").u64(inbox.value).u64(static_cast<std::uint64_t>(status)).bytes();
}
std::pair<std::uint64_t, std::uint32_t> read_inbox_counter(std::string_view key) {
  storage::KeyReader reader(key);
  (void)reader.text();
  const std::uint64_t inbox = reader.u64();
  return {inbox, static_cast<std::uint32_t>(reader.u64())};
}
std::string inbox_counts_mark(core::WorkspaceId workspace) {
  return KeyBuilder(workspace, Space::kCounter).text("inbox_status_complete").bytes();
}
std::string tickets_prefix(core::WorkspaceId workspace) { return KeyBuilder(workspace, Space::kTicket).bytes(); }
std::string events_prefix(core::WorkspaceId workspace, core::TicketId id) {
  return KeyBuilder(workspace, Space::kTicketEvent).u64(id.value).bytes();
}
std::string event(core::WorkspaceId workspace, core::TicketId id, std::uint64_t number) {
  return KeyBuilder(workspace, Space::kTicketEvent).u64(id.value).u64(number).bytes();
}
std::string comments_prefix(core::WorkspaceId workspace, core::TicketId id) {
  return KeyBuilder(workspace, Space::kComment).u64(id.value).bytes();
}
std::string comment(core::WorkspaceId workspace, core::TicketId id, core::CommentId comment) {
  return KeyBuilder(workspace, Space::kComment).u64(id.value).u64(comment.value).bytes();
}
std::string attachment(core::WorkspaceId workspace, core::AttachmentId id) {
  return KeyBuilder(workspace, Space::kAttachment).u64(id.value).bytes();
}

std::string by_update_prefix(core::WorkspaceId workspace) { return KeyBuilder(workspace, Space::kTicketByUpdate).bytes(); }
std::string by_update(core::WorkspaceId workspace, std::int64_t updated_ms, core::TicketId id) {
  return KeyBuilder(workspace, Space::kTicketByUpdate).u64_descending(ms(updated_ms)).u64(id.value).bytes();
}
std::string by_status_prefix(core::WorkspaceId workspace, Status status) {
  return KeyBuilder(workspace, Space::kTicketByStatus).u64(static_cast<std::uint64_t>(status)).bytes();
}
std::string by_status(core::WorkspaceId workspace, Status status, std::int64_t updated_ms, core::TicketId id) {
  return KeyBuilder(workspace, Space::kTicketByStatus)
      .u64(static_cast<std::uint64_t>(status))
      .u64_descending(ms(updated_ms))
      .u64(id.value)
      .bytes();
}
std::string by_assignee_prefix(core::WorkspaceId workspace, core::UserId user) {
  return KeyBuilder(workspace, Space::kTicketByAssignee).u64(user.value).bytes();
}
std::string by_assignee(core::WorkspaceId workspace, core::UserId user, std::int64_t updated_ms, core::TicketId id) {
  return KeyBuilder(workspace, Space::kTicketByAssignee).u64(user.value).u64_descending(ms(updated_ms)).u64(id.value).bytes();
}
std::string by_requester_prefix(core::WorkspaceId workspace, core::UserId user) {
  return KeyBuilder(workspace, Space::kTicketByRequester).u64(user.value).bytes();
}
std::string by_requester(core::WorkspaceId workspace, core::UserId user, core::TicketId id) {
  return KeyBuilder(workspace, Space::kTicketByRequester).u64(user.value).u64_descending(id.value).bytes();
}

std::string message_id(core::WorkspaceId workspace, core::InboxId inbox, std::string_view keyed_hash) {
  return KeyBuilder(workspace, Space::kMessageId).u64(inbox.value).text(keyed_hash).bytes();
}
std::string delivery(core::WorkspaceId workspace, core::InboxId inbox, std::string_view kind, std::string_view digest) {
  return KeyBuilder(workspace, Space::kDelivery).u64(inbox.value).text(kind).text(digest).bytes();
}
std::string traces_prefix(core::WorkspaceId workspace) { return KeyBuilder(workspace, Space::kTrace).bytes(); }
std::string trace(core::WorkspaceId workspace, core::TraceId id) {
  return KeyBuilder(workspace, Space::kTrace).u64(id.value).bytes();
}
std::string suspended_prefix(core::WorkspaceId workspace) { return KeyBuilder(workspace, Space::kSuspended).bytes(); }
std::string suspended(core::WorkspaceId workspace, core::TraceId id, core::InboxId inbox) {
  return KeyBuilder(workspace, Space::kSuspended).u64(id.value).u64(inbox.value).bytes();
}

std::string outbox_prefix(core::WorkspaceId workspace) {
  return KeyBuilder(workspace, Space::kOutbox).u64(kOutboxEntry).bytes();
}
std::string outbox(core::WorkspaceId workspace, core::OutboxId id) {
  return KeyBuilder(workspace, Space::kOutbox).u64(kOutboxEntry).u64(id.value).bytes();
}
std::string outbox_message(core::WorkspaceId workspace, core::OutboxId id) {
  return KeyBuilder(workspace, Space::kOutbox).u64(kOutboxMessage).u64(id.value).bytes();
}
std::string outbox_body(core::WorkspaceId workspace, core::CommentId comment) {
  return KeyBuilder(workspace, Space::kOutbox).u64(kOutboxBody).u64(comment.value).bytes();
}
std::string due_prefix(core::WorkspaceId workspace) { return KeyBuilder(workspace, Space::kOutboxDue).bytes(); }
std::string due(core::WorkspaceId workspace, std::int64_t due_ms, core::OutboxId id) {
  return KeyBuilder(workspace, Space::kOutboxDue).u64(ms(due_ms)).u64(id.value).bytes();
}

std::string ledger_prefix(std::uint64_t kind) { return KeyBuilder(kGlobal, Space::kDmarcLedger).u64(kind).bytes(); }
std::string ledger_day_prefix(std::uint64_t kind, std::uint64_t day) {
  return KeyBuilder(kGlobal, Space::kDmarcLedger).u64(kind).u64(day).bytes();
}
std::string ledger(std::uint64_t kind, std::uint64_t day, std::string_view domain) {
  return KeyBuilder(kGlobal, Space::kDmarcLedger).u64(kind).u64(day).text(domain).bytes();
}
std::string ledger_row(std::uint64_t kind, std::uint64_t day, std::string_view domain, std::string_view digest) {
  return KeyBuilder(kGlobal, Space::kDmarcLedger).u64(kind).u64(day).text(domain).text(digest).bytes();
}

std::string mail_reports_prefix(core::WorkspaceId workspace) {
  return KeyBuilder(workspace, Space::kMailReport).u64(kReport).bytes();
}
std::string mail_report(core::WorkspaceId workspace, std::uint64_t id) {
  return KeyBuilder(workspace, Space::kMailReport).u64(kReport).u64(id).bytes();
}
std::string mail_report_seen(core::WorkspaceId workspace, std::string_view digest) {
  return KeyBuilder(workspace, Space::kMailReport).u64(kReportSeen).text(digest).bytes();
}
std::string mail_report_detail(core::WorkspaceId workspace, std::uint64_t id) {
  return KeyBuilder(workspace, Space::kMailReport).u64(kReportDetail).u64(id).bytes();
}
std::string report_days_prefix(core::WorkspaceId workspace, ReportDay kind) {
  return KeyBuilder(workspace, Space::kMailReport).u64(static_cast<std::uint64_t>(kind)).bytes();
}
std::string report_day_prefix(core::WorkspaceId workspace, ReportDay kind, std::uint64_t day, bool is_trusted) {
  return KeyBuilder(workspace, Space::kMailReport).u64(static_cast<std::uint64_t>(kind)).u64(day).u64(is_trusted ? 1 : 0).bytes();
}
std::string report_day(core::WorkspaceId workspace, ReportDay kind, std::uint64_t day, bool is_trusted, std::string_view domain) {
  return KeyBuilder(workspace, Space::kMailReport)
      .u64(static_cast<std::uint64_t>(kind))
      .u64(day)
      .u64(is_trusted ? 1 : 0)
      .text(domain)
      .bytes();
}
std::string mail_report_counter(core::WorkspaceId workspace) {
  return KeyBuilder(workspace, Space::kCounter).text("mail_reports").bytes();
}
std::string foreign_domain_counter(core::WorkspaceId workspace, ReportDay kind, std::uint64_t day, bool is_trusted) {
  return KeyBuilder(workspace, Space::kCounter)
      .text("mail_report_domains")
      .u64(static_cast<std::uint64_t>(kind))
      .u64(day)
      .u64(is_trusted ? 1 : 0)
      .bytes();
}

std::string rule_sets(core::WorkspaceId workspace) { return KeyBuilder(workspace, Space::kRuleBench).u64(kRuleSets).bytes(); }
std::string rule_document(core::WorkspaceId workspace, std::uint64_t number) {
  return KeyBuilder(workspace, Space::kRuleBench).u64(kRuleDocument).u64(number).bytes();
}
std::string finding_days_prefix(core::WorkspaceId workspace) {
  return KeyBuilder(workspace, Space::kRuleBench).u64(kFindingCount).bytes();
}
std::string finding_day_prefix(core::WorkspaceId workspace, std::uint64_t day) {
  return KeyBuilder(workspace, Space::kRuleBench).u64(kFindingCount).u64(day).bytes();
}
std::string finding_rule_prefix(core::WorkspaceId workspace, std::uint64_t day, std::string_view rule) {
  return KeyBuilder(workspace, Space::kRuleBench).u64(kFindingCount).u64(day).text(rule).bytes();
}
std::string finding_count(core::WorkspaceId workspace, const FindingCount& of) {
  return KeyBuilder(workspace, Space::kRuleBench)
      .u64(kFindingCount)
      .u64(of.day)
      .text(of.rule)
      .u64(of.inbox.value)
      .u64(static_cast<std::uint64_t>(of.mode))
      .u64(static_cast<std::uint64_t>(of.measure))
      .text(of.place)
      .text(of.label)
      .bytes();
}
FindingCount read_finding_count(std::string_view key) {
  storage::KeyReader reader(key);
  reader.u64();  // kFindingCount
  FindingCount out;
  out.day = reader.u64();
  out.rule = reader.text();
  out.inbox = core::InboxId{reader.u64()};
  out.mode = static_cast<FindingMode>(reader.u64());
  out.measure = static_cast<FindingMeasure>(reader.u64());
  out.place = reader.text();
  out.label = reader.text();
  return out;
}
std::string finding_marks(core::WorkspaceId workspace, core::TicketId ticket, core::CommentId comment) {
  return KeyBuilder(workspace, Space::kRuleBench).u64(kCommentMarks).u64(ticket.value).u64(comment.value).bytes();
}
std::string finding_mark_prefix(core::WorkspaceId workspace) {
  return KeyBuilder(workspace, Space::kRuleBench).u64(kMarkIndex).bytes();
}
std::string finding_mark(core::WorkspaceId workspace, std::uint64_t id) {
  return KeyBuilder(workspace, Space::kRuleBench).u64(kMarkIndex).u64(id).bytes();
}

}  // namespace postern::ticketing::keys
