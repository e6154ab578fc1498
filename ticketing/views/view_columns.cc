#include "ticketing/views/view_columns.h"

#include <algorithm>
#include <array>
#include <charconv>

#include "ticketing/conditions/compiled_condition.h"
#include "ticketing/service_levels/clocks.h"

namespace postern::ticketing {
namespace {

using Column = ViewColumn;

constexpr std::array kRows = {
    ViewColumnRow{Column::kNumber, "nice_id", "ID", true, false},
    ViewColumnRow{Column::kSubject, "subject", "Subject", false, false},
    ViewColumnRow{Column::kStatus, "status", "Status", true, true},
    ViewColumnRow{Column::kCustomStatus, "custom_status_id", "Ticket status", true, true},
    ViewColumnRow{Column::kType, "type", "Type", true, true},
    ViewColumnRow{Column::kPriority, "priority", "Priority", true, true},
    ViewColumnRow{Column::kRequester, "requester", "Requester", true, true},
    ViewColumnRow{Column::kSubmitter, "submitter", "Submitter", false, false},
    ViewColumnRow{Column::kAssignee, "assignee", "Assignee", true, true},
    ViewColumnRow{Column::kGroup, "group", "Group", true, true},
    ViewColumnRow{Column::kOrganization, "organization", "Organization", true, true},
    ViewColumnRow{Column::kInbox, "brand", "Inbox", true, true},
    ViewColumnRow{Column::kForm, "ticket_form", "Form", true, true},
    ViewColumnRow{Column::kTags, "tags", "Tags", false, false},
    ViewColumnRow{Column::kCreated, "created", "Created", true, false},
    ViewColumnRow{Column::kUpdated, "updated", "Updated", true, false},
    ViewColumnRow{Column::kRequesterUpdated, "updated_requester", "Requester updated", true, false},
    ViewColumnRow{Column::kAssigneeUpdated, "updated_assignee", "Assignee updated", true, false},
    ViewColumnRow{Column::kAssigned, "assigned", "Assigned", true, false},
    ViewColumnRow{Column::kSolved, "solved", "Solved", true, false},
    ViewColumnRow{Column::kDue, "due_date", "Due date", true, false},
    ViewColumnRow{Column::kNextBreach, "sla_next_breach_at", "Next SLA breach", true, false},
    ViewColumnRow{Column::kSlaPolicy, "sla_policy", "SLA policy", true, true},
    ViewColumnRow{Column::kSatisfaction, "satisfaction_score", "Satisfaction", true, true},
};
constexpr ViewColumnRow kCustomField{Column::kCustomField, "custom_fields_", "Custom field", false, false};

constexpr std::array<std::pair<std::string_view, std::string_view>, 18> kOtherNames = {{
    {"id", "nice_id"}, {"ticket_id", "nice_id"}, {"created_at", "created"}, {"updated_at", "updated"}, {"requester_id", "requester"},
    {"submitter_id", "submitter"}, {"assignee_id", "assignee"}, {"group_id", "group"}, {"organization_id", "organization"},
    {"brand_id", "brand"}, {"inbox", "brand"}, {"ticket_form_id", "ticket_form"}, {"due_at", "due_date"}, {"solved_at", "solved"},
    {"ticket_type", "type"}, {"assigned_at", "assigned"}, {"next_sla_breach", "sla_next_breach_at"},
    {"sla_policy_id", "sla_policy"}}};

constexpr std::int64_t kNever = std::int64_t{1} << 62;  // behind every moment: the most urgent ones come first

std::uint64_t ms(std::int64_t at) { return at < 0 ? 0 : static_cast<std::uint64_t>(at); }

// The condition field of the same value; of those that have one.
std::optional<ConditionField> field_of(Column column) {
  switch (column) {
    case Column::kStatus: return ConditionField::kStatus;
    case Column::kCustomStatus: return ConditionField::kCustomStatus;
    case Column::kType: return ConditionField::kType;
    case Column::kPriority: return ConditionField::kPriority;
    case Column::kRequester: return ConditionField::kRequester;
    case Column::kAssignee: return ConditionField::kAssignee;
    case Column::kGroup: return ConditionField::kGroup;
    case Column::kOrganization: return ConditionField::kOrganization;
    case Column::kInbox: return ConditionField::kInbox;
    case Column::kForm: return ConditionField::kForm;
    case Column::kSatisfaction: return ConditionField::kSatisfaction;
    case Column::kCreated: return ConditionField::kHoursSinceCreated;
    case Column::kUpdated: return ConditionField::kHoursSinceUpdate;
    case Column::kRequesterUpdated: return ConditionField::kHoursSinceRequesterUpdate;
    case Column::kAssigneeUpdated: return ConditionField::kHoursSinceAssigneeUpdate;
    case Column::kDue: return ConditionField::kHoursSinceDue;
    case Column::kNextBreach: return ConditionField::kHoursUntilBreach;
    case Column::kSlaPolicy: return ConditionField::kSlaPolicy;
    default: return {};
  }
}

}  // namespace

std::span<const ViewColumnRow> view_columns() { return kRows; }

std::optional<FoundViewColumn> find_view_column(std::string_view name) {
  for (const auto& [other, canonical] : kOtherNames) {
    if (other == name) name = canonical;
  }
  for (const ViewColumnRow& row : kRows) {
    if (row.name == name) return FoundViewColumn{&row, 0};
  }
  const std::size_t prefix = name.starts_with(kCustomField.name) ? kCustomField.name.size() : 0;
  std::uint64_t id = 0;  // a plain number names a custom field, too
  const auto [end, error] = std::from_chars(name.data() + prefix, name.data() + name.size(), id);
  if (error != std::errc() || end != name.data() + name.size() || id == 0) return {};
  return FoundViewColumn{&kCustomField, id};
}

std::uint64_t sort_value(const schema::Ticket& ticket, ViewColumn column) {
  switch (column) {
    case Column::kNumber: return ticket.id();
    case Column::kCreated: return ms(ticket.created_unix_ms());
    case Column::kUpdated: return ms(ticket.updated_unix_ms());
    case Column::kRequesterUpdated: return ms(ticket.metrics().requester_updated());
    case Column::kAssigneeUpdated: return ms(ticket.metrics().assignee_updated());
    case Column::kAssigned: return ms(ticket.metrics().assigned());
    case Column::kSolved: return ms(ticket.metrics().solved());
    case Column::kDue: return ms(ticket.due_unix_ms());
    case Column::kNextBreach: return ms(earliest_breach(ticket.service()).value_or(kNever));
    default: break;
  }
  const std::optional<ConditionField> field = field_of(column);
  return field ? number_of(ticket, *field) : 0;
}

std::uint64_t parts_of_column(ViewColumn column) {
  if (column == Column::kAssigned) return part_of(ConditionField::kHoursSinceAssigned);
  if (column == Column::kSolved) return part_of(ConditionField::kHoursInStatus);
  const std::optional<ConditionField> field = field_of(column);
  return field ? part_of(*field) : 0;
}

}  // namespace postern::ticketing
