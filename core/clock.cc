#include "core/clock.h"

#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <ctime>

namespace postern::core {
namespace {

class SystemClock final : public Clock {
 public:
  Instant now() const override { return std::chrono::steady_clock::now(); }
  WallTime wall_now() const override { return std::chrono::system_clock::now(); }
  Task<void> sleep_until(Instant when) override {
    asio::steady_timer timer(co_await asio::this_coro::executor, when);
    co_await timer.async_wait(kTuple);
  }
};

std::tm utc(WallTime time) {
  std::time_t seconds = to_unix_ms(time) / 1000;
  std::tm parts{};
  gmtime_r(&seconds, &parts);
  return parts;
}

}  // namespace

Task<void> Clock::sleep_for(Duration how_long) { return sleep_until(now() + how_long); }

Clock& system_clock() {
  static SystemClock clock;
  return clock;
}

std::int64_t to_unix_ms(WallTime time) {
  return std::chrono::duration_cast<std::chrono::milliseconds>(time.time_since_epoch()).count();
}

WallTime from_unix_ms(std::int64_t ms) { return WallTime(std::chrono::milliseconds(ms)); }

std::string to_rfc3339(WallTime time) {
  char buffer[32];
  std::tm parts = utc(time);
  return {buffer, std::strftime(buffer, sizeof buffer, "%Y-%m-%dT%H:%M:%SZ", &parts)};
}

std::string to_rfc5322(WallTime time) {
  static constexpr const char* kDays[] = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
  static constexpr const char* kMonths[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                            "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  std::tm parts = utc(time);
  char rest[32];
  std::size_t length = std::strftime(rest, sizeof rest, "%Y %H:%M:%S +0000", &parts);
  std::string out = kDays[parts.tm_wday];
  out += ", ";
  out += std::to_string(parts.tm_mday);
  out += ' ';
  out += kMonths[parts.tm_mon];
  out += ' ';
  out.append(rest, length);
  return out;
}

}  // namespace postern::core
