#include "app/imports/zendesk_source.h"

#include <algorithm>
#include <boost/json.hpp>

#include "app/imports/comment_batches.h"
#include "app/imports/leave_out.h"
#include "auth/accounts.h"
#include "core/encoding.h"
#include "core/errc.h"
#include "ticketing/errc.h"
#include "ticketing/fields/ticket_fields.h"
#include "ticketing/html_words.h"
#include "ticketing/imports/mail_import.h"
#include "ticketing/people/groups.h"
#include "ticketing/people/organizations.h"
#include "ticketing/people/people.h"
#include "ticketing/people/survivors.h"
#include "web/api/desk/field_shapes.h"
#include "web/api/ticket_form.h"

namespace postern::app {

using core::Result;
using core::Task;
using ticketing::ImportKind;

namespace {

constexpr std::string_view kZendesk = "zendesk";
constexpr std::size_t kFileBytesMax = 50U << 20U;
constexpr std::size_t kLeftOutMax = 500;  // attributes and fields that are given up one by one until a ticket fits

std::string text_in(const JsonObject& object, std::string_view name) {
  const Json* value = object.if_contains(name);
  return value != nullptr && value->is_string() ? std::string(value->as_string()) : std::string();
}

std::uint64_t id_in(const JsonObject& object, std::string_view name) {
  const Json* value = object.if_contains(name);
  if (value == nullptr || !value->is_number()) return 0;
  boost::system::error_code wrong;
  const auto out = value->to_number<std::uint64_t>(wrong);
  return wrong ? 0 : out;
}

std::vector<std::uint64_t> ids_in(const JsonObject& object, std::string_view name) {
  std::vector<std::uint64_t> out;
  const Json* value = object.if_contains(name);
  if (value == nullptr || !value->is_array()) return out;
  for (const Json& each : value->as_array()) {
    boost::system::error_code wrong;
    const auto id = each.is_number() ? each.to_number<std::uint64_t>(wrong) : 0;
    if (!wrong && id != 0) out.push_back(id);
  }
  return out;
}

std::vector<std::string> texts_in(const JsonObject& object, std::string_view name) {
  std::vector<std::string> out;
  const Json* value = object.if_contains(name);
  if (value == nullptr || !value->is_array()) return out;
  for (const Json& each : value->as_array()) {
    if (each.is_string()) out.emplace_back(each.as_string());
  }
  return out;
}

std::int64_t time_in(const JsonObject& object, std::string_view name) { return web::parse_time(text_in(object, name)).value_or(0); }

bool is_true(const JsonObject& object, std::string_view name) {
  const Json* value = object.if_contains(name);
  return value != nullptr && value->is_bool() && value->as_bool();
}

std::string source_id(std::uint64_t id) { return std::string(kZendesk) + "/" + std::to_string(id); }

// Refused for what it is, not because the store cannot.
bool is_refusal(const core::Error& error) { return error == ticketing::Errc::kInvalid || error == ticketing::Errc::kNotFound; }

// A value of a field as texts; none: it has no value.
std::vector<std::string> field_texts(const Json& value) {
  std::vector<std::string> out;
  const auto add = [&out](const Json& each) {
    if (auto text = web::api::scalar_text(each); text && !text->empty()) out.push_back(std::move(*text));
  };
  if (value.is_array()) std::ranges::for_each(value.as_array(), add);
  else add(value);
  return out;
}

ticketing::Status status_in(const JsonObject& ticket) {
  const std::string word = text_in(ticket, "status");
  if (word == "hold" || word == "on-hold") return ticketing::Status::kHold;
  return ticketing::parse_status(word).value_or(ticketing::Status::kOpen);
}

}  // namespace

struct ZendeskSource::Thing {
  ZendeskKind kind;
  JsonObject object;
  std::uint64_t ticket;
};

Result<std::unique_ptr<ImportSource>> ZendeskSource::open(ImportWish wish, Services& services) {
  POSTERN_TRY(ZendeskArchive archive, wish.packed ? ZendeskArchive::open(wish.packed) : ZendeskArchive::open(wish.path));
  return std::unique_ptr<ImportSource>(new ZendeskSource(std::move(wish), services, std::move(archive)));
}

Task<Result<void>> ZendeskSource::take(std::uint64_t item, ImportTally& tally) {
  struct Read {
    std::vector<Thing> things;
    std::string why;
    bool is_good = false;
  };
  auto job = [this, item] {
    auto out = std::make_shared<Read>();
    if (!has_titles_) read_titles();
    const std::function<void(const ZendeskThing&)> keep = [&out](const ZendeskThing& each) { out->things.push_back({each.kind, each.object, each.ticket}); };
    out->is_good = archive_.visit(static_cast<std::size_t>(item), keep, out->why);
    return out;
  };
  const std::string where = archive_.name_of(static_cast<std::size_t>(item));
  POSTERN_CO_TRY(const std::shared_ptr<Read> read, co_await core::offload(services_.cpu(), std::move(job)));
  if (!read->is_good) tally.pass_over(read->why, where);
  for (const Thing& each : read->things) POSTERN_CO_CHECK(co_await take_one(each, tally, where));
  co_return Result<void>();
}

Task<Result<void>> ZendeskSource::take_one(const Thing& thing, ImportTally& tally, const std::string& where) {
  switch (thing.kind) {
    case ZendeskKind::kTicketField: break;  // read_titles()
    case ZendeskKind::kGroup: co_return co_await take_group(thing.object, tally, where);
    case ZendeskKind::kOrganization: co_return co_await take_organization(thing.object, tally, where);
    case ZendeskKind::kUser: co_return co_await take_user(thing.object, tally, where);
    case ZendeskKind::kTicket: co_return co_await take_ticket(thing.object, tally, where);
    case ZendeskKind::kComment: co_return co_await take_comment(thing, tally, where);
  }
  co_return Result<void>();
}

Result<std::uint64_t> ZendeskSource::known(ImportKind kind, std::uint64_t id) const {
  if (id == 0) return std::uint64_t{0};
  POSTERN_TRY(const std::string key, ticketing::import_key(services_.vault(), wish_.by.workspace, kind, {}, source_id(id)));
  POSTERN_TRY(const auto mark, ticketing::find_import(*services_.store().snapshot(), key));
  return mark ? mark->object() : std::uint64_t{0};
}

Task<Result<void>> ZendeskSource::mark(ImportKind kind, std::uint64_t id, std::uint64_t object) const {
  POSTERN_CO_TRY(std::string key, ticketing::import_key(services_.vault(), wish_.by.workspace, kind, {}, source_id(id)));
  storage::Transaction transaction = services_.store().begin();
  const std::int64_t now = core::to_unix_ms(services_.clock().wall_now());
  POSTERN_CO_CHECK(ticketing::mark_import(transaction, std::move(key), object, {}, now));
  POSTERN_CO_CHECK(co_await services_.store().commit(std::move(transaction)));
  co_return Result<void>();
}

Task<Result<void>> ZendeskSource::take_group(const JsonObject& group, ImportTally& tally, const std::string& where) {
  const std::uint64_t id = id_in(group, "id");
  const std::string name = text_in(group, "name");
  POSTERN_CO_TRY(const std::uint64_t before, known(ImportKind::kGroup, id));
  if (id == 0 || name.empty() || is_true(group, "deleted") || before != 0) {
    tally.pass_over(before != 0 ? "known" : "group_without_id_or_name", where);
    co_return Result<void>();
  }
  POSTERN_CO_TRY(const std::vector<ticketing::Group> all, services_.desk().groups().all(wish_.by.workspace));
  const auto same = std::ranges::find_if(all, [&name](const ticketing::Group& each) { return core::equals_ignoring_case(each.name, name); });
  std::uint64_t ours = same == all.end() ? 0 : same->id;
  if (wish_.is_rehearsal) co_return Result<void>();
  if (ours == 0) {
    ticketing::Groups::Change change;
    change.name = name;
    const auto made = co_await services_.desk().groups().create(wish_.by, std::move(change));
    if (!made && !is_refusal(made.error())) co_return made.error();
    if (!made) co_return tally.pass_over("group_refused", where), Result<void>();
    ours = made->id;
  }
  co_return co_await mark(ImportKind::kGroup, id, ours);
}

void ZendeskSource::read_titles() {
  const std::function<void(const ZendeskThing&)> keep = [this](const ZendeskThing& each) {
    const std::uint64_t id = id_in(each.object, "id");
    if (std::string title = text_in(each.object, "title"); id != 0 && !title.empty()) field_titles_[id] = std::move(title);
  };
  std::string why;  // told when the item itself is taken
  for (std::size_t item = 0; item < archive_.size() && archive_.is_of_fields(item); ++item) (void)archive_.visit(item, keep, why);
  has_titles_ = true;
}

Result<void> ZendeskSource::add_fields(const JsonObject& from, ticketing::ImportedTicket& to, ImportTally& tally, const std::string& where) const {
  const Json* list = from.if_contains("custom_fields");
  if (list == nullptr || !list->is_array()) return {};
  POSTERN_TRY(const auto ours, services_.desk().fields().fields().all(wish_.by.workspace));
  bool is_left_out = false;
  for (const Json& each : list->as_array()) {
    const Json* value = each.is_object() ? each.as_object().if_contains("value") : nullptr;
    std::vector<std::string> texts = value == nullptr ? std::vector<std::string>() : field_texts(*value);
    if (texts.empty()) continue;
    const std::uint64_t id = id_in(each.as_object(), "id");
    const auto title = field_titles_.find(id);
    const auto is_it = [&](const schema::TicketField& one) {
      const bool has_name = title == field_titles_.end() ? one.id() == id : core::equals_ignoring_case(one.title(), title->second);
      return has_name && one.is_active();
    };
    const auto found = std::ranges::find_if(*ours, is_it);
    is_left_out = is_left_out || found == ours->end();
    if (found != ours->end()) to.wishes.fields.push_back({found->id(), std::move(texts)});
  }
  if (is_left_out) tally.pass_over("custom_field_values", where);
  return {};
}

Result<std::vector<ticketing::FieldWish>> ZendeskSource::fields_of(const JsonObject& from, const ticketing::PersonFields& fields, ImportTally& tally,
                                                                   const std::string& where) const {
  std::vector<ticketing::FieldWish> out;
  const std::string word(to_string(fields.whose()));
  const Json* object = from.if_contains(word);
  if (object == nullptr || !object->is_object()) return out;
  bool is_left_out = false;
  for (const auto& [key, value] : object->as_object()) {
    ticketing::FieldWish wish{std::string(key.data(), key.size()), field_texts(value)};
    if (wish.values.empty()) continue;
    POSTERN_TRY(const bool is_taken, fields.takes(wish_.by.workspace, wish));
    is_left_out = is_left_out || !is_taken;
    if (is_taken) out.push_back(std::move(wish));
  }
  if (is_left_out) tally.pass_over(word.substr(0, word.size() - 1) + "_values", where);  // "user_field_values"
  return out;
}

Task<Result<void>> ZendeskSource::take_organization(const JsonObject& from, ImportTally& tally, const std::string& where) {
  const std::uint64_t id = id_in(from, "id");
  POSTERN_CO_TRY(const std::uint64_t before, known(ImportKind::kOrganization, id));
  if (id == 0 || before != 0 || !text_in(from, "deleted_at").empty()) {
    tally.pass_over(before != 0 ? "known" : "organization_without_id_or_deleted", where);
    co_return Result<void>();
  }
  ++tally.organizations;
  ticketing::Organizations::Change change;
  POSTERN_CO_TRY(change.fields, fields_of(from, services_.desk().organization_fields(), tally, where));
  if (wish_.is_rehearsal) co_return Result<void>();
  change.name = text_in(from, "name");
  change.details = text_in(from, "details");
  change.notes = text_in(from, "notes");
  change.external_id = std::to_string(id);
  change.domains = texts_in(from, "domain_names");
  change.tags = texts_in(from, "tags");
  auto made = co_await services_.desk().organizations().create_or_update(wish_.by, change);
  if (!made && is_refusal(made.error())) {  // a domain that is another organisation's, or what cannot be stored
    change.domains.reset();
    change.tags.reset();
    made = co_await services_.desk().organizations().create_or_update(wish_.by, change);
    if (made) tally.pass_over("organization_domains_or_tags", where);
  }
  if (!made && !is_refusal(made.error())) co_return made.error();
  if (!made) {
    --tally.organizations;
    tally.pass_over("organization_refused", where);
    co_return Result<void>();
  }
  co_return co_await mark(ImportKind::kOrganization, id, made->first.id);
}

Task<Result<void>> ZendeskSource::take_user(const JsonObject& from, ImportTally& tally, const std::string& where) {
  const std::uint64_t id = id_in(from, "id");
  POSTERN_CO_TRY(const std::uint64_t before, known(ImportKind::kPerson, id));
  if (id == 0 || before != 0) {
    tally.pass_over(before != 0 ? "known" : "user_without_id", where);
    co_return Result<void>();
  }
  ++tally.people;
  ticketing::People::Change change;
  POSTERN_CO_TRY(change.fields, fields_of(from, services_.desk().user_fields(), tally, where));
  if (wish_.is_rehearsal) co_return Result<void>();
  ticketing::People& people = services_.desk().people();
  std::string email = text_in(from, "email");
  const bool is_reachable = !email.empty();
  if (!is_reachable) email = "user-" + std::to_string(id) + "@zendesk.invalid";
  change.name = text_in(from, "name");
  for (auto& [to, name] : {std::pair{&change.phone, "phone"}, {&change.details, "details"}, {&change.notes, "notes"}, {&change.alias, "alias"}}) {
    if (const std::string text = text_in(from, name); !text.empty()) *to = text;
  }
  if (const auto tags = texts_in(from, "tags"); !tags.empty()) change.tags = tags;
  POSTERN_CO_TRY(const std::uint64_t organization, known(ImportKind::kOrganization, id_in(from, "organization_id")));
  if (organization != 0) change.organizations = std::vector<std::uint64_t>{organization};
  if (is_true(from, "suspended")) change.is_suspended = true;
  POSTERN_CO_TRY(core::UserId ours, people.find_by_email(wish_.by.workspace, email));
  if (!ours) {
    change.external_id = std::to_string(id);
    auto made = co_await people.create(wish_.by, email, change);
    if (!made && is_refusal(made.error())) {
      ticketing::People::Change plain;
      plain.name = change.name;
      made = co_await people.create(wish_.by, email, std::move(plain));
      if (made) tally.pass_over("user_attributes", where);
    }
    if (!made && !is_refusal(made.error())) co_return made.error();
    if (!made) {
      --tally.people;
      tally.pass_over("user_refused", where);
      co_return Result<void>();
    }
    ours = *made;
  }
  co_return co_await mark(ImportKind::kPerson, id, ours.value);
}

Task<Result<core::UserId>> ZendeskSource::person(std::uint64_t id, ImportTally& tally) {
  POSTERN_CO_TRY(std::uint64_t ours, known(ImportKind::kPerson, id));
  if (ours != 0) {
    POSTERN_CO_TRY(const core::UserId now, ticketing::survivor_of(*services_.store().snapshot(), services_.vault(), wish_.by.workspace, core::UserId{ours}));
    ours = now.value;  // merged since
  }
  if (ours != 0 || id == 0 || wish_.is_rehearsal) co_return core::UserId{ours};
  JsonObject unknown{{"id", id}, {"name", "User " + std::to_string(id)}};
  POSTERN_CO_CHECK(co_await take_user(unknown, tally, "user/" + std::to_string(id)));
  POSTERN_CO_TRY(const std::uint64_t made, known(ImportKind::kPerson, id));
  co_return core::UserId{made};
}

Result<bool> ZendeskSource::may_be_assigned(core::UserId user) const {
  POSTERN_TRY(const auto known, services_.accounts().find(wish_.by.workspace, user));
  return known && known->role >= auth::Role::kAgent && !known->is_disabled && known->permissions.has(auth::Permission::kTicketsRead) &&
         known->inboxes.has(wish_.inbox);
}

Task<Result<ticketing::ImportedComment>> ZendeskSource::comment_of(const JsonObject& from, ImportTally& tally, const std::string& where) {
  ticketing::ImportedComment out;
  out.foreign_id = std::to_string(id_in(from, "id"));
  POSTERN_CO_TRY(out.author, co_await person(id_in(from, "author_id"), tally));
  for (const char* name : {"body", "plain_body", "value", "html_body"}) {
    if (out.text.empty()) out.text = text_in(from, name);
  }
  // Theirs is HTML always; kept where it says more than the text.
  if (std::string html = text_in(from, "html_body"); ticketing::is_formatted(html)) out.html = std::move(html);
  const Json* is_public = from.if_contains("public");
  out.is_public = is_public == nullptr || !is_public->is_bool() || is_public->as_bool();
  out.created_unix_ms = time_in(from, "created_at");
  const Json* files = from.if_contains("attachments");
  if (files == nullptr || !files->is_array()) co_return out;
  for (const Json& each : files->as_array()) {
    if (!each.is_object()) continue;
    auto content = archive_.attachment(id_in(each.as_object(), "id"), kFileBytesMax);
    if (!content) {
      tally.pass_over("attachment_not_in_archive", where);
      continue;
    }
    out.files.push_back({text_in(each.as_object(), "file_name"), text_in(each.as_object(), "content_type"), std::move(*content)});
  }
  co_return out;
}

Task<Result<void>> ZendeskSource::add_people(const JsonObject& from, ticketing::ImportedTicket& to, ImportTally& tally, const std::string& where) {
  POSTERN_CO_TRY(const core::UserId requester, co_await person(id_in(from, "requester_id"), tally));
  to.wishes.requester = ticketing::PersonWish{requester, {}, {}, false};
  POSTERN_CO_TRY(to.submitter, co_await person(id_in(from, "submitter_id"), tally));
  POSTERN_CO_TRY(const core::UserId assignee, co_await person(id_in(from, "assignee_id"), tally));
  POSTERN_CO_TRY(const bool is_agent, may_be_assigned(assignee));
  if (is_agent) to.assignee = assignee;
  if (!is_agent && assignee) tally.pass_over("assignee_is_no_agent_here", where);
  std::vector<std::uint64_t> copied = ids_in(from, "email_cc_ids");
  if (copied.empty()) copied = ids_in(from, "collaborator_ids");
  std::vector<ticketing::PersonWish> ccs, followers;
  for (const std::uint64_t id : copied) {
    POSTERN_CO_TRY(const core::UserId user, co_await person(id, tally));
    if (user && user != requester) ccs.push_back({user, {}, {}, false});
  }
  for (const std::uint64_t id : ids_in(from, "follower_ids")) {
    POSTERN_CO_TRY(const core::UserId user, co_await person(id, tally));
    POSTERN_CO_TRY(const bool may_follow, may_be_assigned(user));
    if (may_follow) followers.push_back({user, {}, {}, false});
  }
  if (!ccs.empty()) to.wishes.ccs = std::move(ccs);
  if (!followers.empty()) to.wishes.followers = std::move(followers);
  co_return Result<void>();
}

Task<Result<void>> ZendeskSource::take_ticket(const JsonObject& from, ImportTally& tally, const std::string& where) {
  const std::uint64_t id = id_in(from, "id");
  POSTERN_CO_TRY(const std::uint64_t before, known(ImportKind::kTicket, id));
  if (id == 0 || text_in(from, "status") == "deleted") {
    tally.pass_over(before != 0 ? "known" : "ticket_without_id_or_deleted", where);
    co_return Result<void>();
  }
  if (before != 0) co_return co_await take_rest(core::TicketId{before}, from, tally, where);
  ticketing::ImportedTicket ticket;
  ticket.source = kZendesk;
  ticket.foreign_id = std::to_string(id);
  ticket.inbox = wish_.inbox;
  ticket.status = status_in(from);
  ticket.created_unix_ms = time_in(from, "created_at");
  ticket.updated_unix_ms = time_in(from, "updated_at");
  ticket.wishes.subject = text_in(from, "subject");
  ticket.wishes.external_id = std::to_string(id);
  if (const std::string own = text_in(from, "external_id"); !own.empty() && own != *ticket.wishes.external_id) tally.pass_over("external_id_replaced", where);
  ticket.wishes.type = ticketing::parse_ticket_type(text_in(from, "type"));
  ticket.wishes.priority = ticketing::parse_priority(text_in(from, "priority"));
  ticket.wishes.tags = texts_in(from, "tags");
  if (const std::int64_t due = time_in(from, "due_at"); due != 0) ticket.wishes.due_unix_ms = due;
  POSTERN_CO_CHECK(add_fields(from, ticket, tally, where));
  POSTERN_CO_TRY(const std::uint64_t organization, known(ImportKind::kOrganization, id_in(from, "organization_id")));
  if (organization != 0) ticket.wishes.organization = organization;
  POSTERN_CO_TRY(const std::uint64_t group, known(ImportKind::kGroup, id_in(from, "group_id")));
  if (group != 0) ticket.wishes.group = group;
  POSTERN_CO_CHECK(co_await add_people(from, ticket, tally, where));
  const Json* comments = from.if_contains("comments");
  if (comments != nullptr && comments->is_array()) {
    for (const Json& each : comments->as_array()) {
      if (!each.is_object()) continue;
      POSTERN_CO_TRY(ticketing::ImportedComment comment, co_await comment_of(each.as_object(), tally, where));
      ticket.comments.push_back(std::move(comment));
    }
  }
  if (ticket.comments.empty() && !archive_.has_comments(id)) {
    ticketing::ImportedComment description;
    description.foreign_id = "description of " + std::to_string(id);
    description.text = text_in(from, "description");
    ticket.comments.push_back(std::move(description));
  }
  if (wish_.is_rehearsal) {
    ++tally.tickets;
    tally.comments += ticket.comments.size();
    co_return Result<void>();
  }
  auto batches = comment_batches(std::move(ticket.comments), services_.desk().ticket_import().limits());
  ticket.comments = std::move(batches.front());
  batches.pop_front();
  for (std::size_t attempt = 0;; ++attempt) {
    const auto done = co_await services_.desk().ticket_import().create(wish_.by, ticket);
    if (done) {
      tally.tickets += done->is_known ? 0 : 1;
      tally.comments += done->comments;
      for (auto& each : batches) POSTERN_CO_CHECK(co_await add_to(done->ticket, std::move(each), tally, where));
      co_return Result<void>();
    }
    if (!is_refusal(done.error())) co_return done.error();
    const std::string left_out = attempt < kLeftOutMax ? leave_out(ticket, done.error().context()) : std::string();
    tally.pass_over(left_out.empty() ? "ticket_refused" : "ticket_" + left_out, where);
    if (left_out.empty()) co_return Result<void>();
  }
}

Task<Result<void>> ZendeskSource::take_comment(const Thing& thing, ImportTally& tally, const std::string& where) {
  POSTERN_CO_TRY(const std::uint64_t ticket, known(ImportKind::kTicket, thing.ticket));
  if (ticket == 0 && wish_.is_rehearsal) {
    ++tally.comments;
    co_return Result<void>();
  }
  if (ticket == 0 || id_in(thing.object, "id") == 0) {
    tally.pass_over("comment_without_ticket", where);
    co_return Result<void>();
  }
  POSTERN_CO_TRY(ticketing::ImportedComment comment, co_await comment_of(thing.object, tally, where));
  if (wish_.is_rehearsal) co_return Result<void>();
  std::vector<ticketing::ImportedComment> one;
  one.push_back(std::move(comment));
  co_return co_await add_to(core::TicketId{ticket}, std::move(one), tally, where);
}

// Of a ticket that is here: a killed import may have brought a part of its comments only.
Task<Result<void>> ZendeskSource::take_rest(core::TicketId ticket, const JsonObject& from, ImportTally& tally, const std::string& where) {
  std::vector<ticketing::ImportedComment> missing;
  const Json* comments = from.if_contains("comments");
  if (comments == nullptr || !comments->is_array()) co_return tally.pass_over("known", where), Result<void>();
  for (const Json& each : comments->as_array()) {
    const std::uint64_t id = each.is_object() ? id_in(each.as_object(), "id") : 0;
    POSTERN_CO_TRY(const std::uint64_t before, known(ImportKind::kComment, id));
    if (id == 0 || before != 0 || wish_.is_rehearsal) continue;
    POSTERN_CO_TRY(ticketing::ImportedComment comment, co_await comment_of(each.as_object(), tally, where));
    missing.push_back(std::move(comment));
  }
  if (missing.empty()) co_return tally.pass_over("known", where), Result<void>();
  for (auto& each : comment_batches(std::move(missing), services_.desk().ticket_import().limits())) {
    POSTERN_CO_CHECK(co_await add_to(ticket, std::move(each), tally, where));
  }
  co_return Result<void>();
}

Task<Result<void>> ZendeskSource::add_to(core::TicketId ticket, std::vector<ticketing::ImportedComment> comments, ImportTally& tally, const std::string& where) {
  const auto done = co_await services_.desk().ticket_import().add_comments(wish_.by, std::string(kZendesk), ticket, std::move(comments));
  if (!done && !is_refusal(done.error())) co_return done.error();
  if (!done) tally.pass_over("comment_refused", where);
  if (done && done->comments == 0) tally.pass_over("known", where);
  if (done) tally.comments += done->comments;
  co_return Result<void>();
}

}  // namespace postern::app
