#pragma once
// ticketing/schedules/business_hours.h: a schedule made ready for questions: is it open, how much open time lies between two
// moments, when has so much of it passed. A moment is open when the local clock then shows a time within the week's spans, on a
// local day that is no holiday. So an hour that the clock shows twice counts twice, and one that it leaves out does not count.
// Thread-safety: immutable.  Ownership: values.
// Errors: Errc::kInvalid, whose context begins with the field ("time_zone: …", "intervals: …", "holidays: …").
// Limits: ScheduleLimits; after() looks kLookAheadMax far.
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "core/result.h"
#include "storage/schema/service_levels.pb.h"
#include "ticketing/schedules/time_zone.h"

namespace postern::ticketing {

struct ScheduleLimits {
  std::size_t title_bytes_max = 255;
  std::size_t spans_max = 168;      // of a week
  std::size_t holidays_max = 400;   // of a schedule
  std::size_t groups_max = 500;
  std::uint32_t holiday_days_max = 731;  // of one
};

class BusinessHours {
 public:
  static constexpr std::chrono::hours kLookAheadMax{24 * 366 * 10};

  BusinessHours() = default;  // always open
  static core::Result<BusinessHours> compile(const schema::Schedule& schedule, const ScheduleLimits& limits = {});

  // Unix milliseconds.
  bool is_open(std::int64_t at_ms) const { return between(at_ms, at_ms + 1) == 1; }
  // Open milliseconds of [from, to); 0 when `to` is not behind `from`.
  std::int64_t between(std::int64_t from_ms, std::int64_t to_ms) const;
  // The first moment at which that much open time has passed since `from`; nothing when it does not within kLookAheadMax.
  std::optional<std::int64_t> after(std::int64_t from_ms, std::int64_t amount_ms) const;

 private:
  struct Span {
    std::int64_t begin_ms = 0, end_ms = 0;  // of the local day
  };
  struct Days {
    std::int64_t first = 0, last = 0;
  };
  // Calls `take(begin, end)` with each open stretch of [from, to) in order, until it returns false.
  template <class Take>
  void walk(std::int64_t from_ms, std::int64_t to_ms, const Take& take) const;
  template <class Take>
  bool walk_same_offset(std::int64_t from_ms, std::int64_t to_ms, std::int64_t offset_ms, const Take& take) const;
  bool is_holiday(std::int64_t day) const;

  bool is_always_open_ = true;
  std::vector<Span> week_[7];  // from Sunday
  std::vector<Days> holidays_;     // sorted, apart
  std::vector<ZoneOffset> offsets_;
};

// Of the local calendar: days since 1970-01-01; nothing: there is no such day. "2026-12-24".
std::optional<std::uint32_t> parse_local_day(std::string_view text);
std::string local_day_text(std::uint32_t day);

}  // namespace postern::ticketing
