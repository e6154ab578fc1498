#include <array>
#include <charconv>
#include <chrono>

#include "ticketing/search/filter.h"

namespace postern::ticketing::search {
namespace {

using std::chrono::days;
using std::chrono::milliseconds;

constexpr std::int64_t kSecond = 1000;
constexpr std::int64_t kMinute = 60 * kSecond;
constexpr std::int64_t kHour = 60 * kMinute;
constexpr std::int64_t kDay = 24 * kHour;

struct Unit {
  std::string_view word;
  std::int64_t ms;
};
constexpr std::array kUnits = {Unit{"minute", kMinute}, Unit{"hour", kHour},      Unit{"day", kDay},
                               Unit{"week", 7 * kDay},  Unit{"month", 30 * kDay}, Unit{"year", 365 * kDay}};
constexpr std::int64_t kUnitsMax = 10'000;

// Digits only, of that many.
std::optional<int> digits(std::string_view text, std::size_t count) {
  int out = 0;
  if (text.size() != count || text.find_first_not_of("0123456789") != std::string_view::npos) return std::nullopt;
  const auto [end, bad] = std::from_chars(text.data(), text.data() + text.size(), out);
  return bad == std::errc() ? std::optional(out) : std::nullopt;
}

std::int64_t ms_of(std::chrono::year_month_day day) {
  return std::chrono::duration_cast<milliseconds>(std::chrono::sys_days(day).time_since_epoch()).count();
}

std::optional<TimeSpan> relative(std::string_view text, std::int64_t now) {
  std::int64_t count = 0;
  const auto [end, bad] = std::from_chars(text.data(), text.data() + text.size(), count);
  if (bad != std::errc() || count < 0 || count > kUnitsMax) return std::nullopt;
  std::string_view word(end, static_cast<std::size_t>(text.data() + text.size() - end));
  if (word.ends_with('s')) word.remove_suffix(1);
  for (const Unit& unit : kUnits) {
    if (word == unit.word) return TimeSpan{now - count * unit.ms, now - count * unit.ms, true};
  }
  return std::nullopt;
}

// "T09:30:00Z", "T09:30:00+01:00", seconds optional; milliseconds since the day began.
std::optional<std::pair<std::int64_t, std::int64_t>> clock_time(std::string_view text) {
  const auto hour = digits(text.substr(0, 2), 2);
  if (!hour || *hour > 23 || text.size() < 5 || text[2] != ':') return std::nullopt;
  const auto minute = digits(text.substr(3, 2), 2);
  if (!minute || *minute > 59) return std::nullopt;
  std::int64_t at = *hour * kHour + *minute * kMinute;
  std::int64_t length = kMinute;
  text.remove_prefix(5);
  if (text.starts_with(':')) {
    const auto second = digits(text.substr(1, 2), 2);
    if (!second || *second > 60) return std::nullopt;
    at += *second * kSecond;
    length = kSecond;
    text.remove_prefix(3);
  }
  if (text.empty() || text == "Z" || text == "z") return std::pair(at, length);
  if ((text[0] != '+' && text[0] != '-') || text.size() != 6 || text[3] != ':') return std::nullopt;
  const auto hours = digits(text.substr(1, 2), 2);
  const auto minutes = digits(text.substr(4, 2), 2);
  if (!hours || !minutes || *hours > 14 || *minutes > 59) return std::nullopt;
  const std::int64_t offset = *hours * kHour + *minutes * kMinute;
  return std::pair(text[0] == '+' ? at - offset : at + offset, length);
}

}  // namespace

std::optional<TimeSpan> parse_time(std::string_view text, std::int64_t now) {
  const std::int64_t today = now - now % kDay;
  if (text == "today") return TimeSpan{today, today + kDay, false};
  if (text == "yesterday") return TimeSpan{today - kDay, today, false};
  if (const auto span = relative(text, now)) return span;
  const auto year_number = digits(text.substr(0, 4), 4);
  if (!year_number) return std::nullopt;
  const std::chrono::year year(*year_number);
  using std::chrono::January;
  if (text.size() == 4) return TimeSpan{ms_of(year / January / 1), ms_of((year + std::chrono::years(1)) / January / 1), false};
  const auto month_number = text.size() >= 7 && text[4] == '-' ? digits(text.substr(5, 2), 2) : std::nullopt;
  if (!month_number || *month_number < 1 || *month_number > 12) return std::nullopt;
  const std::chrono::year_month month = year / *month_number;
  if (text.size() == 7) return TimeSpan{ms_of(month / 1), ms_of((month + std::chrono::months(1)) / 1), false};
  const auto day_number = text.size() >= 10 && text[7] == '-' ? digits(text.substr(8, 2), 2) : std::nullopt;
  if (!day_number) return std::nullopt;
  const std::chrono::year_month_day day = month / *day_number;
  if (!day.ok()) return std::nullopt;
  const std::int64_t begin = ms_of(day);
  if (text.size() == 10) return TimeSpan{begin, begin + kDay, false};
  if (text[10] != 'T' && text[10] != 't') return std::nullopt;
  const auto time = clock_time(text.substr(11));
  if (!time) return std::nullopt;
  return TimeSpan{begin + time->first, begin + time->first + time->second, false};
}

}  // namespace postern::ticketing::search
