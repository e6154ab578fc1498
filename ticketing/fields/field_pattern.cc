#include "ticketing/fields/field_pattern.h"

#include <re2/re2.h>

#include "ticketing/errc.h"
#include "ticketing/fields/field_kinds.h"

namespace postern::ticketing {
namespace {

re2::RE2::Options pattern_options() {
  re2::RE2::Options options;
  options.set_max_mem(static_cast<std::int64_t>(kFieldLimits.pattern_memory_max));
  options.set_log_errors(false);
  return options;
}

}  // namespace

core::Result<void> check_pattern(const std::string& pattern) {
  if (pattern.empty() || pattern.size() > kFieldLimits.pattern_bytes_max) return core::fail(Errc::kInvalid, "regexp_for_validation: empty or too long");
  if (!re2::RE2(pattern, pattern_options()).ok()) return core::fail(Errc::kInvalid, "regexp_for_validation: not a regular expression of RE2, or too large");
  return {};
}

bool fits_pattern(const std::string& text, const std::string& pattern) {
  const re2::RE2 expression(pattern, pattern_options());
  return expression.ok() && re2::RE2::PartialMatch(text, expression);
}

}  // namespace postern::ticketing
