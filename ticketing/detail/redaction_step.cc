#include "ticketing/detail/redaction_step.h"

#include <algorithm>

#include "auth/audit.h"
#include "ticketing/bulk/undo_book.h"
#include "ticketing/detail/codec.h"
#include "ticketing/detail/keys.h"
#include "ticketing/detail/queue_item.h"
#include "ticketing/drafts/draft_keys.h"
#include "ticketing/purge.h"
#include "ticketing/shown.h"
#include "ticketing/ticket_links.h"

namespace postern::ticketing {
namespace {

constexpr std::size_t kAtATime = 50;

std::string object_of(core::TicketId ticket, core::CommentId comment) {
  return "ticket/" + std::to_string(ticket.value) + "/comment/" + std::to_string(comment.value);
}

// "comment 2, attachment 1": kinds of places, never what stood there.
std::string words_of(const std::map<std::string, std::uint32_t>& counts) {
  std::string out;
  for (const auto& [what, times] : counts) out += (out.empty() ? "" : ", ") + what + " " + std::to_string(times);
  return out;
}

}  // namespace

core::Result<CommentRedactor::Outcome> RedactionStep::apply(core::TicketId ticket_id, core::CommentId comment_id) {
  POSTERN_TRY(TicketDraft ticket, TicketDraft::open(with_, transaction_, by_.workspace, ticket_id));
  if (!by_.inboxes.has(core::InboxId{ticket.record().inbox()})) return core::fail(Errc::kNotFound, "ticket/" + std::to_string(ticket_id.value));
  if (order_.expected_version && *order_.expected_version != ticket.record().version()) {
    return core::fail(Errc::kConflict, "ticket/" + std::to_string(ticket_id.value));
  }
  POSTERN_TRY(schema::Comment comment, ticket.read_comment(comment_id));
  POSTERN_CHECK(read_marks());
  POSTERN_CHECK(find_files(comment));
  out_.ticket = shown(transaction_.snapshot(), with_.vault, by_, ticket.record());
  if (phrases_.empty() && copies_.doomed().empty()) return out_;  // the files have gone before
  const core::TraceId trace{comment.trace()};
  POSTERN_TRY(const bool is_found, redact_comment(ticket, comment));
  if (!is_found && !order_.everywhere_in_ticket) return core::fail(Errc::kInvalid, "text: not found in the comment");
  POSTERN_CHECK(redact_head(ticket));
  POSTERN_CHECK(note(ticket, comment_id));
  POSTERN_CHECK(redact_others(ticket, comment_id));
  if (copies_.total() == 0) return core::fail(Errc::kInvalid, "text: not found in the ticket");
  if (trace) {
    POSTERN_CHECK(redact_elsewhere(ticket, trace));
    POSTERN_CHECK(redact_suspended(trace));
    copies_.remember_key(keys::suspended(by_.workspace, trace, core::InboxId{ticket.record().inbox()}));  // it may have waited there
  }
  POSTERN_CHECK(ticket.save(false));
  out_.ticket = shown(transaction_.snapshot(), with_.vault, by_, ticket.record());
  out_.count = copies_.total();
  out_.blobs_kept = copies_.blobs_kept();
  std::string detail = "places " + std::to_string(out_.count) + ", files " + std::to_string(copies_.doomed().size()) + length_word();
  if (order_.everywhere_in_ticket) detail += ", whole ticket";
  if (beyond_reach_ != 0) detail += ", not " + std::to_string(beyond_reach_) + " in inboxes beyond reach";
  POSTERN_CHECK(auth::audit(transaction_, with_.vault, with_.ids, with_.clock, by_, "comment.redacted",
                            object_of(ticket_id, comment_id), detail));
  POSTERN_CHECK(forget_copies(ticket_id, core::UserId{comment.author()}));
  POSTERN_CHECK(add_purge_due(transaction_, by_.workspace, ticket_id, comment_id, copies_.keys(), with_.ids.next(), with_.now_ms()));
  return out_;
}

// What was kept to undo changes of the ticket goes; a job or a draft that the words came from has gone, but for the disk.
core::Result<void> RedactionStep::forget_copies(core::TicketId ticket, core::UserId author) {
  POSTERN_TRY(const std::vector<std::string> values, forget_values(transaction_, by_.workspace, ticket));
  for (const std::string& key : values) copies_.remember_key(key);
  copies_.remember_key(draft_keys::draft(by_.workspace, author, ticket));
  return {};
}

// Enough for an auditor to see what kind of thing it was, too little to guess it.
std::string RedactionStep::length_word() const {
  constexpr std::size_t kShort = 8;
  constexpr std::size_t kMedium = 32;
  if (phrases_.empty()) return {};
  std::size_t longest = 0;
  for (const std::string& phrase : phrases_) longest = std::max(longest, phrase.size());
  const std::string_view word = longest <= kShort ? "short" : longest <= kMedium ? "medium" : "long";
  return ", phrases " + std::to_string(phrases_.size()) + " " + std::string(word);
}

core::Result<void> RedactionStep::read_marks() {
  if (order_.marked_html.empty()) return {};
  const pipeline::MarkedHtml marks = rewriter_.read_marks(order_.marked_html, with_.options.redaction_phrases_max);
  if (!marks.is_whole) return core::fail(Errc::kInvalid, "html_body: a <redact> is not closed, or there are too many");
  if (marks.phrases.empty() && marks.content_ids.empty() && order_.phrases.empty() && order_.attachments.empty()) {
    return core::fail(Errc::kInvalid, "html_body: nothing is marked with <redact>");
  }
  for (const std::string& phrase : marks.phrases) {
    if (phrase.size() > with_.options.redaction_phrase_bytes_max) return core::fail(Errc::kInvalid, "html_body: a marked text is too long");
    if (!rewriter_.is_phrase(phrase)) return core::fail(Errc::kInvalid, "html_body: a marked text is too short to be looked for");
  }
  phrases_.insert(phrases_.end(), marks.phrases.begin(), marks.phrases.end());
  content_ids_ = marks.content_ids;
  return {};
}

core::Result<void> RedactionStep::find_files(const schema::Comment& comment) {
  const auto doom = [this, &comment](auto&& is_meant) -> core::Result<bool> {
    bool is_known = false;
    for (const schema::Attachment& one : comment.attachments()) {
      if (!is_meant(one)) continue;
      is_known = true;
      if (!is_removed_file(one)) POSTERN_CHECK(copies_.doom(one.blob()));
    }
    return is_known;
  };
  for (const core::AttachmentId id : order_.attachments) {
    POSTERN_TRY(const bool is_known, doom([id](const schema::Attachment& one) { return one.id() == id.value; }));
    if (!is_known) return core::fail(Errc::kNotFound, "attachment/" + std::to_string(id.value));
  }
  for (const std::string& id : content_ids_) {
    POSTERN_TRY(const bool is_known, doom([&id](const schema::Attachment& one) { return one.content_id() == id; }));
    if (!is_known) return core::fail(Errc::kInvalid, "html_body: a marked picture is not of this comment");
  }
  return {};
}

core::Result<bool> RedactionStep::redact_comment(TicketDraft& ticket, schema::Comment& comment) {
  POSTERN_TRY(std::uint32_t changed, copies_.redact(comment));
  const std::uint32_t before = copies_.total();
  POSTERN_CHECK(redact_waiting(ticket, comment));
  changed += copies_.total() - before;
  const core::CommentId id{comment.id()};
  copies_.remember_key(keys::outbox_body(by_.workspace, id));  // sent and erased: its old value may be on the disk
  if (changed == 0) return false;
  for (const schema::Attachment& one : comment.attachments()) {
    std::string key = keys::attachment(by_.workspace, core::AttachmentId{one.id()});
    POSTERN_CHECK(storage::put_sealed(transaction_, with_.vault, by_.workspace, key, one));
    copies_.remember_key(std::move(key));
  }
  if (comment.trace() != 0) POSTERN_CHECK(redact_trace(core::TraceId{comment.trace()}));
  for (const auto& delivery : comment.deliveries()) POSTERN_CHECK(redact_trace(core::TraceId{delivery.outbox()}));
  copies_.remember_key(keys::comment(by_.workspace, ticket.id(), id));
  const auto counts = copies_.take_counts();
  for (const auto& [what, times] : counts) codec::encode(pipeline::Redaction{"manual", "", "", what, times}, *comment.add_redactions());
  POSTERN_CHECK(ticket.rewrite_comment(comment));
  transaction_.record(by_.workspace, {"comment.redacted", ticket.id().value, id.value});
  POSTERN_CHECK(ticket.add_event(by_.user, "redacted", words_of(counts), id));
  return true;
}

core::Result<void> RedactionStep::redact_waiting(TicketDraft& ticket, const schema::Comment& comment) {
  const auto redact = [this](std::string key) -> core::Result<void> {
    POSTERN_TRY(const bool is_changed, copies_.redact_waiting(key));
    if (is_changed) copies_.remember_key(std::move(key));
    return {};
  };
  if (comment.deliveries().empty()) return {};
  POSTERN_CHECK(redact(keys::outbox_body(ticket.workspace(), core::CommentId{comment.id()})));
  for (const auto& delivery : comment.deliveries()) {
    const core::OutboxId id{delivery.outbox()};
    POSTERN_CHECK(redact(keys::outbox_message(ticket.workspace(), id)));
    const auto item = QueueItem::open(with_, transaction_, ticket.workspace(), id);
    if (!item && item.error() != Errc::kNotFound) return item.error();
    if (item) out_.is_being_sent = out_.is_being_sent || item->is_leased_at(with_.now_ms());
  }
  return {};
}

core::Result<void> RedactionStep::redact_trace(core::TraceId id) {
  if (phrases_.empty()) return {};
  std::string key = keys::trace(by_.workspace, id);
  POSTERN_TRY(const auto value, transaction_.get(key));
  if (!value) return {};
  schema::Trace trace;
  POSTERN_CHECK(storage::open_record(with_.vault, by_.workspace, key, *value, trace));
  const std::uint32_t before = copies_.total();
  if (trace.has_verdicts()) copies_.hide_in_verdicts(*trace.mutable_verdicts());
  for (schema::TraceStep& step : *trace.mutable_steps()) copies_.hide_in_line(*step.mutable_detail(), "trace");
  if (copies_.total() == before) return {};
  POSTERN_CHECK(storage::put_sealed(transaction_, with_.vault, by_.workspace, key, trace));
  copies_.remember_key(std::move(key));
  return {};
}

// The subject, which replies that wait repeat, and what the history says.
core::Result<void> RedactionStep::redact_head(TicketDraft& ticket) {
  if (copies_.hide_in_line(*ticket.record().mutable_subject(), "subject")) {
    copies_.remember_key(keys::ticket(by_.workspace, ticket.id()));
    POSTERN_CHECK(each_comment(ticket.id(), [&](const schema::Comment& one) -> core::Result<bool> {
      POSTERN_CHECK(redact_waiting(ticket, one));
      return true;
    }));
  }
  POSTERN_CHECK(redact_attributes(ticket));
  return redact_events(ticket);
}

// What else people type into a ticket; indexes follow when it is saved.
core::Result<void> RedactionStep::redact_attributes(TicketDraft& ticket) {
  schema::Ticket& record = ticket.record();
  bool is_changed = copies_.hide_in_line(*record.mutable_external_id(), "field");
  for (schema::FieldValue& field : *record.mutable_fields()) {
    for (std::string& value : *field.mutable_values()) is_changed = copies_.hide_in_line(value, "field") || is_changed;
  }
  for (std::string& tag : *record.mutable_tags()) {
    const std::string before = tag;
    if (!copies_.hide_in_line(tag, "tag")) continue;
    is_changed = true;
    POSTERN_TRY(std::string word, tag_word_key(with_.vault, by_.workspace, before));
    copies_.remember_key(std::move(word));
  }
  std::ranges::sort(*record.mutable_tags());
  if (is_changed) copies_.remember_key(keys::ticket(by_.workspace, ticket.id()));
  return {};
}

core::Result<void> RedactionStep::redact_events(const TicketDraft& ticket) {
  if (phrases_.empty()) return {};
  std::string after;
  for (;;) {
    POSTERN_TRY(const auto entries, transaction_.snapshot().scan(keys::events_prefix(by_.workspace, ticket.id()),
                                                                 storage::Direction::kForward, kAtATime, after));
    for (const storage::Entry& entry : entries) {
      schema::TicketEvent event;
      POSTERN_CHECK(storage::open_record(with_.vault, by_.workspace, entry.key, entry.value, event));
      if (!copies_.hide_in_line(*event.mutable_detail(), "event")) continue;
      POSTERN_CHECK(storage::put_sealed(transaction_, with_.vault, by_.workspace, entry.key, event));
      copies_.remember_key(entry.key);
    }
    if (entries.size() < kAtATime) return {};
    after = entries.back().key;
  }
}

template <class Visit>
core::Result<void> RedactionStep::each_comment(core::TicketId ticket, Visit visit) {
  std::string after;
  for (std::size_t seen = 0; seen < with_.options.redaction_comments_max;) {
    POSTERN_TRY(const auto entries, transaction_.snapshot().scan(keys::comments_prefix(by_.workspace, ticket),
                                                                 storage::Direction::kForward, kAtATime, after));
    for (const storage::Entry& entry : entries) {
      schema::Comment comment;
      POSTERN_CHECK(storage::open_record(with_.vault, by_.workspace, entry.key, entry.value, comment));
      POSTERN_TRY(const bool goes_on, visit(comment));
      if (!goes_on) return {};
    }
    if (entries.size() < kAtATime) return {};
    seen += entries.size();
    after = entries.back().key;
  }
  return {};
}

// Comments that quote it.
core::Result<void> RedactionStep::redact_others(TicketDraft& ticket, core::CommentId done) {
  return each_comment(ticket.id(), [&](const schema::Comment& one) -> core::Result<bool> {
    const core::CommentId id{one.id()};
    if (id == done) return true;
    POSTERN_TRY(const bool is_shown, copies_.is_shown_in(one));
    if (is_shown && !order_.everywhere_in_ticket) out_.also_in.push_back(id);
    if (!order_.everywhere_in_ticket) return true;
    POSTERN_TRY(schema::Comment other, ticket.read_comment(id));
    POSTERN_CHECK(redact_comment(ticket, other));
    return true;
  });
}

// The same message to another inbox of the workspace is another ticket's comment. Where the caller does not work he changes
// nothing: what he would take out there are words of his choice.
core::Result<void> RedactionStep::redact_elsewhere(const TicketDraft& done, core::TraceId trace) {
  const std::string key = keys::trace(by_.workspace, trace);
  POSTERN_TRY(const auto value, transaction_.snapshot().get(key));
  if (!value) return {};
  schema::Trace record;
  POSTERN_CHECK(storage::open_record(with_.vault, by_.workspace, key, *value, record));
  std::set<std::uint64_t> numbers(record.tickets().begin(), record.tickets().end());
  numbers.erase(done.id().value);
  for (const std::uint64_t number : numbers) {
    auto ticket = TicketDraft::open(with_, transaction_, by_.workspace, core::TicketId{number});
    if (!ticket && ticket.error() == Errc::kNotFound) continue;  // a number of another workspace
    if (!ticket) return ticket.error();
    if (!by_.inboxes.has(core::InboxId{ticket->record().inbox()})) {
      ++beyond_reach_;
      continue;
    }
    core::CommentId twin;
    POSTERN_CHECK(each_comment(ticket->id(), [&](const schema::Comment& one) -> core::Result<bool> {
      if (one.trace() == trace.value) twin = core::CommentId{one.id()};
      return !twin;
    }));
    if (!twin) continue;
    POSTERN_TRY(schema::Comment comment, ticket->read_comment(twin));
    POSTERN_TRY(const bool is_found, redact_comment(*ticket, comment));
    if (!is_found) continue;
    POSTERN_CHECK(redact_head(*ticket));
    POSTERN_CHECK(note(*ticket, twin));
    POSTERN_CHECK(ticket->save(false));
  }
  return {};
}

core::Result<void> RedactionStep::redact_suspended(core::TraceId trace) {
  std::string prefix = keys::suspended(by_.workspace, trace, {});
  prefix.resize(prefix.size() - sizeof(std::uint64_t));  // of every inbox
  POSTERN_TRY(const auto entries, transaction_.snapshot().scan(prefix, storage::Direction::kForward, kAtATime));
  for (const storage::Entry& entry : entries) {
    POSTERN_TRY(const auto value, transaction_.get(entry.key));
    schema::Suspended record;
    POSTERN_CHECK(storage::open_record(with_.vault, by_.workspace, entry.key, entry.value, record));
    if (!by_.inboxes.has(core::InboxId{record.inbox()})) {
      ++beyond_reach_;
      continue;
    }
    POSTERN_TRY(std::uint32_t changed, copies_.redact(record));
    const std::uint32_t before = copies_.total();
    copies_.hide_in_line(*record.mutable_subject(), "subject");
    for (auto* list : {record.mutable_from(), record.mutable_sender(), record.mutable_reply_to(), record.mutable_to(), record.mutable_cc()}) {
      for (schema::MailAddress& one : *list) copies_.hide_in_line(*one.mutable_name(), "name");
    }
    changed += copies_.total() - before;
    if (changed == 0) continue;
    POSTERN_CHECK(storage::put_sealed(transaction_, with_.vault, by_.workspace, entry.key, record));
    copies_.remember_key(entry.key);
  }
  return {};
}

// What was counted since the comment's own event: subject, events, traces.
core::Result<void> RedactionStep::note(TicketDraft& ticket, core::CommentId comment) {
  const auto counts = copies_.take_counts();
  if (counts.empty()) return {};
  return ticket.add_event(by_.user, "redacted", words_of(counts), comment);
}

}  // namespace postern::ticketing
