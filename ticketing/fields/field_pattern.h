#pragma once
// ticketing/fields/field_pattern.h: the regular expression that a field's values have to fit; RE2, so that no expression takes
// longer than its text is long. The only file of ticketing that knows RE2.
// Thread-safety: pure.  Errors: Errc::kInvalid.  Limits: FieldLimits::pattern_bytes_max, pattern_memory_max.
#include <string>

#include "core/result.h"

namespace postern::ticketing {

core::Result<void> check_pattern(const std::string& pattern);
// Whether it is found in the text; false also for an expression that is none.
bool fits_pattern(const std::string& text, const std::string& pattern);

}  // namespace postern::ticketing
