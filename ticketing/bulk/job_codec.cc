#include "ticketing/bulk/job_codec.h"

#include <algorithm>

#include "auth/sessions.h"
#include "ticketing/detail/clean_update.h"
#include "ticketing/detail/codec.h"

namespace postern::ticketing::job_codec {
namespace {

void encode_person(const PersonWish& from, schema::JobPerson& to) {
  to.set_id(from.id.value);
  to.set_email(from.email);
  to.set_name(from.name);
  to.set_leaves(from.leaves);
}

PersonWish decode_person(const schema::JobPerson& from) { return {core::UserId{from.id()}, from.email(), from.name(), from.leaves()}; }

std::vector<PersonWish> decode_people(const google::protobuf::RepeatedPtrField<schema::JobPerson>& from) {
  std::vector<PersonWish> out;
  for (const schema::JobPerson& each : from) out.push_back(decode_person(each));
  return out;
}

std::vector<std::string> decode_words(const google::protobuf::RepeatedPtrField<std::string>& from) { return {from.begin(), from.end()}; }

void encode_wishes(const TicketWishes& from, schema::JobChange& to) {
  if (from.subject) to.set_subject(*from.subject);
  if (from.type) to.set_type(static_cast<std::uint32_t>(*from.type));
  if (from.priority) to.set_priority(static_cast<std::uint32_t>(*from.priority));
  if (from.group) to.set_group(*from.group);
  if (from.organization) to.set_organization(*from.organization);
  if (from.external_id) to.set_external_id(*from.external_id);
  if (from.due_unix_ms) to.set_due_unix_ms(*from.due_unix_ms);
  if (from.problem) to.set_problem(from.problem->value);
  if (from.form) to.set_form(*from.form);
  if (from.custom_status) to.set_custom_status(*from.custom_status);
  if (from.requester) encode_person(*from.requester, *to.mutable_requester());
  if (from.tags) {
    to.mutable_tags();  // none is a list too; the same of what follows
    for (const std::string& each : *from.tags) to.mutable_tags()->add_words(each);
  }
  for (const std::string& each : from.added_tags) to.add_added_tags(each);
  for (const std::string& each : from.removed_tags) to.add_removed_tags(each);
  if (from.ccs) {
    to.mutable_ccs();
    for (const PersonWish& each : *from.ccs) encode_person(each, *to.mutable_ccs()->add_people());
  }
  if (from.followers) {
    to.mutable_followers();
    for (const PersonWish& each : *from.followers) encode_person(each, *to.mutable_followers()->add_people());
  }
  for (const PersonWish& each : from.cc_changes) encode_person(each, *to.add_cc_changes());
  for (const PersonWish& each : from.follower_changes) encode_person(each, *to.add_follower_changes());
  for (const FieldValue& each : from.fields) {
    schema::JobFieldValue& field = *to.add_fields();
    field.set_field(each.field);
    for (const std::string& value : each.values) field.add_values(value);
  }
}

TicketWishes decode_wishes(const schema::JobChange& from) {
  TicketWishes to;
  if (from.has_subject()) to.subject = from.subject();
  if (from.has_type()) to.type = static_cast<TicketType>(from.type());
  if (from.has_priority()) to.priority = static_cast<Priority>(from.priority());
  if (from.has_group()) to.group = from.group();
  if (from.has_organization()) to.organization = from.organization();
  if (from.has_external_id()) to.external_id = from.external_id();
  if (from.has_due_unix_ms()) to.due_unix_ms = from.due_unix_ms();
  if (from.has_problem()) to.problem = core::TicketId{from.problem()};
  if (from.has_form()) to.form = from.form();
  if (from.has_custom_status()) to.custom_status = from.custom_status();
  if (from.has_requester()) to.requester = decode_person(from.requester());
  if (from.has_tags()) to.tags = decode_words(from.tags().words());
  to.added_tags = decode_words(from.added_tags());
  to.removed_tags = decode_words(from.removed_tags());
  if (from.has_ccs()) to.ccs = decode_people(from.ccs().people());
  if (from.has_followers()) to.followers = decode_people(from.followers().people());
  to.cc_changes = decode_people(from.cc_changes());
  to.follower_changes = decode_people(from.follower_changes());
  for (const schema::JobFieldValue& each : from.fields()) to.fields.push_back({each.field(), decode_words(each.values())});
  return to;
}

void encode_findings(const std::vector<pipeline::Redaction>& redactions, const std::vector<pipeline::Redaction>& shadow, schema::JobChange& to) {
  for (const auto& each : redactions) codec::encode(each, *to.add_redactions());
  for (const auto& each : shadow) codec::encode(each, *to.add_shadow_findings());
}

std::vector<pipeline::Redaction> decode_findings(const google::protobuf::RepeatedPtrField<schema::Redaction>& from) {
  std::vector<pipeline::Redaction> out;
  for (const schema::Redaction& each : from) out.push_back(codec::decode(each));
  return out;
}

}  // namespace

core::Result<schema::JobChange> encode(const pipeline::TextRedactor& redactor, Tickets::Update change, core::WorkspaceId workspace,
                                       const std::vector<core::InboxId>& inboxes) {
  for (const core::InboxId inbox : inboxes) {
    POSTERN_TRY(CleanUpdate typed, clean(redactor, change, workspace, inbox));
    change.wishes = std::move(typed.wishes);
    if (change.text || change.html) change.text = std::move(typed.text);
    if (change.html && typed.html.empty()) change.html.reset();
    if (change.html) change.html = std::move(typed.html);
    change.earlier_redactions = std::move(typed.redactions);
    change.earlier_shadow_findings = std::move(typed.shadow_findings);
    for (std::string& tag : typed.tags) {
      if (std::ranges::find(change.wishes.added_tags, tag) == change.wishes.added_tags.end()) change.wishes.added_tags.push_back(std::move(tag));
    }
  }
  schema::JobChange out;
  if (change.text) out.set_text(*change.text);
  if (change.html) out.set_html(*change.html);
  out.set_is_internal(!change.is_public);
  if (change.status) out.set_status(static_cast<std::uint32_t>(*change.status));
  if (change.assignee) out.set_assignee(change.assignee->value);
  if (change.expected_version) out.set_expected_version(*change.expected_version);
  encode_wishes(change.wishes, out);
  encode_findings(change.earlier_redactions, change.earlier_shadow_findings, out);
  return out;
}

std::size_t typed_bytes(const Tickets::Update& change) {
  const TicketWishes& wishes = change.wishes;
  std::size_t out = change.text.value_or(std::string()).size() + change.html.value_or(std::string()).size() + wishes.subject.value_or(std::string()).size() +
                    wishes.external_id.value_or(std::string()).size();
  const auto add = [&out](const auto& words) {
    for (const std::string& each : words) out += each.size();
  };
  if (wishes.tags) add(*wishes.tags);
  add(wishes.added_tags);
  for (const FieldValue& each : wishes.fields) add(each.values);
  return out;
}

Tickets::Update decode(const schema::JobChange& from) {
  Tickets::Update to;
  if (from.has_text()) to.text = from.text();
  if (from.has_html()) to.html = from.html();
  to.is_public = !from.is_internal();
  if (from.has_status()) to.status = static_cast<Status>(from.status());
  if (from.has_assignee()) to.assignee = core::UserId{from.assignee()};
  if (from.has_expected_version()) to.expected_version = from.expected_version();
  to.wishes = decode_wishes(from);
  to.earlier_redactions = decode_findings(from.redactions());
  to.earlier_shadow_findings = decode_findings(from.shadow_findings());
  return to;
}

schema::JobChange encode(const CleanNote& note, bool is_public) {
  schema::JobChange out;
  if (!note.text.empty()) out.set_text(note.text);
  out.set_is_internal(!is_public);
  for (const std::string& each : note.tags) out.add_added_tags(each);
  encode_findings(note.redactions, note.shadow_findings, out);
  return out;
}

CleanNote decode_note(const schema::JobChange& from) {
  return {from.text(), decode_findings(from.redactions()), decode_findings(from.shadow_findings()), decode_words(from.added_tags())};
}

CleanNote clean_note_for_all(const pipeline::TextRedactor& redactor, const std::string& text, core::WorkspaceId workspace,
                             const std::vector<core::InboxId>& inboxes) {
  CleanNote out;
  out.text = text;
  for (const core::InboxId inbox : inboxes) {
    CleanNote next = clean_note(redactor, out.text, workspace, inbox);
    out.text = std::move(next.text);
    out.redactions.insert(out.redactions.end(), next.redactions.begin(), next.redactions.end());
    out.shadow_findings.insert(out.shadow_findings.end(), next.shadow_findings.begin(), next.shadow_findings.end());
    out.tags.insert(out.tags.end(), next.tags.begin(), next.tags.end());
  }
  return out;
}

schema::JobAuthor encode(const auth::Principal& by) {
  schema::JobAuthor out;
  out.set_user(by.user.value);
  out.set_role(static_cast<std::uint32_t>(by.role));
  out.set_method(static_cast<std::uint32_t>(by.method));
  out.set_credential(by.credential);
  out.set_client_ip(by.client_ip);
  out.set_device(by.device);
  out.set_request(by.request);
  out.set_permissions(auth::permissions_of(by).bits());
  return out;
}

core::Result<auth::Principal> author_now(const Services& with, core::WorkspaceId workspace, const schema::JobAuthor& author) {
  const auto method = static_cast<auth::Method>(author.method());
  auth::Principal out;
  if (author.user() == 0 && method == auth::Method::kOperator) {
    out.workspace = workspace;
    out.role = static_cast<auth::Role>(author.role());
    out.method = method;
    return out;
  }
  POSTERN_TRY(const auto user, with.accounts.find(workspace, core::UserId{author.user()}));
  const bool is_over = user && user->support != 0 && user->support_until_unix_ms <= with.now_ms();
  if (!user || user->is_disabled || is_over) return core::fail(auth::Errc::kForbidden, "whoever began it may not sign in any more");
  if (method == auth::Method::kToken) {
    POSTERN_TRY(const bool is_valid, auth::has_token(*with.store.snapshot(), with.vault, workspace, user->id, core::TokenId{author.credential()}, with.now_ms()));
    if (!is_valid) return core::fail(auth::Errc::kForbidden, "the token that began it was revoked, or has expired");
  }
  out = auth::principal_for(*user, method, author.credential(), author.client_ip());
  out.device = author.device();
  out.request = author.request();
  out.permissions = auth::permissions_of(out) & auth::PermissionSet::of_bits(author.permissions());
  return out;
}

}  // namespace postern::ticketing::job_codec
