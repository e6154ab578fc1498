#include "ticketing/erasure/person_step.h"

#include <algorithm>

#include "core/encoding.h"
#include "storage/schema/satisfaction.pb.h"
#include "ticketing/bulk/comment_removal.h"
#include "ticketing/bulk/undo_book.h"
#include "ticketing/detail/codec.h"
#include "ticketing/detail/damage.h"
#include "ticketing/detail/keys.h"
#include "ticketing/detail/queue_item.h"
#include "ticketing/drafts/draft_keys.h"
#include "ticketing/people/profile_records.h"
#include "ticketing/purge.h"
#include "ticketing/satisfaction/rating_keys.h"
#include "ticketing/satisfaction/ratings.h"

namespace postern::ticketing {
namespace {

constexpr std::size_t kErasedAtATime = 100;
constexpr std::size_t kDraftsOfTicketMax = 1000;

bool is_erased(const schema::Comment& comment) {
  return comment.text().inline_text() == kErasedText && comment.raw_blob().empty() && comment.attachments().empty() && comment.text().blob().empty();
}

// Every comment that can be read, oldest first, at most so many; `visit` ends it by false.
template <class Visit>
core::Result<void> each_comment_of(const Basics& with, const storage::Snapshot& snapshot, core::WorkspaceId workspace, core::TicketId ticket,
                                   std::size_t most, Visit visit) {
  std::string after;
  for (std::size_t seen = 0; seen < most;) {
    POSTERN_TRY(const auto entries, snapshot.scan(keys::comments_prefix(workspace, ticket), storage::Direction::kForward, kErasedAtATime, after));
    for (const storage::Entry& entry : entries) {
      schema::Comment comment;
      const auto opened = storage::open_record(with.vault, workspace, entry.key, entry.value, comment);
      if (!opened && !is_damage(opened.error())) return opened.error();
      if (!opened) continue;  // nobody can read it
      POSTERN_TRY(const bool goes_on, visit(std::move(comment)));
      if (!goes_on) return {};
    }
    if (entries.size() < kErasedAtATime) return {};
    seen += entries.size();
    after = entries.back().key;
  }
  return {};
}

bool was_mailed_to(const schema::Comment& comment, const ErasedPerson& person) {
  return std::ranges::any_of(comment.deliveries(), [&person](const schema::DeliveryState& each) { return person.has_address(each.rcpt()); });
}

}  // namespace

bool ErasedPerson::has_address(std::string_view address) const {
  const auto is_it = [address](const std::string& each) { return !each.empty() && core::equals_ignoring_case(each, address); };
  return is_it(email) || std::ranges::any_of(other_emails, is_it);
}

core::Result<ErasedPerson> person_of(const Services& with, const storage::Snapshot& snapshot, core::WorkspaceId workspace, core::UserId user) {
  POSTERN_TRY(const auto known, with.accounts.find(workspace, user));
  POSTERN_TRY(const schema::Profile profile, read_profile(snapshot, with.vault, workspace, user));
  ErasedPerson out{user, known ? known->email : std::string(), known ? known->name : std::string()};
  out.other_emails.assign(profile.other_emails().begin(), profile.other_emails().end());
  for (const std::uint64_t each : profile.merged()) out.merged.push_back(core::UserId{each});
  return out;
}

core::Result<std::optional<schema::SatisfactionRating>> rating_of_person(const Basics& with, const storage::Snapshot& snapshot,
                                                                         core::WorkspaceId workspace, const schema::Ticket& ticket, core::UserId person) {
  std::optional<schema::SatisfactionRating> out;
  const std::string key = rating_keys::of_ticket(workspace, core::TicketId{ticket.id()});
  POSTERN_TRY(const auto value, snapshot.get(key));
  if (!value) return out;
  out.emplace();
  const auto opened = storage::open_record(with.vault, workspace, key, *value, *out);
  if (!opened && !is_damage(opened.error())) return opened.error();
  const std::uint64_t rater = out->requester() == 0 ? ticket.requester() : out->requester();
  const bool is_said = is_given(static_cast<Score>(out->score())) || !out->comment().empty();
  if (!opened || rater != person.value || !is_said) out.reset();
  return out;
}

core::Result<PersonShare> share_of_person(const Basics& with, const storage::Snapshot& snapshot, core::WorkspaceId workspace,
                                          const schema::Ticket& ticket, const ErasedPerson& person, std::size_t comments_max) {
  PersonShare out;
  out.is_requester = ticket.requester() == person.user.value;
  out.is_copied = std::ranges::find(ticket.ccs(), person.user.value) != ticket.ccs().end();
  POSTERN_TRY(const auto rating, rating_of_person(with, snapshot, workspace, ticket, person.user));
  out.is_rater = rating && !rating->comment().empty();
  POSTERN_CHECK(each_comment_of(with, snapshot, workspace, core::TicketId{ticket.id()}, comments_max, [&](const schema::Comment& each) -> core::Result<bool> {
    out.is_mailed = out.is_mailed || was_mailed_to(each, person);
    if (each.author() != person.user.value || is_erased(each)) return true;
    ++out.comments;
    out.files += static_cast<std::uint64_t>(each.attachments_size());
    return true;
  }));
  return out;
}

core::Result<PersonStep::Done> PersonStep::erase_from(core::TicketId id, std::size_t comments_max) {
  Done out;
  POSTERN_TRY(TicketDraft ticket, TicketDraft::open(with_, transaction_, workspace_, id));
  schema::Ticket& record = ticket.record();
  out.share.is_requester = record.requester() == person_.user.value;
  out.share.is_copied = std::ranges::find(record.ccs(), person_.user.value) != record.ccs().end();
  POSTERN_TRY(const auto rating, rating_of_person(with_, transaction_.snapshot(), workspace_, record, person_.user));
  out.share.is_rater = rating && !rating->comment().empty();
  std::size_t erased = 0;
  bool is_cut = false;
  POSTERN_CHECK(each_comment_of(with_, transaction_.snapshot(), workspace_, id, static_cast<std::size_t>(-1),
                                [&](schema::Comment comment) -> core::Result<bool> {
    out.any = core::CommentId{comment.id()};
    if (comment.author() == person_.user.value && !is_erased(comment)) {
      is_cut = erased == comments_max;
      if (is_cut) return false;
      ++erased;
      POSTERN_CHECK(erase_comment(ticket, std::move(comment), out));
      return true;
    }
    if (!was_mailed_to(comment, person_)) return true;
    out.share.is_mailed = true;
    POSTERN_TRY(schema::Comment fresh, ticket.read_comment(core::CommentId{comment.id()}));
    POSTERN_TRY(const bool is_hidden, hide_recipient(fresh));
    if (!is_hidden) return true;
    keys_.push_back(keys::comment(workspace_, id, core::CommentId{fresh.id()}));
    POSTERN_CHECK(ticket.put_comment(fresh));
    return true;
  }));
  out.is_over = !is_cut;
  if (out.share.is_requester && record.subject() != kErasedSubject && (record.submitter() == 0 || record.submitter() == record.requester())) {
    record.set_subject(std::string(kErasedSubject));
  }
  if (!out.share.is_any()) return out;
  if (out.share.is_requester) POSTERN_CHECK(erase_drafts(id));
  if (out.share.is_rater) POSTERN_CHECK(erase_rating_words(id));
  POSTERN_TRY(const std::vector<std::string> copies, forget_values(transaction_, workspace_, id));
  keys_.insert(keys_.end(), copies.begin(), copies.end());
  keys_.push_back(keys::ticket(workspace_, id));
  POSTERN_CHECK(ticket.add_event({}, "content_erased", "comments " + std::to_string(out.share.comments) + ", files " + std::to_string(out.share.files)));
  POSTERN_CHECK(ticket.save(false));
  POSTERN_CHECK(add_purge_due(transaction_, workspace_, id, {}, std::move(keys_), with_.ids.next(), with_.now_ms()));
  return out;
}

core::Result<void> PersonStep::erase_comment(TicketDraft& ticket, schema::Comment read, Done& done) {
  const core::CommentId id{read.id()};
  POSTERN_TRY(schema::Comment comment, ticket.read_comment(id));  // with conflict detection
  ++done.share.comments;
  done.share.files += static_cast<std::uint64_t>(comment.attachments_size());
  POSTERN_TRY(const std::vector<std::string> blobs, release_comment_blobs(transaction_, workspace_, comment));
  keys_.insert(keys_.end(), blobs.begin(), blobs.end());
  for (const schema::Attachment& each : comment.attachments()) erase(keys::attachment(workspace_, core::AttachmentId{each.id()}));
  POSTERN_TRY(const std::string id_key, own_message_id_key(with_, transaction_, workspace_, core::InboxId{ticket.record().inbox()}, comment));
  if (!id_key.empty()) transaction_.erase(id_key);
  if (comment.trace() != 0) erase(keys::trace(workspace_, core::TraceId{comment.trace()}));
  schema::Ticket& record = ticket.record();
  auto& threads = *record.mutable_thread_ids();
  const auto mine = std::ranges::find(threads, comment.message_id());
  if (!comment.message_id().empty() && mine != threads.end()) threads.erase(mine);
  if (record.last_customer_message_id() == comment.message_id()) record.clear_last_customer_message_id();
  POSTERN_TRY(const bool is_hidden, hide_recipient(comment));
  schema::Comment left;
  left.set_id(comment.id());
  left.set_author(comment.author());
  left.set_is_public(comment.is_public());
  left.set_created_unix_ms(comment.created_unix_ms());
  left.set_via(comment.via() == "mail" ? "erased" : comment.via());  // there is no stored message any more
  left.mutable_text()->set_inline_text(std::string(kErasedText));
  if (is_hidden) *left.mutable_deliveries() = comment.deliveries();
  codec::encode(pipeline::Redaction{"erasure", "", "", "comment", 1}, *left.add_redactions());
  keys_.push_back(keys::comment(workspace_, ticket.id(), id));
  transaction_.record(workspace_, {"comment.redacted", ticket.id().value, id.value});
  return ticket.rewrite_comment(left);
}

// Their address among those that a comment was mailed to; what still waits for it is not sent.
core::Result<bool> PersonStep::hide_recipient(schema::Comment& comment) {
  bool is_changed = false;
  bool others_wait = false;  // then the message that all of them get stays until it is sent
  for (schema::DeliveryState& each : *comment.mutable_deliveries()) {
    if (!person_.has_address(each.rcpt())) {
      POSTERN_TRY(const bool waits, is_waiting(core::OutboxId{each.outbox()}));
      others_wait = others_wait || waits;
      continue;
    }
    POSTERN_CHECK(drop_waiting(core::OutboxId{each.outbox()}));
    erase(keys::trace(workspace_, core::TraceId{each.outbox()}));
    each.set_rcpt("erased");
    is_changed = true;
  }
  std::string body = keys::outbox_body(workspace_, core::CommentId{comment.id()});
  if (is_changed && !others_wait) erase(std::move(body));
  return is_changed;
}

core::Result<bool> PersonStep::is_waiting(core::OutboxId id) {
  POSTERN_TRY(const auto value, transaction_.get(keys::outbox(workspace_, id)));
  return value.has_value();
}

core::Result<void> PersonStep::drop_waiting(core::OutboxId id) {
  auto item = QueueItem::open(with_, transaction_, workspace_, id);
  if (!item && item.error() == Errc::kNotFound) return {};
  if (!item && !is_damage(item.error())) return item.error();
  if (item && item->entry().due_unix_ms() != 0) transaction_.erase(keys::due(workspace_, item->entry().due_unix_ms(), id));
  erase(keys::outbox(workspace_, id));
  erase(keys::outbox_message(workspace_, id));
  return {};
}

core::Result<void> PersonStep::erase_drafts(core::TicketId ticket) {
  POSTERN_TRY(const auto drafts, transaction_.snapshot().scan(draft_keys::of_ticket_prefix(workspace_, ticket), storage::Direction::kForward, kDraftsOfTicketMax));
  for (const storage::Entry& each : drafts) {
    storage::KeyReader key(each.key);
    key.u64();
    key.u64();
    erase(draft_keys::draft(workspace_, core::UserId{key.u64()}, ticket));
    transaction_.erase(each.key);
  }
  return {};
}

// What the requester said of the help; the score stays in the figures.
core::Result<void> PersonStep::erase_rating_words(core::TicketId ticket) {
  std::string key = rating_keys::of_ticket(workspace_, ticket);
  POSTERN_TRY(const auto value, transaction_.get(key));
  if (!value) return {};
  schema::SatisfactionRating rating;
  POSTERN_CHECK(storage::open_record(with_.vault, workspace_, key, *value, rating));
  if (rating.comment().empty()) return {};
  rating.clear_comment();
  POSTERN_CHECK(storage::put_sealed(transaction_, with_.vault, workspace_, key, rating));
  keys_.push_back(std::move(key));
  return {};
}

void PersonStep::erase(std::string key) {
  transaction_.erase(key);
  keys_.push_back(std::move(key));
}

}  // namespace postern::ticketing
