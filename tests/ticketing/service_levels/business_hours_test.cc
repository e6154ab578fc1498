// Schedules: open time over changes of the clock and holidays, held against a look at every minute.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unicode/timezone.h>

#include <random>
#include <set>

#include "ticketing/errc.h"
#include "ticketing/schedules/business_hours.h"

namespace postern::ticketing {
namespace {

constexpr std::int64_t kMinute = 60'000;
constexpr std::int64_t kHour = 60 * kMinute;
constexpr std::int64_t kDay = 24 * kHour;

std::int64_t at(int year, unsigned month, unsigned day, int hour = 0, int minute = 0) {
  const std::chrono::sys_days date{std::chrono::year(year) / std::chrono::month(month) / std::chrono::day(day)};
  return date.time_since_epoch().count() * kDay + hour * kHour + minute * kMinute;
}

schema::Schedule schedule_in(const std::string& zone, const std::vector<std::pair<std::uint32_t, std::uint32_t>>& week) {
  schema::Schedule out;
  out.set_time_zone(zone);
  for (const auto& [start, end] : week) {
    auto& span = *out.add_week();
    span.set_start_minute(start);
    span.set_end_minute(end);
  }
  return out;
}

// Monday to Friday, nine to five.
std::vector<std::pair<std::uint32_t, std::uint32_t>> office() {
  std::vector<std::pair<std::uint32_t, std::uint32_t>> out;
  for (std::uint32_t day = 1; day <= 5; ++day) out.emplace_back(day * 1440 + 540, day * 1440 + 1020);
  return out;
}

void add_holiday(schema::Schedule& schedule, const std::string& first, const std::string& last) {
  auto& holiday = *schedule.add_holidays();
  holiday.set_first_day(*parse_local_day(first));
  holiday.set_last_day(*parse_local_day(last));
}

BusinessHours hours_of(const schema::Schedule& schedule) { return BusinessHours::compile(schedule).value(); }

// Asks the library for every minute by itself.
class EveryMinute {
 public:
  explicit EveryMinute(const schema::Schedule& schedule)
      : schedule_(schedule), zone_(icu::TimeZone::createTimeZone(icu::UnicodeString::fromUTF8(schedule.time_zone()))) {}
  bool is_open(std::int64_t at_ms) const {
    std::int32_t raw = 0;
    std::int32_t summer = 0;
    UErrorCode error = U_ZERO_ERROR;
    zone_->getOffset(static_cast<double>(at_ms), 0, raw, summer, error);
    const std::int64_t local = at_ms + raw + summer;
    const auto day = static_cast<std::uint32_t>(local / kDay);
    for (const auto& each : schedule_.holidays()) {
      if (day >= each.first_day() && day <= each.last_day()) return false;
    }
    const auto minute = static_cast<std::uint32_t>((day + 4) % 7 * 1440 + local % kDay / kMinute);
    return std::ranges::any_of(schedule_.week(), [minute](const auto& each) { return minute >= each.start_minute() && minute < each.end_minute(); });
  }

 private:
  const schema::Schedule& schedule_;
  std::unique_ptr<icu::TimeZone> zone_;
};

TEST(BusinessHours, CountWorkingTimeAndFindItsEnd) {
  const BusinessHours hours = hours_of(schedule_in("Europe/Paris", office()));
  const std::int64_t friday = at(2026, 11, 20, 15);  // 16:00 in Paris
  EXPECT_TRUE(hours.is_open(friday));
  EXPECT_FALSE(hours.is_open(friday + kHour));
  EXPECT_EQ(hours.between(friday, at(2026, 11, 23, 9)), 2 * kHour);  // Monday 10:00
  EXPECT_EQ(hours.after(friday, kHour), friday + kHour);
  EXPECT_EQ(hours.after(friday, kHour + 1), at(2026, 11, 23, 8) + 1);
  EXPECT_EQ(hours.after(friday, 0), friday);
  EXPECT_EQ(hours.between(friday, friday), 0);
  EXPECT_EQ(hours.between(friday + kHour, friday), 0);
}

TEST(BusinessHours, HolidaysAreWholeLocalDays) {
  schema::Schedule schedule = schedule_in("America/New_York", office());
  add_holiday(schedule, "2026-11-26", "2026-11-27");
  const BusinessHours hours = hours_of(schedule);
  const std::int64_t wednesday = at(2026, 11, 25, 21);  // 16:00
  EXPECT_EQ(hours.after(wednesday, 2 * kHour), at(2026, 11, 30, 15));
  EXPECT_EQ(hours.between(at(2026, 11, 26), at(2026, 11, 28)), 0);
}

TEST(BusinessHours, AnHourShownTwiceCountsTwiceAndOneLeftOutDoesNot) {
  const BusinessHours nights = hours_of(schedule_in("Europe/Paris", {{60, 240}}));  // Sundays, 01:00 to 04:00
  EXPECT_EQ(nights.between(at(2026, 3, 28, 12), at(2026, 3, 29, 12)), 2 * kHour);   // 02:00 to 03:00 is not there
  EXPECT_EQ(nights.between(at(2026, 10, 24, 12), at(2026, 10, 25, 12)), 4 * kHour);  // 02:00 to 03:00 comes twice
  EXPECT_EQ(nights.between(at(2026, 11, 7, 12), at(2026, 11, 8, 12)), 3 * kHour);
}

TEST(BusinessHours, WithoutOneAllHoursAreOpenAndWithAnEmptyWeekNone) {
  EXPECT_EQ(BusinessHours().between(5, 12), 7);
  EXPECT_EQ(BusinessHours().after(5, 12), 17);
  const BusinessHours never = hours_of(schedule_in("UTC", {}));
  EXPECT_EQ(never.between(0, 1000 * kDay), 0);
  EXPECT_EQ(never.after(0, 1), std::nullopt);
}

TEST(BusinessHours, RefuseWhatIsNoSchedule) {
  const auto refused = [](const schema::Schedule& schedule) { return BusinessHours::compile(schedule).error().context(); };
  for (const char* zone : {"", "Mars/Olympus", "GMT+7:13", "Etc/Unknown", "europe paris"}) EXPECT_THAT(refused(schedule_in(zone, office())), testing::StartsWith("time_zone: ")) << zone;
  EXPECT_THAT(refused(schedule_in("UTC", {{10, 10}})), testing::StartsWith("intervals: "));
  EXPECT_THAT(refused(schedule_in("UTC", {{10, 20}, {19, 30}})), testing::HasSubstr("overlap"));
  EXPECT_THAT(refused(schedule_in("UTC", {{10, 10081}})), testing::StartsWith("intervals: "));
  schema::Schedule schedule = schedule_in("UTC", office());
  add_holiday(schedule, "2026-12-25", "2026-12-24");
  EXPECT_THAT(refused(schedule), testing::StartsWith("holidays: "));
  for (const char* day : {"2026-02-30", "2026-13-01", "1969-12-31", "2100-01-01", "26-1-1", "2026-1-011"}) EXPECT_EQ(parse_local_day(day), std::nullopt) << day;
  EXPECT_EQ(local_day_text(*parse_local_day("2028-02-29")), "2028-02-29");
}

struct Around {
  const char* zone;
  std::int64_t change;
};
class BusinessHoursProperty : public testing::TestWithParam<Around> {};

// Issue 7: business hours and holidays, over each change of the clock.
TEST_P(BusinessHoursProperty, AgreeWithALookAtEveryMinute) {
  std::mt19937_64 random(static_cast<std::uint64_t>(GetParam().change));
  const auto upto = [&random](std::int64_t most) { return static_cast<std::int64_t>(random() % static_cast<std::uint64_t>(most + 1)); };
  for (int round = 0; round < 6; ++round) {
    std::set<std::uint32_t> edges;
    while (edges.size() < 12) edges.insert(static_cast<std::uint32_t>(upto(10'080)));
    std::vector<std::pair<std::uint32_t, std::uint32_t>> week;
    for (auto each = edges.begin(); each != edges.end(); ++each) {
      const std::uint32_t start = *each++;
      week.emplace_back(start, *each);
    }
    schema::Schedule schedule = schedule_in(GetParam().zone, week);
    const auto today = static_cast<std::uint32_t>(GetParam().change / kDay);
    for (int i = 0; i < round % 3; ++i) {
      auto& holiday = *schedule.add_holidays();
      holiday.set_first_day(today + static_cast<std::uint32_t>(upto(8)) - 4);
      holiday.set_last_day(holiday.first_day() + static_cast<std::uint32_t>(upto(1)));
    }
    const BusinessHours hours = hours_of(schedule);
    const EveryMinute slow(schedule);
    const std::int64_t from = (GetParam().change / kMinute - upto(5 * 1440)) * kMinute;
    std::int64_t open = 0;
    for (std::int64_t now = from; now < from + 9 * kDay; now += kMinute) {
      ASSERT_EQ(hours.between(from, now), open) << round << " " << now;
      const bool is_open = slow.is_open(now);
      ASSERT_EQ(hours.is_open(now), is_open) << round << " " << now;
      if (is_open && open % 37 == 0) ASSERT_EQ(hours.after(from, open + 1), now + 1) << round;
      open += is_open ? kMinute : 0;
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Zones, BusinessHoursProperty,
                         testing::Values(Around{"Europe/Paris", at(2026, 3, 29, 1)}, Around{"Europe/Paris", at(2026, 10, 25, 1)},
                                         Around{"America/New_York", at(2027, 3, 14, 7)}, Around{"America/Sao_Paulo", at(2018, 11, 4, 3)},
                                         Around{"Australia/Lord_Howe", at(2026, 4, 4, 15)}, Around{"Pacific/Apia", at(2011, 12, 30, 10)},
                                         Around{"Africa/Casablanca", at(2026, 2, 15, 2)}, Around{"Asia/Kathmandu", at(2026, 6, 1)}));

}  // namespace
}  // namespace postern::ticketing
