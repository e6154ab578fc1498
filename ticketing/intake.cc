#include "ticketing/intake.h"

#include <algorithm>

#include "ticketing/detail/filing.h"
#include "ticketing/detail/finding_counts.h"
#include "ticketing/detail/own_verdicts.h"
#include "ticketing/detail/retry.h"
#include "ticketing/detail/trace_writer.h"
#include "ticketing/dmarc_ledger.h"

namespace postern::ticketing {
namespace {

// One target an inbox, in the order of the recipients; of several addresses of one inbox a reply address wins.
std::vector<Target> targets_of(const pipeline::Envelope& envelope) {
  std::vector<Target> out;
  for (const auto& rcpt : envelope.rcpts) {
    const auto same = std::ranges::find(out, rcpt.inbox, &Target::inbox);
    if (same == out.end()) {
      out.push_back({rcpt.workspace, rcpt.inbox, rcpt.reply_token, rcpt.held_cause, rcpt.is_allowed,
                     rcpt.policy && rcpt.policy->takes_reports});
    } else if (same->reply_token.empty()) {
      same->reply_token = rcpt.reply_token;
    }
  }
  return out;
}

struct Attempt {
  storage::Transaction transaction;
  pipeline::Receipt receipt;
};

core::Result<void> add_traces(Attempt& attempt, const Services& with, const std::vector<Target>& targets,
                              const std::vector<Filed>& filed, const Trace& trace, const pipeline::Verdicts& verdicts) {
  std::map<core::WorkspaceId, Trace> by_workspace;
  for (std::size_t i = 0; i < targets.size(); ++i) {
    Trace& one = by_workspace.try_emplace(targets[i].workspace, trace).first->second;
    one.workspace = targets[i].workspace;
    if (filed[i].as == Filed::As::kDuplicate) {
      const core::TicketId before = filed[i].ticket;  // 0: the first one made no ticket
      if (before) one.tickets.push_back(before.value);
      one.steps.push_back({with.now_ms(), "duplicate",
                           before ? "stored before in ticket/" + std::to_string(before.value) : "held back or counted before"});
      continue;
    }
    if (!filed[i].reports.empty()) one.steps.push_back({with.now_ms(), "reports", filed[i].reports});
    if (filed[i].as == Filed::As::kReport) continue;
    const bool is_suspended = filed[i].as == Filed::As::kSuspended;
    if (!is_suspended) one.tickets.push_back(filed[i].ticket.value);
    one.steps.push_back({with.now_ms(), is_suspended ? "suspended" : "stored",
                         is_suspended ? filed[i].held_for : "ticket/" + std::to_string(filed[i].ticket.value)});
  }
  for (const auto& [workspace, one] : by_workspace) {
    pipeline::Verdicts room;
    POSTERN_CHECK(put_trace(attempt.transaction, with.vault, one, own_verdicts(verdicts, workspace, room)));
  }
  return {};
}

core::Result<Attempt> prepare(const Services& with, const pipeline::Envelope& envelope,
                              const pipeline::RedactedMessage& message, TakenNumbers& numbers) {
  Attempt attempt{with.store.begin(), {}};
  const std::vector<Target> targets = targets_of(envelope);
  std::vector<Filed> filed;
  for (const Target& target : targets) {
    pipeline::Verdicts room;
    const pipeline::Verdicts& verdicts = own_verdicts(message.verdicts(), target.workspace, room);
    const IncomingMail mail{message.content(), verdicts,  message.raw(),
                            envelope.trace,    envelope.mail_from, envelope.client_ip, message.reports(),
                            envelope.protocol == pipeline::kWebProtocol ? "web" : "mail", envelope.requires_tls};
    MailFiler filer(with, attempt.transaction, mail, numbers);
    POSTERN_TRY(Filed one, filer.file(target));
    if (one.ticket) attempt.receipt.tickets.push_back(one.ticket);
    if (one.as != Filed::As::kDuplicate) {
      count_findings(attempt.transaction, {target.workspace, target.inbox, utc_day(with.clock.wall_now())}, mail.verdicts.redactions,
                     mail.verdicts.shadow_findings, with.options.findings);
    }
    filed.push_back(std::move(one));
  }
  attempt.receipt.was_duplicate =
      !filed.empty() && std::ranges::all_of(filed, [](const Filed& one) { return one.as == Filed::As::kDuplicate; });
  POSTERN_CHECK(add_traces(attempt, with, targets, filed, make_trace(envelope, message, with.now_ms()), message.verdicts()));
  return attempt;
}

}  // namespace

Intake::Intake(storage::Store& store, storage::Vault& vault, auth::Accounts& accounts, const Directory& directory,
               core::IdSource& ids, core::Clock& clock, Options options)
    : store_(store), vault_(vault), accounts_(accounts), directory_(directory), ids_(ids), clock_(clock),
      options_(std::move(options)) {}

core::Task<core::Result<pipeline::Receipt>> Intake::accept(pipeline::Envelope envelope, pipeline::RedactedMessage message) {
  const Services with({store_, vault_, directory_, ids_, clock_, options_, hooks_}, accounts_);
  if (envelope.rcpts.empty()) co_return core::fail(Errc::kInvalid, "no recipients");
  TakenNumbers numbers;
  for (Patience patience(clock_, options_);;) {
    POSTERN_CO_TRY(Attempt prepared, prepare(with, envelope, message, numbers));
    auto committed = co_await store_.commit(std::move(prepared.transaction));
    if (committed) co_return std::move(prepared.receipt);
    if (!co_await patience.again(committed.error())) co_return committed.error();
  }
}

}  // namespace postern::ticketing
