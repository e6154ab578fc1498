#include "ticketing/detail/threading.h"

#include "storage/schema/ticket.pb.h"
#include "ticketing/detail/keys.h"
#include "ticketing/detail/proof.h"
#include "ticketing/detail/ticket_draft.h"
#include "ticketing/people/survivors.h"

namespace postern::ticketing {
namespace {

class Threader {
 public:
  Threader(const Services& with, storage::Transaction& transaction, const Target& target, const IncomingMail& mail,
           const MailSender& sender)
      : with_(with), transaction_(transaction), target_(target), mail_(mail), sender_(sender),
        is_bounce_(mail.content.machine.is_bounce && mail.mail_from.empty()) {}

  core::Result<Placement> place();

 private:
  enum class Proof { kComplete, kIfParticipant, kNone };
  Proof proof_of_sender() const;

  core::Result<std::optional<TicketDraft>> open_here(core::TicketId id);
  // Where its conversation goes on: the ticket that it was merged into, and so on. None when that one was deleted.
  core::Result<std::optional<TicketDraft>> follow_merges(TicketDraft from) const;

  core::Result<bool> is_on(const TicketDraft& ticket) const;
  core::Result<void> consider(core::TicketId id, std::string_view evidence, Proof proof);

  core::Result<void> try_reply_address();

  // In this inbox, or in the one that the ticket was in while that existed.
  core::Result<bool> is_token_of(const schema::Ticket& ticket, std::string_view recipient) const;
  core::Result<bool> was_given_to_participant(const schema::Ticket& ticket) const;

  // A delivery status notification returns the header of what we sent (RFC 3464), with our signed Message-ID.
  core::Result<void> try_bounced_message();

  std::vector<std::string> quoted_ids() const;

  const Services& with_;
  storage::Transaction& transaction_;
  const Target& target_;
  const IncomingMail& mail_;
  const MailSender& sender_;
  const bool is_bounce_;  // with a null sender, as every notification has (RFC 3464 section 2)
  Placement out_;
};

core::Result<Placement> Threader::place() {
  POSTERN_CHECK(try_reply_address());
  if (out_.ticket) return out_;
  for (const std::string& id : quoted_ids()) {
    POSTERN_TRY(const auto signed_id, check_message_id(with_.vault, target_.workspace, id));
    if (signed_id) POSTERN_CHECK(consider(signed_id->ticket, "signed message-id", proof_of_sender()));
    if (out_.ticket) return out_;
  }
  if (is_bounce_) POSTERN_CHECK(try_bounced_message());
  if (out_.ticket) return out_;
  for (const std::string& id : quoted_ids()) {
    POSTERN_TRY(const std::string key, message_id_key(with_, target_, id));
    POSTERN_TRY(const std::optional<std::string> value, transaction_.get(key));
    if (!value) continue;
    schema::MessageIdIndex index;
    POSTERN_CHECK(storage::parse_record(*value, index));
    POSTERN_CHECK(consider(core::TicketId{index.ticket()}, "message-id", proof_of_sender()));
    if (out_.ticket) break;
  }
  return out_;
}

Threader::Proof Threader::proof_of_sender() const {
  if (!sender_.is_verified) return Proof::kNone;
  return sender_.is_agent ? Proof::kComplete : Proof::kIfParticipant;
}

core::Result<std::optional<TicketDraft>> Threader::open_here(core::TicketId id) {
  auto draft = TicketDraft::open(with_, transaction_, target_.workspace, id);
  if (!draft && draft.error() == Errc::kNotFound) return std::optional<TicketDraft>();
  POSTERN_TRY(TicketDraft ticket, std::move(draft));
  if (ticket.record().deleted_unix_ms() != 0) return std::optional<TicketDraft>();
  const core::InboxId inbox{ticket.record().inbox()};
  if (inbox == target_.inbox) return std::optional(std::move(ticket));
  // Of an inbox that is gone: who is an agent in this one need not be one there, and would join as more than he is.
  const bool is_beyond_sender = sender_.is_agent && !sender_.inboxes.has(inbox);
  if (with_.directory.find(inbox) != nullptr || is_beyond_sender) return std::optional<TicketDraft>();
  return std::optional(std::move(ticket));
}

core::Result<std::optional<TicketDraft>> Threader::follow_merges(TicketDraft from) const {
  constexpr std::size_t kHopsMax = 8;  // what was merged again and again; beyond, the mail stays where it has come to
  std::optional<TicketDraft> at = std::move(from);
  for (std::size_t hops = 0; hops < kHopsMax && at->record().merged_into() != 0; ++hops) {
    auto next = TicketDraft::open(with_, transaction_, target_.workspace, core::TicketId{at->record().merged_into()});
    if (!next && next.error() != Errc::kNotFound) return next.error();
    if (!next || next->record().deleted_unix_ms() != 0) return std::optional<TicketDraft>();
    // The same as in open_here(): nobody joins as more than he is there.
    if (sender_.is_agent && !sender_.inboxes.has(core::InboxId{next->record().inbox()})) return std::optional<TicketDraft>();
    at = std::move(*next);
  }
  return at;
}

core::Result<void> Threader::consider(core::TicketId id, std::string_view evidence, Proof proof) {
  POSTERN_TRY(auto named, open_here(id));
  if (!named) return {};
  POSTERN_TRY(const auto ticket, follow_merges(std::move(*named)));
  if (!ticket) return {};
  id = ticket->id();
  bool joins = proof == Proof::kComplete;
  if (proof == Proof::kIfParticipant) {
    POSTERN_TRY(joins, is_on(*ticket));
  }
  if (joins) {
    out_ = {id, std::string(evidence), 0, {}};
  } else if (out_.claims == 0) {
    out_.claims = id.value;
    out_.claimed_by = evidence;
  }
  return {};
}

// Also as who was merged into the sender, while the ticket is on its way to him.
core::Result<bool> Threader::is_on(const TicketDraft& ticket) const {
  if (ticket.is_participant(sender_.user)) return true;
  std::vector<std::uint64_t> users(ticket.record().ccs().begin(), ticket.record().ccs().end());
  users.push_back(ticket.record().requester());
  for (const std::uint64_t each : users) {
    POSTERN_TRY(const core::UserId now, survivor_of(transaction_, with_.vault, target_.workspace, core::UserId{each}));
    if (now == sender_.user) return true;
  }
  return false;
}

core::Result<void> Threader::try_reply_address() {
  const auto id = reply_token_ticket(target_.reply_token);
  if (!id) return {};
  POSTERN_TRY(const auto ticket, open_here(*id));
  if (!ticket) return {};
  if (mail_.content.from.size() == 1 && (!sender_.is_account || sender_.is_verified)) {
    POSTERN_TRY(const bool is_own, is_token_of(ticket->record(), mail_.content.from.front().address.canonical()));
    if (is_own) return consider(*id, "signed address", Proof::kComplete);
  }
  POSTERN_TRY(const bool is_genuine, was_given_to_participant(ticket->record()));
  if (!is_genuine) return {};
  if (is_bounce_) return consider(*id, kBounceEvidence, Proof::kComplete);
  return consider(*id, "signed address", proof_of_sender());
}

core::Result<bool> Threader::is_token_of(const schema::Ticket& ticket, std::string_view recipient) const {
  for (const core::InboxId inbox : {target_.inbox, core::InboxId{ticket.inbox()}}) {
    POSTERN_TRY(const bool is_theirs,
                check_reply_token(with_.vault, target_.workspace, inbox, target_.reply_token, recipient));
    if (is_theirs) return true;
  }
  return false;
}

core::Result<bool> Threader::was_given_to_participant(const schema::Ticket& ticket) const {
  std::vector<std::uint64_t> users(ticket.ccs().begin(), ticket.ccs().end());
  users.push_back(ticket.requester());
  for (const std::uint64_t id : users) {
    POSTERN_TRY(const auto user, with_.accounts.find(target_.workspace, core::UserId{id}));
    if (!user) continue;
    POSTERN_TRY(std::vector<std::string> addresses, other_addresses(transaction_.snapshot(), with_.vault, target_.workspace, user->id));
    addresses.insert(addresses.begin(), user->email);
    for (const std::string& each : addresses) {
      POSTERN_TRY(const bool is_theirs, is_token_of(ticket, each));
      if (is_theirs) return true;
    }
  }
  return false;
}

core::Result<void> Threader::try_bounced_message() {
  constexpr std::string_view kMark = "<pst.";
  std::size_t looked_at = 0;
  for (auto at = mail_.raw.find(kMark); at != std::string::npos && looked_at < with_.options.claimed_ids_max;
       at = mail_.raw.find(kMark, at + 1), ++looked_at) {
    const auto end = mail_.raw.find('>', at);
    if (end == std::string::npos || end - at > 300) continue;
    POSTERN_TRY(const auto signed_id, check_message_id(with_.vault, target_.workspace,
                                                       std::string_view(mail_.raw).substr(at + 1, end - at - 1)));
    if (signed_id) return consider(signed_id->ticket, kBounceEvidence, Proof::kComplete);
  }
  return {};
}

std::vector<std::string> Threader::quoted_ids() const {
  std::vector<std::string> out = mail_.content.in_reply_to;
  out.insert(out.end(), mail_.content.references.rbegin(), mail_.content.references.rend());
  if (out.size() > with_.options.claimed_ids_max) out.resize(with_.options.claimed_ids_max);
  return out;
}

}  // namespace

core::Result<Placement> place_message(const Services& with, storage::Transaction& transaction, const Target& target,
                                      const IncomingMail& mail, const MailSender& sender) {
  return Threader(with, transaction, target, mail, sender).place();
}

core::Result<std::string> message_id_key(const Services& with, const Target& target, std::string_view message_id) {
  POSTERN_TRY(const std::string hash, with.vault.content_hash(target.workspace, "message-id:" + std::string(message_id)));
  return keys::message_id(target.workspace, target.inbox, hash);
}

}  // namespace postern::ticketing
