#include "ticketing/imports/import_step.h"

#include <algorithm>

#include "ticketing/detail/codec.h"
#include "ticketing/detail/filing.h"
#include "ticketing/detail/finding_counts.h"
#include "ticketing/detail/header_text.h"
#include "ticketing/dmarc_ledger.h"
#include "ticketing/fields/ticket_fields.h"
#include "ticketing/imports/mail_import.h"
#include "ticketing/people/survivors.h"

namespace postern::ticketing {
namespace {

constexpr std::int64_t kSecondMs = 1000;

bool is_over(Status status) { return status == Status::kSolved || status == Status::kClosed; }

std::int64_t time_of(const ImportedComment& comment, const ImportedTicket& of) {
  return comment.created_unix_ms != 0 ? comment.created_unix_ms : of.created_unix_ms;
}

std::string told_source(const ImportedTicket& from) { return std::string(kImportWay) + " " + from.source; }

}  // namespace

core::Result<CleanImport> clean_import(const pipeline::TextRedactor& redactor, const ImportedTicket& ticket, core::WorkspaceId workspace,
                                       core::InboxId inbox) {
  CleanImport out;
  Tickets::Update head;
  head.wishes = ticket.wishes;
  POSTERN_TRY(out.head, clean(redactor, head, workspace, inbox));
  for (const ImportedComment& each : ticket.comments) {
    Tickets::Update comment;
    if (!each.text.empty() || each.html.empty()) comment.text = each.text;
    if (!each.html.empty()) comment.html = each.html;
    comment.files = each.files;
    POSTERN_TRY(CleanUpdate cleaned, clean(redactor, comment, workspace, inbox));
    out.comments.push_back(std::move(cleaned));
  }
  return out;
}

core::Result<ImportDone> ImportStep::open(TicketDraft& ticket, const ImportedTicket& from, const CleanImport& typed) {
  schema::Ticket& record = ticket.record();
  const core::UserId actor = scene_.by.user;
  clock_.set(from.created_unix_ms);
  WishStep wishes(scene_, typed.head.wishes, ticket);
  record.set_created_unix_ms(from.created_unix_ms);
  record.set_subject(cut_utf8(clean_line(typed.head.wishes.subject.value_or(std::string())), scene_.with.options.subject_bytes_max));
  if (!typed.head.wishes.requester) return core::fail(Errc::kInvalid, "requester_id: cannot be blank");
  POSTERN_TRY(const core::UserId requester, wishes.find_person(*typed.head.wishes.requester, "requester_id"));
  record.set_requester(requester.value);
  POSTERN_TRY(const core::UserId submitter, known_person(ticket, from.submitter, "submitter_id"));
  record.set_submitter(submitter ? submitter.value : requester.value);
  POSTERN_CHECK(ticket.add_event(actor, "created", told_source(from)));
  POSTERN_CHECK(wishes.apply_people());
  POSTERN_TRY(const std::size_t comments, add_comments(ticket, from, typed));
  clock_.set(end_of(from));
  POSTERN_CHECK(wishes.apply_attributes());
  POSTERN_CHECK(wishes.apply_assignment(from.assignee ? std::optional(from.assignee) : std::nullopt));
  if (from.status != Status::kNew) POSTERN_CHECK(ticket.set_status(actor, from.status));
  if (const auto custom = typed.head.wishes.custom_status; custom && *custom > kBuiltInStatusMax) {
    if (scene_.parts.fields == nullptr) return core::fail(Errc::kInvalid, "custom_status_id: no such status");
    POSTERN_TRY(const Status category, scene_.parts.fields->category_of(scene_.transaction, ticket.workspace(), *custom));
    if (category != from.status) return core::fail(Errc::kInvalid, "custom_status_id: is not one of that status");
    record.set_custom_status(*custom);
  }
  std::vector<std::string> tags = typed.head.tags;
  tags.emplace_back(kImportedTag);
  POSTERN_CHECK(ticket.add_tags({}, tags));
  if (!typed.head.redactions_beside.empty()) {
    count_findings(scene_.transaction, {ticket.workspace(), core::InboxId{record.inbox()}, utc_day(core::from_unix_ms(now_ms_))},
                   typed.head.redactions_beside, typed.head.shadow_findings_beside, scene_.with.options.findings);
  }
  metrics_.set_status_since(end_of(from));
  if (is_over(from.status)) metrics_.set_solved(from.solved_unix_ms != 0 ? from.solved_unix_ms : end_of(from));
  if (record.assignee() != 0) {
    metrics_.set_assigned(end_of(from));
    metrics_.set_first_assigned(end_of(from));
    metrics_.set_assignee_stations(1);
  }
  if (record.group() != 0) metrics_.set_group_stations(1);
  *record.mutable_metrics() = metrics_;
  const schema::Ticket whole = record;
  ticket.restore(whole);  // with the metrics of its own times
  POSTERN_CHECK(ticket.save(false));
  if (from.foreign_id.empty()) return ImportDone{ticket.id(), false, comments};
  POSTERN_TRY(std::string key, key_of(ImportKind::kTicket, from.source, from.foreign_id));
  POSTERN_CHECK(mark_import(scene_.transaction, std::move(key), ticket.id().value, {}, now_ms_));
  return ImportDone{ticket.id(), false, comments};
}

core::Result<ImportDone> ImportStep::add(TicketDraft& ticket, const ImportedTicket& from, const CleanImport& typed) {
  metrics_ = ticket.record().metrics();
  POSTERN_TRY(const std::size_t comments, add_comments(ticket, from, typed));
  if (comments == 0) return ImportDone{ticket.id(), true, 0};
  schema::Ticket whole = ticket.record();
  *whole.mutable_metrics() = metrics_;
  whole.set_updated_unix_ms(std::max(whole.updated_unix_ms(), end_of(from)));
  ticket.restore(whole);
  POSTERN_CHECK(ticket.save(false));
  return ImportDone{ticket.id(), true, comments};
}

core::Result<std::size_t> ImportStep::add_comments(TicketDraft& ticket, const ImportedTicket& from, const CleanImport& typed) {
  std::vector<std::pair<std::int64_t, std::size_t>> order;  // by time, those of one moment as they came
  for (std::size_t i = 0; i < from.comments.size(); ++i) order.emplace_back(time_of(from.comments[i], from), i);
  std::ranges::sort(order);
  std::size_t count = 0;
  for (const auto& [at, i] : order) {
    POSTERN_TRY(const bool is_new, add_comment(ticket, from, from.comments[i], typed.comments[i]));
    count += is_new ? 1 : 0;
  }
  return count;
}

core::Result<bool> ImportStep::add_comment(TicketDraft& ticket, const ImportedTicket& from, const ImportedComment& comment,
                                           const CleanUpdate& typed) {
  std::string key;
  if (!comment.foreign_id.empty()) {
    POSTERN_TRY(key, key_of(ImportKind::kComment, from.source, comment.foreign_id));
    POSTERN_TRY(const auto known, find_import(scene_.transaction, key));
    if (known) return false;
  }
  POSTERN_TRY(const core::UserId writer, known_person(ticket, comment.author, "comments.author_id"));
  const Services& with = scene_.with;
  clock_.set(time_of(comment, from));
  schema::Comment record;
  record.set_id(with.ids.next());
  record.set_author(writer ? writer.value : ticket.record().requester());
  record.set_is_public(comment.is_public);
  POSTERN_CHECK(codec::put_text(scene_.transaction, with, ticket.workspace(), typed.text, *record.mutable_text()));
  POSTERN_CHECK(codec::put_text(scene_.transaction, with, ticket.workspace(), typed.html, *record.mutable_html()));
  record.set_created_unix_ms(with.now_ms());
  record.set_via(std::string(kImportWay));
  for (const auto& each : typed.redactions) codec::encode(each, *record.add_redactions());
  for (const auto& each : typed.shadow_findings) codec::encode(each, *record.add_shadow_findings());
  for (const OutgoingFile& file : typed.files) {
    pipeline::RedactedAttachment attachment;
    attachment.name = file.name;
    attachment.media_type = stored_media_type(file.media_type);
    attachment.content = file.content;
    attachment.text = file.text;
    POSTERN_TRY(*record.add_attachments(), store_attachment(with, scene_.transaction, ticket.workspace(), attachment));
  }
  const core::CommentId id{record.id()};
  POSTERN_CHECK(ticket.add_comment(record, false));
  if (ticket.before() != nullptr || ticket.record().comment_count() > 1) {
    POSTERN_CHECK(ticket.add_event(core::UserId{record.author()}, "comment", comment.is_public ? "public" : "internal", id));
  }
  POSTERN_CHECK(ticket.add_tags({}, typed.tags));
  count_findings(scene_.transaction, {ticket.workspace(), core::InboxId{ticket.record().inbox()}, utc_day(core::from_unix_ms(now_ms_))},
                 typed.redactions, typed.shadow_findings, with.options.findings);
  POSTERN_TRY(const auto author, with.accounts.find(ticket.workspace(), core::UserId{record.author()}));
  count(metrics_, ticket.record(), record, author && author->role >= auth::Role::kAgent);
  if (!key.empty()) POSTERN_CHECK(mark_import(scene_.transaction, std::move(key), ticket.id().value, id, now_ms_));
  return true;
}

core::Result<core::UserId> ImportStep::known_person(const TicketDraft& ticket, core::UserId wanted, std::string_view field) const {
  if (!wanted || wanted.value == ticket.record().requester() || wanted == scene_.by.user) return wanted;
  POSTERN_TRY(const core::UserId now, survivor_of(scene_.transaction, scene_.with.vault, ticket.workspace(), wanted));
  POSTERN_TRY(const auto known, scene_.with.accounts.find(ticket.workspace(), now));
  if (!known) return core::fail(Errc::kInvalid, std::string(field) + ": no such user");
  return now;
}

void ImportStep::count(schema::TicketMetrics& to, const schema::Ticket& ticket, const schema::Comment& comment, bool is_by_agent) const {
  const std::int64_t at = comment.created_unix_ms();
  to.set_last_comment(std::max(to.last_comment(), at));
  if (comment.author() == ticket.requester()) {
    to.set_requester_updated(std::max(to.requester_updated(), at));
    return;
  }
  if (!is_by_agent || !comment.is_public()) return;
  if (to.first_reply() == 0 || at < to.first_reply()) to.set_first_reply(at);
  to.set_last_public_agent_reply(std::max(to.last_public_agent_reply(), at));
  to.set_replies(to.replies() + 1);
}

core::Result<std::string> ImportStep::key_of(ImportKind kind, const std::string& source, const std::string& foreign_id) const {
  return import_key(scene_.with.vault, scene_.by.workspace, kind, {}, source + "/" + foreign_id);
}

// The last thing that is known to have happened to it.
std::int64_t ImportStep::end_of(const ImportedTicket& from) const {
  std::int64_t out = std::max(from.created_unix_ms, from.updated_unix_ms);
  for (const ImportedComment& each : from.comments) out = std::max(out, time_of(each, from));
  return std::min(out, now_ms_ + kSecondMs);
}

}  // namespace postern::ticketing
