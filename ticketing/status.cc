#include <array>

#include "ticketing/tickets.h"

namespace postern::ticketing {
namespace {

struct Row {
  Status status;
  const char* word;
};
constexpr std::array kRows{Row{Status::kNew, "new"},   Row{Status::kOpen, "open"},     Row{Status::kPending, "pending"},
                           Row{Status::kHold, "hold"}, Row{Status::kSolved, "solved"}, Row{Status::kClosed, "closed"}};

}  // namespace

std::string_view to_string(Status status) {
  for (const Row& row : kRows) {
    if (row.status == status) return row.word;
  }
  return "unknown";
}

std::optional<Status> parse_status(std::string_view word) {
  for (const Row& row : kRows) {
    if (word == row.word) return row.status;
  }
  return std::nullopt;
}

}  // namespace postern::ticketing
