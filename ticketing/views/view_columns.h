#pragma once
// ticketing/views/view_columns.h: columns of views: which there are, and by which a view can be grouped and sorted. Sorting is
// by key, and keys hold no words: names are no order, so people, groups and organisations sort by their ids.
// Thread-safety: constants and pure functions.
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

namespace postern::schema {
class Ticket;
}

namespace postern::ticketing {

enum class ViewColumn : std::uint8_t {
  kNumber, kSubject, kStatus, kCustomStatus, kType, kPriority, kRequester, kSubmitter, kAssignee, kGroup, kOrganization, kInbox, kForm,
  kTags, kCreated, kUpdated, kRequesterUpdated, kAssigneeUpdated, kAssigned, kSolved, kDue, kSatisfaction, kCustomField, kNextBreach, kSlaPolicy,
};

struct ViewColumnRow {
  ViewColumn column;
  std::string_view name;   // Zendesk's: "nice_id", "updated" …
  std::string_view title;
  bool can_sort = false;
  bool can_group = false;
};

std::span<const ViewColumnRow> view_columns();  // without custom fields
// Also by the names that tickets have in the API ("created_at", "assignee_id"), and "custom_fields_12".
struct FoundViewColumn {
  const ViewColumnRow* row = nullptr;
  std::uint64_t custom = 0;
};
std::optional<FoundViewColumn> find_view_column(std::string_view name);

// What it sorts by; of columns that can be sorted by.
std::uint64_t sort_value(const schema::Ticket& ticket, ViewColumn column);
// Bits of ConditionParts on which that value depends.
std::uint64_t parts_of_column(ViewColumn column);

}  // namespace postern::ticketing
