#include "ticketing/automation/rule_messages.h"

#include <algorithm>
#include <array>

#include "core/encoding.h"
#include "pipeline/api/author_proof.h"
#include "ticketing/automation/keys.h"
#include "ticketing/compose.h"
#include "ticketing/detail/codec.h"
#include "ticketing/detail/header_text.h"
#include "ticketing/detail/keys.h"
#include "ticketing/detail/proof.h"
#include "ticketing/detail/queue_item.h"
#include "ticketing/people/groups.h"
#include "ticketing/webhooks/webhooks.h"

namespace postern::ticketing {
namespace {

constexpr std::size_t kLocalPartMax = 64;  // RFC 5321 section 4.5.3.1.1
constexpr std::array<std::string_view, 12> kUnread{"mailer-daemon", "postmaster", "noreply",  "no-reply", "no_reply", "donotreply",
                                                   "do-not-reply",  "do_not_reply", "bounce", "bounces",  "abuse",    "root"};

std::string ids_of(const std::vector<core::UserId>& users) {
  std::string out;
  for (const core::UserId each : users) out += (out.empty() ? "" : ", ") + std::to_string(each.value);
  return out;
}

// The inbox that the ticket's mail comes from; null when none is configured any more.
const Inbox* inbox_of(const RuleParts& parts, const TicketDraft& ticket) {
  const Inbox* inbox = parts.with.directory.find(core::InboxId{ticket.record().inbox()});
  return inbox != nullptr ? inbox : parts.with.directory.find_by_workspace(ticket.workspace());
}

// What other machines know it by (RFC 3834 section 5), and Exchange.
std::string machine_header(const RuleParts& parts, bool is_answer) {
  return std::string("Auto-Submitted: ") + (is_answer ? "auto-replied" : "auto-generated") +
         "\r\nX-Auto-Response-Suppress: All\r\nX-Postern-Instance: " + clean_line(parts.with.options.hostname) + "\r\n";
}

}  // namespace

core::Result<void> RuleMessages::send(RuleEffects& effects) {
  if (!effects.comment.empty()) POSTERN_CHECK(add_note(effects.comment, effects.comment_html));
  for (const schema::RuleAction& action : effects.messages) {
    POSTERN_CHECK(action.field() == "notification_webhook" ? call_webhook(action, effects) : send_one(action, effects));
  }
  return {};
}

core::Result<void> RuleMessages::add_note(const std::string& text, const std::string& html) {
  schema::Comment comment;
  comment.set_id(parts_.with.ids.next());
  comment.set_is_public(false);
  POSTERN_CHECK(codec::put_text(ticket_.transaction(), parts_.with, ticket_.workspace(), text, *comment.mutable_text()));
  if (!html.empty()) POSTERN_CHECK(codec::put_text(ticket_.transaction(), parts_.with, ticket_.workspace(), html, *comment.mutable_html()));
  comment.set_created_unix_ms(parts_.with.now_ms());
  comment.set_via("rule");
  POSTERN_CHECK(ticket_.add_comment(comment, false));
  return ticket_.add_event({}, "comment", "internal", core::CommentId{comment.id()});
}

core::Result<void> RuleMessages::send_one(const schema::RuleAction& action, RuleEffects& effects) {
  std::vector<core::UserId> sent;
  std::vector<core::UserId> seen;
  POSTERN_TRY(const std::vector<core::UserId> people, whom(action));
  if (people.empty()) effects.skipped.push_back(describe(action) + ": nobody");
  if (inbox_of(parts_, ticket_) == nullptr) effects.skipped.push_back(describe(action) + ": the ticket's inbox is no longer configured");
  for (const core::UserId each : people) {
    if (seen.size() >= parts_.limits.recipients_max || inbox_of(parts_, ticket_) == nullptr) break;
    if (!each || std::ranges::find(seen, each) != seen.end()) continue;
    seen.push_back(each);
    POSTERN_TRY(const auto user, find_person(parts_, ticket_.transaction(), ticket_.workspace(), each));
    if (!user) continue;
    Recipient recipient{*user, Readers::kAgents};
    POSTERN_TRY(const std::string why_not, refusal(*user, recipient.readers));
    if (why_not.empty()) {
      POSTERN_CHECK(mail(recipient, action));
      sent.push_back(each);
    } else {
      effects.skipped.push_back(describe(action) + ": " + std::to_string(each.value) + " " + why_not);
    }
  }
  if (!sent.empty()) effects.done.push_back(describe(action) + ": mailed " + ids_of(sent));
  // Replaces what was said when it was only planned.
  std::erase(effects.done, describe(action));
  return {};
}

core::Result<void> RuleMessages::call_webhook(const schema::RuleAction& action, RuleEffects& effects) {
  if (parts_.webhooks == nullptr) {
    effects.skipped.push_back(describe(action) + ": there are no webhooks");
    return {};
  }
  WebhookNotice notice;
  notice.workspace = ticket_.workspace();
  notice.webhook = rule_number(action.values(0));
  notice.ticket = ticket_.id();
  notice.rule = rule_;
  notice.actor = current_;
  if (action.values_size() > 1) {
    POSTERN_TRY(notice.body, text_.fill_json(action.values(1), Readers::kAgents));
  }
  const auto called = parts_.webhooks->notify(ticket_.transaction(), std::move(notice));
  if (!called && called.error() == Errc::kInvalid) {
    effects.skipped.push_back(describe(action) + ": " + called.error().context());
    return {};
  }
  return called;
}

core::Result<std::vector<core::UserId>> RuleMessages::whom(const schema::RuleAction& action) {
  const schema::Ticket& record = ticket_.record();
  const std::string& word = action.values(0);
  if (action.field() == "notification_group") {
    const std::uint64_t id = word == "group_id" ? record.group() : rule_number(word);
    if (id == 0 || parts_.groups == nullptr) return std::vector<core::UserId>();
    const auto group = parts_.groups->find(ticket_.workspace(), id);
    if (!group) return group.error() == Errc::kNotFound ? core::Result<std::vector<core::UserId>>(std::vector<core::UserId>()) : group.error();
    return group->members;
  }
  if (word == "assignee_id") return std::vector{core::UserId{record.assignee()}};
  if (word == "current_user") return std::vector{current_};
  if (word == "all_agents") return all_agents();
  if (word != "requester_id" && word != "requester_and_ccs") return std::vector{core::UserId{rule_number(word)}};
  std::vector<core::UserId> out{core::UserId{record.requester()}};
  if (word == "requester_id") return out;
  for (const std::uint64_t id : record.ccs()) out.push_back(core::UserId{id});
  return out;
}

core::Result<std::vector<core::UserId>> RuleMessages::all_agents() {
  POSTERN_TRY(const auto accounts, parts_.with.accounts.accounts(ticket_.workspace()));
  std::vector<core::UserId> out;
  for (const auth::User& each : accounts) {
    if (!each.is_disabled) out.push_back(each.id);
  }
  return out;
}

bool RuleMessages::is_answer() const { return ticket_.source().via == "mail" && ticket_.source().role == auth::Role::kContact; }

core::Result<std::string> RuleMessages::refusal(const auth::User& user, Readers& readers) {
  const pipeline::EmailAddress address = pipeline::split_address(user.email);
  if (!is_safe_address(address)) return std::string("has no address that can be mailed");
  if (has_hidden_part(address)) return std::string("has an address in which a number was hidden");
  if (parts_.with.directory.resolve(address)) return std::string("has an address of ours");
  const bool is_author = user.id == ticket_.source().actor;
  if (ticket_.source().is_machine && is_author) return std::string("wrote automatic mail");
  if (user.role >= auth::Role::kAgent) {
    const bool sees = user.permissions.has(auth::Permission::kTicketsRead) && user.inboxes.has(core::InboxId{ticket_.record().inbox()});
    if (user.is_disabled || !sees) return std::string("does not work in this inbox");
  } else {
    POSTERN_TRY(std::string why_not, refusal_of_customer(user, readers));
    if (!why_not.empty()) return why_not;
  }
  POSTERN_TRY(const bool is_within, is_within_budget(user));
  return is_within ? std::string() : std::string("was mailed too often");
}

core::Result<std::string> RuleMessages::refusal_of_customer(const auth::User& user, Readers& readers) {
  const ChangeSource& source = ticket_.source();
  readers = Readers::kCustomers;
  const std::string local = core::to_lower_ascii(pipeline::split_address(user.email).local);
  if (std::ranges::find(kUnread, local) != kUnread.end()) return std::string("reads no mail");
  if (source.is_machine) return std::string("is not told of automatic mail");
  if (is_answer()) {
    if (user.id != source.actor) return std::string("did not write this mail");
    return source.is_proven ? std::string() : std::string("is not proven to have written this mail");
  }
  const schema::Ticket& record = ticket_.record();
  const bool is_agents = record.submitter() != 0 && record.submitter() != record.requester();  // they wrote it
  if (record.metrics().replies() > 0 || is_agents) return std::string();
  // Nobody has answered yet: it may be forged, and then the mail would reach somebody who never wrote.
  POSTERN_TRY(const bool is_proven, has_proven_himself(user));
  return is_proven ? std::string() : std::string("is not proven to have written here, and nobody has answered yet");
}

core::Result<bool> RuleMessages::has_proven_himself(const auth::User& user) {
  const std::string prefix = keys::comments_prefix(ticket_.workspace(), ticket_.id());
  POSTERN_TRY(const std::vector<storage::Entry> entries, ticket_.transaction().snapshot().scan(
                                                             prefix, storage::Direction::kForward, parts_.limits.comments_looked_at_max));
  const std::string domain = pipeline::split_address(user.email).domain_lower();
  for (const storage::Entry& entry : entries) {
    schema::Comment comment;
    const auto opened = storage::open_record(parts_.with.vault, ticket_.workspace(), entry.key, entry.value, comment);
    if (!opened && !is_damage(opened.error())) return opened.error();
    if (!opened) continue;  // it proves nothing
    if (comment.author() != user.id.value || !comment.has_verdicts()) continue;
    if (pipeline::is_author_proven(codec::decode(comment.verdicts()).auth, domain)) return true;
  }
  return false;
}

// A counter, so that mails to one agent about many tickets never conflict; it may be behind by what is being written now.
core::Result<bool> RuleMessages::is_within_budget(const auth::User& user) {
  const auto window_ms = std::chrono::duration_cast<std::chrono::milliseconds>(parts_.limits.mail_window).count();
  const auto window = static_cast<std::uint64_t>(parts_.with.now_ms() / window_ms);
  const core::WorkspaceId workspace = ticket_.workspace();
  POSTERN_TRY(const std::string digest, parts_.with.vault.content_hash(
                                            workspace, "rule-mail:" + pipeline::split_address(user.email).canonical()));
  const std::string key = keys::rule_mail_count(workspace, window, is_answer(), core::InboxId{ticket_.record().inbox()}, digest);
  POSTERN_TRY(const auto stored, ticket_.transaction().snapshot().get(key));
  const std::uint64_t most = is_answer() && user.role == auth::Role::kContact ? parts_.limits.answers_per_address_max
                                                                              : parts_.limits.mails_per_address_max;
  if (static_cast<std::uint64_t>(storage::decode_counter(stored)) >= most) return false;
  ticket_.transaction().add(key, 1);
  return true;
}

core::Result<void> RuleMessages::mail(const Recipient& to, const schema::RuleAction& action) {
  const Inbox* inbox = inbox_of(parts_, ticket_);
  const core::WorkspaceId workspace = ticket_.workspace();
  const pipeline::EmailAddress rcpt = pipeline::split_address(to.user.email);
  POSTERN_TRY(const std::string token,
              make_reply_token(parts_.with.vault, workspace, inbox->id, ticket_.id(), rcpt.canonical()));
  pipeline::EmailAddress answers_to{inbox->address.local + '+' + token, inbox->address.domain};
  if (answers_to.local.size() > kLocalPartMax) answers_to = inbox->address;

  const core::OutboxId id{parts_.with.ids.next()};
  OutgoingMail mail;
  mail.from = {inbox->display_name, inbox->address};
  mail.to = {{clean_line(to.user.name), rcpt}};
  mail.reply_to = {inbox->display_name, answers_to};
  text_.write_to(to.readers == Readers::kCustomers ? to.user.id : core::UserId());
  POSTERN_TRY(mail.subject, text_.fill(action.values(1), to.readers));
  mail.subject = clean_line(mail.subject);
  mail.date = parts_.with.clock.wall_now();
  // Signed for the ticket; the queue entry's id stands where a reply has its comment's.
  POSTERN_TRY(mail.message_id, make_message_id(parts_.with.vault, workspace, ticket_.id(), core::CommentId{id.value}, parts_.with.options.hostname));
  if (to.readers != Readers::kAgents) mail.in_reply_to = ticket_.record().last_customer_message_id();
  mail.references.assign(ticket_.record().thread_ids().begin(), ticket_.record().thread_ids().end());
  POSTERN_TRY(mail.text, text_.fill(action.values(2), to.readers));
  text_.write_to({});
  POSTERN_TRY(ComposedMail composed, compose(mail));

  schema::OutboxEntry entry;
  entry.set_id(id.value);
  entry.set_ticket(ticket_.id().value);
  entry.mutable_rcpt()->set_local(rcpt.local);
  entry.mutable_rcpt()->set_domain(rcpt.domain);
  entry.set_from_domain(inbox->address.domain_lower());
  entry.set_requires_tls(ticket_.record().requires_tls());
  entry.set_needs_smtputf8(composed.needs_smtputf8);
  std::string message = machine_header(parts_, is_answer()) + composed.bytes;
  const std::size_t bytes = message.size();
  POSTERN_CHECK(QueueItem::add_message(parts_.with, ticket_.transaction(), workspace, id, std::move(message)));
  return QueueItem::add(parts_.with, ticket_.transaction(), workspace, std::move(entry), bytes);
}

}  // namespace postern::ticketing
