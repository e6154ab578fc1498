#include "ticketing/fields/ticket_fields.h"

#include <set>

#include "core/encoding.h"
#include "ticketing/detail/ticket_draft.h"
#include "ticketing/fields/definition_checks.h"
#include "ticketing/fields/field_definition.h"

namespace postern::ticketing {
namespace {

constexpr DefinitionLimits kFieldRoom{TicketFields::kFieldsMax, 0, 200, 1U << 19U, 5};
constexpr DefinitionLimits kFormRoom{TicketFields::kFormsMax, 0, 200, 65536, 5};
constexpr DefinitionLimits kStatusRoom{TicketFields::kStatusesMax, 0, 200, 65536, 5};

core::Result<void> keep_category(storage::Transaction& /*transaction*/, core::WorkspaceId /*workspace*/, const schema::CustomStatus* before,
                                 const schema::CustomStatus* after) {
  const bool is_changed = before != nullptr && after != nullptr && before->category() != after->category();
  if (is_changed) return core::fail(Errc::kInvalid, "status_category: does not change");
  return {};
}

template <class Record>
const Record* find_in(const std::vector<Record>& list, std::uint64_t id) {
  const auto found = std::ranges::find_if(list, [id](const Record& each) { return each.id() == id; });
  return found == list.end() ? nullptr : &*found;
}

std::vector<std::string> values_in(const schema::Ticket* ticket, std::uint64_t field) {
  if (ticket == nullptr) return {};
  for (const schema::FieldValue& each : ticket->fields()) {
    if (each.field() == field) return {each.values().begin(), each.values().end()};
  }
  return {};
}

std::set<std::string> tags_in(const schema::Ticket* ticket) {
  if (ticket == nullptr) return {};
  return {ticket->tags().begin(), ticket->tags().end()};
}

bool has_tags(const schema::TicketField& field) {
  const auto kind = static_cast<FieldKind>(field.kind());
  return kind == FieldKind::kTagger || kind == FieldKind::kMultiselect || (kind == FieldKind::kCheckbox && !field.tag().empty());
}

// What the field is after its tags came or went, when it was not changed itself.
std::vector<std::string> values_by_tags(const schema::TicketField& field, const std::vector<std::string>& values, const std::set<std::string>& before,
                                        const std::set<std::string>& now) {
  if (static_cast<FieldKind>(field.kind()) == FieldKind::kCheckbox) {
    if (before.contains(field.tag()) == now.contains(field.tag())) return values;
    return {now.contains(field.tag()) ? "true" : "false"};
  }
  std::vector<std::string> out;
  for (const std::string& each : values) {
    if (now.contains(each) || !before.contains(each)) out.push_back(each);
  }
  const bool takes_one = static_cast<FieldKind>(field.kind()) == FieldKind::kTagger;
  for (const schema::FieldOption& each : field.options()) {
    const bool has_come = now.contains(each.value()) && !before.contains(each.value());
    if (!has_come || std::ranges::find(out, each.value()) != out.end()) continue;
    if (takes_one) out.clear();
    out.push_back(each.value());
    if (takes_one) break;
  }
  return out;
}

bool has_same_fields(const schema::Ticket* before, const schema::Ticket& now) {
  if (before == nullptr) return now.fields().empty();
  return std::ranges::equal(before->fields(), now.fields(), [](const schema::FieldValue& a, const schema::FieldValue& b) {
    return a.field() == b.field() && std::ranges::equal(a.values(), b.values());
  });
}

}  // namespace

TicketFields::TicketFields(const Services& with, const pipeline::TextRedactor& redactor)
    : with_(with),
      redactor_(redactor),
      fields_(with.store, with.vault, with.ids, with.clock,
              {DefinitionKind::kTicketField, "ticket_field", kFieldRoom, check_field,
               [](const schema::TicketField& each) { return shown(each); }, keep_kind}),
      forms_(with.store, with.vault, with.ids, with.clock,
             {DefinitionKind::kTicketForm, "ticket_form", kFormRoom,
              [](const schema::TicketForm& changed, const std::vector<schema::TicketForm>& others) { return ticketing::check_form(changed, others); },
              [](const schema::TicketForm& each) { return shown(each); }}),
      statuses_(with.store, with.vault, with.ids, with.clock,
                {DefinitionKind::kCustomStatus, "custom_status", kStatusRoom, check_status,
                 [](const schema::CustomStatus& each) { return shown(each); }, keep_category}) {}

std::string TicketFields::clean(core::WorkspaceId workspace, const std::string& text) const {
  return redactor_.redact_text(text, {"definition", workspace, {}}).text();
}

core::Task<core::Result<schema::TicketField>> TicketFields::save_field(auth::Principal by, std::uint64_t id, Edit<schema::TicketField> edit) {
  auto whole = [this, &by, &edit](schema::TicketField& field) -> core::Result<void> {
    POSTERN_CHECK(edit(field));
    clean_definition(field, redactor_, by.workspace, with_.ids);
    return {};
  };
  if (id != 0) co_return co_await fields_.update(by, id, std::move(whole));
  schema::TicketField made;
  POSTERN_CO_CHECK(whole(made));
  co_return co_await fields_.create(by, std::move(made));
}

core::Task<core::Result<schema::TicketForm>> TicketFields::save_form(auth::Principal by, std::uint64_t id, Edit<schema::TicketForm> edit) {
  auto whole = [this, &by, &edit](schema::TicketForm& form) -> core::Result<void> {
    POSTERN_CHECK(edit(form));
    form.set_title(clean(by.workspace, form.title()));
    form.set_display_name(clean(by.workspace, form.display_name()));
    POSTERN_TRY(const auto known, fields_.all(by.workspace));
    for (const std::uint64_t each : form.fields()) {
      const bool is_system = std::ranges::any_of(kSystemFields, [each](const SystemField& one) { return one.id == each; });
      if (!is_system && find_in(*known, each) == nullptr) return core::fail(Errc::kInvalid, "ticket_field_ids: no such field");
    }
    return {};
  };
  if (id != 0) co_return co_await forms_.update(by, id, std::move(whole));
  schema::TicketForm made;
  POSTERN_CO_CHECK(whole(made));
  co_return co_await forms_.create(by, std::move(made));
}

core::Task<core::Result<schema::CustomStatus>> TicketFields::save_status(auth::Principal by, std::uint64_t id, Edit<schema::CustomStatus> edit) {
  auto whole = [this, &by, &edit](schema::CustomStatus& status) -> core::Result<void> {
    POSTERN_CHECK(edit(status));
    status.set_title(clean(by.workspace, status.title()));
    status.set_end_user_title(clean(by.workspace, status.end_user_title()));
    status.set_description(clean(by.workspace, status.description()));
    status.set_end_user_description(clean(by.workspace, status.end_user_description()));
    return {};
  };
  if (id != 0) co_return co_await statuses_.update(by, id, std::move(whole));
  schema::CustomStatus made;
  POSTERN_CO_CHECK(whole(made));
  co_return co_await statuses_.create(by, std::move(made));
}

core::Result<std::vector<std::string>> TicketFields::check_values(storage::Transaction& transaction, core::WorkspaceId workspace,
                                                                  const FieldValue& wish) const {
  const std::string name = "custom_fields: field " + std::to_string(wish.field) + " ";
  POSTERN_TRY(const auto list, fields_.all(transaction, workspace));
  const schema::TicketField* field = find_in(*list, wish.field);
  if (field == nullptr || !field->is_active()) return core::fail(Errc::kInvalid, name + "is not there");
  core::Result<std::vector<std::string>> values = normal_values(*field, wish.values);
  if (!values) return core::fail(Errc::kInvalid, name + values.error().context());
  return values;
}

core::Result<void> TicketFields::check_form(storage::Transaction& transaction, core::WorkspaceId workspace, std::uint64_t form) const {
  if (form == 0) return {};
  POSTERN_TRY(const auto list, forms_.all(transaction, workspace));
  const schema::TicketForm* found = find_in(*list, form);
  if (found == nullptr || !found->is_active()) return core::fail(Errc::kInvalid, "ticket_form_id: no such form");
  return {};
}

core::Result<Status> TicketFields::category_of(storage::Transaction& transaction, core::WorkspaceId workspace, std::uint64_t status) const {
  if (status >= 1 && status <= kBuiltInStatusMax) return static_cast<Status>(status);
  POSTERN_TRY(const auto list, statuses_.all(transaction, workspace));
  const schema::CustomStatus* found = find_in(*list, status);
  if (found == nullptr || !found->is_active()) return core::fail(Errc::kInvalid, "custom_status_id: no such status");
  return static_cast<Status>(found->category());
}

core::Result<void> TicketFields::check_solved(storage::Transaction& transaction, core::WorkspaceId workspace, const schema::Ticket& ticket) const {
  POSTERN_TRY(const auto fields, fields_.all(transaction, workspace));
  const schema::TicketForm* form = nullptr;
  POSTERN_TRY(const auto forms, forms_.all(transaction, workspace));
  for (const schema::TicketForm& each : *forms) {
    const bool is_it = ticket.form() != 0 ? each.id() == ticket.form() : each.is_default();
    if (is_it && each.is_active()) form = &each;
  }
  for (const schema::TicketField& each : *fields) {
    if (!each.is_active() || !each.is_required()) continue;
    if (form != nullptr && std::ranges::find(form->fields(), each.id()) == form->fields().end()) continue;
    const std::vector<std::string> values = values_in(&ticket, each.id());
    // A box that has to be ticked is not one that merely has been looked at.
    const bool is_blank = values.empty() || (each.kind() == static_cast<std::uint32_t>(FieldKind::kCheckbox) && values.front() != "true");
    if (is_blank) return core::fail(Errc::kInvalid, "custom_fields: field " + std::to_string(each.id()) + " is needed to solve the ticket");
  }
  return {};
}

core::Result<void> TicketFields::before_save(TicketDraft& ticket) {
  POSTERN_CHECK(follow_status(ticket));
  return follow_tags(ticket);
}

// A category that has a default of its own gets that with the category.
core::Result<void> TicketFields::follow_status(TicketDraft& ticket) const {
  const schema::Ticket& now = ticket.record();
  const bool is_same = ticket.before() != nullptr && ticket.before()->status() == now.status();
  if (is_same || now.custom_status() != 0) return {};
  POSTERN_TRY(const auto list, statuses_.all(ticket.transaction(), ticket.workspace()));
  for (const schema::CustomStatus& each : *list) {
    if (each.is_default() && each.is_active() && each.category() == now.status()) {
      return ticket.set_custom_status(ticket.source().actor, each.id(), ticket.status());
    }
  }
  return {};
}

core::Result<void> TicketFields::follow_tags(TicketDraft& ticket) const {
  const schema::Ticket* before = ticket.before();
  const std::set<std::string> tags_before = tags_in(before);
  const std::set<std::string> tags_now = tags_in(&ticket.record());
  if (tags_before == tags_now && has_same_fields(before, ticket.record())) return {};
  POSTERN_TRY(const auto list, fields_.all(ticket.transaction(), ticket.workspace()));
  const core::UserId actor = ticket.source().actor;
  std::set<std::string> gone;
  std::set<std::string> held;
  for (const schema::TicketField& each : *list) {
    if (!has_tags(each)) continue;
    const std::vector<std::string> old_values = values_in(before, each.id());
    std::vector<std::string> values = ticket.field(each.id());
    if (values == old_values) {
      values = values_by_tags(each, values, tags_before, tags_now);
      POSTERN_CHECK(ticket.set_field(actor, each.id(), values));
    }
    for (std::string& tag : tags_of(each, old_values)) gone.insert(std::move(tag));
    for (std::string& tag : tags_of(each, values)) held.insert(std::move(tag));
  }
  std::set<std::string> tags = tags_now;
  for (const std::string& tag : gone) tags.erase(tag);
  tags.insert(held.begin(), held.end());
  return ticket.set_tags(actor, {tags.begin(), tags.end()});
}

}  // namespace postern::ticketing
