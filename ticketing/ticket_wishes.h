#pragma once
// ticketing/ticket_wishes.h: what somebody wants a ticket to become beside a comment, a status and an assignee. What is absent
// stays as it is. Values, as typed: Tickets redacts and checks them.
// Thread-safety: values.
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "core/ids.h"

namespace postern::ticketing {

// Never renumber: stored.
enum class TicketType : std::uint8_t { kNone = 0, kProblem = 1, kIncident = 2, kQuestion = 3, kTask = 4 };
std::string_view to_string(TicketType type);  // "problem" …; empty for kNone
std::optional<TicketType> parse_ticket_type(std::string_view word);
enum class Priority : std::uint8_t { kNone = 0, kLow = 1, kNormal = 2, kHigh = 3, kUrgent = 4 };
std::string_view to_string(Priority priority);
std::optional<Priority> parse_priority(std::string_view word);

// Of a custom field: texts, whatever its type; more than one where it takes several.
struct FieldValue {
  std::uint64_t field = 0;
  std::vector<std::string> values;
  friend bool operator==(const FieldValue&, const FieldValue&) = default;
};

// Somebody, by id or by address; who is not known by his address yet becomes a contact of that name.
struct PersonWish {
  core::UserId id;
  std::string email;
  std::string name;
  bool leaves = false;  // of a list: is taken off it
};

struct TicketWishes {
  std::optional<std::string> subject;
  std::optional<TicketType> type;
  std::optional<Priority> priority;
  std::optional<std::uint64_t> group;         // 0: none; the same of what follows
  std::optional<std::uint64_t> organization;
  std::optional<std::string> external_id;
  std::optional<std::int64_t> due_unix_ms;    // of a task
  std::optional<core::TicketId> problem;      // of an incident
  std::optional<std::uint64_t> form;
  std::optional<std::uint64_t> custom_status;
  std::optional<PersonWish> requester;
  std::optional<std::vector<std::string>> tags;   // all of them, before the next two
  std::vector<std::string> added_tags;
  std::vector<std::string> removed_tags;
  std::optional<std::vector<PersonWish>> ccs;     // all of them; …
  std::vector<PersonWish> cc_changes;             // … who joins and who leaves
  std::optional<std::vector<PersonWish>> followers;
  std::vector<PersonWish> follower_changes;
  std::vector<FieldValue> fields;                 // no values: it has none any more

  bool is_empty() const {
    return !subject && !type && !priority && !group && !organization && !external_id && !due_unix_ms && !problem && !form &&
           !custom_status && !requester && !tags && added_tags.empty() && removed_tags.empty() && !ccs && cc_changes.empty() &&
           !followers && follower_changes.empty() && fields.empty();
  }
};

}  // namespace postern::ticketing
