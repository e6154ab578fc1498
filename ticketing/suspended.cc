#include "ticketing/suspended.h"

#include <algorithm>
#include <iterator>

#include "pipeline/api/author_proof.h"
#include "ticketing/detail/codec.h"
#include "ticketing/detail/filing.h"
#include "ticketing/detail/keys.h"
#include "ticketing/detail/retry.h"
#include "ticketing/detail/suspended_record.h"
#include "ticketing/detail/trace_writer.h"

namespace postern::ticketing {
namespace {

constexpr std::size_t kMessagesAtATime = 50;

core::Result<schema::Suspended> parse(const storage::Vault& vault, core::WorkspaceId workspace, const std::string& key,
                                      const std::optional<std::string>& value) {
  if (!value) return core::fail(Errc::kNotFound, "suspended message");
  schema::Suspended record;
  POSTERN_CHECK(storage::open_record(vault, workspace, key, *value, record));
  return record;
}

core::Result<void> check_inbox(const auth::Reach& reach, core::InboxId inbox) {
  if (!reach.inboxes.has(inbox)) return core::fail(Errc::kNotFound, "suspended message");
  return {};
}

core::Result<schema::Suspended> read(const Services& with, storage::Transaction& transaction, core::WorkspaceId workspace,
                                     const std::string& key) {
  POSTERN_TRY(const std::optional<std::string> value, transaction.get(key));
  return parse(with.vault, workspace, key, value);
}

SuspendedMail to_mail(const schema::Suspended& record) {
  SuspendedMail out;
  out.trace = core::TraceId{record.trace()};
  out.inbox = core::InboxId{record.inbox()};
  out.at_unix_ms = record.at_unix_ms();
  out.cause = record.cause();
  out.from = codec::decode(record.from().empty() ? record.mail_from() : record.from(0)).address.to_string();
  out.subject = record.subject();
  out.verdicts = codec::decode(record.verdicts());
  out.is_proven = record.from_size() == 1 && !record.from(0).domain().empty() &&
                  pipeline::is_author_proven(out.verdicts.auth, codec::decode(record.from(0)).address.domain_lower());
  return out;
}

core::TraceId trace_of_key(std::string_view key) {
  storage::KeyReader reader(key);
  return core::TraceId{reader.u64()};
}

core::InboxId inbox_of_key(std::string_view key) {
  storage::KeyReader reader(key);
  (void)reader.u64();
  return core::InboxId{reader.u64()};
}

std::string object_of(core::TraceId trace) { return "trace/" + core::to_base32(trace.value); }

core::Result<core::TicketId> file_again(const Services& with, storage::Transaction& transaction,
                                        const auth::Principal& by, const schema::Suspended& record, TakenNumbers& numbers) {
  const auto& snapshot = transaction.snapshot();
  POSTERN_TRY(const pipeline::MessageContent content, read_suspended_content(with, snapshot, by.workspace, record));
  POSTERN_TRY(const std::string raw, storage::get_blob(snapshot, with.vault, by.workspace, record.raw_blob()));
  const pipeline::Verdicts verdicts = codec::decode(record.verdicts());
  const IncomingMail mail{content,      verdicts,
                          raw,          core::TraceId{record.trace()},
                          codec::decode(record.mail_from()).address, record.client_ip(), nullptr, "mail", record.requires_tls()};
  const Target target{by.workspace, core::InboxId{record.inbox()}, record.reply_token(), {}, {}, {}};
  MailFiler filer(with, transaction, mail, numbers, by);
  POSTERN_TRY(const Filed filed, filer.file_as_ticket(target));
  return filed.ticket;
}

}  // namespace

SuspendedQueue::SuspendedQueue(storage::Store& store, storage::Vault& vault, auth::Accounts& accounts,
                               const Directory& directory, core::IdSource& ids, core::Clock& clock, Options options)
    : store_(store), vault_(vault), accounts_(accounts), directory_(directory), ids_(ids), clock_(clock),
      options_(std::move(options)) {}

core::Result<SuspendedPage> SuspendedQueue::page(const auth::Reach& reach, std::size_t limit, core::TraceId before) const {
  const core::WorkspaceId workspace = reach.workspace;
  const auto snapshot = store_.snapshot();
  SuspendedPage out;
  std::string after = before ? keys::suspended(workspace, before, {}) : std::string();
  for (std::size_t walked = 0;;) {
    POSTERN_TRY(const std::vector<storage::Entry> entries,
                snapshot->scan(keys::suspended_prefix(workspace), storage::Direction::kBackward, kMessagesAtATime, after));
    for (const storage::Entry& entry : entries) {
      const core::TraceId trace = trace_of_key(entry.key);
      const bool is_next = out.mails.empty() || out.mails.back().trace != trace;  // a message is never cut in two
      if (is_next && (out.mails.size() >= limit || walked >= options_.suspended_scan_max)) {
        out.rest = core::TraceId{trace.value + 1};
        return out;
      }
      ++walked;
      if (!reach.inboxes.has(inbox_of_key(entry.key))) continue;  // without opening it
      schema::Suspended record;
      POSTERN_CHECK(storage::open_record(vault_, workspace, entry.key, entry.value, record));
      out.mails.push_back(to_mail(record));
    }
    if (entries.size() < kMessagesAtATime) return out;
    after = entries.back().key;
  }
}

core::Result<std::vector<SuspendedMail>> SuspendedQueue::list(const auth::Reach& reach, std::size_t limit, core::TraceId before) const {
  std::vector<SuspendedMail> out;
  do {
    POSTERN_TRY(SuspendedPage some, page(reach, limit - out.size(), before));
    std::ranges::move(some.mails, std::back_inserter(out));
    before = some.rest;
  } while (before && out.size() < limit);
  return out;
}

core::Result<SuspendedMail> SuspendedQueue::get(const auth::Reach& reach, core::TraceId trace, core::InboxId inbox) const {
  POSTERN_CHECK(check_inbox(reach, inbox));
  const core::WorkspaceId workspace = reach.workspace;
  const auto snapshot = store_.snapshot();
  const std::string key = keys::suspended(workspace, trace, inbox);
  POSTERN_TRY(const std::optional<std::string> value, snapshot->get(key));
  POSTERN_TRY(const schema::Suspended record, parse(vault_, workspace, key, value));
  SuspendedMail out = to_mail(record);
  POSTERN_TRY(out.text, codec::get_text(*snapshot, vault_, workspace, record.text()));
  for (const auto& attachment : record.attachments()) out.attachments.push_back(codec::decode(attachment));
  return out;
}

core::Task<core::Result<core::TicketId>> SuspendedQueue::recover(auth::Principal by, core::TraceId trace, core::InboxId inbox) {
  if (!auth::may(by, auth::Permission::kTicketsWrite)) co_return core::fail(auth::Errc::kForbidden);
  POSTERN_CO_CHECK(check_inbox(by, inbox));
  const Services with({store_, vault_, directory_, ids_, clock_, options_, hooks_}, accounts_);
  const std::string key = keys::suspended(by.workspace, trace, inbox);
  TakenNumbers numbers;
  for (Patience patience(clock_, options_);;) {
    storage::Transaction transaction = store_.begin();
    POSTERN_CO_TRY(const schema::Suspended record, read(with, transaction, by.workspace, key));
    POSTERN_CO_TRY(const core::TicketId ticket, file_again(with, transaction, by, record, numbers));
    transaction.erase(key);
    POSTERN_CO_CHECK(release_suspended(transaction, by.workspace, record));
    const TraceStep step{with.now_ms(), "stored", "ticket/" + std::to_string(ticket.value) + ", by an operator"};
    POSTERN_CO_CHECK(add_trace_step(transaction, vault_, by.workspace, trace, step, ticket));
    transaction.record(by.workspace, {"mail.recovered", trace.value, record.inbox()});
    POSTERN_CO_CHECK(auth::audit(transaction, vault_, ids_, clock_, by, "mail.recovered", object_of(trace),
                                 "ticket/" + std::to_string(ticket.value)));
    const auto committed = co_await store_.commit(std::move(transaction));
    if (committed) co_return ticket;
    if (!co_await patience.again(committed.error())) co_return committed.error();
  }
}

core::Task<core::Result<void>> SuspendedQueue::remove(auth::Principal by, core::TraceId trace, core::InboxId inbox) {
  if (!auth::may(by, auth::Permission::kTicketsDelete)) co_return core::fail(auth::Errc::kForbidden);
  POSTERN_CO_CHECK(check_inbox(by, inbox));
  const Services with({store_, vault_, directory_, ids_, clock_, options_, hooks_}, accounts_);
  const std::string key = keys::suspended(by.workspace, trace, inbox);
  for (Patience patience(clock_, options_);;) {
    storage::Transaction transaction = store_.begin();
    POSTERN_CO_TRY(const schema::Suspended record, read(with, transaction, by.workspace, key));
    POSTERN_CO_CHECK(erase_suspended(with, transaction, by.workspace, record));
    POSTERN_CO_CHECK(add_trace_step(transaction, vault_, by.workspace, trace, {with.now_ms(), "deleted", "by an operator"}));
    transaction.record(by.workspace, {"mail.deleted", trace.value, record.inbox()});
    POSTERN_CO_CHECK(auth::audit(transaction, vault_, ids_, clock_, by, "mail.deleted", object_of(trace), record.cause()));
    const auto committed = co_await store_.commit(std::move(transaction));
    if (committed) co_return core::Result<void>();
    if (!co_await patience.again(committed.error())) co_return committed.error();
  }
}

core::Task<core::Result<SuspendedMany>> SuspendedQueue::recover_many(auth::Principal by, std::vector<SuspendedId> ids) {
  if (!auth::may(by, auth::Permission::kTicketsWrite)) co_return core::fail(auth::Errc::kForbidden);
  if (ids.size() > options_.suspended_many_max) co_return core::fail(Errc::kInvalid, "ids: too many");
  SuspendedMany out;
  for (const SuspendedId& each : ids) {
    const core::Result<core::TicketId> ticket = co_await recover(by, each.trace, each.inbox);
    if (!ticket) {
      out.refused.push_back({each, ticket.error()});
      continue;
    }
    ++out.done;
    if (std::ranges::find(out.tickets, *ticket) == out.tickets.end()) out.tickets.push_back(*ticket);
  }
  co_return out;
}

core::Task<core::Result<SuspendedMany>> SuspendedQueue::remove_many(auth::Principal by, std::vector<SuspendedId> ids) {
  if (!auth::may(by, auth::Permission::kTicketsDelete)) co_return core::fail(auth::Errc::kForbidden);
  if (ids.size() > options_.suspended_many_max) co_return core::fail(Errc::kInvalid, "ids: too many");
  SuspendedMany out;
  for (const SuspendedId& each : ids) {
    const core::Result<void> removed = co_await remove(by, each.trace, each.inbox);
    if (!removed) out.refused.push_back({each, removed.error()});
    out.done += removed ? 1 : 0;
  }
  co_return out;
}

core::Result<std::vector<Tickets::Update::File>> SuspendedQueue::files(const auth::Reach& reach, core::TraceId trace, core::InboxId inbox) const {
  POSTERN_CHECK(check_inbox(reach, inbox));
  const auto snapshot = store_.snapshot();
  const std::string key = keys::suspended(reach.workspace, trace, inbox);
  POSTERN_TRY(const std::optional<std::string> value, snapshot->get(key));
  POSTERN_TRY(const schema::Suspended record, parse(vault_, reach.workspace, key, value));
  std::vector<Tickets::Update::File> out;
  for (const auto& each : record.attachments()) {
    POSTERN_TRY(std::string content, storage::get_blob(*snapshot, vault_, reach.workspace, each.blob()));
    out.push_back({each.name(), each.media_type(), std::move(content)});
  }
  return out;
}

}  // namespace postern::ticketing
