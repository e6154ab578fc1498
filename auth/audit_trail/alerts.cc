#include "auth/audit_trail/alerts.h"

#include <algorithm>
#include <map>

#include "auth/audit_trail/chain.h"
#include "auth/audit_trail/keys.h"
#include "auth/audit_trail/search.h"
#include "storage/schema/audit.pb.h"

namespace postern::auth {
namespace {

// What gives or takes access, and what carries much away.
constexpr std::string_view kAlerting[] = {
    "user.invited",      "user.role_changed",    "role.",                "networks.",      "password_policy.", "security_policy.",
    "security_contact.", "second_factor.reset",  "audit.exported",       "console.audit.export", "console.audit.chain", "token.created",
    "rules.",            "support.",             "user.inboxes_changed", "audit.pruned",   "console.reload"};
constexpr std::size_t kDigestEntriesMax = 20'000;

std::string line_of(const AuditEntry& entry) {
  std::string out = core::to_rfc3339(core::from_unix_ms(entry.at_unix_ms)) + "  " + entry.action + "  " + entry.object;
  if (entry.actor) out += "  by user " + std::to_string(entry.actor.value);
  else if (entry.method == to_string(Method::kOperator)) out += "  by the operator";
  if (!entry.client_ip.empty()) out += "  from " + entry.client_ip;
  if (!entry.detail.empty()) out += "  (" + entry.detail.substr(0, 100) + ")";
  return out + "\n";
}

}  // namespace

bool is_alerting(const AuditEntry& entry) {
  if (entry.outcome != Outcome::kOk) return false;
  return std::ranges::any_of(kAlerting, [&entry](std::string_view name) {
    return name.ends_with('.') ? entry.action.starts_with(name) : entry.action == name;
  });
}

struct AuditAlerts::Step {
  Step(core::WorkspaceId the_workspace, storage::Transaction the_transaction)
      : workspace(the_workspace), transaction(std::move(the_transaction)) {}
  core::WorkspaceId workspace;
  storage::Transaction transaction;
  schema::AuditAlerts state;
  std::string contact;
  std::vector<AuditEntry> entries;
  std::int64_t now = 0;
  std::size_t sent = 0;
};

AuditAlerts::AuditAlerts(storage::Store& store, const storage::Vault& vault, const core::Clock& clock, LetterPort letters, std::string host,
                         AlertLimits limits)
    : store_(store), vault_(vault), clock_(clock), letters_(std::move(letters)), host_(std::move(host)), limits_(limits) {}

core::Task<core::Result<std::size_t>> AuditAlerts::look(core::WorkspaceId workspace) {
  Step step(workspace, store_.begin());
  step.now = core::to_unix_ms(clock_.wall_now());
  const std::string key = trail::prefix(workspace, trail::Kind::kAlerts);
  POSTERN_CO_TRY(const std::optional<std::string> value, step.transaction.get(key));
  if (value) POSTERN_CO_CHECK(storage::open_record(vault_, workspace, key, *value, step.state));
  POSTERN_CO_TRY(const ChainHead head, read_head(step.transaction.snapshot(), vault_, workspace));
  POSTERN_CO_TRY(step.contact, verified_contact(step.transaction.snapshot(), vault_, workspace));
  const std::uint64_t before = step.state.sequence();
  const bool is_digest_due = step.now - step.state.digest_unix_ms() >= std::chrono::milliseconds(limits_.digest_interval).count();
  if (!value || step.contact.empty()) {
    // The past is not told, and a week begins now.
    if (value && before == head.sequence) co_return std::size_t{0};
    step.state.set_sequence(head.sequence);
    step.state.set_digest_unix_ms(step.now);
  } else {
    if (before == head.sequence && !is_digest_due) co_return std::size_t{0};
    POSTERN_CO_TRY(step.entries, read_chain(step.transaction.snapshot(), vault_, workspace, before, limits_.entries_at_once));
    if (!step.entries.empty()) step.state.set_sequence(step.entries.back().sequence);
    POSTERN_CO_CHECK(take(step));
    if (is_digest_due) POSTERN_CO_CHECK(write_digest(step));
  }
  POSTERN_CO_CHECK(storage::put_sealed(step.transaction, vault_, workspace, key, step.state));
  const std::size_t sent = step.sent;
  POSTERN_CO_CHECK(co_await store_.commit(std::move(step.transaction)));
  co_return sent;
}

core::Result<void> AuditAlerts::take(Step& step) {
  const std::int64_t window = std::chrono::milliseconds(limits_.failures_window).count();
  std::uint32_t failures_told = 0;
  for (const AuditEntry& entry : step.entries) {
    if (entry.outcome != Outcome::kFailed || !entry.action.starts_with("sign_in")) continue;
    if (entry.at_unix_ms - step.state.failures_unix_ms() >= window) {
      step.state.set_failures_unix_ms(entry.at_unix_ms);
      step.state.set_failures(0);
    }
    step.state.set_failures(step.state.failures() + 1);
    if (step.state.failures() == limits_.failures_max + 1) failures_told = step.state.failures();
  }
  if (failures_told > 0) {
    POSTERN_CHECK(send(step, "Many failed sign-ins",
                       "There were more than " + std::to_string(limits_.failures_max) + " failed sign-ins within " +
                           std::to_string(limits_.failures_window.count()) + " minutes. The audit log tells from where (action sign_in_failed).\n"));
  }
  return tell(step);
}

core::Result<void> AuditAlerts::tell(Step& step) {
  std::string text;
  std::size_t count = 0;
  for (const AuditEntry& entry : step.entries) {
    if (is_alerting(entry) && ++count <= limits_.lines_max) text += line_of(entry);
  }
  if (count == 0) return {};
  if (count > limits_.lines_max) text += "and " + std::to_string(count - limits_.lines_max) + " more\n";
  return send(step, "Security of your help desk", "This has just happened:\n\n" + text);
}

// Counted newest first over the week, bounded.
core::Result<void> AuditAlerts::write_digest(Step& step) {
  AuditFilter filter;
  filter.from_unix_ms = step.state.digest_unix_ms();
  AuditOrder order;
  order.limit = order.scan_max = kDigestEntriesMax;
  POSTERN_TRY(const AuditPage page, search_audit(step.transaction.snapshot(), vault_, step.workspace, filter, order));
  std::map<std::string, std::size_t> by_action;
  for (const AuditEntry& entry : page.entries) ++by_action[entry.action + (entry.outcome == Outcome::kOk ? "" : " (" + std::string(to_string(entry.outcome)) + ")")];
  std::string text = "What happened since " + core::to_rfc3339(core::from_unix_ms(step.state.digest_unix_ms())) + ":\n\n";
  for (const auto& [action, count] : by_action) text += std::to_string(count) + "  " + action + "\n";
  if (by_action.empty()) text += "nothing\n";
  if (page.has_more) text += "These are the newest " + std::to_string(kDigestEntriesMax) + " entries; there were more.\n";
  step.state.set_digest_unix_ms(step.now);
  return send(step, "Security digest of the week", std::move(text));
}

core::Result<void> AuditAlerts::send(Step& step, const std::string& subject, std::string text) {
  if (step.now - step.state.window_unix_ms() >= std::chrono::milliseconds(limits_.letters_window).count()) {
    step.state.set_window_unix_ms(step.now);
    step.state.set_sent_in_window(0);
  }
  if (step.state.sent_in_window() >= limits_.letters_max) {
    step.state.set_left_out(step.state.left_out() + 1);
    return {};
  }
  if (step.state.left_out() > 0) {
    text += "\n" + std::to_string(step.state.left_out()) + " letters before this one were kept back: there were too many.\n";
    step.state.set_left_out(0);
  }
  step.state.set_sent_in_window(step.state.sent_in_window() + 1);
  ++step.sent;
  text += "\nThe audit log at https://" + host_ + "/#/audit has the details.\n";
  return letters_(step.transaction, {step.workspace, step.contact, subject, std::move(text), step.now});
}

}  // namespace postern::auth
