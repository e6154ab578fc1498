#include "ticketing/webhooks/recorder.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <set>
#include <utility>

#include "storage/records.h"
#include "storage/schema/ticket.pb.h"
#include "ticketing/fields/field_kinds.h"
#include "ticketing/imports/mail_import.h"
#include "ticketing/tickets.h"
#include "ticketing/webhooks/keys.h"

namespace postern::ticketing {
namespace {

using schema::Ticket;

std::string number_or_none(std::uint64_t value) { return value == 0 ? std::string() : std::to_string(value); }

std::string joined(const auto& values) {
  std::string out;
  for (const auto& each : values) {
    if (!out.empty()) out += ' ';
    if constexpr (std::is_integral_v<std::decay_t<decltype(each)>>) {
      out += std::to_string(each);
    } else {
      out += each;
    }
  }
  return out;
}

// Of a field whose value is no text that somebody typed.
struct Shown {
  const char* field;
  const char* kind;
  std::string (*value)(const Ticket&);
};
constexpr std::array kShown{
    Shown{"status", "ticket.status_changed", [](const Ticket& t) { return std::string(to_string(static_cast<Status>(t.status()))); }},
    Shown{"custom_status_id", "ticket.custom_status_changed", [](const Ticket& t) { return number_or_none(t.custom_status()); }},
    Shown{"assignee_id", "ticket.agent_assignment_changed", [](const Ticket& t) { return number_or_none(t.assignee()); }},
    Shown{"group_id", "ticket.group_assignment_changed", [](const Ticket& t) { return number_or_none(t.group()); }},
    Shown{"organization_id", "ticket.organization_changed", [](const Ticket& t) { return number_or_none(t.organization()); }},
    Shown{"requester_id", "ticket.requester_changed", [](const Ticket& t) { return number_or_none(t.requester()); }},
    Shown{"priority", "ticket.priority_changed", [](const Ticket& t) { return std::string(to_string(static_cast<Priority>(t.priority()))); }},
    Shown{"type", "ticket.type_changed", [](const Ticket& t) { return std::string(to_string(static_cast<TicketType>(t.type()))); }},
    Shown{"ticket_form_id", "ticket.form_changed", [](const Ticket& t) { return number_or_none(t.form()); }},
    Shown{"tags", "ticket.tags_changed", [](const Ticket& t) { return joined(t.tags()); }},
    Shown{"follower_ids", "ticket.followers_changed", [](const Ticket& t) { return joined(t.followers()); }},
    Shown{"email_cc_ids", "ticket.email_ccs_changed", [](const Ticket& t) { return joined(t.ccs()); }},
    Shown{"problem_id", "ticket.problem_link_changed", [](const Ticket& t) { return number_or_none(t.problem()); }},
    Shown{"merged_into_id", "ticket.merged", [](const Ticket& t) { return number_or_none(t.merged_into()); }},
    Shown{"due_at", "ticket.task_due_at_changed",
          [](const Ticket& t) { return t.due_unix_ms() == 0 ? std::string() : core::to_rfc3339(core::from_unix_ms(t.due_unix_ms())); }},
    Shown{"sla_policy_id", "ticket.sla_policy_changed", [](const Ticket& t) { return number_or_none(t.service().policy()); }},
    Shown{"group_sla_policy_id", "ticket.group_sla_policy_changed", [](const Ticket& t) { return number_or_none(t.service().group_policy()); }},
    Shown{"sla_last_breach_at", "ticket.sla_breached",
          [](const Ticket& t) {
            const std::int64_t at = t.service().last_breach_unix_ms();
            return at == 0 ? std::string() : core::to_rfc3339(core::from_unix_ms(at));
          }}};

// Custom fields whose values differ.
std::set<std::uint64_t> changed_custom_fields(const Ticket& a, const Ticket& b) {
  const auto find = [](const Ticket& in, std::uint64_t field) {
    return std::ranges::find_if(in.fields(), [field](const schema::FieldValue& each) { return each.field() == field; });
  };
  std::set<std::uint64_t> out;
  for (const auto& [one, other] : {std::pair(&a, &b), std::pair(&b, &a)}) {
    for (const schema::FieldValue& each : one->fields()) {
      const auto there = find(*other, each.field());
      if (there == other->fields().end() || !std::ranges::equal(there->values(), each.values())) out.insert(each.field());
    }
  }
  return out;
}

bool is_typed(FieldKind kind) { return kind == FieldKind::kText || kind == FieldKind::kTextarea || kind == FieldKind::kRegexp; }

constexpr std::string_view kCustomFieldKind = "ticket.custom_field_changed";
constexpr std::string_view kFieldWord = "custom_field_";

void add_change(schema::WebhookEvent& event, const char* field, const char* kind, std::string before = {}, std::string after = {}) {
  event.add_kinds(kind);
  auto* change = event.add_changes();
  change->set_field(field);
  change->set_before(std::move(before));
  change->set_after(std::move(after));
}

void compare(const Ticket& before, const Ticket& after, schema::WebhookEvent& event) {
  for (const Shown& each : kShown) {
    std::string from = each.value(before);
    std::string to = each.value(after);
    if (from != to) add_change(event, each.field, each.kind, std::move(from), std::move(to));
  }
  if (before.subject() != after.subject()) add_change(event, "subject", "ticket.subject_changed");
  if (before.external_id() != after.external_id()) add_change(event, "external_id", "ticket.external_id_changed");
  // By name only: values may be typed texts, of which no copy is kept here; the body has those of the moment. See add_former_values().
  bool is_first = true;
  for (const std::uint64_t field : changed_custom_fields(before, after)) {
    if (std::exchange(is_first, false)) event.add_kinds(std::string(kCustomFieldKind));
    event.add_changes()->set_field(std::string(kFieldWord) + std::to_string(field));
  }
  if (before.deleted_unix_ms() == 0 && after.deleted_unix_ms() != 0) event.add_kinds("ticket.soft_deleted");
  if (before.deleted_unix_ms() != 0 && after.deleted_unix_ms() == 0) event.add_kinds("ticket.undeleted");
}

// Fields of people and organisations of which Zendesk has an event of their own; of others only "…updated" tells.
constexpr std::array<std::string_view, 8> kUserFields{"alias", "details", "external_id", "name", "notes", "suspended", "tags", "time_zone"};
constexpr std::array<std::string_view, 3> kOrganizationFields{"external_id", "name", "tags"};
constexpr std::array<std::string_view, 7> kPeopleKinds{"user.created",         "user.updated",         "user.merged",         "user.deleted",
                                                       "organization.created", "organization.updated", "organization.deleted"};

std::vector<std::string> people_words() {
  std::vector<std::string> out(kPeopleKinds.begin(), kPeopleKinds.end());
  for (const std::string_view each : kUserFields) out.push_back("user." + std::string(each) + "_changed");
  for (const std::string_view each : kOrganizationFields) out.push_back("organization." + std::string(each) + "_changed");
  return out;
}

std::string_view word_of_event(PeopleEvent event) {
  switch (event) {
    case PeopleEvent::kCreated: return "created";
    case PeopleEvent::kUpdated: return "updated";
    case PeopleEvent::kMerged: return "merged";
    case PeopleEvent::kDeleted: return "deleted";
  }
  return "updated";
}

// Other spellings: of Zendesk's former notifications, and what people guess.
struct Alias {
  std::string_view word;
  std::string_view kind;
};
constexpr std::array kAliases{Alias{"ticket.assignee_changed", "ticket.agent_assignment_changed"},
                              Alias{"ticket.group_changed", "ticket.group_assignment_changed"},
                              Alias{"ticket.deleted", "ticket.soft_deleted"},
                              Alias{"ticket.restored", "ticket.undeleted"},
                              Alias{"comment.created", "ticket.comment_added"},
                              Alias{"comment.redacted", "ticket.comment_redacted"}};
constexpr std::array<std::string_view, 8> kOtherKinds{"ticket.created",      "ticket.updated",          "ticket.comment_added",      "ticket.comment_redacted",
                                                      "ticket.soft_deleted", "ticket.undeleted",        "ticket.subject_changed",    "ticket.external_id_changed"};

}  // namespace

std::vector<std::string> webhook_event_words() {
  std::vector<std::string> out{std::string(kConditionalEvents), std::string(kCustomFieldKind)};
  for (const std::string_view each : kOtherKinds) out.emplace_back(each);
  for (const Shown& each : kShown) out.emplace_back(each.kind);
  for (const Alias& each : kAliases) out.emplace_back(each.word);
  for (std::string& each : people_words()) out.push_back(std::move(each));
  std::ranges::sort(out);
  return out;
}

std::string webhook_event_of(std::string_view word) {
  constexpr std::string_view kPrefix = "zen:event-type:";
  if (word.starts_with(kPrefix)) word.remove_prefix(kPrefix.size());
  for (const Alias& each : kAliases) {
    if (each.word == word) return std::string(each.kind);
  }
  if (word.starts_with("user.") || word.starts_with("organization.")) {
    const std::vector<std::string> known = people_words();
    return std::ranges::find(known, word) != known.end() ? std::string(word) : std::string();
  }
  const bool is_known = word == kConditionalEvents || word == kCustomFieldKind || std::ranges::find(kOtherKinds, word) != kOtherKinds.end() ||
                        std::ranges::any_of(kShown, [word](const Shown& each) { return each.kind == word; });
  return is_known ? std::string(word) : std::string();
}

std::string_view webhook_field_of(std::string_view kind) {
  const auto found = std::ranges::find_if(kShown, [kind](const Shown& each) { return each.kind == kind; });
  return found == kShown.end() ? std::string_view() : found->field;
}

std::uint64_t webhook_custom_field(std::string_view field) {
  std::uint64_t out = 0;
  if (!field.starts_with(kFieldWord)) return 0;
  field.remove_prefix(kFieldWord.size());
  std::from_chars(field.data(), field.data() + field.size(), out);
  return out;
}

schema::WebhookEvent event_of_change(const TicketChange& change) {
  schema::WebhookEvent event;
  event.set_ticket(change.after->id());
  event.set_actor(change.source->actor.value);
  event.set_via(change.source->via);
  for (const schema::Comment& each : change.added) event.add_comments(each.id());
  for (const schema::Comment& each : change.rewritten) event.add_rewritten(each.id());
  if (change.before == nullptr) {
    event.add_kinds("ticket.created");
    return event;
  }
  compare(*change.before, *change.after, event);
  if (!change.added.empty()) event.add_kinds("ticket.comment_added");
  if (!change.rewritten.empty()) event.add_kinds("ticket.comment_redacted");
  if (event.kinds_size() > 0) event.add_kinds("ticket.updated");
  return event;
}

schema::WebhookEvent event_of_change(const PeopleChange& change) {
  schema::WebhookEvent event;
  event.set_user(change.user.value);
  event.set_organization(change.organization);
  event.set_into(change.into.value);
  event.set_actor(change.actor.value);
  event.set_via(change.via);
  const std::string whose = change.user ? "user." : "organization.";
  event.add_kinds(whose + std::string(word_of_event(change.event)));
  const auto has_event = [&change](const std::string& field) {
    return change.user ? std::ranges::find(kUserFields, field) != kUserFields.end() : std::ranges::find(kOrganizationFields, field) != kOrganizationFields.end();
  };
  for (const std::string& each : change.fields) {
    event.add_changes()->set_field(each);
    if (has_event(each)) event.add_kinds(whose + each + "_changed");
  }
  return event;
}

std::uint64_t webhook_place(const schema::WebhookEvent& event) {
  return event.ticket() != 0 ? event.ticket() : event.user() != 0 ? event.user() : event.organization();
}

bool wants(const schema::Webhook& webhook, const schema::WebhookEvent& event) {
  if (!webhook.is_active()) return false;
  return std::ranges::any_of(webhook.subscriptions(), [&event](const std::string& word) {
    return std::ranges::find(event.kinds(), webhook_event_of(word)) != event.kinds().end();
  });
}

core::Result<void> WebhookRecorder::follow(storage::Transaction& transaction, const TicketChange& change) {
  if (change.source->via == kImportWay) return {};  // of long ago: nobody waits for it
  POSTERN_TRY(const Webhooks::List list, definitions_.all(transaction, change.workspace));
  if (list->empty()) return {};
  schema::WebhookEvent event = event_of_change(change);
  if (std::ranges::none_of(*list, [&event](const schema::Webhook& each) { return wants(each, event); })) return {};
  POSTERN_CHECK(add_former_values(transaction, change, event));
  return put(transaction, change.workspace, std::move(event));
}

core::Result<void> WebhookRecorder::follow(storage::Transaction& transaction, const PeopleChange& change) {
  POSTERN_TRY(const Webhooks::List list, definitions_.all(transaction, change.workspace));
  if (list->empty()) return {};
  schema::WebhookEvent event = event_of_change(change);
  if (std::ranges::none_of(*list, [&event](const schema::Webhook& each) { return wants(each, event); })) return {};
  return put(transaction, change.workspace, std::move(event));
}

core::Result<void> WebhookRecorder::add_former_values(storage::Transaction& transaction, const TicketChange& change, schema::WebhookEvent& event) const {
  if (fields_ == nullptr || change.before == nullptr) return {};
  for (schema::WebhookDifference& each : *event.mutable_changes()) {
    const std::uint64_t id = webhook_custom_field(each.field());
    if (id == 0) continue;
    POSTERN_TRY(const auto known, fields_->all(transaction, change.workspace));
    const auto field = std::ranges::find_if(*known, [id](const schema::TicketField& one) { return one.id() == id; });
    if (field == known->end() || is_typed(static_cast<FieldKind>(field->kind()))) continue;
    const auto& values = change.before->fields();
    const auto former = std::ranges::find_if(values, [id](const schema::FieldValue& one) { return one.field() == id; });
    each.set_has_before(true);
    if (former != values.end()) each.set_before(joined(former->values()));
  }
  return {};
}

core::Result<void> WebhookRecorder::put(storage::Transaction& transaction, core::WorkspaceId workspace, schema::WebhookEvent event) {
  event.set_id(with_.ids.next());
  event.set_at_unix_ms(with_.now_ms());
  return storage::put_sealed(transaction, with_.vault, workspace, webhook_keys::event(workspace, webhook_place(event), event.id()), event);
}

}  // namespace postern::ticketing
