#include "ticketing/detail/filing.h"

#include <algorithm>

#include "core/encoding.h"
#include "ticketing/detail/codec.h"
#include "ticketing/detail/header_text.h"
#include "ticketing/detail/keys.h"
#include "ticketing/detail/report_store.h"
#include "ticketing/detail/suspended_record.h"
#include "ticketing/forwarding/forwarded.h"
#include "ticketing/joining/join_requests.h"
#include "ticketing/people/profile_records.h"
#include "ticketing/people/survivors.h"
#include "ticketing/search/file_texts.h"
#include "ticketing/senders/sender_lists.h"

namespace postern::ticketing {
namespace {

constexpr std::string_view kNobody = "unknown sender";

std::string ticket_object(core::TicketId id) { return "ticket/" + std::to_string(id.value); }

// What redaction rules of the inbox put on the ticket.
std::vector<std::string> tags_for(const Target& target, const pipeline::Verdicts& verdicts) {
  std::vector<std::string> tags;
  for (const pipeline::RuleHit& hit : verdicts.rule_hits) {
    const bool is_here = std::find(hit.inboxes.begin(), hit.inboxes.end(), target.inbox) != hit.inboxes.end();
    if (hit.workspace == target.workspace && is_here) tags.insert(tags.end(), hit.tags.begin(), hit.tags.end());
  }
  return tags;
}

ChangeSource source_of(const MailSender& sender, const IncomingMail& mail) {
  const pipeline::MachineMail& machine = mail.content.machine;
  const auth::Role role = sender.is_agent ? auth::Role::kAgent : auth::Role::kContact;
  return {sender.user, role, mail.via, machine.is_machine() || machine.wants_no_reply, sender.is_verified};
}

}  // namespace

core::Result<schema::Attachment> store_attachment(const Services& with, storage::Transaction& transaction,
                                                  core::WorkspaceId workspace, const pipeline::RedactedAttachment& from) {
  schema::Attachment to;
  to.set_id(with.ids.next());
  to.set_name(from.name);
  to.set_media_type(from.media_type);
  to.set_content_id(from.content_id);
  to.set_is_inline(from.is_inline);
  to.set_was_replaced(from.was_replaced);
  to.set_size(from.content.size());
  POSTERN_TRY(std::string address, storage::put_blob(transaction, with.vault, workspace, from.content));
  to.set_blob(std::move(address));
  POSTERN_CHECK(search::put_file_text(transaction, with.vault, workspace, to.id(), from.text));
  return to;
}

core::Result<Filed> MailFiler::file(const Target& target) {
  POSTERN_TRY(const std::vector<std::string> delivery, delivery_keys(with_, target, mail_));
  POSTERN_TRY(const auto before, find_delivery(with_, transaction_, mail_, delivery));
  if (before) {
    return Filed{Filed::As::kDuplicate, core::TicketId{before->ticket()}, core::CommentId{before->comment()}, {}, {}};
  }
  POSTERN_TRY(const std::string held_for, cause_to_hold(target));
  // A reply address was given to people: what comes to it is about a ticket.
  const bool may_count = target.takes_reports && target.reply_token.empty() && mail_.reports != nullptr;
  POSTERN_TRY(const Filed filed, !held_for.empty() ? suspend(target, held_for) : may_count ? file_reports(target) : file_as_ticket(target));
  POSTERN_CHECK(remember_delivery(with_, transaction_, delivery, filed.ticket, filed.comment));
  return filed;
}

core::Result<std::string> MailFiler::cause_to_hold(const Target& target) {
  if (!target.held_cause.empty()) return target.held_cause;
  const pipeline::EmailAddress from = claimed_sender(mail_).address;
  POSTERN_TRY(const Listed listed, look_up_sender(transaction_, target.workspace, {from, mail_.mail_from, is_sender_authenticated(mail_)}));
  if (listed == Listed::kBlocked) return std::string("blocked");
  const bool is_allowed = target.is_allowed || listed == Listed::kAllowed;
  if (mail_.verdicts.spam.action != pipeline::SpamAction::kAccept && !is_allowed) return std::string("spam");
  const std::string sender = from.to_string();
  if (sender.empty()) return std::string();
  POSTERN_TRY(const bool is_suspended, is_sender_suspended(transaction_, with_.vault, target.workspace, sender));
  return std::string(is_suspended ? "suspended_user" : "");
}

core::Result<Filed> MailFiler::suspend(const Target& target, std::string cause) {
  POSTERN_CHECK(put_suspended(with_, transaction_, target, mail_, cause));
  transaction_.record(target.workspace, {"mail.suspended", mail_.trace.value, target.inbox.value});
  POSTERN_CHECK(audit(target, {}, "mail.suspended", "trace/" + core::to_base32(mail_.trace.value), cause));
  return Filed{Filed::As::kSuspended, {}, {}, std::move(cause), {}};
}

core::Result<Filed> MailFiler::file_reports(const Target& target) {
  if (mail_.reports->has_any()) {
    POSTERN_TRY(std::string told, store_reports(with_, transaction_, target, mail_, *mail_.reports));
    return Filed{Filed::As::kReport, {}, {}, {}, std::move(told)};
  }
  POSTERN_TRY(Filed filed, file_as_ticket(target));
  if (mail_.reports->is_failure_report) filed.reports = "a failure report: for people to read";
  if (!mail_.reports->problem.empty()) filed.reports = "not readable: " + mail_.reports->problem;
  return filed;
}

core::Result<Filed> MailFiler::file_as_ticket(const Target& target) {
  POSTERN_TRY(MailSender sender, find_sender(target));
  POSTERN_TRY(Placement placement, place_message(with_, transaction_, target, mail_, sender));
  if (placement.evidence == kBounceEvidence) {
    POSTERN_TRY(sender, find_mail_system(target));
  }
  bool is_new = false;
  POSTERN_TRY(TicketDraft ticket, open_or_create(target, sender, placement, is_new));
  if (is_new && !placement.ticket) POSTERN_CHECK(take_forwarded(target, ticket, sender));
  POSTERN_TRY(const Added added, add_comment(target, ticket, sender));
  const core::CommentId comment = added.comment;
  if (is_new) {
    std::string how = "mail";
    if (placement.ticket) how = "mail; follow-up of " + std::to_string(placement.ticket->value) + "; " + placement.evidence;
    if (placement.claims != 0) {
      how = "mail; claims " + std::to_string(placement.claims);
      if (!mail_.content.machine.is_machine()) {
        const JoinWish wish{core::TicketId{placement.claims}, ticket.id(), sender.user, placement.claimed_by, sender.is_verified};
        POSTERN_CHECK(ask_to_join(with_, transaction_, target.workspace, wish));
      }
    }
    POSTERN_CHECK(ticket.add_event(sender.user, "created", how, comment));
    if (ticket.record().forwarded_by() != 0) {
      POSTERN_CHECK(ticket.add_event(sender.user, "forwarded", "user/" + std::to_string(ticket.record().forwarded_from()), comment));
    }
  } else {
    POSTERN_CHECK(ticket.add_event(sender.user, "comment", "mail", comment));
    POSTERN_CHECK(ticket.add_event(sender.user, "joined_by", placement.evidence, comment));
    POSTERN_CHECK(reopen(ticket, sender));
  }
  POSTERN_CHECK(ticket.add_tags({}, tags_for(target, mail_.verdicts)));
  if (added.is_public) POSTERN_CHECK(add_ccs(target, ticket));  // who sees a note is not who sees the ticket
  POSTERN_CHECK(ticket.save(true));
  POSTERN_CHECK(audit(target, sender, is_new ? "ticket.created" : "ticket.comment", ticket_object(ticket.id()),
                      is_new ? "" : placement.evidence));
  return Filed{is_new ? Filed::As::kNewTicket : Filed::As::kComment, ticket.id(), comment, {}, {}};
}

core::Result<MailSender> MailFiler::find_sender(const Target& target) {
  const pipeline::NamedAddress claimed = claimed_sender(mail_);
  const std::string address = claimed.address.to_string();
  POSTERN_TRY(const core::UserId user, with_.accounts.ensure_contact(transaction_, target.workspace, address,
                                                                     address.empty() ? kNobody : claimed.name));
  POSTERN_TRY(const auto known, with_.accounts.find(target.workspace, user));
  MailSender out{user, known && known->role >= auth::Role::kAgent, is_sender_authenticated(mail_)};
  const bool may_write = known && (known->permissions.has(auth::Permission::kReply) || known->permissions.has(auth::Permission::kNotesWrite));
  // Whoever is limited to other inboxes is a correspondent here, like anybody else.
  const bool works_here = known && known->inboxes.has(target.inbox);
  out.is_agent = out.is_account && out.is_verified && !known->is_disabled && may_write && works_here;
  out.may_reply = !out.is_agent || known->permissions.has(auth::Permission::kReply);
  if (out.is_account && out.is_verified) {
    out.role = known->role;
    out.support = known->support;
    out.inboxes = known->inboxes;
  }
  return out;
}

// Who a bounce is from. Anybody can write any name on one, so only that of a mail system is believed.
core::Result<MailSender> MailFiler::find_mail_system(const Target& target) {
  const pipeline::EmailAddress claimed = claimed_sender(mail_).address;
  if (core::equals_ignoring_case(claimed.local, "mailer-daemon")) {
    POSTERN_TRY(const core::UserId user, with_.accounts.ensure_contact(transaction_, target.workspace, claimed.to_string(),
                                                                       "Mail Delivery System"));
    POSTERN_TRY(const auto known, with_.accounts.find(target.workspace, user));
    if (!known || known->role < auth::Role::kAgent) return MailSender{user};
  }
  POSTERN_TRY(const core::UserId nobody, with_.accounts.ensure_contact(transaction_, target.workspace, {}, kNobody));
  return MailSender{nobody};
}

core::Result<TicketDraft> MailFiler::open_or_create(const Target& target, const MailSender& sender, Placement& placement,
                                                    bool& is_new) {
  if (placement.ticket) {
    POSTERN_TRY(TicketDraft ticket, TicketDraft::open(with_, transaction_, target.workspace, *placement.ticket));
    ticket.changed_by(source_of(sender, mail_));
    if (ticket.status() != Status::kClosed || mail_.content.machine.is_machine()) return ticket;
  }
  is_new = true;
  core::TicketId& number = numbers_[target.inbox];
  if (!number) {
    POSTERN_TRY(number.value, with_.store.next_number(keys::ticket_counter(target.workspace)));
  }
  POSTERN_TRY(TicketDraft ticket, TicketDraft::create(with_, transaction_, target.workspace, number, target.inbox));
  ticket.changed_by(source_of(sender, mail_));
  ticket.record().set_subject(cut_utf8(mail_.content.subject, with_.options.subject_bytes_max));
  ticket.record().set_requester(sender.user.value);
  ticket.record().set_claims_ticket(placement.claims);
  if (placement.ticket) ticket.record().set_follow_up_of(placement.ticket->value);
  return ticket;
}

// Only an agent whose mail is proven is believed: what is written of an original sender, anybody can write. Who has an account is
// never made the requester so, and nobody of our own domains.
core::Result<void> MailFiler::take_forwarded(const Target& target, TicketDraft& ticket, const MailSender& sender) {
  if (!sender.is_agent || mail_.content.machine.is_machine()) return {};
  const std::optional<Forwarded> forwarded = find_forwarded(mail_.content);
  if (!forwarded || with_.directory.is_local_domain(forwarded->from.address.domain_lower())) return {};
  POSTERN_TRY(const core::UserId original, with_.accounts.ensure_contact(transaction_, target.workspace, forwarded->from.address.to_string(),
                                                                         forwarded->from.name));
  POSTERN_TRY(const auto known, with_.accounts.find(target.workspace, original));
  if (original == sender.user || (known && known->role >= auth::Role::kAgent)) return {};
  if (!known) ticket.introduce(original, forwarded->from);
  ticket.record().set_requester(original.value);
  ticket.record().set_submitter(sender.user.value);
  ticket.record().set_forwarded_by(sender.user.value);
  ticket.record().set_forwarded_from(original.value);
  return {};
}

core::Result<MailFiler::Added> MailFiler::add_comment(const Target& target, TicketDraft& ticket, const MailSender& sender) {
  const auto& content = mail_.content;
  schema::Comment comment;
  comment.set_id(with_.ids.next());
  comment.set_author(sender.user.value);
  const bool is_forward = ticket.record().comment_count() == 0 && ticket.record().forwarded_by() != 0;
  bool is_public = !content.machine.is_bounce && !is_forward;  // what the agent wrote above it is for colleagues
  if (is_public && sender.is_agent && ticket.record().comment_count() > 0) {  // a reply that leaves the requester out is a note
    POSTERN_TRY(is_public, is_addressed_to_requester(ticket));
    is_public = is_public && sender.may_reply;
  }
  comment.set_is_public(is_public);
  POSTERN_CHECK(codec::put_text(transaction_, with_, target.workspace, content.text, *comment.mutable_text()));
  POSTERN_CHECK(codec::put_text(transaction_, with_, target.workspace, content.html, *comment.mutable_html()));
  for (const auto& attachment : content.attachments) {
    POSTERN_TRY(*comment.add_attachments(), store_attachment(with_, transaction_, target.workspace, attachment));
  }
  comment.set_created_unix_ms(with_.now_ms());
  comment.set_via(mail_.via);
  comment.set_message_id(content.message_id);
  codec::encode(mail_.verdicts, *comment.mutable_verdicts());
  POSTERN_TRY(std::string raw, storage::put_blob(transaction_, with_.vault, target.workspace, mail_.raw));
  comment.set_raw_blob(std::move(raw));
  comment.set_trace(mail_.trace.value);
  if (mail_.requires_tls) ticket.record().set_requires_tls(true);  // and never false again: what follows may quote it
  const Added added{core::CommentId{comment.id()}, is_public};
  POSTERN_CHECK(ticket.add_comment(std::move(comment), !sender.is_agent && !content.machine.is_bounce));
  POSTERN_CHECK(remember_message_id(target, ticket.id(), added.comment));
  return added;
}

core::Result<void> MailFiler::remember_message_id(const Target& target, core::TicketId ticket, core::CommentId comment) {
  if (mail_.content.message_id.empty()) return {};
  POSTERN_TRY(std::string key, message_id_key(with_, target, mail_.content.message_id));
  POSTERN_TRY(const auto taken, transaction_.get(key));
  if (taken) return {};  // the first message of that id keeps it: a later one may be forged
  schema::MessageIdIndex index;
  index.set_ticket(ticket.value);
  index.set_comment(comment.value);
  return storage::put_plain(transaction_, std::move(key), index);
}

core::Result<bool> MailFiler::is_addressed_to_requester(const TicketDraft& ticket) const {
  POSTERN_TRY(const auto requester, with_.accounts.find(ticket.workspace(), core::UserId{ticket.record().requester()}));
  if (!requester) return false;
  for (const auto* list : {&mail_.content.to, &mail_.content.cc}) {
    for (const auto& one : *list) {
      const std::string address = one.address.to_string();
      if (core::equals_ignoring_case(address, requester->email)) return true;
      POSTERN_TRY(const bool is_his, has_address(transaction_, with_.vault, ticket.workspace(), requester->id, address));
      if (is_his) return true;
    }
  }
  return false;
}

core::Result<void> MailFiler::add_ccs(const Target& target, TicketDraft& ticket) {
  if (mail_.content.machine.is_machine()) return {};
  for (const auto& one : mail_.content.cc) {
    if (static_cast<std::size_t>(ticket.record().ccs_size()) >= with_.options.participants_max) break;
    if (one.address.local.empty() || one.address.domain.empty()) continue;
    if (with_.directory.is_local_domain(one.address.domain_lower())) continue;
    POSTERN_TRY(const core::UserId user,
                with_.accounts.ensure_contact(transaction_, target.workspace, one.address.to_string(), one.name));
    if (!ticket.is_participant(user)) ticket.record().add_ccs(user.value);
  }
  return {};
}

core::Result<void> MailFiler::reopen(TicketDraft& ticket, const MailSender& sender) {
  if (sender.is_agent || mail_.content.machine.is_machine()) return {};
  switch (ticket.status()) {
    case Status::kPending:
    case Status::kHold:
    case Status::kSolved: return ticket.set_status(sender.user, Status::kOpen);
    case Status::kNew:
    case Status::kOpen:
    case Status::kClosed: return {};
  }
  return {};
}

core::Result<void> MailFiler::audit(const Target& target, const MailSender& sender, std::string_view action,
                                    std::string_view object, std::string_view detail) {
  auth::Principal by;
  if (by_) {
    by = *by_;
  } else {
    // What somebody with an account is said to have done has to be proven.
    if (!sender.is_account || sender.is_verified) by.user = sender.user;
    by.role = sender.role;
    by.support = sender.support;
    by.method = mail_.via == "web" ? auth::Method::kLink : auth::Method::kMail;
    by.client_ip = mail_.client_ip;
  }
  by.workspace = target.workspace;
  return auth::audit(transaction_, with_.vault, with_.ids, with_.clock, by, action, object, detail);
}

}  // namespace postern::ticketing
