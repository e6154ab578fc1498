#pragma once
// pipeline/mime/date.h: RFC 5322 section 3.3 date-time, with the obsolete zones of 4.3 and what senders write instead
// (no seconds, no day, month before day, ISO 8601). Thread-safety: pure function.
#include <optional>
#include <string_view>

#include "core/clock.h"

namespace postern::pipeline {

// nullopt when it is no date between 1970 and 2261.
std::optional<core::WallTime> parse_mail_date(std::string_view raw);

}  // namespace postern::pipeline
