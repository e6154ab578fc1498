#include "ticketing/people/people.h"

#include <algorithm>

#include "auth/audit.h"
#include "auth/contacts.h"
#include "core/encoding.h"
#include "storage/schema/people.pb.h"
#include "ticketing/detail/ticket_draft.h"
#include "ticketing/fields/person_fields.h"
#include "ticketing/people/name_words.h"
#include "ticketing/people/people_keys.h"
#include "ticketing/people/profile_records.h"
#include "ticketing/people/transact.h"
#include "ticketing/signatures/signature_form.h"

namespace postern::ticketing {
namespace {

std::string object_of(core::UserId user) { return "user/" + std::to_string(user.value); }

OrganizationMembership to_membership(const schema::Profile& profile, int at) {
  const schema::OrganizationLink& link = profile.organizations(at);
  return {link.id(), link.organization(), core::UserId{profile.user()}, link.created_unix_ms(), at == 0};
}

void apply(const People::Change& change, schema::Profile& to) {
  if (change.name) to.set_name(*change.name);
  if (change.alias) to.set_alias(*change.alias);
  if (change.phone) to.set_phone(*change.phone);
  if (change.details) to.set_details(*change.details);
  if (change.notes) to.set_notes(*change.notes);
  if (change.external_id) to.set_external_id(*change.external_id);
  if (change.locale) to.set_locale(*change.locale);
  if (change.time_zone) to.set_time_zone(*change.time_zone);
  if (change.signature) to.set_signature(*change.signature);
  if (change.signature_html) to.set_signature_html(*change.signature_html);
  if (change.tags) to.mutable_tags()->Assign(change.tags->begin(), change.tags->end());
  if (change.is_verified) to.set_is_verified(*change.is_verified);
  if (change.is_shared) to.set_is_shared(*change.is_shared);
  if (change.is_suspended) to.set_is_suspended(*change.is_suspended);
}

std::string joined_texts(const auto& texts) {
  std::string out;
  for (const std::string& each : texts) out += (out.empty() ? "" : ", ") + each;
  return out;
}

std::string joined_organizations(const schema::Profile& profile) {
  std::string out;
  for (const schema::OrganizationLink& each : profile.organizations()) out += (out.empty() ? "" : " ") + std::to_string(each.organization());
  return out;
}

// Of an end user only which fields changed: the log outlives him when his data are erased.
std::vector<auth::AuditChange> difference(const schema::Profile& a, const schema::Profile& b, bool with_values) {
  std::vector<auth::AuditChange> out;
  const auto add = [&out, with_values](const char* field, const std::string& before, const std::string& after) {
    if (before != after) out.push_back({field, with_values ? before : std::string(), with_values ? after : std::string()});
  };
  const auto flag = [](bool value) { return std::string(value ? "true" : "false"); };
  add("name", a.name(), b.name());
  add("alias", a.alias(), b.alias());
  add("phone", a.phone(), b.phone());
  add("details", a.details(), b.details());
  add("notes", a.notes(), b.notes());
  add("external_id", a.external_id(), b.external_id());
  add("locale", a.locale(), b.locale());
  add("time_zone", a.time_zone(), b.time_zone());
  add("signature", a.signature(), b.signature());
  add("signature_html", a.signature_html(), b.signature_html());
  add("tags", joined_texts(a.tags()), joined_texts(b.tags()));
  add("verified", flag(a.is_verified()), flag(b.is_verified()));
  add("shared", flag(a.is_shared()), flag(b.is_shared()));
  add("suspended", flag(a.is_suspended()), flag(b.is_suspended()));
  add("organization_ids", joined_organizations(a), joined_organizations(b));
  return out;
}

int link_of(const schema::Profile& profile, std::uint64_t membership) {
  for (int at = 0; at < profile.organizations_size(); ++at) {
    if (profile.organizations(at).id() == membership) return at;
  }
  return -1;
}

}  // namespace

Profile to_profile(const schema::Profile& record) {
  Profile out;
  out.user = core::UserId{record.user()};
  out.name = record.name();
  out.alias = record.alias();
  out.phone = record.phone();
  out.details = record.details();
  out.notes = record.notes();
  out.external_id = record.external_id();
  out.locale = record.locale();
  out.time_zone = record.time_zone();
  out.signature = record.signature();
  out.signature_html = record.signature_html();
  out.tags.assign(record.tags().begin(), record.tags().end());
  out.is_verified = record.is_verified();
  out.is_shared = record.is_shared();
  out.is_suspended = record.is_suspended();
  for (int at = 0; at < record.organizations_size(); ++at) out.organizations.push_back(to_membership(record, at));
  out.fields = to_values(record.fields());
  out.other_emails.assign(record.other_emails().begin(), record.other_emails().end());
  out.merged_into = core::UserId{record.merged_into()};
  out.updated_unix_ms = record.updated_unix_ms();
  return out;
}

core::Result<People::Change> People::clean(core::WorkspaceId workspace, Change change) const {
  struct Text {
    std::optional<std::string>* text;
    const char* part;
    std::size_t bytes_max;
  };
  const Text texts[] = {{&change.name, "name", limits_.name_bytes_max},           {&change.alias, "alias", limits_.word_bytes_max},
                        {&change.phone, "phone", limits_.word_bytes_max},         {&change.details, "details", limits_.text_bytes_max},
                        {&change.notes, "notes", limits_.text_bytes_max},         {&change.external_id, "external_id", limits_.word_bytes_max},
                        {&change.locale, "locale", limits_.word_bytes_max},       {&change.time_zone, "time_zone", limits_.word_bytes_max}};
  for (const Text& each : texts) {
    if (!*each.text) continue;
    *each.text = redactor_.redact_text(**each.text, {each.part, workspace, {}}).text();
    if ((*each.text)->size() > each.bytes_max) return core::fail(Errc::kInvalid, std::string(each.part) + ": too long");
  }
  if (change.signature || change.signature_html) {
    const SignatureForm typed{change.signature.value_or(std::string()), change.signature_html.value_or(std::string())};
    const auto clean = clean_signature(redactor_, typed, workspace, {});
    if (!clean) {
      const std::string why = clean.error().context();  // "body: …", "html_body: …"
      return core::fail(Errc::kInvalid, (why.starts_with("html_body") ? "signature_html" : "signature") + why.substr(why.find(": ")));
    }
    if (change.signature || !clean->html.empty()) change.signature = clean->text;
    change.signature_html = clean->html;
  }
  if (change.tags) {
    if (change.tags->size() > limits_.tags_max) return core::fail(Errc::kInvalid, "tags: too many");
    for (std::string& each : *change.tags) {
      each = normal_tag(redactor_.redact_text(each, {"tag", workspace, {}}).text());
      if (!is_tag(each)) return core::fail(Errc::kInvalid, "tags: not a tag");
    }
    std::ranges::sort(*change.tags);
    change.tags->erase(std::ranges::unique(*change.tags).begin(), change.tags->end());
  }
  if (!change.fields.empty() && fields_ == nullptr) return core::fail(Errc::kInvalid, "user_fields: there is no field of such a key");
  if (!change.fields.empty()) change.fields = fields_->clean(workspace, std::move(change.fields));
  return change;
}

core::Result<auth::User> People::known_user(storage::Transaction& transaction, core::WorkspaceId workspace, core::UserId user) const {
  POSTERN_TRY(std::optional<auth::User> known, auth::find_user(transaction, with_.vault, workspace, user));
  if (!known) return core::fail(Errc::kNotFound, "user");
  return std::move(*known);
}

core::Result<void> People::set_organizations(storage::Transaction& transaction, core::WorkspaceId workspace,
                                             const std::vector<std::uint64_t>& wanted, schema::Profile& profile) const {
  if (wanted.size() > limits_.organizations_max) return core::fail(Errc::kInvalid, "organization_ids: too many");
  const schema::Profile before = profile;
  profile.clear_organizations();
  for (const std::uint64_t organization : wanted) {
    const auto is_it = [organization](const schema::OrganizationLink& each) { return each.organization() == organization; };
    if (std::ranges::any_of(profile.organizations(), is_it)) continue;
    const auto known = std::ranges::find_if(before.organizations(), is_it);
    if (known == before.organizations().end()) {
      POSTERN_TRY(const bool exists, organization_exists(transaction, workspace, organization));
      if (!exists) return core::fail(Errc::kInvalid, "organization_id: there is no such organization");
    }
    schema::OrganizationLink& made = *profile.add_organizations();
    made.set_id(known == before.organizations().end() ? with_.ids.next() : known->id());
    made.set_organization(organization);
    made.set_created_unix_ms(known == before.organizations().end() ? with_.now_ms() : known->created_unix_ms());
  }
  profile.set_left_domain(wanted.empty());
  return {};
}

core::Result<Profile> People::write(storage::Transaction& transaction, const auth::Principal& by, const auth::User& user,
                                    const Change& change, bool is_new) const {
  const bool is_account = user.role != auth::Role::kContact;
  const bool is_renamed = is_account && change.name && *change.name != user.name;
  if (is_renamed && core::trim_ascii(*change.name).empty()) return core::fail(Errc::kInvalid, "name: cannot be blank");
  if (!is_account && (change.signature || change.signature_html)) return core::fail(Errc::kInvalid, "signature: of agents only");
  if (is_account && change.is_suspended) return core::fail(Errc::kInvalid, "suspended: an account is suspended otherwise");
  POSTERN_TRY(const schema::Profile before, read_profile(transaction, with_.vault, by.workspace, user.id));
  if (before.merged_into() != 0) return core::fail(Errc::kInvalid, "id: was merged into user " + std::to_string(before.merged_into()));
  schema::Profile after = before;
  apply(change, after);
  if (is_account) after.set_name(before.name());  // the account has it
  if (change.organizations) POSTERN_CHECK(set_organizations(transaction, by.workspace, *change.organizations, after));
  if (!change.fields.empty()) POSTERN_CHECK(fields_->set(transaction, by.workspace, change.fields, *after.mutable_fields(), *after.mutable_tags()));
  if (!is_renamed && after.SerializeAsString() == before.SerializeAsString()) return to_profile(before);
  after.set_updated_unix_ms(with_.now_ms());
  auth::User named = user;
  if (is_renamed) {
    named.name = *change.name;
    POSTERN_CHECK(auth::rename_user(transaction, with_.vault, by.workspace, user.id, named.name, limits_.name_bytes_max));
  }
  POSTERN_CHECK(put_profile(transaction, with_.vault, named, before, after));
  auth::AuditEvent event;
  event.action = before.is_suspended() == after.is_suspended() ? "user.changed" : after.is_suspended() ? "user.suspended" : "user.unsuspended";
  event.object = object_of(user.id);
  event.changes = difference(before, after, is_account);
  if (fields_ != nullptr) {
    POSTERN_TRY(const auto fields, fields_->difference(transaction, by.workspace, before.fields(), after.fields()));
    for (const auto& each : fields) event.changes.push_back({each.key, is_account ? each.before : std::string(), is_account ? each.after : std::string()});
  }
  if (is_renamed) event.changes.push_back({"name", user.name, named.name});
  POSTERN_CHECK(auth::audit(transaction, with_.vault, with_.ids, with_.clock, by, event));
  if (is_new) return to_profile(after);
  PeopleChange told;
  told.workspace = by.workspace;
  told.user = user.id;
  told.actor = by.user;
  for (const auth::AuditChange& each : event.changes) told.fields.push_back(each.field);
  POSTERN_CHECK(tell_people_change(tell_, transaction, told));
  return to_profile(after);
}

core::Result<Profile> People::find(core::WorkspaceId workspace, core::UserId user) const {
  POSTERN_TRY(const schema::Profile record, read_profile(*with_.store.snapshot(), with_.vault, workspace, user));
  return to_profile(record);
}

core::Task<core::Result<core::UserId>> People::create(auth::Principal by, std::string email, Change typed) {
  email = core::trim_ascii(email);
  if (!auth::may_be_address(email)) co_return core::fail(Errc::kInvalid, "email: not an address");
  if (with_.directory.resolve(pipeline::split_address(email))) co_return core::fail(Errc::kInvalid, "email: is an address of an inbox here");
  const std::string redacted = redactor_.redact_text(email, {"email", by.workspace, {}}).text();
  if (redacted != email) co_return core::fail(Errc::kInvalid, "email: holds a value that must not be stored");
  POSTERN_CO_TRY(Change change, clean(by.workspace, std::move(typed)));
  const std::string name = change.name.value_or(std::string());
  change.name.reset();  // the contact's own
  auto make = [&](storage::Transaction& transaction) -> core::Result<core::UserId> {
    POSTERN_TRY(const core::UserId taken, auth::find_contact(transaction, by.workspace, email));
    if (taken) return core::fail(Errc::kInvalid, "email: it is somebody's already");
    POSTERN_TRY(const core::UserId made, with_.accounts.ensure_contact(transaction, by.workspace, email, name));
    POSTERN_TRY(const auth::User user, known_user(transaction, by.workspace, made));
    POSTERN_CHECK(auth::audit(transaction, with_.vault, with_.ids, with_.clock, by, "user.created", object_of(made)));
    POSTERN_CHECK(write(transaction, by, user, change, true));
    POSTERN_CHECK(enrol_person(transaction, with_.vault, with_.ids, with_.now_ms(), by.workspace, made));
    PeopleChange told;
    told.workspace = by.workspace;
    told.event = PeopleEvent::kCreated;
    told.user = made;
    told.actor = by.user;
    POSTERN_CHECK(tell_people_change(tell_, transaction, told));
    return made;
  };
  co_return co_await transact_people(with_, std::move(make));
}

core::Task<core::Result<Profile>> People::update(auth::Principal by, core::UserId user, Change typed, Guard guard) {
  POSTERN_CO_TRY(const Change change, clean(by.workspace, std::move(typed)));
  auto edit = [&](storage::Transaction& transaction) -> core::Result<Profile> {
    POSTERN_TRY(const auth::User known, known_user(transaction, by.workspace, user));
    if (guard) {
      POSTERN_TRY(const schema::Profile before, read_profile(transaction, with_.vault, by.workspace, user));
      POSTERN_CHECK(guard(to_profile(before)));
    }
    return write(transaction, by, known, change);
  };
  co_return co_await transact_people(with_, std::move(edit));
}

core::Result<OrganizationMembership> People::membership(core::WorkspaceId workspace, std::uint64_t id) const {
  const auto snapshot = with_.store.snapshot();
  POSTERN_TRY(const std::optional<std::string> user, snapshot->get(people_keys::membership(workspace, id)));
  if (!user) return core::fail(Errc::kNotFound, "organization_membership");
  POSTERN_TRY(const schema::Profile record, read_profile(*snapshot, with_.vault, workspace, core::UserId{people_keys::read_id(user)}));
  const int at = link_of(record, id);
  if (at < 0) return core::fail(Errc::kNotFound, "organization_membership");
  return to_membership(record, at);
}

core::Task<core::Result<OrganizationMembership>> People::join(auth::Principal by, core::UserId user, std::uint64_t organization, bool is_default) {
  auto edit = [&](storage::Transaction& transaction) -> core::Result<OrganizationMembership> {
    POSTERN_TRY(const auth::User known, known_user(transaction, by.workspace, user));
    POSTERN_TRY(const schema::Profile before, read_profile(transaction, with_.vault, by.workspace, user));
    Change change;
    change.organizations.emplace();
    for (const schema::OrganizationLink& each : before.organizations()) change.organizations->push_back(each.organization());
    change.organizations->insert(is_default ? change.organizations->begin() : change.organizations->end(), organization);
    POSTERN_TRY(const Profile after, write(transaction, by, known, change));
    const auto made = std::ranges::find(after.organizations, organization, &OrganizationMembership::organization);
    return *made;
  };
  co_return co_await transact_people(with_, std::move(edit));
}

core::Task<core::Result<void>> People::leave(auth::Principal by, std::uint64_t membership_id) {
  POSTERN_CO_TRY(const OrganizationMembership gone, membership(by.workspace, membership_id));
  auto edit = [&](storage::Transaction& transaction) -> core::Result<void> {
    POSTERN_TRY(const auth::User known, known_user(transaction, by.workspace, gone.user));
    POSTERN_TRY(const schema::Profile before, read_profile(transaction, with_.vault, by.workspace, gone.user));
    Change change;
    change.organizations.emplace();
    for (const schema::OrganizationLink& each : before.organizations()) {
      if (each.id() != gone.id) change.organizations->push_back(each.organization());
    }
    POSTERN_CHECK(write(transaction, by, known, change));
    return {};
  };
  co_return co_await transact_people(with_, std::move(edit));
}

core::Task<core::Result<Profile>> People::make_default(auth::Principal by, core::UserId user, std::uint64_t membership_id) {
  auto edit = [&](storage::Transaction& transaction) -> core::Result<Profile> {
    POSTERN_TRY(const auth::User known, known_user(transaction, by.workspace, user));
    POSTERN_TRY(const schema::Profile before, read_profile(transaction, with_.vault, by.workspace, user));
    const int at = link_of(before, membership_id);
    if (at < 0) return core::fail(Errc::kNotFound, "organization_membership");
    Change change;
    change.organizations = std::vector{before.organizations(at).organization()};
    for (const schema::OrganizationLink& each : before.organizations()) change.organizations->push_back(each.organization());
    return write(transaction, by, known, change);
  };
  co_return co_await transact_people(with_, std::move(edit));
}

}  // namespace postern::ticketing
