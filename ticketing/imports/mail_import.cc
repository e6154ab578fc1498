#include "ticketing/imports/mail_import.h"

#include <algorithm>

#include "core/encoding.h"
#include "ticketing/detail/codec.h"
#include "ticketing/detail/filing.h"
#include "ticketing/detail/finding_counts.h"
#include "ticketing/detail/header_text.h"
#include "ticketing/detail/keys.h"
#include "ticketing/detail/retry.h"
#include "ticketing/dmarc_ledger.h"
#include "ticketing/imports/import_marks.h"
#include "ticketing/imports/past_clock.h"
#include "ticketing/people/profile_records.h"

namespace postern::ticketing {
namespace {

constexpr std::string_view kUnknownWriter = "unknown sender";
constexpr std::size_t kThreadIdsMax = 50;  // that are looked up for one message

// Ids that say which conversation it belongs to, the nearest first.
std::vector<std::string> ancestors(const pipeline::MessageContent& content) {
  std::vector<std::string> out = content.in_reply_to;
  out.insert(out.end(), content.references.rbegin(), content.references.rend());
  if (out.size() > kThreadIdsMax) out.resize(kThreadIdsMax);
  return out;
}

// One message in one transaction; `with` has the clock of when it was written.
class MailFolder {
 public:
  MailFolder(const Services& with, storage::Transaction& transaction, const auth::Principal& by, const MailOrder& order,
             const pipeline::RedactedMessage& message, std::int64_t now_ms)
      : with_(with), transaction_(transaction), workspace_(by.workspace), order_(order), message_(message),
        content_(message.content()), now_ms_(now_ms) {}

  // Whether it is here already: imported, or as mail that came by itself.
  core::Result<std::optional<MailDone>> find_known() {
    POSTERN_TRY(const std::string key, key_of(ImportKind::kMessage, order_.digest));
    POSTERN_TRY(const auto mark, find_import(transaction_, key));
    if (mark) return std::optional(MailDone{MailDone::As::kKnown, core::TicketId{mark->object()}});
    if (content_.message_id.empty()) return std::optional<MailDone>();
    POSTERN_TRY(const std::string id_key, stored_id_key());
    POSTERN_TRY(const auto value, transaction_.get(id_key));
    if (!value) return std::optional<MailDone>();
    schema::MessageIdIndex index;
    POSTERN_CHECK(storage::parse_record(*value, index));
    POSTERN_TRY(const bool is_same, has_same_words(index));
    if (!is_same) return std::optional<MailDone>();  // somebody else's id on another message: losing it would be worse
    return std::optional(MailDone{MailDone::As::kKnown, core::TicketId{index.ticket()}});
  }

  core::Result<core::TicketId> find_conversation() {
    for (const std::string& id : ancestors(content_)) {
      POSTERN_TRY(const std::string key, key_of(ImportKind::kMessageId, id));
      POSTERN_TRY(const auto mark, find_import(transaction_, key));
      if (!mark) continue;
      auto ticket = TicketDraft::open(with_, transaction_, workspace_, core::TicketId{mark->object()});
      if (!ticket && ticket.error() == Errc::kNotFound) continue;  // erased since
      if (!ticket) return ticket.error();
      if (ticket->record().deleted_unix_ms() == 0) return core::TicketId{mark->object()};
    }
    return core::TicketId{};
  }

  // `number`: of a new ticket, where no conversation was found.
  core::Result<void> write(core::TicketId conversation, core::TicketId number) {
    POSTERN_CHECK(find_people());
    POSTERN_TRY(TicketDraft ticket, conversation ? TicketDraft::open(with_, transaction_, workspace_, conversation)
                                                 : TicketDraft::create(with_, transaction_, workspace_, number, order_.inbox));
    ticket.changed_by({writer_, is_answer_ ? auth::Role::kAgent : auth::Role::kContact, std::string(kImportWay), true, false});
    const core::CommentId comment{with_.ids.next()};
    if (!conversation) POSTERN_CHECK(begin(ticket));
    POSTERN_CHECK(ticket.add_event(writer_, conversation ? "comment" : "created", std::string(kImportWay) + " " + order_.source, comment));
    POSTERN_CHECK(add_comment(ticket, comment));
    POSTERN_CHECK(add_copied(ticket));
    std::vector<std::string> tags{std::string(kImportedTag)};
    for (const pipeline::RuleHit& hit : message_.verdicts().rule_hits) {
      const bool is_here = hit.workspace == workspace_ && std::ranges::find(hit.inboxes, order_.inbox) != hit.inboxes.end();
      if (is_here) tags.insert(tags.end(), hit.tags.begin(), hit.tags.end());
    }
    POSTERN_CHECK(ticket.add_tags({}, tags));
    if (conversation) ticket.record().set_updated_unix_ms(std::max(ticket.record().updated_unix_ms(), order_.sent_unix_ms));
    POSTERN_CHECK(ticket.save(false));
    return remember(ticket.id(), comment);
  }

 private:
  core::Result<std::string> key_of(ImportKind kind, const std::string& what) const {
    return import_key(with_.vault, workspace_, kind, order_.inbox, what);
  }
  core::Result<std::string> stored_id_key() const {
    return message_id_key(with_, Target{workspace_, order_.inbox, {}, {}, false, false}, content_.message_id);
  }

  core::Result<bool> has_same_words(const schema::MessageIdIndex& index) {
    const std::string key = keys::comment(workspace_, core::TicketId{index.ticket()}, core::CommentId{index.comment()});
    POSTERN_TRY(const auto value, transaction_.snapshot().get(key));
    if (!value) return false;
    schema::Comment comment;
    POSTERN_CHECK(storage::open_record(with_.vault, workspace_, key, *value, comment));
    POSTERN_TRY(const std::string text, codec::get_text(transaction_.snapshot(), with_.vault, workspace_, comment.text()));
    return core::trim_ascii(text) == core::trim_ascii(content_.text) && comment.attachments_size() == static_cast<int>(content_.attachments.size());
  }

  core::Result<core::UserId> contact(const pipeline::NamedAddress& of) {
    const std::string address = of.address.to_string();
    return with_.accounts.ensure_contact(transaction_, workspace_, address, address.empty() ? kUnknownWriter : std::string_view(of.name));
  }
  bool is_own(const pipeline::EmailAddress& address) const { return with_.directory.is_local_domain(address.domain_lower()); }

  core::Result<void> find_people() {
    const pipeline::NamedAddress from = content_.from.empty() ? pipeline::NamedAddress{} : content_.from.front();
    POSTERN_TRY(writer_, contact(from));
    POSTERN_TRY(const auto known, with_.accounts.find(workspace_, writer_));
    is_answer_ = (known && known->role >= auth::Role::kAgent) || (!from.address.empty() && is_own(from.address));
    requester_ = writer_;
    if (!is_answer_) return {};
    for (const auto* list : {&content_.to, &content_.cc}) {
      for (const pipeline::NamedAddress& each : *list) {
        if (each.address.local.empty() || each.address.domain.empty() || is_own(each.address)) continue;
        POSTERN_TRY(requester_, contact(each));
        return {};
      }
    }
    return {};
  }

  core::Result<void> begin(TicketDraft& ticket) {
    schema::Ticket& record = ticket.record();
    record.set_subject(cut_utf8(content_.subject, with_.options.subject_bytes_max));
    record.set_requester(requester_.value);
    if (requester_ != writer_) record.set_submitter(writer_.value);
    record.set_status(static_cast<std::uint32_t>(order_.status));
    POSTERN_TRY(const std::uint64_t organization, organization_of_user(transaction_, with_.vault, workspace_, requester_));
    record.set_organization(organization);
    return {};
  }

  core::Result<void> add_comment(TicketDraft& ticket, core::CommentId id) {
    schema::Comment comment;
    comment.set_id(id.value);
    comment.set_author(writer_.value);
    comment.set_is_public(!content_.machine.is_bounce);
    POSTERN_CHECK(codec::put_text(transaction_, with_, workspace_, content_.text, *comment.mutable_text()));
    POSTERN_CHECK(codec::put_text(transaction_, with_, workspace_, content_.html, *comment.mutable_html()));
    for (const auto& attachment : content_.attachments) {
      POSTERN_TRY(*comment.add_attachments(), store_attachment(with_, transaction_, workspace_, attachment));
    }
    comment.set_created_unix_ms(order_.sent_unix_ms);
    comment.set_via("mail");
    comment.set_message_id(content_.message_id);
    codec::encode(message_.verdicts(), *comment.mutable_verdicts());
    POSTERN_TRY(std::string raw, storage::put_blob(transaction_, with_.vault, workspace_, message_.raw()));
    comment.set_raw_blob(std::move(raw));
    return ticket.add_comment(comment, !is_answer_ && !content_.machine.is_bounce);
  }

  core::Result<void> add_copied(TicketDraft& ticket) {
    if (content_.machine.is_machine()) return {};
    for (const pipeline::NamedAddress& each : content_.cc) {
      if (static_cast<std::size_t>(ticket.record().ccs_size()) >= with_.options.participants_max) break;
      if (each.address.local.empty() || each.address.domain.empty() || is_own(each.address)) continue;
      POSTERN_TRY(const core::UserId user, contact(each));
      if (!ticket.is_participant(user)) ticket.record().add_ccs(user.value);
    }
    return {};
  }

  core::Result<void> remember(core::TicketId ticket, core::CommentId comment) {
    count_findings(transaction_, {workspace_, order_.inbox, utc_day(core::from_unix_ms(now_ms_))}, message_.verdicts().redactions,
                   message_.verdicts().shadow_findings, with_.options.findings);
    POSTERN_TRY(std::string digest_key, key_of(ImportKind::kMessage, order_.digest));
    POSTERN_CHECK(mark_import(transaction_, std::move(digest_key), ticket.value, comment, now_ms_));
    if (content_.message_id.empty()) return {};
    POSTERN_TRY(std::string id_key, key_of(ImportKind::kMessageId, content_.message_id));
    POSTERN_TRY(const auto taken, find_import(transaction_, id_key));
    if (!taken) POSTERN_CHECK(mark_import(transaction_, std::move(id_key), ticket.value, comment, now_ms_));
    // A reply that is written from now on finds it like any other mail, by proof.
    POSTERN_TRY(std::string stored_key, stored_id_key());
    POSTERN_TRY(const auto stored, transaction_.get(stored_key));
    if (stored) return {};
    schema::MessageIdIndex index;
    index.set_ticket(ticket.value);
    index.set_comment(comment.value);
    return storage::put_plain(transaction_, std::move(stored_key), index);
  }

  const Services& with_;
  storage::Transaction& transaction_;
  const core::WorkspaceId workspace_;
  const MailOrder& order_;
  const pipeline::RedactedMessage& message_;
  const pipeline::MessageContent& content_;
  const std::int64_t now_ms_;
  core::UserId writer_;
  core::UserId requester_;
  bool is_answer_ = false;
};

core::Result<void> check_order(const Services& with, const auth::Principal& by, const MailOrder& order) {
  const Inbox* inbox = with.directory.find(order.inbox);
  if (inbox == nullptr || inbox->workspace != by.workspace || !by.inboxes.has(order.inbox)) return core::fail(Errc::kInvalid, "inbox: no such inbox");
  if (order.digest.empty()) return core::fail(Errc::kInvalid, "digest");
  return {};
}

}  // namespace

core::Result<std::string> MailImport::digest(core::WorkspaceId workspace, std::string_view bytes) const {
  return with_.vault.content_hash(workspace, bytes);
}

core::Result<bool> MailImport::is_known(core::WorkspaceId workspace, core::InboxId inbox, const std::string& digest) const {
  POSTERN_TRY(const std::string key, import_key(with_.vault, workspace, ImportKind::kMessage, inbox, digest));
  POSTERN_TRY(const auto mark, find_import(*with_.store.snapshot(), key));
  return mark.has_value();
}

core::Task<core::Result<MailDone>> MailImport::take(auth::Principal by, MailOrder order, const pipeline::RedactedMessage& message) const {
  POSTERN_CO_CHECK(check_order(with_, by, order));
  PastClock clock(with_.clock, order.sent_unix_ms);
  const Services then({with_.store, with_.vault, with_.directory, with_.ids, clock, with_.options, with_.hooks}, with_.accounts);
  core::TicketId number;
  for (Patience patience(with_.clock, with_.options);;) {
    storage::Transaction transaction = with_.store.begin();
    MailFolder folder(then, transaction, by, order, message, with_.now_ms());
    POSTERN_CO_TRY(const std::optional<MailDone> known, folder.find_known());
    if (known) co_return *known;
    POSTERN_CO_TRY(const core::TicketId conversation, folder.find_conversation());
    if (!conversation && !number) {
      POSTERN_CO_TRY(number.value, with_.store.next_number(keys::ticket_counter(by.workspace)));
    }
    POSTERN_CO_CHECK(folder.write(conversation, number));
    const auto committed = co_await with_.store.commit(std::move(transaction));
    if (committed) co_return conversation ? MailDone{MailDone::As::kComment, conversation} : MailDone{MailDone::As::kNewTicket, number};
    if (!co_await patience.again(committed.error())) co_return committed.error();
  }
}

core::Result<MailDone> MailImport::rehearse(const auth::Principal& by, const MailOrder& order, const pipeline::RedactedMessage& message,
                                            Rehearsal& rehearsal) const {
  POSTERN_CHECK(check_order(with_, by, order));
  storage::Transaction transaction = with_.store.begin();
  MailFolder folder(with_, transaction, by, order, message, with_.now_ms());
  POSTERN_TRY(const std::optional<MailDone> known, folder.find_known());
  if (known) return *known;
  if (!rehearsal.digests.insert(order.digest).second) return MailDone{MailDone::As::kKnown, {}};
  POSTERN_TRY(const core::TicketId conversation, folder.find_conversation());
  bool joins = static_cast<bool>(conversation);
  const auto key = [&](const std::string& id) { return with_.vault.content_hash(by.workspace, id); };
  for (const std::string& id : ancestors(message.content())) {
    POSTERN_TRY(const std::string digest, key(id));
    joins = joins || rehearsal.message_ids.contains(digest);
  }
  if (!message.content().message_id.empty()) {
    POSTERN_TRY(std::string digest, key(message.content().message_id));
    rehearsal.message_ids.insert(std::move(digest));
  }
  return MailDone{joins ? MailDone::As::kComment : MailDone::As::kNewTicket, conversation};
}

}  // namespace postern::ticketing
