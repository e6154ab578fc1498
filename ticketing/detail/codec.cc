#include "ticketing/detail/codec.h"

#include "storage/records.h"

namespace postern::ticketing::codec {
namespace {

template <class Enum>
std::uint32_t number(Enum value) {
  return static_cast<std::uint32_t>(value);
}
template <class Enum>
Enum word(std::uint32_t value, Enum last) {  // a newer version's enumerator reads as the first one
  return value <= number(last) ? static_cast<Enum>(value) : static_cast<Enum>(0);
}
pipeline::AuthResult auth_result(std::uint32_t value) { return word(value, pipeline::AuthResult::kPermError); }
pipeline::DmarcPolicy dmarc_policy(std::uint32_t value) { return word(value, pipeline::DmarcPolicy::kReject); }

void encode_dmarc(const pipeline::DmarcVerdict& from, schema::DmarcVerdict& to) {
  to.set_result(number(from.result));
  to.set_policy(number(from.policy));
  to.set_disposition(number(from.disposition));
  to.set_domain(from.domain);
  to.set_policy_domain(from.policy_domain);
  for (const auto& by : from.aligned_by) to.add_aligned_by(by);
  to.set_reason(from.reason);
  to.set_is_spf_strict(from.published.is_spf_strict);
  to.set_is_dkim_strict(from.published.is_dkim_strict);
  to.set_is_testing(from.published.is_testing);
  to.set_published_policy(from.published.policy);
  to.set_published_subdomain_policy(from.published.subdomain_policy);
  to.set_published_nonexistent_policy(from.published.nonexistent_policy);
  to.set_overridden_by(from.overridden_by);
}

pipeline::DmarcVerdict decode_dmarc(const schema::DmarcVerdict& from) {
  pipeline::DmarcVerdict to;
  to.result = auth_result(from.result());
  to.policy = dmarc_policy(from.policy());
  to.disposition = dmarc_policy(from.disposition());
  to.domain = from.domain();
  to.policy_domain = from.policy_domain();
  to.aligned_by.assign(from.aligned_by().begin(), from.aligned_by().end());
  to.reason = from.reason();
  to.published = {from.is_spf_strict(),    from.is_dkim_strict(),             from.is_testing(),
                  from.published_policy(), from.published_subdomain_policy(), from.published_nonexistent_policy()};
  to.overridden_by = from.overridden_by();
  return to;
}

void encode_arc(const pipeline::ArcVerdict& from, schema::ArcVerdict& to) {
  to.set_result(number(from.result));
  to.set_instances(from.instances);
  to.set_sealer(from.sealer);
  to.set_reason(from.reason);
  to.set_is_trusted(from.is_trusted);
  to.set_sealed_dmarc(number(from.sealed_dmarc));
}

pipeline::ArcVerdict decode_arc(const schema::Verdicts& from) {
  if (!from.has_arc()) return {auth_result(from.arc_result()), from.arc_instances(), {}, {}, false, {}};
  const schema::ArcVerdict& arc = from.arc();
  return {auth_result(arc.result()), arc.instances(), arc.sealer(), arc.reason(), arc.is_trusted(), auth_result(arc.sealed_dmarc())};
}

void encode_dns(const pipeline::AuthVerdicts& from, schema::Verdicts& to) {
  for (const auto& hit : from.lists) {
    auto& one = *to.add_dns_lists();
    one.set_list(hit.list);
    one.set_answer(hit.answer);
    one.set_is_allow(hit.is_allow);
  }
  for (const auto& step : from.dns) {
    auto& one = *to.add_dns();
    one.set_method(step.method);
    one.set_name(step.name);
    one.set_type(step.type);
    one.set_status(step.status);
    one.set_is_secure(step.is_secure);
    for (const auto& record : step.records) one.add_records(record);
  }
}

void decode_dns(const schema::Verdicts& from, pipeline::AuthVerdicts& to) {
  for (const auto& one : from.dns_lists()) to.lists.push_back({one.list(), one.answer(), one.is_allow()});
  for (const auto& one : from.dns()) {
    to.dns.push_back({one.method(), one.name(), one.type(), one.status(), one.is_secure(), {one.records().begin(), one.records().end()}});
  }
}

void encode_auth(const pipeline::AuthVerdicts& from, schema::Verdicts& to) {
  auto& spf = *to.mutable_spf();
  spf.set_result(number(from.spf.result));
  spf.set_identity(from.spf.identity);
  spf.set_domain(from.spf.domain);
  spf.set_explanation(from.spf.explanation);
  spf.set_reason(from.spf.reason);
  for (const auto& one : from.dkim) {
    auto& dkim = *to.add_dkim();
    dkim.set_result(number(one.result));
    dkim.set_domain(one.domain);
    dkim.set_selector(one.selector);
    dkim.set_identity(one.identity);
    dkim.set_algorithm(one.algorithm);
    dkim.set_reason(one.reason);
    dkim.set_key_bits(one.key_bits);
  }
  encode_dmarc(from.dmarc, *to.mutable_dmarc());
  encode_arc(from.arc, *to.mutable_arc());
  to.set_helo(number(from.helo));
  encode_dns(from, to);
  to.set_iprev(number(from.iprev));
  to.set_iprev_name(from.iprev_name);
}

pipeline::AuthVerdicts decode_auth(const schema::Verdicts& from) {
  pipeline::AuthVerdicts to;
  to.spf = {auth_result(from.spf().result()), from.spf().identity(), from.spf().domain(), from.spf().explanation(),
            from.spf().reason()};
  for (const auto& one : from.dkim()) {
    to.dkim.push_back({auth_result(one.result()), one.domain(), one.selector(), one.identity(), one.algorithm(),
                       one.reason(), one.key_bits()});
  }
  to.dmarc = decode_dmarc(from.dmarc());
  to.arc = decode_arc(from);
  to.helo = auth_result(from.helo());
  decode_dns(from, to);
  to.iprev = auth_result(from.iprev());
  to.iprev_name = from.iprev_name();
  return to;
}

void encode_hit(const pipeline::RuleHit& from, schema::RuleHit& to) {
  to.set_rule(from.rule);
  to.set_workspace(from.workspace.value);
  for (core::InboxId inbox : from.inboxes) to.add_inboxes(inbox.value);
  to.set_on_match(number(from.on_match));
  for (const auto& tag : from.tags) to.add_tags(tag);
}

pipeline::RuleHit decode_hit(const schema::RuleHit& from) {
  pipeline::RuleHit to;
  to.rule = from.rule();
  to.workspace = core::WorkspaceId{from.workspace()};
  for (std::uint64_t inbox : from.inboxes()) to.inboxes.push_back(core::InboxId{inbox});
  to.on_match = word(from.on_match(), pipeline::OnMatch::kReject);
  to.tags.assign(from.tags().begin(), from.tags().end());
  return to;
}

}  // namespace

pipeline::Redaction decode(const schema::Redaction& from) {
  return {from.rule(), from.brand(), from.part(), from.where(), from.count()};
}

void encode(const pipeline::Redaction& from, schema::Redaction& to) {
  to.set_rule(from.rule);
  to.set_brand(from.brand);
  to.set_part(from.part);
  to.set_where(from.where);
  to.set_count(from.count);
}

void encode(const pipeline::Verdicts& from, schema::Verdicts& to) {
  to.set_parse_degraded(from.parse.degraded);
  for (const auto& defect : from.parse.defects) to.add_parse_defects(defect);
  encode_auth(from.auth, to);
  to.set_parse_ambiguity(from.parse.ambiguity);
  for (const auto& redaction : from.redactions) encode(redaction, *to.add_redactions());
  for (const auto& finding : from.shadow_findings) encode(finding, *to.add_shadow_findings());
  for (const auto& hit : from.rule_hits) encode_hit(hit, *to.add_rule_hits());
  to.set_spam_score(from.spam.score);
  to.set_spam_action(number(from.spam.action));
  for (const auto& symbol : from.spam.symbols) {
    auto& one = *to.add_spam_symbols();
    one.set_name(symbol.name);
    one.set_weight(symbol.weight);
  }
}

pipeline::Verdicts decode(const schema::Verdicts& from) {
  pipeline::Verdicts to;
  to.parse.degraded = from.parse_degraded();
  to.parse.defects.assign(from.parse_defects().begin(), from.parse_defects().end());
  to.auth = decode_auth(from);
  to.parse.ambiguity = from.parse_ambiguity();
  for (const auto& one : from.redactions()) to.redactions.push_back(decode(one));
  for (const auto& one : from.shadow_findings()) to.shadow_findings.push_back(decode(one));
  for (const auto& one : from.rule_hits()) to.rule_hits.push_back(decode_hit(one));
  to.spam.score = from.spam_score();
  to.spam.action = word(from.spam_action(), pipeline::SpamAction::kReject);
  for (const auto& one : from.spam_symbols()) to.spam.symbols.push_back({one.name(), one.weight()});
  return to;
}

void encode(const pipeline::NamedAddress& from, schema::MailAddress& to) {
  to.set_name(from.name);
  to.set_local(from.address.local);
  to.set_domain(from.address.domain);
}

pipeline::NamedAddress decode(const schema::MailAddress& from) { return {from.name(), {from.local(), from.domain()}}; }

Ticket decode(const schema::Ticket& from) {
  Ticket to;
  to.id = core::TicketId{from.id()};
  to.inbox = core::InboxId{from.inbox()};
  to.subject = from.subject();
  to.status = static_cast<Status>(from.status());
  to.requester = core::UserId{from.requester()};
  to.assignee = core::UserId{from.assignee()};
  for (std::uint64_t cc : from.ccs()) to.ccs.push_back(core::UserId{cc});
  to.comment_count = from.comment_count();
  to.version = from.version();
  to.created_unix_ms = from.created_unix_ms();
  to.updated_unix_ms = from.updated_unix_ms();
  to.claims_ticket = from.claims_ticket();
  to.follow_up_of = from.follow_up_of();
  to.tags.assign(from.tags().begin(), from.tags().end());
  to.type = static_cast<TicketType>(from.type());
  to.priority = static_cast<Priority>(from.priority());
  to.group = from.group();
  to.organization = from.organization();
  to.external_id = from.external_id();
  for (const schema::FieldValue& each : from.fields()) {
    to.fields.push_back({each.field(), {each.values().begin(), each.values().end()}});
  }
  to.form = from.form();
  to.custom_status = from.custom_status();
  to.due_unix_ms = from.due_unix_ms();
  for (std::uint64_t follower : from.followers()) to.followers.push_back(core::UserId{follower});
  to.problem = core::TicketId{from.problem()};
  to.merged_into = core::TicketId{from.merged_into()};
  to.satisfaction = from.satisfaction();
  to.forwarded_by = core::UserId{from.forwarded_by()};
  to.forwarded_from = core::UserId{from.forwarded_from()};
  to.submitter = core::UserId{from.submitter() == 0 ? from.requester() : from.submitter()};
  to.solved_unix_ms = from.metrics().solved();
  to.assigned_unix_ms = from.metrics().assigned();
  to.requester_updated_unix_ms = from.metrics().requester_updated();
  to.assignee_updated_unix_ms = from.metrics().assignee_updated();
  to.metrics = std::make_shared<const schema::TicketMetrics>(from.metrics());
  to.service = std::make_shared<const schema::ServiceLevels>(from.service());
  return to;
}

Event decode(const schema::TicketEvent& from) {
  return {from.number(), from.at_unix_ms(), core::UserId{from.actor()}, from.kind(), from.detail(), core::CommentId{from.comment()}};
}

Attachment decode(const schema::Attachment& from) {
  Attachment to;
  to.id = core::AttachmentId{from.id()};
  to.name = from.name();
  to.media_type = from.media_type();
  to.content_id = from.content_id();
  to.is_inline = from.is_inline();
  to.was_replaced = from.was_replaced();
  to.size = from.size();
  return to;
}

std::string delivery_word(const schema::Comment& comment) {
  for (std::string_view state : {"failed", "deferred", "queued", "delivered"}) {
    for (const auto& one : comment.deliveries()) {
      if (one.state() == state) return std::string(state);
    }
  }
  return {};
}

core::Result<void> put_text(storage::Transaction& transaction, const Basics& with, core::WorkspaceId workspace,
                            std::string_view text, schema::Text& to) {
  if (text.size() <= with.options.inline_text_bytes_max) {
    to.set_inline_text(std::string(text));
    return {};
  }
  POSTERN_TRY(std::string address, storage::put_blob(transaction, with.vault, workspace, text));
  to.set_blob(std::move(address));
  return {};
}

core::Result<std::string> get_text(const storage::Snapshot& snapshot, const storage::Vault& vault,
                                   core::WorkspaceId workspace, const schema::Text& from) {
  if (from.blob().empty()) return from.inline_text();
  return storage::get_blob(snapshot, vault, workspace, from.blob());
}

core::Result<Comment> decode(const storage::Snapshot& snapshot, const storage::Vault& vault, core::WorkspaceId workspace,
                             const schema::Comment& from) {
  Comment to;
  to.id = core::CommentId{from.id()};
  to.author = core::UserId{from.author()};
  to.is_public = from.is_public();
  POSTERN_TRY(to.text, get_text(snapshot, vault, workspace, from.text()));
  POSTERN_TRY(to.html, get_text(snapshot, vault, workspace, from.html()));
  for (const auto& one : from.attachments()) to.attachments.push_back(decode(one));
  to.created_unix_ms = from.created_unix_ms();
  to.via = from.via();
  to.message_id = from.message_id();
  if (from.has_verdicts()) to.verdicts = decode(from.verdicts());
  if (to.verdicts) to.redactions = to.verdicts->redactions;
  if (to.verdicts) to.shadow_findings = to.verdicts->shadow_findings;
  for (const auto& one : from.redactions()) to.redactions.push_back(decode(one));
  for (const auto& one : from.shadow_findings()) to.shadow_findings.push_back(decode(one));
  to.delivery = delivery_word(from);
  to.trace = core::TraceId{from.trace()};
  return to;
}

}  // namespace postern::ticketing::codec
