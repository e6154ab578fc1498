#include "ticketing/detail/wish_step.h"

#include <algorithm>

#include "core/encoding.h"
#include "ticketing/detail/header_text.h"
#include "ticketing/fields/ticket_fields.h"
#include "ticketing/people/survivors.h"

namespace postern::ticketing {
namespace {

core::Error wrong(std::string_view field, std::string_view why) { return core::fail(Errc::kInvalid, std::string(field) + ": " + std::string(why)); }

bool works_on(const auth::User& user, core::InboxId inbox) {
  return user.role >= auth::Role::kAgent && !user.is_disabled && user.permissions.has(auth::Permission::kTicketsRead) && user.inboxes.has(inbox);
}

}  // namespace

core::Result<bool> WishStep::is_seen(core::UserId user) const {
  const schema::Ticket& record = ticket_.record();
  if (!scene_.by.inboxes.is_limited() || user == scene_.by.user || ticket_.is_participant(user)) return true;
  if (std::ranges::find(record.followers(), user.value) != record.followers().end()) return true;
  POSTERN_TRY(const auto known, scene_.with.accounts.find(ticket_.workspace(), user));
  if (known && known->role >= auth::Role::kAgent) return true;
  return scene_.tickets.has_written(scene_.by, user);
}

core::Result<core::UserId> WishStep::find_person(const PersonWish& wish, std::string_view field) {
  if (wish.id) {
    POSTERN_TRY(const core::UserId id, survivor_of(scene_.transaction, scene_.with.vault, ticket_.workspace(), wish.id));
    POSTERN_TRY(const auto known, scene_.with.accounts.find(ticket_.workspace(), id));
    POSTERN_TRY(const bool is_shown, is_seen(id));
    if (!known || !is_shown) return wrong(field, "no such user");
    const pipeline::EmailAddress address = pipeline::split_address(known->email);
    if (scene_.with.directory.resolve(address)) return wrong(field, "is one of our own addresses");
    return id;
  }
  const pipeline::EmailAddress address = pipeline::split_address(std::string(core::trim_ascii(wish.email)));
  if (!is_safe_address(address) || has_hidden_part(address)) return wrong(field, "an id or a mail address is expected");
  if (scene_.with.directory.resolve(address)) return wrong(field, "is one of our own addresses");
  const std::string name = clean_line(wish.name);
  POSTERN_TRY(const core::UserId user, scene_.with.accounts.ensure_contact(scene_.transaction, ticket_.workspace(), address.to_string(), name));
  POSTERN_TRY(const auto known, scene_.with.accounts.find(ticket_.workspace(), user));
  if (!known) ticket_.introduce(user, {name, address});
  POSTERN_TRY(const bool is_shown, known ? is_seen(user) : core::Result<bool>(true));
  if (!is_shown) return wrong(field, "whoever has this address has not written to an inbox of yours");
  return user;
}

core::Result<void> WishStep::check_agent(core::UserId user, std::string_view field) const {
  POSTERN_TRY(const auto known, scene_.with.accounts.find(ticket_.workspace(), user));
  if (!known || !works_on(*known, core::InboxId{ticket_.record().inbox()})) return wrong(field, "is not an agent of this inbox");
  return {};
}

core::Result<bool> WishStep::is_of(core::UserId user, const PersonWish& wish) const {
  if (wish.id) return user == wish.id;
  POSTERN_TRY(const auto known, scene_.with.accounts.find(ticket_.workspace(), user));
  if (known && core::equals_ignoring_case(known->email, core::trim_ascii(wish.email))) return true;
  return has_address(scene_.transaction, scene_.with.vault, ticket_.workspace(), user, core::trim_ascii(wish.email));
}

core::Result<std::vector<core::UserId>> WishStep::people(const std::optional<std::vector<PersonWish>>& all, const std::vector<PersonWish>& changes,
                                                         std::vector<core::UserId> now, std::string_view field, bool are_agents) {
  std::vector<PersonWish> wishes = all.value_or(std::vector<PersonWish>());
  const std::vector<core::UserId> before = now;
  if (all) now.clear();
  wishes.insert(wishes.end(), changes.begin(), changes.end());
  for (const PersonWish& wish : wishes) {
    if (wish.leaves) {
      std::vector<core::UserId> rest;
      for (const core::UserId each : now) {
        POSTERN_TRY(const bool is_it, is_of(each, wish));
        if (!is_it) rest.push_back(each);
      }
      now = std::move(rest);
      continue;
    }
    const bool was_there = wish.id && std::ranges::find(before, wish.id) != before.end();
    core::UserId user = wish.id;
    if (!was_there) {
      POSTERN_TRY(user, find_person(wish, field));
      if (are_agents) POSTERN_CHECK(check_agent(user, field));
    }
    if (std::ranges::find(now, user) == now.end()) now.push_back(user);
  }
  return now;
}

core::Result<void> WishStep::apply_people() {
  const core::UserId actor = scene_.by.user;
  const auto ids = [](const auto& of) {
    std::vector<core::UserId> out;
    for (const std::uint64_t id : of) out.push_back(core::UserId{id});
    return out;
  };
  if (wishes_.subject) POSTERN_CHECK(ticket_.set_subject(actor, *wishes_.subject));
  if (wishes_.requester) {
    POSTERN_TRY(const core::UserId requester, find_person(*wishes_.requester, "requester_id"));
    POSTERN_CHECK(ticket_.set_requester(actor, requester));
  }
  if (wishes_.ccs || !wishes_.cc_changes.empty()) {
    POSTERN_TRY(std::vector<core::UserId> ccs, people(wishes_.ccs, wishes_.cc_changes, ids(ticket_.record().ccs()), "email_ccs", false));
    POSTERN_CHECK(ticket_.set_ccs(actor, std::move(ccs)));
  }
  if (wishes_.followers || !wishes_.follower_changes.empty()) {
    POSTERN_TRY(std::vector<core::UserId> followers,
                people(wishes_.followers, wishes_.follower_changes, ids(ticket_.record().followers()), "followers", true));
    POSTERN_CHECK(ticket_.set_followers(actor, std::move(followers)));
  }
  return {};
}

core::Result<void> WishStep::apply_tags() {
  const core::UserId actor = scene_.by.user;
  if (!wishes_.tags && wishes_.added_tags.empty() && wishes_.removed_tags.empty()) return {};
  std::vector<std::string> tags = wishes_.tags.value_or(std::vector<std::string>(ticket_.record().tags().begin(), ticket_.record().tags().end()));
  std::vector<std::string> gone;
  for (const std::string& each : wishes_.removed_tags) gone.push_back(normal_tag(each));
  std::erase_if(tags, [&gone](const std::string& tag) { return std::ranges::find(gone, normal_tag(tag)) != gone.end(); });
  tags.insert(tags.end(), wishes_.added_tags.begin(), wishes_.added_tags.end());
  return ticket_.set_tags(actor, std::move(tags));
}

// A due time belongs to a task and a problem to an incident; with the type they go.
core::Result<void> WishStep::apply_links() {
  const core::UserId actor = scene_.by.user;
  const auto type = static_cast<TicketType>(ticket_.record().type());
  if (wishes_.due_unix_ms) {
    if (*wishes_.due_unix_ms != 0 && type != TicketType::kTask) return wrong("due_at", "only a task has one");
    POSTERN_CHECK(ticket_.set_due(actor, *wishes_.due_unix_ms));
  } else if (type != TicketType::kTask) {
    POSTERN_CHECK(ticket_.set_due(actor, 0));
  }
  if (!wishes_.problem) return type == TicketType::kIncident ? core::Result<void>() : ticket_.set_problem(actor, {});
  if (*wishes_.problem && wishes_.problem->value != ticket_.record().problem()) {
    if (type != TicketType::kIncident) return wrong("problem_id", "only an incident has one");
    const auto problem = scene_.tickets.get(scene_.by, *wishes_.problem);
    if (!problem || problem->type != TicketType::kProblem) return wrong("problem_id", "no such problem");
  }
  return ticket_.set_problem(actor, *wishes_.problem);
}

// A requester's tickets belong to his organisation unless another one of his is named.
core::Result<void> WishStep::apply_organization() {
  const schema::Ticket& record = ticket_.record();
  const core::UserId requester{record.requester()};
  const bool is_other = ticket_.before() == nullptr || ticket_.before()->requester() != record.requester();
  if (!wishes_.organization) {
    if (!is_other || !scene_.parts.organization_of) return {};
    POSTERN_TRY(const std::uint64_t own, scene_.parts.organization_of(scene_.transaction, ticket_.workspace(), requester));
    return ticket_.set_organization(scene_.by.user, own);
  }
  if (*wishes_.organization != 0) {
    if (!scene_.parts.may_belong) return wrong("organization_id", "no such organization");
    POSTERN_TRY(const bool may, scene_.parts.may_belong(scene_.transaction, ticket_.workspace(), *wishes_.organization, requester));
    if (!may) return wrong("organization_id", "is not one of the requester's");
  }
  return ticket_.set_organization(scene_.by.user, *wishes_.organization);
}

core::Result<void> WishStep::apply_attributes() {
  const core::UserId actor = scene_.by.user;
  const core::WorkspaceId workspace = ticket_.workspace();
  const TicketFields* fields = scene_.parts.fields;
  if (wishes_.type) POSTERN_CHECK(ticket_.set_type(actor, *wishes_.type));
  if (wishes_.priority) POSTERN_CHECK(ticket_.set_priority(actor, *wishes_.priority));
  if (wishes_.external_id) POSTERN_CHECK(ticket_.set_external_id(actor, *wishes_.external_id));
  if (wishes_.form) {
    if (fields == nullptr) return wrong("ticket_form_id", "no such form");
    POSTERN_CHECK(fields->check_form(scene_.transaction, workspace, *wishes_.form));
    POSTERN_CHECK(ticket_.set_form(actor, *wishes_.form));
  }
  POSTERN_CHECK(apply_organization());
  for (const FieldValue& wish : wishes_.fields) {
    if (fields == nullptr) return wrong("custom_fields", "no such field");
    POSTERN_TRY(std::vector<std::string> values, fields->check_values(scene_.transaction, workspace, wish));
    POSTERN_CHECK(ticket_.set_field(actor, wish.field, std::move(values)));
  }
  POSTERN_CHECK(apply_tags());
  return apply_links();
}

core::Result<void> WishStep::apply_assignment(const std::optional<core::UserId>& assignee) {
  const schema::Ticket& record = ticket_.record();
  const core::UserId actor = scene_.by.user;
  const bool is_other = assignee && assignee->value != record.assignee();
  if (is_other && *assignee) POSTERN_CHECK(check_agent(*assignee, "assignee_id"));
  if (!is_other && (!wishes_.group || *wishes_.group == record.group())) return {};
  TicketParts::Assigned to{wishes_.group.value_or(record.group()), assignee.value_or(core::UserId{record.assignee()})};
  if (scene_.parts.settle) {
    const TicketParts::Assigned before{record.group(), core::UserId{record.assignee()}};
    POSTERN_TRY(to, scene_.parts.settle(scene_.transaction, ticket_.workspace(), before, wishes_.group, assignee));
  } else if (wishes_.group && *wishes_.group != 0) {
    return wrong("group_id", "no such group");
  }
  POSTERN_CHECK(ticket_.set_group(actor, to.group));
  return ticket_.set_assignee(actor, to.assignee);
}

std::vector<auth::AuditChange> changes_between(const schema::Ticket& before, const schema::Ticket& after) {
  std::vector<auth::AuditChange> out;
  const auto add = [&out](const char* field, const std::string& from, const std::string& to) {
    if (from != to) out.push_back({field, from, to});
  };
  const auto number = [&add](const char* field, std::uint64_t from, std::uint64_t to) { add(field, std::to_string(from), std::to_string(to)); };
  const auto list = [](const auto& of) {
    std::string text;
    for (const auto each : of) text += (text.empty() ? "" : " ") + std::to_string(each);
    return text;
  };
  const auto typed = [&out](const char* field, bool is_changed) {
    if (is_changed) out.push_back({field, {}, {}});
  };
  add("type", std::string(to_string(static_cast<TicketType>(before.type()))), std::string(to_string(static_cast<TicketType>(after.type()))));
  add("priority", std::string(to_string(static_cast<Priority>(before.priority()))), std::string(to_string(static_cast<Priority>(after.priority()))));
  number("group_id", before.group(), after.group());
  number("organization_id", before.organization(), after.organization());
  number("requester_id", before.requester(), after.requester());
  number("problem_id", before.problem(), after.problem());
  number("ticket_form_id", before.form(), after.form());
  number("custom_status_id", before.custom_status(), after.custom_status());
  add("due_at", std::to_string(before.due_unix_ms()), std::to_string(after.due_unix_ms()));
  add("email_cc_ids", list(before.ccs()), list(after.ccs()));
  add("follower_ids", list(before.followers()), list(after.followers()));
  typed("subject", before.subject() != after.subject());
  typed("external_id", before.external_id() != after.external_id());
  typed("tags", !std::ranges::equal(before.tags(), after.tags()));
  std::vector<std::uint64_t> changed;
  const auto values = [](const schema::Ticket& of, std::uint64_t field) {
    const auto found = std::ranges::find(of.fields(), field, &schema::FieldValue::field);
    return found == of.fields().end() ? std::string() : found->SerializeAsString();
  };
  for (const auto* each : {&before, &after}) {
    for (const schema::FieldValue& field : each->fields()) {
      const bool is_new = std::ranges::find(changed, field.field()) == changed.end();
      if (is_new && values(before, field.field()) != values(after, field.field())) changed.push_back(field.field());
    }
  }
  for (const std::uint64_t field : changed) out.push_back({"custom_field " + std::to_string(field), {}, {}});
  return out;
}

}  // namespace postern::ticketing
