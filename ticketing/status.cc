#include <array>

#include "ticketing/tickets.h"

namespace postern::ticketing {
namespace {

template <class Value>
struct Row {
  Value value;
  const char* word;
};

constexpr std::array kStatuses{Row{Status::kNew, "new"},   Row{Status::kOpen, "open"},     Row{Status::kPending, "pending"},
                               Row{Status::kHold, "hold"}, Row{Status::kSolved, "solved"}, Row{Status::kClosed, "closed"}};
constexpr std::array kTypes{Row{TicketType::kProblem, "problem"}, Row{TicketType::kIncident, "incident"},
                            Row{TicketType::kQuestion, "question"}, Row{TicketType::kTask, "task"}};
constexpr std::array kPriorities{Row{Priority::kLow, "low"}, Row{Priority::kNormal, "normal"}, Row{Priority::kHigh, "high"},
                                 Row{Priority::kUrgent, "urgent"}};

template <class Rows, class Value>
std::string_view word_of(const Rows& rows, Value value, std::string_view otherwise) {
  for (const auto& row : rows) {
    if (row.value == value) return row.word;
  }
  return otherwise;
}

template <class Value, class Rows>
std::optional<Value> value_of(const Rows& rows, std::string_view word) {
  for (const auto& row : rows) {
    if (word == row.word) return row.value;
  }
  return std::nullopt;
}

}  // namespace

std::string_view to_string(Status status) { return word_of(kStatuses, status, "unknown"); }
std::optional<Status> parse_status(std::string_view word) { return value_of<Status>(kStatuses, word); }
std::string_view to_string(TicketType type) { return word_of(kTypes, type, ""); }
std::optional<TicketType> parse_ticket_type(std::string_view word) { return value_of<TicketType>(kTypes, word); }
std::string_view to_string(Priority priority) { return word_of(kPriorities, priority, ""); }
std::optional<Priority> parse_priority(std::string_view word) { return value_of<Priority>(kPriorities, word); }

}  // namespace postern::ticketing
