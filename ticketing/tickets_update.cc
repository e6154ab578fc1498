// Tickets::update: one change by an agent, as one transaction.
#include <algorithm>

#include "core/encoding.h"
#include "core/offload.h"
#include "ticketing/detail/codec.h"
#include "ticketing/detail/filing.h"
#include "ticketing/detail/finding_counts.h"
#include "ticketing/detail/outgoing.h"
#include "ticketing/detail/retry.h"
#include "ticketing/dmarc_ledger.h"
#include "ticketing/tickets.h"

namespace postern::ticketing {
namespace {

// What was typed, after the redactor.
struct CleanUpdate {
  bool has_comment = false;
  std::string text;
  std::vector<pipeline::Redaction> redactions;
  std::vector<pipeline::Redaction> shadow_findings;
  std::vector<std::string> tags;
  std::vector<OutgoingFile> files;
};

template <class T>
void append(std::vector<T>& into, const std::vector<T>& from) {
  into.insert(into.end(), from.begin(), from.end());
}

CleanUpdate clean(const pipeline::TextRedactor& redactor, const Tickets::Update& update, core::WorkspaceId workspace,
                  core::InboxId inbox) {
  CleanUpdate out;
  const auto note = [&out](const auto& redacted) {
    append(out.redactions, redacted.redactions());
    append(out.shadow_findings, redacted.shadow_findings());
    append(out.tags, redacted.tags());
  };
  out.has_comment = update.text.has_value() || !update.files.empty();
  if (update.text) {
    const pipeline::RedactedText redacted = redactor.redact_text(*update.text, {"comment", workspace, inbox});
    out.text = redacted.text();
    note(redacted);
  }
  for (const auto& file : update.files) {
    const pipeline::RedactedFile redacted = redactor.redact_file(file.name, file.media_type, file.content, {"file", workspace, inbox});
    out.files.push_back({redacted.name(), redacted.was_replaced() ? "text/plain" : file.media_type, redacted.content()});
    note(redacted);
  }
  return out;
}

class UpdateStep {
 public:
  UpdateStep(const Services& with, storage::Transaction& transaction, const auth::Principal& by,
             const Tickets::Update& update, const CleanUpdate& typed)
      : with_(with), transaction_(transaction), by_(by), update_(update), typed_(typed) {}

  // The new comment's record, when there is one.
  core::Result<std::optional<schema::Comment>> apply(TicketDraft& ticket);

 private:
  core::Result<void> audit(std::string_view action, std::string_view detail);

  core::Result<schema::Comment> add_comment(TicketDraft& ticket);

  core::Result<void> change_assignee(TicketDraft& ticket);

  // A public answer opens a new ticket unless the agent says otherwise.
  core::Result<void> change_status(TicketDraft& ticket);

  const Services& with_;
  storage::Transaction& transaction_;
  const auth::Principal& by_;
  const Tickets::Update& update_;
  const CleanUpdate& typed_;
  std::string object_;
};

core::Result<std::optional<schema::Comment>> UpdateStep::apply(TicketDraft& ticket) {
  if (update_.expected_version && *update_.expected_version != ticket.record().version()) {
    return core::fail(Errc::kConflict, "ticket/" + std::to_string(ticket.id().value));
  }
  if (ticket.status() == Status::kClosed) return core::fail(Errc::kInvalid, "status: a closed ticket does not change");
  object_ = "ticket/" + std::to_string(ticket.id().value);
  std::optional<schema::Comment> comment;
  if (typed_.has_comment) {
    POSTERN_TRY(comment, add_comment(ticket));
  }
  POSTERN_CHECK(change_assignee(ticket));
  POSTERN_CHECK(change_status(ticket));
  if (transaction_.writes().empty()) return comment;  // it is so already
  POSTERN_CHECK(ticket.save(true));
  return comment;
}

core::Result<void> UpdateStep::audit(std::string_view action, std::string_view detail) {
  return auth::audit(transaction_, with_.vault, with_.ids, with_.clock, by_, action, object_, detail);
}

core::Result<schema::Comment> UpdateStep::add_comment(TicketDraft& ticket) {
  const core::WorkspaceId workspace = ticket.workspace();
  schema::Comment comment;
  comment.set_id(with_.ids.next());
  comment.set_author(by_.user.value);
  comment.set_is_public(update_.is_public);
  POSTERN_CHECK(codec::put_text(transaction_, with_, workspace, typed_.text, *comment.mutable_text()));
  comment.set_created_unix_ms(with_.now_ms());
  comment.set_via("api");
  for (const auto& redaction : typed_.redactions) codec::encode(redaction, *comment.add_redactions());
  for (const auto& finding : typed_.shadow_findings) codec::encode(finding, *comment.add_shadow_findings());
  for (const OutgoingFile& file : typed_.files) {
    pipeline::RedactedAttachment attachment;
    attachment.name = file.name;
    attachment.media_type = file.media_type;
    attachment.content = file.content;
    POSTERN_TRY(*comment.add_attachments(), store_attachment(with_, transaction_, workspace, attachment));
  }
  if (update_.is_public) {
    POSTERN_TRY(const auto known, with_.accounts.find(workspace, by_.user));
    POSTERN_CHECK(queue_reply(with_, transaction_, ticket, known.value_or(auth::User{}), typed_.text, typed_.files, comment));
  }
  POSTERN_CHECK(ticket.add_comment(comment, false));
  const std::string_view visibility = update_.is_public ? "public" : "internal";
  POSTERN_CHECK(ticket.add_tags(by_.user, typed_.tags));
  count_findings(transaction_, {workspace, core::InboxId{ticket.record().inbox()}, utc_day(with_.clock.wall_now())}, typed_.redactions,
                 typed_.shadow_findings, with_.options.findings);
  POSTERN_CHECK(ticket.add_event(by_.user, "comment", visibility, core::CommentId{comment.id()}));
  POSTERN_CHECK(audit("ticket.comment", visibility));
  return comment;
}

core::Result<void> UpdateStep::change_assignee(TicketDraft& ticket) {
  if (!update_.assignee || update_.assignee->value == ticket.record().assignee()) return {};
  if (*update_.assignee) {
    POSTERN_TRY(const auto user, with_.accounts.find(ticket.workspace(), *update_.assignee));
    if (!user || user->role < auth::Role::kAgent || user->is_disabled || !user->permissions.has(auth::Permission::kTicketsRead)) return core::fail(Errc::kInvalid, "assignee");
    if (!user->inboxes.has(core::InboxId{ticket.record().inbox()})) return core::fail(Errc::kInvalid, "assignee: does not work in this inbox");
  }
  POSTERN_CHECK(audit("ticket.assignee", std::to_string(ticket.record().assignee()) + " -> " +
                                             std::to_string(update_.assignee->value)));
  return ticket.set_assignee(by_.user, *update_.assignee);
}

core::Result<void> UpdateStep::change_status(TicketDraft& ticket) {
  std::optional<Status> to = update_.status;
  if (!to && typed_.has_comment && update_.is_public && ticket.status() == Status::kNew) to = Status::kOpen;
  if (!to || *to == ticket.status()) return {};
  if (*to == Status::kNew) return core::fail(Errc::kInvalid, "status: a ticket is new only once");
  POSTERN_CHECK(audit("ticket.status", std::string(to_string(ticket.status())) + " -> " + std::string(to_string(*to))));
  return ticket.set_status(by_.user, *to);
}

core::Result<void> check(const auth::Principal& by, const Tickets::Update& update, const Options& options) {
  const bool has_comment = update.text || !update.files.empty();
  if (has_comment && !auth::may(by, update.is_public ? auth::Permission::kReply : auth::Permission::kNotesWrite)) {
    return core::fail(auth::Errc::kForbidden);
  }
  const bool changes_fields = update.status || update.assignee;
  if ((changes_fields || !has_comment) && !auth::may(by, auth::Permission::kTicketsWrite)) return core::fail(auth::Errc::kForbidden);
  if (update.text && update.text->size() > options.comment_bytes_max) return core::fail(Errc::kInvalid, "text: too long");
  if (update.text && update.files.empty() && core::trim_ascii(*update.text).empty()) {
    return core::fail(Errc::kInvalid, "text: empty");
  }
  std::size_t bytes = 0;
  for (const auto& file : update.files) bytes += file.content.size();
  if (update.files.size() > options.files_max || bytes > options.file_bytes_max) {
    return core::fail(Errc::kInvalid, "files: too many or too large");
  }
  return {};
}

}  // namespace

core::Task<core::Result<Tickets::Updated>> Tickets::update(auth::Principal by, core::TicketId id, Update update) {
  const Services with({store_, vault_, directory_, ids_, clock_, options_}, accounts_);
  POSTERN_CO_CHECK(check(by, update, options_));
  POSTERN_CO_TRY(const Ticket before, get(by, id));
  CleanUpdate typed;
  if (update.files.empty() || cpu_ == nullptr) {
    typed = clean(redactor_, update, by.workspace, before.inbox);
  } else {  // a document may take its reader seconds
    auto job = [this, &update, workspace = by.workspace, inbox = before.inbox] { return clean(redactor_, update, workspace, inbox); };
    POSTERN_CO_TRY(typed, co_await core::offload(*cpu_, std::move(job)));
  }
  for (std::size_t attempt = 1;; ++attempt) {
    storage::Transaction transaction = store_.begin();
    POSTERN_CO_TRY(TicketDraft ticket, TicketDraft::open(with, transaction, by.workspace, id));
    UpdateStep step(with, transaction, by, update, typed);
    POSTERN_CO_TRY(const auto comment, step.apply(ticket));
    Updated out{codec::decode(ticket.record()), std::nullopt};
    out.ticket.claims_ticket = before.claims_ticket;  // as far as the caller may see them; they never change
    out.ticket.follow_up_of = before.follow_up_of;
    if (transaction.writes().empty()) co_return out;
    const auto committed = co_await store_.commit(std::move(transaction));
    if (!committed && should_retry(committed.error(), attempt, options_)) continue;
    if (!committed) co_return committed.error();
    if (comment) {
      POSTERN_CO_TRY(out.comment, codec::decode(*store_.snapshot(), vault_, by.workspace, *comment));
    }
    co_return out;
  }
}

}  // namespace postern::ticketing
