#pragma once
// ticketing/schedules/time_zone.h: what local time is in an IANA time zone, as a table that is asked without ICU.
// Thread-safety: pure; a table is a value.  Errors: Errc::kInvalid "time_zone: …" for a name that there is not.
// Limits: changes from 1970 to 2100; later times have the last offset.
#include <cstdint>
#include <string>
#include <vector>

#include "core/result.h"

namespace postern::ticketing {

struct ZoneOffset {
  std::int64_t from_ms = 0;    // Unix time; until the next one begins
  std::int64_t offset_ms = 0;  // local time is Unix time plus this
};

// By time; the first one begins before everything. `name` as IANA has it: "Europe/Paris", "UTC".
core::Result<std::vector<ZoneOffset>> zone_offsets(const std::string& name);

}  // namespace postern::ticketing
