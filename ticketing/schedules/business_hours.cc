#include "ticketing/schedules/business_hours.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "ticketing/errc.h"

namespace postern::ticketing {
namespace {

constexpr std::int64_t kMinuteMs = 60'000;
constexpr std::int64_t kDayMs = 86'400'000;
constexpr std::uint32_t kDayMinutes = 1440;
constexpr std::uint32_t kWeekMinutes = 7 * kDayMinutes;
constexpr std::uint32_t kLastDay = 47'481;  // 2099-12-31

std::int64_t floor_day(std::int64_t local_ms) {
  const std::int64_t day = local_ms / kDayMs;
  return local_ms % kDayMs < 0 ? day - 1 : day;
}

core::Result<void> check_week(const schema::Schedule& schedule, const ScheduleLimits& limits) {
  if (static_cast<std::size_t>(schedule.week_size()) > limits.spans_max) {
    return core::fail(Errc::kInvalid, fmt::format("intervals: at most {}", limits.spans_max));
  }
  std::uint32_t end = 0;
  for (const schema::OpenSpan& each : schedule.week()) {
    const bool is_span = each.start_minute() < each.end_minute() && each.end_minute() <= kWeekMinutes;
    if (!is_span) return core::fail(Errc::kInvalid, fmt::format("intervals: minutes since Sunday 00:00, start before end, at most {}", kWeekMinutes));
    if (each.start_minute() < end) return core::fail(Errc::kInvalid, "intervals: they overlap");
    end = each.end_minute();
  }
  return {};
}

core::Result<void> check_holidays(const schema::Schedule& schedule, const ScheduleLimits& limits) {
  if (static_cast<std::size_t>(schedule.holidays_size()) > limits.holidays_max) {
    return core::fail(Errc::kInvalid, fmt::format("holidays: at most {}", limits.holidays_max));
  }
  for (const schema::Holiday& each : schedule.holidays()) {
    const bool is_range = each.first_day() <= each.last_day() && each.last_day() <= kLastDay && each.last_day() - each.first_day() < limits.holiday_days_max;
    if (!is_range) return core::fail(Errc::kInvalid, fmt::format("holidays: from a day to a later one or the same, at most {} days", limits.holiday_days_max));
  }
  return {};
}

}  // namespace

core::Result<BusinessHours> BusinessHours::compile(const schema::Schedule& schedule, const ScheduleLimits& limits) {
  POSTERN_CHECK(check_week(schedule, limits));
  POSTERN_CHECK(check_holidays(schedule, limits));
  BusinessHours out;
  out.is_always_open_ = false;
  POSTERN_TRY(out.offsets_, zone_offsets(schedule.time_zone()));
  for (const schema::OpenSpan& each : schedule.week()) {
    for (std::uint32_t at = each.start_minute(); at < each.end_minute();) {  // over midnight: one a day
      const std::uint32_t day = at / kDayMinutes;
      const std::uint32_t end = std::min(each.end_minute(), (day + 1) * kDayMinutes);
      out.week_[day].push_back({(at - day * kDayMinutes) * kMinuteMs, (end - day * kDayMinutes) * kMinuteMs});
      at = end;
    }
  }
  for (const schema::Holiday& each : schedule.holidays()) out.holidays_.push_back({each.first_day(), each.last_day()});
  std::ranges::sort(out.holidays_, {}, &Days::first);
  std::vector<Days> apart;
  for (const Days& each : out.holidays_) {
    if (!apart.empty() && each.first <= apart.back().last + 1) {
      apart.back().last = std::max(apart.back().last, each.last);
    } else {
      apart.push_back(each);
    }
  }
  out.holidays_ = std::move(apart);
  return out;
}

bool BusinessHours::is_holiday(std::int64_t day) const {
  const auto behind = std::ranges::upper_bound(holidays_, day, {}, &Days::first);
  return behind != holidays_.begin() && std::prev(behind)->last >= day;
}

template <class Take>
bool BusinessHours::walk_same_offset(std::int64_t from_ms, std::int64_t to_ms, std::int64_t offset_ms, const Take& take) const {
  const std::int64_t last = floor_day(to_ms - 1 + offset_ms);
  for (std::int64_t day = floor_day(from_ms + offset_ms); day <= last; ++day) {
    if (is_holiday(day)) continue;
    const auto weekday = static_cast<std::size_t>(((day + 4) % 7 + 7) % 7);  // 1970-01-01 was a Thursday
    const std::int64_t midnight = day * kDayMs - offset_ms;
    for (const Span& span : week_[weekday]) {
      const std::int64_t begin = std::max(from_ms, midnight + span.begin_ms);
      const std::int64_t end = std::min(to_ms, midnight + span.end_ms);
      if (begin < end && !take(begin, end)) return false;
    }
  }
  return true;
}

template <class Take>
void BusinessHours::walk(std::int64_t from_ms, std::int64_t to_ms, const Take& take) const {
  if (from_ms >= to_ms) return;
  if (is_always_open_) {
    take(from_ms, to_ms);
    return;
  }
  auto zone = std::prev(std::ranges::upper_bound(offsets_, from_ms, {}, &ZoneOffset::from_ms));
  while (from_ms < to_ms) {
    const auto next = std::next(zone);
    const std::int64_t until = next == offsets_.end() ? to_ms : std::min(to_ms, next->from_ms);
    if (!walk_same_offset(from_ms, until, zone->offset_ms, take)) return;
    from_ms = until;
    zone = next;
  }
}

std::int64_t BusinessHours::between(std::int64_t from_ms, std::int64_t to_ms) const {
  std::int64_t sum = 0;
  walk(from_ms, to_ms, [&sum](std::int64_t begin, std::int64_t end) {
    sum += end - begin;
    return true;
  });
  return sum;
}

std::optional<std::int64_t> BusinessHours::after(std::int64_t from_ms, std::int64_t amount_ms) const {
  if (amount_ms <= 0) return from_ms;
  std::optional<std::int64_t> out;
  std::int64_t left = amount_ms;
  const std::int64_t until = from_ms + std::chrono::duration_cast<std::chrono::milliseconds>(kLookAheadMax).count();
  walk(from_ms, until, [&out, &left](std::int64_t begin, std::int64_t end) {
    if (end - begin >= left) {
      out = begin + left;
      return false;
    }
    left -= end - begin;
    return true;
  });
  return out;
}

std::optional<std::uint32_t> parse_local_day(std::string_view text) {
  const bool has_form = text.size() == 10 && text[4] == '-' && text[7] == '-';
  if (!has_form) return {};
  const auto number = [text](std::size_t at, std::size_t size) -> int {
    int out = -1;
    const auto [end, error] = std::from_chars(text.data() + at, text.data() + at + size, out);
    return error == std::errc() && end == text.data() + at + size ? out : -1;
  };
  const int month = number(5, 2);
  const int day = number(8, 2);
  if (month < 1 || day < 1 || number(0, 4) < 1970) return {};
  const std::chrono::year_month_day date{std::chrono::year(number(0, 4)), std::chrono::month(static_cast<unsigned>(month)),
                                         std::chrono::day(static_cast<unsigned>(day))};
  if (!date.ok()) return {};
  const auto days = std::chrono::sys_days(date).time_since_epoch().count();
  if (days < 0 || days > kLastDay) return {};
  return static_cast<std::uint32_t>(days);
}

std::string local_day_text(std::uint32_t day) {
  const std::chrono::year_month_day date{std::chrono::sys_days(std::chrono::days(day))};
  return fmt::format("{:04}-{:02}-{:02}", static_cast<int>(date.year()), static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()));
}

}  // namespace postern::ticketing
