#include "ticketing/schedules/time_zone.h"

#include <unicode/basictz.h>
#include <unicode/timezone.h>
#include <unicode/tzrule.h>
#include <unicode/tztrans.h>
#include <unicode/unistr.h>

#include <limits>
#include <memory>

#include "ticketing/errc.h"

namespace postern::ticketing {
namespace {

constexpr double kZonesFromMs = 0;                  // 1970-01-01
constexpr double kZonesUntilMs = 4'102'444'800'000;  // 2100-01-01
constexpr std::size_t kZoneNameBytesMax = 64;

core::Error no_zone() { return core::fail(Errc::kInvalid, "time_zone: a name of the IANA database, as \"Europe/Paris\""); }

}  // namespace

core::Result<std::vector<ZoneOffset>> zone_offsets(const std::string& name) {
  if (name.empty() || name.size() > kZoneNameBytesMax) return no_zone();
  const icu::UnicodeString id = icu::UnicodeString::fromUTF8(name);
  UErrorCode error = U_ZERO_ERROR;
  icu::UnicodeString canonical;
  UBool is_of_database = 0;  // others are made up on the spot: "GMT+7:13"
  icu::TimeZone::getCanonicalID(id, canonical, is_of_database, error);
  if (U_FAILURE(error) != 0 || is_of_database == 0) return no_zone();
  const std::unique_ptr<icu::TimeZone> zone(icu::TimeZone::createTimeZone(id));
  const auto* rules = dynamic_cast<const icu::BasicTimeZone*>(zone.get());
  if (rules == nullptr || *zone == icu::TimeZone::getUnknown()) return no_zone();

  std::int32_t raw = 0;
  std::int32_t summer = 0;
  zone->getOffset(kZonesFromMs, 0, raw, summer, error);
  if (U_FAILURE(error) != 0) return no_zone();
  std::vector<ZoneOffset> out{{std::numeric_limits<std::int64_t>::min(), std::int64_t{raw} + summer}};
  icu::TimeZoneTransition next;
  double at = kZonesFromMs;
  while (rules->getNextTransition(at, 0, next) != 0 && next.getTime() < kZonesUntilMs) {
    at = next.getTime();
    const std::int64_t offset = std::int64_t{next.getTo()->getRawOffset()} + next.getTo()->getDSTSavings();
    if (offset != out.back().offset_ms) out.push_back({static_cast<std::int64_t>(at), offset});
  }
  return out;
}

}  // namespace postern::ticketing
