#include "ticketing/imports/ticket_import.h"

#include <algorithm>

#include "ticketing/detail/keys.h"
#include "ticketing/detail/retry.h"
#include "ticketing/imports/import_step.h"
#include "ticketing/imports/mail_import.h"

namespace postern::ticketing {
namespace {

core::Result<core::InboxId> inbox_of_import(const Directory& directory, const auth::Principal& by, core::InboxId wanted) {
  for (const Inbox& each : directory.inboxes_of(by.workspace)) {
    if ((!wanted || each.id == wanted) && by.inboxes.has(each.id)) return each.id;
  }
  return core::fail(Errc::kInvalid, "inbox_id: no such inbox");
}

// Times of elsewhere that are none, or that are still to come.
void settle_times(ImportedTicket& ticket, std::int64_t now_ms) {
  const auto settle = [now_ms](std::int64_t& at, std::int64_t otherwise) {
    if (at <= 0) at = otherwise;
    at = std::min(at, now_ms);
  };
  settle(ticket.created_unix_ms, now_ms);
  for (ImportedComment& each : ticket.comments) settle(each.created_unix_ms, ticket.created_unix_ms);
  settle(ticket.updated_unix_ms, ticket.created_unix_ms);
  if (ticket.solved_unix_ms != 0) settle(ticket.solved_unix_ms, ticket.updated_unix_ms);
}

}  // namespace

core::Result<void> TicketImport::check(const auth::Principal& by, const std::vector<ImportedComment>& comments) const {
  if (!auth::may(by, auth::Permission::kSettingsManage) || !auth::may(by, auth::Permission::kTicketsWrite)) return core::fail(auth::Errc::kForbidden);
  if (comments.size() > limits_.comments_max) return core::fail(Errc::kInvalid, "comments: too many");
  std::size_t bytes = 0, file_bytes = 0;
  for (const ImportedComment& each : comments) {
    bytes += std::max(each.text.size(), each.html.size());
    for (const auto& file : each.files) file_bytes += file.content.size();
    if (std::max(each.text.size(), each.html.size()) > limits_.comment_bytes_max) return core::fail(Errc::kInvalid, "comments.value: too long");
    if (each.files.size() > limits_.files_max) return core::fail(Errc::kInvalid, "comments.uploads: too many");
  }
  if (bytes > limits_.text_bytes_max || file_bytes > limits_.file_bytes_max) return core::fail(Errc::kInvalid, "comments: too large together");
  return {};
}

core::Task<core::Result<void>> TicketImport::on_pool(std::function<core::Result<void>()> work) const {
  if (cpu_ == nullptr) co_return work();
  auto job = [work = std::move(work)] { return std::make_shared<core::Result<void>>(work()); };
  POSTERN_CO_TRY(const auto done, co_await core::offload(*cpu_, std::move(job)));
  co_return *done;
}

core::Result<core::TicketId> TicketImport::find(core::WorkspaceId workspace, std::string_view source, std::string_view foreign_id) const {
  POSTERN_TRY(const std::string key, import_key(with_.vault, workspace, ImportKind::kTicket, {}, std::string(source) + "/" + std::string(foreign_id)));
  POSTERN_TRY(const auto mark, find_import(*with_.store.snapshot(), key));
  return core::TicketId{mark ? mark->object() : 0};
}

core::Task<core::Result<ImportDone>> TicketImport::create(auth::Principal by, ImportedTicket ticket) const {
  POSTERN_CO_CHECK(check(by, ticket.comments));
  if (tickets_ == nullptr) co_return core::fail(Errc::kInvalid, "imports are not open");
  POSTERN_CO_TRY(const core::InboxId inbox, inbox_of_import(with_.directory, by, ticket.inbox));
  settle_times(ticket, with_.now_ms());
  if (ticket.archives && ticket.status == Status::kSolved) ticket.status = Status::kClosed;
  auto typed = std::make_shared<CleanImport>();
  auto work = [this, typed, from = &ticket, workspace = by.workspace, inbox]() -> core::Result<void> {
    POSTERN_TRY(*typed, clean_import(redactor_, *from, workspace, inbox));
    return {};
  };
  POSTERN_CO_CHECK(co_await on_pool(std::move(work)));
  std::string known_key;
  if (!ticket.foreign_id.empty()) {
    POSTERN_CO_TRY(known_key, import_key(with_.vault, by.workspace, ImportKind::kTicket, {}, ticket.source + "/" + ticket.foreign_id));
  }
  PastClock clock(with_.clock, ticket.created_unix_ms);
  const Services then({with_.store, with_.vault, with_.directory, with_.ids, clock, with_.options, with_.hooks}, with_.accounts);
  core::TicketId number;
  for (Patience patience(with_.clock, with_.options);;) {
    storage::Transaction transaction = with_.store.begin();
    if (!known_key.empty()) {
      POSTERN_CO_TRY(const auto known, find_import(transaction, known_key));
      if (known) co_return ImportDone{core::TicketId{known->object()}, true, 0};
    }
    // A number is taken when nothing can be wrong with the ticket any more: what is refused has none.
    POSTERN_CO_TRY(TicketDraft draft, TicketDraft::create(then, transaction, by.workspace, number, inbox));
    draft.changed_by({by.user, by.role, std::string(kImportWay), true, false});
    const ChangeScene scene{then, parts_, *tickets_, transaction, by};
    ImportStep step(scene, clock, with_.now_ms());
    POSTERN_CO_TRY(const ImportDone done, step.open(draft, ticket, *typed));
    if (!number) {
      POSTERN_CO_TRY(number.value, with_.store.next_number(keys::ticket_counter(by.workspace)));
      continue;
    }
    POSTERN_CO_CHECK(auth::audit(transaction, with_.vault, with_.ids, with_.clock, by, "ticket.imported", "ticket/" + std::to_string(number.value),
                                 ticket.source));
    const auto committed = co_await with_.store.commit(std::move(transaction));
    if (committed) co_return done;
    if (!co_await patience.again(committed.error())) co_return committed.error();
  }
}

core::Task<core::Result<ImportDone>> TicketImport::add_comments(auth::Principal by, std::string source, core::TicketId id,
                                                                std::vector<ImportedComment> comments) const {
  POSTERN_CO_CHECK(check(by, comments));
  if (tickets_ == nullptr) co_return core::fail(Errc::kInvalid, "imports are not open");
  POSTERN_CO_TRY(const Ticket before, tickets_->get(by, id));
  ImportedTicket from;
  from.source = std::move(source);
  from.comments = std::move(comments);
  from.created_unix_ms = before.created_unix_ms;
  settle_times(from, with_.now_ms());
  auto typed = std::make_shared<CleanImport>();
  auto work = [this, typed, what = &from, workspace = by.workspace, inbox = before.inbox]() -> core::Result<void> {
    POSTERN_TRY(*typed, clean_import(redactor_, *what, workspace, inbox));
    return {};
  };
  POSTERN_CO_CHECK(co_await on_pool(std::move(work)));
  PastClock clock(with_.clock, from.created_unix_ms);
  const Services then({with_.store, with_.vault, with_.directory, with_.ids, clock, with_.options, with_.hooks}, with_.accounts);
  for (Patience patience(with_.clock, with_.options);;) {
    storage::Transaction transaction = with_.store.begin();
    POSTERN_CO_TRY(TicketDraft draft, TicketDraft::open(then, transaction, by.workspace, id));
    draft.changed_by({by.user, by.role, std::string(kImportWay), true, false});
    const ChangeScene scene{then, parts_, *tickets_, transaction, by};
    ImportStep step(scene, clock, with_.now_ms());
    POSTERN_CO_TRY(const ImportDone done, step.add(draft, from, *typed));
    if (done.comments == 0) co_return done;
    const auto committed = co_await with_.store.commit(std::move(transaction));
    if (committed) co_return done;
    if (!co_await patience.again(committed.error())) co_return committed.error();
  }
}

}  // namespace postern::ticketing
