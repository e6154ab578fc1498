#include "web/api/days.h"

#include <chrono>
#include <fmt/format.h>

#include "web/errc.h"

namespace postern::web {

std::string date_of(std::uint64_t day) {
  const std::chrono::year_month_day date{std::chrono::sys_days(std::chrono::days(day))};
  return fmt::format("{:04}-{:02}-{:02}", static_cast<int>(date.year()), static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()));
}

std::optional<std::uint64_t> parse_date(std::string_view text) {
  if (text.size() != 10 || text[4] != '-' || text[7] != '-') return std::nullopt;
  const auto year = read_number(text.substr(0, 4));
  const auto month = read_number(text.substr(5, 2));
  const auto day = read_number(text.substr(8, 2));
  if (!year || !month || !day || *year < 1970) return std::nullopt;
  const std::chrono::year_month_day date{std::chrono::year(static_cast<int>(*year)), std::chrono::month(static_cast<unsigned>(*month)),
                                         std::chrono::day(static_cast<unsigned>(*day))};
  if (!date.ok()) return std::nullopt;
  return static_cast<std::uint64_t>(std::chrono::sys_days(date).time_since_epoch().count());
}

core::Result<std::uint64_t> read_date(const Request& request, std::string_view name, std::uint64_t otherwise) {
  const std::string_view text = request.query_value(name).value_or(std::string_view());
  if (text.empty()) return otherwise;
  const std::optional<std::uint64_t> day = parse_date(text);
  if (!day) return core::fail(Errc::kInvalid, std::string(name) + ": a date such as 2026-11-22 is expected");
  return *day;
}

json::value rate(std::uint64_t part, std::uint64_t whole) {
  if (whole == 0) return nullptr;
  return static_cast<double>(part) / static_cast<double>(whole);
}

}  // namespace postern::web
