#include "ticketing/people/organizations.h"

#include <algorithm>

#include "auth/audit.h"
#include "core/encoding.h"
#include "storage/schema/people.pb.h"
#include "ticketing/detail/ticket_draft.h"
#include "ticketing/fields/person_fields.h"
#include "ticketing/people/groups.h"
#include "ticketing/people/name_words.h"
#include "ticketing/people/people_keys.h"
#include "ticketing/people/transact.h"
#include "ticketing/search/analysis.h"

namespace postern::ticketing {
namespace {

using people_keys::Named;
using people_keys::Unique;

constexpr std::size_t kEntriesAtATime = 100;

std::string object_of(std::uint64_t id) { return "organization/" + std::to_string(id); }

Organization to_organization(const schema::Organization& record) {
  Organization out;
  out.id = record.id();
  out.name = record.name();
  out.details = record.details();
  out.notes = record.notes();
  out.domains.assign(record.domains().begin(), record.domains().end());
  out.tags.assign(record.tags().begin(), record.tags().end());
  out.external_id = record.external_id();
  out.shared_tickets = record.shared_tickets();
  out.shared_comments = record.shared_comments();
  out.group = record.group();
  out.fields = to_values(record.fields());
  out.created_unix_ms = record.created_unix_ms();
  out.updated_unix_ms = record.updated_unix_ms();
  return out;
}

bool is_domain(std::string_view text) {
  const auto is_wrong = [](unsigned char c) { return c <= ' ' || c == 0x7F || c == '@' || c == ',' || c == '/' || c == '*' || c == '"'; };
  return text.size() >= 3 && text.size() <= 253 && text.find('.') != std::string_view::npos && text.front() != '.' && text.back() != '.' &&
         std::ranges::none_of(text, is_wrong);
}

// Its digest in the index of its kind; the name as people compare names.
std::string unique_key(const NameWords& words, core::WorkspaceId workspace, std::string_view kind, std::string_view text) {
  const Unique what = kind == "name" ? Unique::kName : kind == "domain" ? Unique::kDomain : Unique::kExternalId;
  const std::string form = what == Unique::kName ? search::fold(text) : std::string(text);
  return people_keys::unique(workspace, what, words.digest(kind, form));
}

void apply(const Organizations::Change& change, schema::Organization& to) {
  if (change.name) to.set_name(*change.name);
  if (change.details) to.set_details(*change.details);
  if (change.notes) to.set_notes(*change.notes);
  if (change.external_id) to.set_external_id(*change.external_id);
  if (change.shared_tickets) to.set_shared_tickets(*change.shared_tickets);
  if (change.shared_comments) to.set_shared_comments(*change.shared_comments);
  if (change.group) to.set_group(*change.group);
  if (change.domains) to.mutable_domains()->Assign(change.domains->begin(), change.domains->end());
  if (change.tags) to.mutable_tags()->Assign(change.tags->begin(), change.tags->end());
}

std::string joined_texts(const auto& texts) {
  std::string out;
  for (const std::string& each : texts) out += (out.empty() ? "" : ", ") + each;
  return out;
}

std::vector<auth::AuditChange> difference(const schema::Organization& a, const schema::Organization& b) {
  std::vector<auth::AuditChange> out;
  const auto add = [&out](const char* field, const std::string& before, const std::string& after) {
    if (before != after) out.push_back({field, before, after});
  };
  add("name", a.name(), b.name());
  add("details", a.details(), b.details());
  add("notes", a.notes(), b.notes());
  add("domain_names", joined_texts(a.domains()), joined_texts(b.domains()));
  add("tags", joined_texts(a.tags()), joined_texts(b.tags()));
  add("external_id", a.external_id(), b.external_id());
  add("group_id", std::to_string(a.group()), std::to_string(b.group()));
  add("shared_tickets", a.shared_tickets() ? "true" : "false", b.shared_tickets() ? "true" : "false");
  add("shared_comments", a.shared_comments() ? "true" : "false", b.shared_comments() ? "true" : "false");
  return out;
}

struct Finding {
  std::string key;
  const char* taken;  // what is wrong when another one has it
};

std::vector<Finding> findings(const NameWords& words, core::WorkspaceId workspace, const schema::Organization& of) {
  std::vector<Finding> out;
  if (!of.name().empty()) out.push_back({unique_key(words, workspace, "name", of.name()), "name: another organization has it"});
  for (const std::string& each : of.domains()) {
    out.push_back({unique_key(words, workspace, "domain", each), "domain_names: one belongs to another organization"});
  }
  if (!of.external_id().empty()) {
    out.push_back({unique_key(words, workspace, "external id", of.external_id()), "external_id: another organization has it"});
  }
  return out;
}

// What finds it: unique ones first given up, then taken, as a name may only have changed its case.
core::Result<void> move_findings(storage::Transaction& transaction, const NameWords& words, core::WorkspaceId workspace,
                                 const schema::Organization& before, const schema::Organization& after, std::uint64_t id) {
  for (const std::string& each : words.digests(before.name())) transaction.erase(people_keys::named(workspace, Named::kOrganization, each, id));
  for (const std::string& each : words.digests(after.name())) transaction.put(people_keys::named(workspace, Named::kOrganization, each, id), {});
  std::vector<std::string> own;
  for (Finding& each : findings(words, workspace, before)) {
    transaction.erase(each.key);
    own.push_back(std::move(each.key));
  }
  for (Finding& each : findings(words, workspace, after)) {
    POSTERN_TRY(const std::optional<std::string> taken, transaction.get(each.key));
    const bool is_own = std::ranges::find(own, each.key) != own.end() || people_keys::read_id(taken) == id;
    if (taken && !is_own) return core::fail(Errc::kInvalid, each.taken);
    transaction.put(std::move(each.key), people_keys::of_id(id));
  }
  return {};
}

}  // namespace

core::Result<Organizations::Change> Organizations::clean(core::WorkspaceId workspace, Change change) const {
  const auto redacted = [&](const std::string& typed, const char* part) { return redactor_.redact_text(typed, {part, workspace, {}}).text(); };
  if (change.name) {
    change.name = std::string(core::trim_ascii(redacted(*change.name, "name")));
    if (change.name->empty() || change.name->size() > limits_.name_bytes_max) return core::fail(Errc::kInvalid, "name: empty or too long");
  }
  for (const auto& [text, part] : {std::pair(&change.details, "details"), std::pair(&change.notes, "notes")}) {
    if (!*text) continue;
    *text = redacted(**text, part);
    if ((*text)->size() > limits_.text_bytes_max) return core::fail(Errc::kInvalid, std::string(part) + ": too long");
  }
  if (change.external_id) {
    change.external_id = redacted(*change.external_id, "external_id");
    if (change.external_id->size() > limits_.external_id_bytes_max) return core::fail(Errc::kInvalid, "external_id: too long");
  }
  if (change.domains) {
    if (change.domains->size() > limits_.domains_max) return core::fail(Errc::kInvalid, "domain_names: too many");
    for (std::string& each : *change.domains) {
      each = core::to_lower_ascii(core::trim_ascii(redacted(each, "domain_name")));
      if (!is_domain(each)) return core::fail(Errc::kInvalid, "domain_names: not a domain");
    }
    std::ranges::sort(*change.domains);
    change.domains->erase(std::ranges::unique(*change.domains).begin(), change.domains->end());
  }
  if (change.tags) {
    if (change.tags->size() > limits_.tags_max) return core::fail(Errc::kInvalid, "tags: too many");
    for (std::string& each : *change.tags) {
      each = normal_tag(redacted(each, "tag"));
      if (!is_tag(each)) return core::fail(Errc::kInvalid, "tags: not a tag");
    }
    std::ranges::sort(*change.tags);
    change.tags->erase(std::ranges::unique(*change.tags).begin(), change.tags->end());
  }
  if (!change.fields.empty() && fields_ == nullptr) return core::fail(Errc::kInvalid, "organization_fields: there is no field of such a key");
  if (!change.fields.empty()) change.fields = fields_->clean(workspace, std::move(change.fields));
  return change;
}

core::Result<void> Organizations::set_fields(storage::Transaction& transaction, core::WorkspaceId workspace, const Change& change,
                                             schema::Organization& to) const {
  if (change.fields.empty()) return {};
  return fields_->set(transaction, workspace, change.fields, *to.mutable_fields(), *to.mutable_tags());
}

core::Result<schema::Organization> Organizations::read(storage::Transaction& transaction, core::WorkspaceId workspace, std::uint64_t id) const {
  const std::string key = people_keys::organization(workspace, id);
  POSTERN_TRY(const std::optional<std::string> value, transaction.get(key));
  if (!value) return core::fail(Errc::kNotFound, "organization");
  schema::Organization out;
  POSTERN_CHECK(storage::open_record(with_.vault, workspace, key, *value, out));
  return out;
}

core::Result<void> Organizations::put(storage::Transaction& transaction, const auth::Principal& by, const schema::Organization* before,
                                      const schema::Organization& after) const {
  const core::WorkspaceId workspace = by.workspace;
  const schema::Organization none;
  const schema::Organization& from = before != nullptr ? *before : none;
  if (after.group() != from.group() && after.group() != 0) {
    POSTERN_TRY(const bool exists, groups_.exists(transaction, workspace, after.group()));
    if (!exists) return core::fail(Errc::kInvalid, "group_id: there is no such group");
  }
  POSTERN_TRY(const NameWords words, NameWords::of(with_.vault, workspace));
  POSTERN_CHECK(move_findings(transaction, words, workspace, from, after, after.id()));
  // Whoever has such an address is looked at again.
  if (!std::ranges::equal(from.domains(), after.domains())) transaction.erase(people_keys::index_progress(workspace));
  if (before == nullptr) transaction.add(people_keys::organization_counter(workspace), 1);
  transaction.record(workspace, {before == nullptr ? "organization.created" : "organization.changed", after.id(), 0});
  POSTERN_CHECK(storage::put_sealed(transaction, with_.vault, workspace, people_keys::organization(workspace, after.id()), after));
  auth::AuditEvent event;
  event.action = before == nullptr ? "organization.created" : "organization.changed";
  event.object = object_of(after.id());
  event.changes = difference(from, after);
  if (fields_ != nullptr) {
    POSTERN_TRY(const auto fields, fields_->difference(transaction, workspace, from.fields(), after.fields()));
    for (const auto& each : fields) event.changes.push_back({each.key, each.before, each.after});
  }
  POSTERN_CHECK(auth::audit(transaction, with_.vault, with_.ids, with_.clock, by, event));
  PeopleChange told;
  told.workspace = workspace;
  told.event = before == nullptr ? PeopleEvent::kCreated : PeopleEvent::kUpdated;
  told.organization = after.id();
  told.actor = by.user;
  if (before != nullptr) {
    for (const auth::AuditChange& each : event.changes) told.fields.push_back(each.field);
  }
  return tell_people_change(tell_, transaction, told);
}

core::Task<core::Result<Organization>> Organizations::create(auth::Principal by, Change typed) {
  if (!typed.name) co_return core::fail(Errc::kInvalid, "name: empty or too long");
  POSTERN_CO_TRY(const Change change, clean(by.workspace, std::move(typed)));
  schema::Organization draft;
  draft.set_id(with_.ids.next());
  draft.set_created_unix_ms(with_.now_ms());
  draft.set_updated_unix_ms(with_.now_ms());
  apply(change, draft);
  auto write = [&](storage::Transaction& transaction) -> core::Result<Organization> {
    schema::Organization made = draft;
    POSTERN_CHECK(set_fields(transaction, by.workspace, change, made));
    POSTERN_CHECK(put(transaction, by, nullptr, made));
    return to_organization(made);
  };
  co_return co_await transact_people(with_, std::move(write));
}

core::Task<core::Result<Organization>> Organizations::update(auth::Principal by, std::uint64_t id, Change typed, Guard guard) {
  POSTERN_CO_TRY(const Change change, clean(by.workspace, std::move(typed)));
  auto write = [&](storage::Transaction& transaction) -> core::Result<Organization> {
    POSTERN_TRY(const schema::Organization before, read(transaction, by.workspace, id));
    if (guard) POSTERN_CHECK(guard(to_organization(before)));
    schema::Organization after = before;
    apply(change, after);
    POSTERN_CHECK(set_fields(transaction, by.workspace, change, after));
    if (after.SerializeAsString() == before.SerializeAsString()) return to_organization(before);
    after.set_updated_unix_ms(with_.now_ms());
    POSTERN_CHECK(put(transaction, by, &before, after));
    return to_organization(after);
  };
  co_return co_await transact_people(with_, std::move(write));
}

core::Task<core::Result<std::pair<Organization, bool>>> Organizations::create_or_update(auth::Principal by, Change change) {
  std::optional<Organization> known;
  if (change.external_id && !change.external_id->empty()) {
    POSTERN_CO_TRY(known, find_by_external_id(by.workspace, *change.external_id));
  }
  if (!known && change.name) {
    POSTERN_CO_TRY(known, find_by_name(by.workspace, *change.name));
  }
  const bool is_new = !known.has_value();
  if (is_new) {
    POSTERN_CO_TRY(Organization made, co_await create(by, std::move(change)));
    co_return std::pair(std::move(made), true);
  }
  POSTERN_CO_TRY(Organization changed, co_await update(by, known->id, std::move(change)));
  co_return std::pair(std::move(changed), false);
}

core::Task<core::Result<void>> Organizations::erase(auth::Principal by, std::uint64_t id, Guard guard) {
  auto write = [&](storage::Transaction& transaction) -> core::Result<void> {
    POSTERN_TRY(const schema::Organization before, read(transaction, by.workspace, id));
    if (guard) POSTERN_CHECK(guard(to_organization(before)));
    POSTERN_TRY(const NameWords words, NameWords::of(with_.vault, by.workspace));
    POSTERN_CHECK(move_findings(transaction, words, by.workspace, before, schema::Organization(), id));
    transaction.erase(people_keys::organization(by.workspace, id));
    transaction.add(people_keys::organization_counter(by.workspace), -1);
    transaction.record(by.workspace, {"organization.deleted", id, 0});
    transaction.put(people_keys::leaving(by.workspace, people_keys::Leaving::kOrganization, id), {});
    auth::AuditEvent event;
    event.action = "organization.deleted";
    event.object = object_of(id);
    event.changes = difference(before, schema::Organization());
    POSTERN_CHECK(auth::audit(transaction, with_.vault, with_.ids, with_.clock, by, event));
    PeopleChange told;
    told.workspace = by.workspace;
    told.event = PeopleEvent::kDeleted;
    told.organization = id;
    told.actor = by.user;
    return tell_people_change(tell_, transaction, told);
  };
  co_return co_await transact_people(with_, std::move(write));
}

core::Result<Organization> Organizations::find(core::WorkspaceId workspace, std::uint64_t id) const {
  storage::Transaction transaction = with_.store.begin();
  POSTERN_TRY(const schema::Organization record, read(transaction, workspace, id));
  return to_organization(record);
}

core::Result<std::optional<Organization>> Organizations::find_unique(core::WorkspaceId workspace, std::string_view kind, std::string_view text) const {
  POSTERN_TRY(const NameWords words, NameWords::of(with_.vault, workspace));
  storage::Transaction transaction = with_.store.begin();
  POSTERN_TRY(const std::optional<std::string> id, transaction.get(unique_key(words, workspace, kind, text)));
  if (!id) return std::optional<Organization>();
  POSTERN_TRY(const schema::Organization record, read(transaction, workspace, people_keys::read_id(id)));
  return std::optional(to_organization(record));
}

core::Result<std::optional<Organization>> Organizations::find_by_name(core::WorkspaceId workspace, std::string_view name) const {
  return find_unique(workspace, "name", core::trim_ascii(name));
}

core::Result<std::optional<Organization>> Organizations::find_by_external_id(core::WorkspaceId workspace, std::string_view external_id) const {
  return find_unique(workspace, "external id", external_id);
}

core::Result<std::vector<Organization>> Organizations::page(core::WorkspaceId workspace, std::uint64_t after, std::size_t count) const {
  const std::string behind = after == 0 ? std::string() : people_keys::organization(workspace, after);
  POSTERN_TRY(const std::vector<storage::Entry> entries,
              with_.store.snapshot()->scan(people_keys::organizations_prefix(workspace), storage::Direction::kForward, count, behind));
  std::vector<Organization> out;
  for (const storage::Entry& entry : entries) {
    schema::Organization record;
    POSTERN_CHECK(storage::open_record(with_.vault, workspace, entry.key, entry.value, record));
    out.push_back(to_organization(record));
  }
  return out;
}

core::Result<std::vector<Organization>> Organizations::complete(core::WorkspaceId workspace, std::string_view query, std::size_t count) const {
  POSTERN_TRY(const NameWords words, NameWords::of(with_.vault, workspace));
  const std::vector<std::string> digests = words.query_digests(query);
  std::vector<Organization> out;
  if (digests.empty()) return out;
  const std::string prefix = people_keys::named_prefix(workspace, Named::kOrganization, digests.front());
  storage::Transaction transaction = with_.store.begin();
  std::string after;
  for (std::size_t seen = 0; seen < limits_.found_scan_max;) {
    POSTERN_TRY(const std::vector<storage::Entry> entries,
                transaction.snapshot().scan(prefix, storage::Direction::kForward, kEntriesAtATime, after));
    for (const storage::Entry& entry : entries) {
      POSTERN_TRY(const schema::Organization record, read(transaction, workspace, people_keys::last_number(entry.key)));
      if (has_words(record.name(), query)) out.push_back(to_organization(record));
      if (out.size() == count) return out;
    }
    seen += entries.size();
    if (entries.size() < kEntriesAtATime) break;
    after = entries.back().key;
  }
  return out;
}

core::Result<std::uint64_t> Organizations::count(core::WorkspaceId workspace) const {
  POSTERN_TRY(const std::optional<std::string> value, with_.store.snapshot()->get(people_keys::organization_counter(workspace)));
  return static_cast<std::uint64_t>(std::max<std::int64_t>(0, storage::decode_counter(value)));
}

core::Result<std::vector<core::UserId>> Organizations::members(core::WorkspaceId workspace, std::uint64_t id, core::UserId after,
                                                               std::size_t count) const {
  POSTERN_CHECK(find(workspace, id));
  const std::string behind = after ? people_keys::member(workspace, id, after) : std::string();
  POSTERN_TRY(const std::vector<storage::Entry> entries,
              with_.store.snapshot()->scan(people_keys::members_prefix(workspace, id), storage::Direction::kForward, count, behind));
  std::vector<core::UserId> out;
  for (const storage::Entry& entry : entries) out.push_back(core::UserId{people_keys::last_number(entry.key)});
  return out;
}

}  // namespace postern::ticketing
