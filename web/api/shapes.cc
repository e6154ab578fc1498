#include "web/api/shapes.h"

#include <algorithm>

#include "ticketing/quoting/fold.h"
#include "ticketing/satisfaction/ratings.h"

namespace postern::web {
namespace {

std::string url_of(std::string_view kind, std::uint64_t id) {
  return "/api/v2/" + std::string(kind) + "/" + std::to_string(id);
}

json::value text_or_null(const std::string& text) { return text.empty() ? json::value(nullptr) : json::value(text); }

json::array strings_json(const std::vector<std::string>& from) {
  json::array out;
  for (const std::string& each : from) out.emplace_back(each);
  return out;
}

json::object spf_json(const pipeline::SpfVerdict& spf) {
  return {{"result", pipeline::to_string(spf.result)},
          {"identity", spf.identity},
          {"domain", spf.domain},
          {"explanation", text_or_null(spf.explanation)},
          {"reason", spf.reason}};
}

json::array dkim_json(const std::vector<pipeline::DkimVerdict>& signatures) {
  json::array out;
  for (const pipeline::DkimVerdict& each : signatures) {
    out.push_back(json::object{{"result", pipeline::to_string(each.result)},
                               {"domain", each.domain},
                               {"selector", each.selector},
                               {"identity", each.identity},
                               {"algorithm", each.algorithm},
                               {"key_bits", each.key_bits},
                               {"reason", each.reason}});
  }
  return out;
}

json::object published_json(const pipeline::DmarcPublished& published) {
  return {{"p", published.policy},
          {"sp", published.subdomain_policy},
          {"np", published.nonexistent_policy},
          {"aspf", published.is_spf_strict ? "s" : "r"},
          {"adkim", published.is_dkim_strict ? "s" : "r"},
          {"t", published.is_testing ? "y" : "n"}};
}

json::object dmarc_json(const pipeline::DmarcVerdict& dmarc) {
  return {{"result", pipeline::to_string(dmarc.result)},
          {"policy", pipeline::to_string(dmarc.policy)},
          {"disposition", pipeline::to_string(dmarc.disposition)},
          {"domain", dmarc.domain},
          {"policy_domain", dmarc.policy_domain},
          {"aligned_by", strings_json(dmarc.aligned_by)},
          {"published", published_json(dmarc.published)},
          {"overridden_by", text_or_null(dmarc.overridden_by)},
          {"reason", dmarc.reason}};
}

json::object arc_json(const pipeline::ArcVerdict& arc) {
  return {{"result", pipeline::to_string(arc.result)},
          {"instances", arc.instances},
          {"sealer", arc.sealer},
          {"is_trusted", arc.is_trusted},
          {"sealed_dmarc", pipeline::to_string(arc.sealed_dmarc)},
          {"reason", arc.reason}};
}

json::array lists_json(const std::vector<pipeline::DnsListHit>& hits) {
  json::array out;
  for (const pipeline::DnsListHit& each : hits) {
    out.push_back(json::object{{"list", each.list}, {"answer", each.answer}, {"is_allow", each.is_allow}});
  }
  return out;
}

json::array dns_json(const std::vector<pipeline::DnsStep>& steps) {
  json::array out;
  for (const pipeline::DnsStep& each : steps) {
    out.push_back(json::object{{"method", each.method},
                               {"name", each.name},
                               {"type", each.type},
                               {"status", each.status},
                               {"is_secure", each.is_secure},
                               {"records", strings_json(each.records)}});
  }
  return out;
}

}  // namespace

json::array redactions_json(const std::vector<pipeline::Redaction>& redactions) {
  json::array out;
  for (const pipeline::Redaction& each : redactions) {
    out.push_back(json::object{
        {"rule", each.rule}, {"brand", each.brand}, {"part", each.part}, {"where", each.where}, {"count", each.count}});
  }
  return out;
}

json::object auth_json(const pipeline::AuthVerdicts& auth) {
  json::object out;
  out["spf"] = spf_json(auth.spf);
  out["dkim"] = dkim_json(auth.dkim);
  out["dmarc"] = dmarc_json(auth.dmarc);
  out["arc"] = arc_json(auth.arc);
  out["iprev"] = json::object{{"result", pipeline::to_string(auth.iprev)}, {"name", auth.iprev_name}};
  out["helo"] = json::object{{"result", pipeline::to_string(auth.helo)}};
  out["dns_lists"] = lists_json(auth.lists);
  out["dns"] = dns_json(auth.dns);
  return out;
}

json::object verdicts_json(const pipeline::Verdicts& verdicts) {
  json::array symbols;
  for (const pipeline::SpamSymbol& each : verdicts.spam.symbols) {
    symbols.push_back(json::object{{"name", each.name}, {"weight", each.weight}});
  }
  json::object spam{{"score", verdicts.spam.score},
                    {"action", pipeline::to_string(verdicts.spam.action)},
                    {"symbols", std::move(symbols)}};
  json::object out = auth_json(verdicts.auth);
  out["spam"] = std::move(spam);
  out["parse"] = json::object{{"degraded", verdicts.parse.degraded}, {"defects", strings_json(verdicts.parse.defects)}, {"ambiguity", verdicts.parse.ambiguity}};
  return out;
}

std::string ticket_etag(const ticketing::Ticket& ticket) {
  return "\"" + std::to_string(ticket.id.value) + "-" + std::to_string(ticket.version) + "\"";
}

json::object ticket_json(const ticketing::Ticket& ticket, const ticketing::Directory* directory) {
  const auto ids = [](const std::vector<core::UserId>& people) {
    json::array out;
    for (const core::UserId each : people) out.emplace_back(each.value);
    return out;
  };
  const auto word_or_null = [](std::string_view word) { return word.empty() ? json::value(nullptr) : json::value(word); };
  const ticketing::Inbox* inbox = directory == nullptr ? nullptr : directory->find(ticket.inbox);
  json::object out;
  out["url"] = url_of("tickets", ticket.id.value);
  out["id"] = ticket.id.value;
  out["external_id"] = text_or_null(ticket.external_id);
  out["subject"] = ticket.subject;
  out["raw_subject"] = ticket.subject;
  out["type"] = word_or_null(ticketing::to_string(ticket.type));
  out["priority"] = word_or_null(ticketing::to_string(ticket.priority));
  out["status"] = ticketing::to_string(ticket.status);
  // Built-in statuses have the number of their category; TicketShaper knows the others.
  out["custom_status_id"] = static_cast<std::uint64_t>(ticket.status);
  out["requester_id"] = ticket.requester.value;
  out["submitter_id"] = ticket.submitter ? ticket.submitter.value : ticket.requester.value;
  out["assignee_id"] = id_or_null(ticket.assignee.value);
  out["group_id"] = id_or_null(ticket.group);
  out["organization_id"] = id_or_null(ticket.organization);
  out["email_cc_ids"] = ids(ticket.ccs);
  out["collaborator_ids"] = ids(ticket.ccs);
  out["follower_ids"] = ids(ticket.followers);
  out["recipient"] = inbox == nullptr ? json::value() : json::value(inbox->address.to_string());
  out["inbox_id"] = ticket.inbox.value;
  out["problem_id"] = id_or_null(ticket.problem.value);
  out["has_incidents"] = false;
  out["is_public"] = true;
  out["due_at"] = ticket.due_unix_ms == 0 ? json::value() : json::value(timestamp(ticket.due_unix_ms));
  out["tags"] = json::array(ticket.tags.begin(), ticket.tags.end());
  out["ticket_form_id"] = id_or_null(ticket.form);
  out["brand_id"] = nullptr;
  out["satisfaction_rating"] = json::object{{"score", ticketing::short_word(static_cast<ticketing::Score>(ticket.satisfaction))}};
  out["followup_ids"] = json::array();
  out["comment_count"] = ticket.comment_count;
  out["claims_ticket_id"] = id_or_null(ticket.claims_ticket);
  out["follow_up_of_id"] = id_or_null(ticket.follow_up_of);
  out["merged_into_id"] = id_or_null(ticket.merged_into.value);
  out["forwarded_by_id"] = id_or_null(ticket.forwarded_by.value);
  out["forwarded_from_id"] = id_or_null(ticket.forwarded_from.value);
  out["version"] = ticket.version;
  out["created_at"] = timestamp(ticket.created_unix_ms);
  out["updated_at"] = timestamp(ticket.updated_unix_ms);
  return out;
}

json::object attachment_json(const ticketing::Attachment& attachment) {
  json::object out;
  out["url"] = url_of("attachments", attachment.id.value);
  out["id"] = attachment.id.value;
  out["file_name"] = attachment.name;
  out["content_type"] = attachment.media_type;
  out["content_url"] = url_of("attachments", attachment.id.value) + "/content";
  out["size"] = attachment.size;
  out["inline"] = attachment.is_inline;
  out["content_id"] = attachment.content_id;
  out["replaced"] = attachment.was_replaced;
  return out;
}

namespace {

// Which lines of the body, counted from 0, quote an earlier message: [first, behind the last]. The body itself is whole.
json::array quoted_lines_json(std::string_view body) {
  json::array out;
  std::size_t line = 0;
  std::size_t at = 0;
  for (const ticketing::Fold& fold : ticketing::fold_quotes(body)) {
    line += static_cast<std::size_t>(std::ranges::count(body.substr(at, fold.begin - at), '\n'));
    const std::string_view folded = body.substr(fold.begin, fold.end - fold.begin);
    const std::size_t first = line;
    line += static_cast<std::size_t>(std::ranges::count(folded, '\n'));
    at = fold.end;
    out.push_back(json::array{first, line + (folded.ends_with('\n') ? 0 : 1)});
  }
  return out;
}

}  // namespace

json::object comment_json(core::TicketId ticket, const ticketing::Comment& comment, const WebOptions& options, const auth::Principal& who) {
  json::array attachments;
  for (const ticketing::Attachment& each : comment.attachments) attachments.push_back(attachment_json(each));
  std::string base = url_of("tickets", ticket.value) + "/comments/" + std::to_string(comment.id.value);
  std::string_view body = cut_text(comment.text, options.comment_text_bytes_max);
  bool has_html = !comment.html.empty();
  bool shows_html = has_html && comment.html.size() <= options.comment_text_bytes_max;
  json::object out;
  out["id"] = comment.id.value;
  out["type"] = "Comment";
  out["author_id"] = comment.author.value;
  out["body"] = body;
  out["body_truncated"] = body.size() < comment.text.size();
  out["quoted_lines"] = quoted_lines_json(body);
  out["plain_body"] = cut_text(comment.text, options.plain_body_bytes_max);
  out["text_url"] = base + "/text";
  out["html_body"] = shows_html ? json::value(comment.html) : json::value();
  out["html_url"] = has_html ? json::value(base + "/html") : json::value();
  out["raw_url"] = comment.via == "mail" ? json::value(base + "/raw") : json::value();
  out["public"] = comment.is_public;
  out["attachments"] = std::move(attachments);
  json::object via;
  via["channel"] = comment.via == "mail" ? "email" : comment.via;
  out["via"] = std::move(via);
  out["message_id"] = comment.message_id;
  out["trace_id"] = comment.trace ? json::value(core::to_base32(comment.trace.value)) : json::value();
  out["hold_until"] = nullptr;
  out["delivery"] = comment.delivery.empty() ? json::value() : json::value(comment.delivery);
  out["verdicts"] = comment.verdicts ? json::value(verdicts_json(*comment.verdicts)) : json::value();
  out["redactions"] = redactions_json(comment.redactions);
  if (auth::may(who, auth::Permission::kRulesManage)) out["shadow_findings"] = redactions_json(comment.shadow_findings);
  out["created_at"] = timestamp(comment.created_unix_ms);
  return out;
}

json::object event_json(core::TicketId ticket, const ticketing::Event& event) {
  json::object out;
  out["id"] = event.number;
  out["ticket_id"] = ticket.value;
  out["author_id"] = id_or_null(event.actor.value);
  out["kind"] = event.kind;
  out["detail"] = event.detail;
  out["created_at"] = timestamp(event.at_unix_ms);
  return out;
}

std::optional<auth::Role> parse_role(std::string_view word) {
  for (auth::Role role : {auth::Role::kContact, auth::Role::kAgent, auth::Role::kAdmin, auth::Role::kOwner}) {
    if (word == auth::to_string(role)) return role;
  }
  return std::nullopt;
}

json::object user_json(const auth::User& user) {
  json::object out;
  out["url"] = url_of("users", user.id.value);
  out["id"] = user.id.value;
  out["name"] = user.name.empty() ? user.email : user.name;
  out["email"] = user.email;
  // Zendesk knows no owner among its roles: the account's owner is an admin there.
  out["role"] = user.role == auth::Role::kOwner ? auth::to_string(auth::Role::kAdmin) : auth::to_string(user.role);
  out["is_owner"] = user.role == auth::Role::kOwner;
  out["custom_role_id"] = id_or_null(user.custom_role);  // 1: light agent
  json::array inboxes;
  for (const core::InboxId each : user.inboxes.inboxes()) inboxes.emplace_back(each.value);
  out["inbox_ids"] = user.inboxes.is_limited() ? json::value(std::move(inboxes)) : json::value(nullptr);  // null: all
  out["active"] = !user.is_disabled;
  out["suspended"] = user.is_disabled;
  out["created_at"] = timestamp(user.created_unix_ms);
  return out;
}

json::object person_of_ticket(const auth::User& user) {
  json::object out = user_json(user);
  out.erase("inbox_ids");
  return out;
}

json::object session_json(const auth::Session& session) {
  json::object out;
  out["id"] = session.id.value;
  out["user_id"] = session.user.value;
  out["authenticated_at"] = timestamp(session.created_unix_ms);
  out["last_seen_at"] = timestamp(session.last_seen_unix_ms);
  out["ip_address"] = session.client_ip;
  out["user_agent"] = session.agent;
  json::array methods;
  for (const std::string_view name : auth::method_names(session.methods)) methods.emplace_back(name);
  out["methods"] = std::move(methods);
  return out;
}

json::object token_json(const auth::Token& token) {
  json::object out;
  out["id"] = token.id.value;
  out["user_id"] = token.user.value;
  out["description"] = token.description;
  out["created_at"] = timestamp(token.created_unix_ms);
  out["last_used_at"] = token.last_used_unix_ms == 0 ? json::value() : json::value(timestamp(token.last_used_unix_ms));
  out["expires_at"] = token.expires_unix_ms == 0 ? json::value() : json::value(timestamp(token.expires_unix_ms));
  out["last_used_ip"] = token.last_ip.empty() ? json::value() : json::value(token.last_ip);
  out["scopes"] = nullptr;  // whatever its owner may do
  if (token.scopes) {
    json::array scopes;
    for (const std::string& word : auth::words_of(*token.scopes)) scopes.emplace_back(word);
    out["scopes"] = std::move(scopes);
  }
  json::array networks;
  for (const std::string& each : token.networks) networks.emplace_back(each);
  out["networks"] = std::move(networks);
  return out;
}

json::object suspended_json(const ticketing::SuspendedMail& mail, const ticketing::Directory* directory) {
  const ticketing::Inbox* inbox = directory == nullptr ? nullptr : directory->find(mail.inbox);
  std::string id = std::to_string(mail.trace.value) + "-" + std::to_string(mail.inbox.value);
  json::object author;
  author["id"] = nullptr;
  author["email"] = mail.from;
  json::object via;
  via["channel"] = "email";
  json::object out;
  out["url"] = "/api/v2/suspended_tickets/" + id;
  out["id"] = std::move(id);
  out["author"] = std::move(author);
  out["subject"] = mail.subject;
  out["recipient"] = inbox == nullptr ? json::value() : json::value(inbox->address.to_string());
  out["inbox_id"] = mail.inbox.value;
  out["cause"] = mail.cause;
  out["score"] = mail.verdicts.spam.score;
  out["verdicts"] = verdicts_json(mail.verdicts);
  out["redactions"] = redactions_json(mail.verdicts.redactions);
  out["via"] = std::move(via);
  out["created_at"] = timestamp(mail.at_unix_ms);
  out["updated_at"] = timestamp(mail.at_unix_ms);
  return out;
}

json::object queue_entry_json(const ticketing::QueueEntry& entry) {
  json::object out;
  out["id"] = entry.id.value;
  out["trace_id"] = core::to_base32(entry.id.value);
  out["ticket_id"] = id_or_null(entry.ticket.value);  // null: a report of ours
  out["purpose"] = entry.purpose;
  out["damaged"] = entry.is_damaged;
  out["recipient"] = entry.rcpt;
  out["attempts"] = entry.attempts;
  out["held"] = entry.is_held;
  out["last_reply"] = entry.last_reply;
  out["created_at"] = timestamp(entry.created_unix_ms);
  out["due_at"] = timestamp(entry.due_unix_ms);
  // While an attempt runs nothing can be changed (409).
  out["leased_until"] = entry.leased_until_unix_ms == 0 ? json::value() : json::value(timestamp(entry.leased_until_unix_ms));
  return out;
}

json::object feed_entry_json(const storage::FeedEntry& entry) {
  json::array changes;
  for (const storage::Change& each : entry.changes) {
    changes.push_back(json::object{{"kind", each.kind}, {"object", each.object}, {"detail", each.detail}});
  }
  json::object out;
  out["sequence"] = entry.sequence;
  out["created_at"] = timestamp(entry.at_unix_ms);
  out["changes"] = std::move(changes);
  return out;
}

}  // namespace postern::web
