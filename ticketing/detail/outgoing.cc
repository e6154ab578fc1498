#include "ticketing/detail/outgoing.h"

#include <set>

#include "core/encoding.h"
#include "ticketing/detail/header_text.h"
#include "ticketing/detail/proof.h"
#include "ticketing/detail/queue_item.h"

namespace postern::ticketing {
namespace {

constexpr std::size_t kLocalPartMax = 64;  // RFC 5321 section 4.5.3.1.1

struct Audience {
  std::vector<pipeline::NamedAddress> to, cc;
  bool has_hidden = false;  // somebody is left out whose address was hidden in part
};

core::Result<Audience> audience_of(const Services& with, const TicketDraft& ticket, const auth::User& author) {
  Audience out;
  std::set<std::string> seen;
  const auto add = [&](std::uint64_t id, std::vector<pipeline::NamedAddress>& list) -> core::Result<void> {
    if (id == author.id.value) return {};
    POSTERN_TRY(const auto user, with.accounts.find(ticket.workspace(), core::UserId{id}));
    pipeline::NamedAddress person;
    if (user) {
      person = {user->name, pipeline::split_address(user->email)};
    } else if (const auto* newcomer = ticket.newcomer(core::UserId{id})) {
      person = *newcomer;
    }
    if (has_hidden_part(person.address)) {
      out.has_hidden = true;
      return {};
    }
    if (!is_safe_address(person.address) || with.directory.resolve(person.address)) return {};  // never to ourselves: a loop
    if (seen.insert(person.address.canonical()).second) list.push_back(std::move(person));
    return {};
  };
  POSTERN_CHECK(add(ticket.record().requester(), out.to));
  for (const std::uint64_t cc : ticket.record().ccs()) POSTERN_CHECK(add(cc, out.cc));
  if (out.to.empty()) out.to.swap(out.cc);
  return out;
}

std::string sender_name(const auth::User& author, const Inbox& inbox) {
  if (author.name.empty()) return inbox.display_name;
  return inbox.display_name.empty() ? author.name : author.name + " via " + inbox.display_name;
}

// The inbox's address with a token for this recipient; the plain one when that would be too long.
core::Result<pipeline::EmailAddress> reply_address(const Services& with, const TicketDraft& ticket, const Inbox& inbox,
                                                   const pipeline::EmailAddress& recipient) {
  POSTERN_TRY(const std::string token,
              make_reply_token(with.vault, ticket.workspace(), inbox.id, ticket.id(), recipient.canonical()));
  pipeline::EmailAddress out{inbox.address.local + '+' + token, inbox.address.domain};
  return out.local.size() > kLocalPartMax ? inbox.address : out;
}

// `shared`: the message as every recipient gets it, but for the address to answer to.
core::Result<void> queue_one(const Services& with, storage::Transaction& transaction, const TicketDraft& ticket,
                             const Inbox& inbox, const pipeline::NamedAddress& recipient, const ComposedMail& shared,
                             schema::Comment& comment) {
  POSTERN_TRY(const pipeline::EmailAddress answers_to, reply_address(with, ticket, inbox, recipient.address));
  schema::OutboxEntry entry;
  entry.set_id(with.ids.next());
  entry.set_ticket(ticket.id().value);
  entry.set_comment(comment.id());
  entry.mutable_mail_from()->set_local(answers_to.local);
  entry.mutable_mail_from()->set_domain(answers_to.domain);
  entry.mutable_rcpt()->set_local(recipient.address.local);
  entry.mutable_rcpt()->set_domain(recipient.address.domain);
  entry.set_from_domain(inbox.address.domain_lower());
  entry.set_needs_smtputf8(shared.needs_smtputf8 || !is_ascii(recipient.address.to_string()));
  entry.set_requires_tls(ticket.record().requires_tls());  // RFC 8689 section 5: what answers a message is as private as it was
  entry.set_header(mailbox_field("Reply-To", {{inbox.display_name, answers_to}}));
  auto& state = *comment.add_deliveries();
  state.set_outbox(entry.id());
  state.set_rcpt(recipient.address.to_string());
  state.set_state("queued");
  const std::size_t bytes = entry.header().size() + shared.bytes.size();
  return QueueItem::add(with, transaction, ticket.workspace(), std::move(entry), bytes);
}

}  // namespace

core::Result<void> queue_reply(const Services& with, storage::Transaction& transaction, const TicketDraft& ticket,
                               const auth::User& author, const ReplyBody& body, const std::vector<OutgoingFile>& files,
                               schema::Comment& comment) {
  const Inbox* inbox = with.directory.find(core::InboxId{ticket.record().inbox()});
  if (inbox == nullptr) inbox = with.directory.find_by_workspace(ticket.workspace());
  if (inbox == nullptr) return core::fail(Errc::kInvalid, "the ticket's inbox is no longer configured");
  POSTERN_TRY(const Audience audience, audience_of(with, ticket, author));
  if (audience.to.empty() && audience.has_hidden) {
    return core::fail(Errc::kInvalid, "a number was hidden in the address to be mailed: nobody has what is left of it; write an internal note instead");
  }
  if (audience.to.empty()) return core::fail(Errc::kInvalid, "nobody can be mailed: write an internal note instead");

  OutgoingMail mail;
  mail.from = {sender_name(author, *inbox), inbox->address};
  mail.to = audience.to;
  mail.cc = audience.cc;
  // What opens a ticket is no answer.
  mail.subject = ticket.record().comment_count() == 0 ? ticket.record().subject() : reply_subject(ticket.record().subject());
  mail.date = with.clock.wall_now();
  POSTERN_TRY(mail.message_id, make_message_id(with.vault, ticket.workspace(), ticket.id(),
                                               core::CommentId{comment.id()}, with.options.hostname));
  mail.in_reply_to = ticket.record().last_customer_message_id();
  mail.references.assign(ticket.record().thread_ids().begin(), ticket.record().thread_ids().end());
  mail.text = body.text;
  mail.html = body.html;
  mail.files = files;
  comment.set_message_id(mail.message_id);
  POSTERN_TRY(ComposedMail shared, compose(mail));
  for (const auto* list : {&audience.to, &audience.cc}) {
    for (const auto& recipient : *list) {
      POSTERN_CHECK(queue_one(with, transaction, ticket, *inbox, recipient, shared, comment));
    }
  }
  return QueueItem::add_body(with, transaction, ticket.workspace(), core::CommentId{comment.id()}, std::move(shared.bytes));
}

core::Result<core::OutboxId> queue_system_mail(const Basics& with, storage::Transaction& transaction, SystemMail mail) {
  if (!is_safe_address(mail.rcpt) || (!mail.mail_from.empty() && !is_safe_address(mail.mail_from))) {
    return core::fail(Errc::kInvalid, "address of a system mail");
  }
  schema::OutboxEntry entry;
  const core::OutboxId id{with.ids.next()};
  entry.set_id(id.value);
  entry.mutable_mail_from()->set_local(mail.mail_from.local);
  entry.mutable_mail_from()->set_domain(mail.mail_from.domain);
  entry.mutable_rcpt()->set_local(mail.rcpt.local);
  entry.mutable_rcpt()->set_domain(mail.rcpt.domain);
  entry.set_from_domain(core::to_lower_ascii(mail.from_domain));
  entry.set_needs_smtputf8(!is_ascii(mail.rcpt.to_string()) || !is_ascii(mail.mail_from.to_string()));
  entry.set_purpose(clean_line(mail.purpose));
  entry.set_give_up_unix_ms(with.now_ms() + std::chrono::duration_cast<std::chrono::milliseconds>(mail.life).count());
  const std::size_t bytes = mail.message.size();
  POSTERN_CHECK(QueueItem::add_message(with, transaction, mail.workspace, id, std::move(mail.message)));
  POSTERN_CHECK(QueueItem::add(with, transaction, mail.workspace, std::move(entry), bytes));
  return id;
}

}  // namespace postern::ticketing
