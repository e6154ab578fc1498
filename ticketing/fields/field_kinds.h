#pragma once
// ticketing/fields/field_kinds.h: the types of custom fields and what they take as a value. Texts in, texts out: a checkbox is
// "true" or "false", a date "2026-11-23", of a dropdown it is an option's value.
// Thread-safety: pure.  Errors: Errc::kInvalid, whose context says what is expected and never repeats the value.
#include <string>
#include <string_view>
#include <vector>

#include "core/result.h"
#include "storage/schema/fields.pb.h"
#include "ticketing/errc.h"

namespace postern::ticketing {

// Never renumber: stored.
enum class FieldKind : std::uint8_t {
  kText = 1,
  kTextarea = 2,
  kCheckbox = 3,
  kDate = 4,
  kInteger = 5,
  kDecimal = 6,
  kRegexp = 7,
  kTagger = 8,       // a dropdown; its value is a tag of the ticket as well
  kMultiselect = 9,  // the same with several
};
std::string_view to_string(FieldKind kind);  // Zendesk's words
std::optional<FieldKind> parse_field_kind(std::string_view word);
// Why a type of Zendesk's is not offered; empty for one that is, or that nobody knows.
std::string_view why_not_offered(std::string_view word);

struct FieldLimits {
  std::size_t title_bytes_max = 200;
  std::size_t description_bytes_max = 2000;
  std::size_t options_max = 2000;
  std::size_t pattern_bytes_max = 1000;
  std::size_t pattern_memory_max = 1U << 20U;  // of a compiled one
};
inline constexpr FieldLimits kFieldLimits;

// The values as they are kept; none: the field has no value.
core::Result<std::vector<std::string>> normal_values(const schema::TicketField& field, std::vector<std::string> values);
// Tags that go with these values.
std::vector<std::string> tags_of(const schema::TicketField& field, const std::vector<std::string>& values);

}  // namespace postern::ticketing
