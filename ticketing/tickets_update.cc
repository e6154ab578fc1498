// Tickets::update and create: one change by somebody who is signed in, as one transaction.
#include <algorithm>

#include "core/encoding.h"
#include "core/offload.h"
#include "ticketing/detail/codec.h"
#include "ticketing/detail/keys.h"
#include "ticketing/detail/retry.h"
#include "ticketing/detail/update_step.h"
#include "ticketing/shown.h"
#include "ticketing/tickets.h"

namespace postern::ticketing {
namespace {

core::Result<void> check(const auth::Principal& by, const Tickets::Update& update, const Options& options) {
  const bool has_comment = update.has_comment();
  if (has_comment && !auth::may(by, update.is_public ? auth::Permission::kReply : auth::Permission::kNotesWrite)) {
    return core::fail(auth::Errc::kForbidden);
  }
  const bool changes_fields = update.status || update.assignee || !update.wishes.is_empty();
  if ((changes_fields || !has_comment) && !auth::may(by, auth::Permission::kTicketsWrite)) return core::fail(auth::Errc::kForbidden);
  if (update.text && update.text->size() > options.comment_bytes_max) return core::fail(Errc::kInvalid, "text: too long");
  if (update.html && update.html->size() > options.comment_bytes_max) return core::fail(Errc::kInvalid, "comment.html_body: too long");
  if (update.text && !update.html && update.files.empty() && core::trim_ascii(*update.text).empty()) {
    return core::fail(Errc::kInvalid, "text: empty");
  }
  std::size_t bytes = 0;
  for (const auto& file : update.files) bytes += file.content.size();
  if (update.files.size() > options.files_max || bytes > options.file_bytes_max) {
    return core::fail(Errc::kInvalid, "files: too many or too large");
  }
  return {};
}

// The text of HTML has marks of quotations and lists, and targets of links, in front of it and behind.
bool is_too_long(const CleanUpdate& typed, const Options& options) { return !typed.html.empty() && typed.text.size() > options.comment_bytes_max; }

core::Result<core::InboxId> inbox_for(const Directory& directory, const auth::Principal& by, core::InboxId wanted) {
  for (const Inbox& each : directory.inboxes_of(by.workspace)) {
    if ((!wanted || each.id == wanted) && by.inboxes.has(each.id)) return each.id;
  }
  return core::fail(Errc::kInvalid, "inbox_id: no such inbox");
}

// Nothing of it is stored: whoever asked may ask again, and a job does.
core::Error or_busy(const core::Error& error, core::TicketId id) {
  if (!(error == storage::Errc::kConflict)) return error;
  return core::fail_transient(Errc::kConflict, "ticket/" + std::to_string(id.value) + " is being changed by others at this moment; nothing was changed, try again");
}

// What may be wrong is known only where the ticket would be.
bool may_be_refused(const Tickets::Update& first, const CleanUpdate& typed) {
  TicketWishes beside = typed.wishes;
  beside.subject.reset();
  return first.status || first.assignee || !beside.is_empty();
}

}  // namespace

core::Task<core::Result<void>> Tickets::clean_into(CleanUpdate& out, const Update& update, core::WorkspaceId workspace, core::InboxId inbox) const {
  if (update.files.empty() || cpu_ == nullptr) {
    POSTERN_CO_TRY(out, clean(redactor_, update, workspace, inbox));
    co_return is_too_long(out, options_) ? core::Result<void>(core::fail(Errc::kInvalid, "comment.html_body: too long")) : core::Result<void>();
  }
  using Cleaned = core::Result<CleanUpdate>;
  auto job = [this, &update, workspace, inbox] { return std::make_unique<Cleaned>(clean(redactor_, update, workspace, inbox)); };
  POSTERN_CO_TRY(const std::unique_ptr<Cleaned> cleaned, co_await core::offload(*cpu_, std::move(job)));  // a document may take seconds
  POSTERN_CO_TRY(out, std::move(*cleaned));
  if (is_too_long(out, options_)) co_return core::fail(Errc::kInvalid, "comment.html_body: too long");
  co_return core::Result<void>();
}

core::Task<core::Result<Tickets::Updated>> Tickets::update(auth::Principal by, core::TicketId id, Update update) {
  const Services with({store_, vault_, directory_, ids_, clock_, options_, hooks_}, accounts_);
  POSTERN_CO_CHECK(check(by, update, options_));
  POSTERN_CO_TRY(const Ticket before, get(by, id));
  CleanUpdate typed;
  POSTERN_CO_CHECK(co_await clean_into(typed, update, by.workspace, before.inbox));
  Patience patience(clock_, options_);
  for (;;) {
    storage::Transaction transaction = store_.begin();
    POSTERN_CO_TRY(TicketDraft ticket, TicketDraft::open(with, transaction, by.workspace, id));
    ticket.changed_by({by.user, by.role, "api"});
    const ChangeScene scene{with, parts_, *this, transaction, by};
    UpdateStep step(scene, update, typed);
    POSTERN_CO_TRY(const auto comment, step.apply(ticket));
    Updated out{shown(transaction.snapshot(), vault_, by, ticket.record()), std::nullopt};
    if (transaction.writes().empty()) co_return out;
    const auto committed = co_await store_.commit(std::move(transaction));
    if (!committed && co_await patience.again(committed.error())) continue;
    if (!committed) co_return or_busy(committed.error(), id);
    if (comment) {
      POSTERN_CO_TRY(out.comment, codec::decode(*store_.snapshot(), vault_, by.workspace, *comment));
    }
    co_return out;
  }
}

core::Task<core::Result<Tickets::Updated>> Tickets::create(auth::Principal by, core::InboxId inbox, Update first) {
  const Services with({store_, vault_, directory_, ids_, clock_, options_, hooks_}, accounts_);
  POSTERN_CO_CHECK(check(by, first, options_));
  if (!auth::may(by, auth::Permission::kTicketsWrite)) co_return core::fail(auth::Errc::kForbidden);
  if (!first.has_comment()) co_return core::fail(Errc::kInvalid, "comment: cannot be blank");
  if (!first.wishes.requester && !by.user) co_return core::fail(Errc::kInvalid, "requester_id: cannot be blank");
  POSTERN_CO_TRY(inbox, inbox_for(directory_, by, inbox));
  CleanUpdate typed;
  POSTERN_CO_CHECK(co_await clean_into(typed, first, by.workspace, inbox));
  if (may_be_refused(first, typed)) {  // asked first, so that what is refused has no number
    storage::Transaction trial = store_.begin();
    POSTERN_CO_TRY(TicketDraft ticket, TicketDraft::create(with, trial, by.workspace, {}, inbox));
    ticket.changed_by({by.user, by.role, "api"});
    const ChangeScene scene{with, parts_, *this, trial, by};
    Update asked = first;
    asked.also = nullptr;
    UpdateStep step(scene, asked, typed);
    POSTERN_CO_CHECK(step.open(ticket));
  }
  core::TicketId number;
  POSTERN_CO_TRY(number.value, store_.next_number(keys::ticket_counter(by.workspace)));
  Patience patience(clock_, options_);
  for (;;) {
    storage::Transaction transaction = store_.begin();
    POSTERN_CO_TRY(TicketDraft ticket, TicketDraft::create(with, transaction, by.workspace, number, inbox));
    ticket.changed_by({by.user, by.role, "api"});
    const ChangeScene scene{with, parts_, *this, transaction, by};
    UpdateStep step(scene, first, typed);
    POSTERN_CO_TRY(const schema::Comment comment, step.open(ticket));
    Updated out{shown(transaction.snapshot(), vault_, by, ticket.record()), std::nullopt};
    const auto committed = co_await store_.commit(std::move(transaction));
    if (!committed && co_await patience.again(committed.error())) continue;
    if (!committed) co_return or_busy(committed.error(), number);
    POSTERN_CO_TRY(out.comment, codec::decode(*store_.snapshot(), vault_, by.workspace, comment));
    co_return out;
  }
}

}  // namespace postern::ticketing
