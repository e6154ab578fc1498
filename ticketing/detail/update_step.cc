#include "ticketing/detail/update_step.h"

#include <algorithm>

#include "core/encoding.h"
#include "ticketing/detail/codec.h"
#include "ticketing/detail/filing.h"
#include "ticketing/detail/finding_counts.h"
#include "ticketing/detail/header_text.h"
#include "ticketing/detail/outgoing.h"
#include "ticketing/dmarc_ledger.h"
#include "ticketing/fields/ticket_fields.h"

namespace postern::ticketing {
namespace {

// Without one it is the beginning of the comment, as a mail without a subject would be told by it.
std::string first_subject(const CleanUpdate& typed, std::size_t bytes_max) {
  constexpr std::size_t kBeginningMax = 100;
  const std::string given = clean_line(typed.wishes.subject.value_or(std::string()));
  if (!given.empty()) return cut_utf8(given, bytes_max);
  return clean_line(cut_utf8(std::string(core::trim_ascii(typed.text)).substr(0, typed.text.find('\n')), kBeginningMax));
}

bool is_done(Status status) { return status == Status::kSolved || status == Status::kClosed; }

}  // namespace

core::Result<std::optional<schema::Comment>> UpdateStep::apply(TicketDraft& ticket) {
  if (update_.expected_version && *update_.expected_version != ticket.record().version()) {
    return core::fail(Errc::kConflict, "ticket/" + std::to_string(ticket.id().value));
  }
  if (ticket.record().deleted_unix_ms() != 0) return core::fail(Errc::kNotFound, "ticket/" + std::to_string(ticket.id().value));
  if (ticket.status() == Status::kClosed) return core::fail(Errc::kInvalid, "status: a closed ticket does not change");
  object_ = "ticket/" + std::to_string(ticket.id().value);
  const schema::Ticket before = ticket.record();
  WishStep wishes(scene_, typed_.wishes, ticket);
  POSTERN_CHECK(wishes.apply_people());
  std::optional<schema::Comment> comment;
  if (typed_.has_comment) {
    POSTERN_TRY(comment, add_comment(ticket, core::CommentId{scene_.with.ids.next()}, update_.is_public));
    const std::string_view visibility = update_.is_public ? "public" : "internal";
    POSTERN_CHECK(ticket.add_event(scene_.by.user, "comment", visibility, core::CommentId{comment->id()}));
    const std::string in_name = is_own(update_.author) ? "" : ", in the name of user/" + std::to_string(update_.author.value);
    POSTERN_CHECK(audit("ticket.comment", std::string(visibility) + in_name));
  }
  POSTERN_CHECK(wishes.apply_attributes());
  POSTERN_CHECK(change_assignment(ticket));
  POSTERN_CHECK(change_status(ticket));
  if (scene_.transaction.writes().empty()) return comment;  // it is so already
  POSTERN_CHECK(note_findings(ticket));
  POSTERN_CHECK(audit_changes("ticket.changed", before, ticket.record()));
  POSTERN_CHECK(ticket.save(true));
  if (update_.also) POSTERN_CHECK(update_.also(ticket));
  return comment;
}

core::Result<schema::Comment> UpdateStep::open(TicketDraft& ticket) {
  object_ = "ticket/" + std::to_string(ticket.id().value);
  const core::UserId actor = scene_.by.user;
  const core::CommentId comment_id{scene_.with.ids.next()};
  WishStep wishes(scene_, typed_.wishes, ticket);
  schema::Ticket& record = ticket.record();
  record.set_submitter(actor.value);
  record.set_requester(actor.value);
  record.set_subject(first_subject(typed_, scene_.with.options.subject_bytes_max));
  if (typed_.wishes.requester) {
    POSTERN_TRY(const core::UserId requester, wishes.find_person(*typed_.wishes.requester, "requester_id"));
    record.set_requester(requester.value);
  }
  if (!is_own(update_.submitter)) {
    if (update_.submitter.value != record.requester()) return core::fail(Errc::kInvalid, "submitter_id: is neither you nor the requester");
    record.set_submitter(record.requester());
  }
  POSTERN_CHECK(ticket.add_event(actor, "created", scene_.by.method == auth::Method::kSession ? "web" : "api", comment_id));
  const schema::Ticket before;
  POSTERN_CHECK(wishes.apply_people());
  const bool has_readers = record.requester() != actor.value || !record.ccs().empty();
  POSTERN_TRY(schema::Comment comment, add_comment(ticket, comment_id, update_.is_public && has_readers));
  POSTERN_CHECK(wishes.apply_attributes());
  POSTERN_CHECK(change_assignment(ticket));
  POSTERN_CHECK(change_status(ticket));
  POSTERN_CHECK(note_findings(ticket));
  POSTERN_CHECK(audit_changes("ticket.created", before, record));
  POSTERN_CHECK(ticket.save(true));
  if (update_.also) POSTERN_CHECK(update_.also(ticket));
  return comment;
}

core::Result<void> UpdateStep::audit(std::string_view action, std::string_view detail) {
  return auth::audit(scene_.transaction, scene_.with.vault, scene_.with.ids, scene_.with.clock, scene_.by, action, object_, detail);
}

core::Result<void> UpdateStep::audit_changes(std::string_view action, const schema::Ticket& before, const schema::Ticket& after) {
  auth::AuditEvent event;
  event.action = std::string(action);
  event.object = object_;
  event.changes = changes_between(before, after);
  if (event.changes.empty() && before.id() != 0) return {};
  return auth::audit(scene_.transaction, scene_.with.vault, scene_.with.ids, scene_.with.clock, scene_.by, event);
}

core::Result<schema::Comment> UpdateStep::add_comment(TicketDraft& ticket, core::CommentId id, bool is_mailed) {
  const Services& with = scene_.with;
  const core::WorkspaceId workspace = ticket.workspace();
  schema::Comment comment;
  // Zendesk's submitter is the author of the first comment.
  const core::UserId named = update_.author || ticket.before() != nullptr ? update_.author : update_.submitter;
  POSTERN_CHECK(check_author(ticket, named));
  is_mailed = is_mailed && is_own(named);
  comment.set_id(id.value);
  comment.set_author(is_own(named) ? scene_.by.user.value : named.value);
  comment.set_is_public(update_.is_public);
  POSTERN_CHECK(codec::put_text(scene_.transaction, with, workspace, typed_.text, *comment.mutable_text()));
  POSTERN_CHECK(codec::put_text(scene_.transaction, with, workspace, typed_.html, *comment.mutable_html()));
  comment.set_created_unix_ms(with.now_ms());
  comment.set_via("api");
  for (const auto& redaction : typed_.redactions) codec::encode(redaction, *comment.add_redactions());
  for (const auto& finding : typed_.shadow_findings) codec::encode(finding, *comment.add_shadow_findings());
  for (const OutgoingFile& file : typed_.files) {
    pipeline::RedactedAttachment attachment;
    attachment.name = file.name;
    attachment.media_type = file.media_type;
    attachment.content = file.content;
    attachment.text = file.text;
    POSTERN_TRY(*comment.add_attachments(), store_attachment(with, scene_.transaction, workspace, attachment));
  }
  if (is_mailed) {
    POSTERN_TRY(const auto known, with.accounts.find(workspace, scene_.by.user));
    ReplyBody mailed{typed_.text, typed_.html};
    if (scene_.parts.signed_body) {
      POSTERN_TRY(mailed, scene_.parts.signed_body(ticket, scene_.by.user, mailed));
    }
    POSTERN_CHECK(queue_reply(with, scene_.transaction, ticket, known.value_or(auth::User{}), mailed, typed_.files, comment));
  }
  POSTERN_CHECK(ticket.add_comment(comment, false));
  return comment;
}

bool UpdateStep::is_own(core::UserId author) const { return !author || author == scene_.by.user; }

core::Result<void> UpdateStep::check_author(const TicketDraft& ticket, core::UserId author) const {
  if (is_own(author)) return {};
  const schema::Ticket& record = ticket.record();
  const bool is_of_ticket = record.requester() == author.value || std::ranges::find(record.ccs(), author.value) != record.ccs().end();
  if (!is_of_ticket) return core::fail(Errc::kInvalid, "comment.author_id: is neither you nor the requester, nor copied");
  if (!auth::may(scene_.by, auth::Permission::kTicketsWrite)) return core::fail(auth::Errc::kForbidden);
  return {};
}

core::Result<void> UpdateStep::note_findings(TicketDraft& ticket) {
  POSTERN_CHECK(ticket.add_tags(scene_.by.user, typed_.tags));
  const FindingScene where{ticket.workspace(), core::InboxId{ticket.record().inbox()}, utc_day(scene_.with.clock.wall_now())};
  if (typed_.has_comment) count_findings(scene_.transaction, where, typed_.redactions, typed_.shadow_findings, scene_.with.options.findings);
  const bool has_others = !typed_.redactions_beside.empty() || !typed_.shadow_findings_beside.empty();
  if (has_others) count_findings(scene_.transaction, where, typed_.redactions_beside, typed_.shadow_findings_beside, scene_.with.options.findings);
  return {};
}

core::Result<void> UpdateStep::change_assignment(TicketDraft& ticket) {
  const std::uint64_t before = ticket.record().assignee();
  WishStep wishes(scene_, typed_.wishes, ticket);
  POSTERN_CHECK(wishes.apply_assignment(update_.assignee));
  const std::uint64_t after = ticket.record().assignee();
  if (before == after) return {};
  return audit("ticket.assignee", std::to_string(before) + " -> " + std::to_string(after));
}

core::Result<void> UpdateStep::change_status(TicketDraft& ticket) {
  const bool is_new = ticket.before() == nullptr;
  const Status from = ticket.status();
  std::optional<Status> to = update_.status;
  std::uint64_t custom = 0;
  if (const auto wish = typed_.wishes.custom_status; wish && *wish != 0) {
    if (scene_.parts.fields == nullptr) return core::fail(Errc::kInvalid, "custom_status_id: no such status");
    POSTERN_TRY(const Status category, scene_.parts.fields->category_of(scene_.transaction, ticket.workspace(), *wish));
    if (to && *to != category) return core::fail(Errc::kInvalid, "custom_status_id: is not one of that status");
    to = category;
    custom = *wish > kBuiltInStatusMax ? *wish : 0;
  }
  if (!to && is_new && ticket.record().assignee() != 0) to = Status::kOpen;
  if (!to && !is_new && typed_.has_comment && update_.is_public && from == Status::kNew) to = Status::kOpen;
  if (!to) return {};
  if (*to == Status::kNew && from != Status::kNew) return core::fail(Errc::kInvalid, "status: a ticket is new only once");
  if (*to == Status::kClosed && is_new) return core::fail(Errc::kInvalid, "status: a new ticket is not closed");
  const bool names_custom = typed_.wishes.custom_status.has_value();
  if (*to == from && !names_custom) return {};
  if (*to != from) {
    if (is_done(*to) && !is_done(from) && scene_.parts.fields != nullptr) {
      POSTERN_CHECK(scene_.parts.fields->check_solved(scene_.transaction, ticket.workspace(), ticket.record()));
    }
    POSTERN_CHECK(audit("ticket.status", std::string(to_string(from)) + " -> " + std::string(to_string(*to))));
  }
  return names_custom ? ticket.set_custom_status(scene_.by.user, custom, *to) : ticket.set_status(scene_.by.user, *to);
}

}  // namespace postern::ticketing
