#include "ticketing/fields/field_kinds.h"

#include <algorithm>
#include <array>
#include <chrono>

#include "core/encoding.h"
#include "ticketing/detail/header_text.h"
#include "ticketing/fields/field_pattern.h"
#include "ticketing/ticket_limits.h"

namespace postern::ticketing {
namespace {

struct KindRow {
  FieldKind kind;
  std::string_view word;  // of a literal
};
constexpr std::array kKindRows{KindRow{FieldKind::kText, "text"},         KindRow{FieldKind::kTextarea, "textarea"},
                               KindRow{FieldKind::kCheckbox, "checkbox"}, KindRow{FieldKind::kDate, "date"},
                               KindRow{FieldKind::kInteger, "integer"},   KindRow{FieldKind::kDecimal, "decimal"},
                               KindRow{FieldKind::kRegexp, "regexp"},     KindRow{FieldKind::kTagger, "tagger"},
                               KindRow{FieldKind::kMultiselect, "multiselect"}};

bool are_digits(std::string_view text) {
  return !text.empty() && std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; });
}

std::string_view without_sign(std::string_view text) {
  if (!text.empty() && (text.front() == '-' || text.front() == '+')) text.remove_prefix(1);
  return text;
}

bool is_decimal(std::string_view text) {
  text = without_sign(text);
  const std::size_t point = text.find('.');
  if (point == std::string_view::npos) return are_digits(text);
  return are_digits(text.substr(0, point)) && are_digits(text.substr(point + 1));
}

bool is_date(std::string_view text) {
  if (text.size() != 10 || text[4] != '-' || text[7] != '-') return false;
  if (!are_digits(text.substr(0, 4)) || !are_digits(text.substr(5, 2)) || !are_digits(text.substr(8, 2))) return false;
  const auto number = [](std::string_view digits) {
    unsigned out = 0;
    for (const char c : digits) out = out * 10 + static_cast<unsigned>(c - '0');
    return out;
  };
  return std::chrono::year_month_day(std::chrono::year(static_cast<int>(number(text.substr(0, 4)))), std::chrono::month(number(text.substr(5, 2))),
                                     std::chrono::day(number(text.substr(8, 2))))
      .ok();
}

bool has_option(const schema::TicketField& field, std::string_view value) {
  return std::ranges::any_of(field.options(), [value](const schema::FieldOption& each) { return each.value() == value; });
}

// Some of them, for whoever mistyped one.
std::string options_of(const schema::TicketField& field) {
  constexpr int kNamedMax = 20;
  std::string out;
  for (int i = 0; i < std::min(field.options_size(), kNamedMax); ++i) out += (i == 0 ? "" : ", ") + field.options(i).value();
  if (field.options_size() > kNamedMax) out += " and " + std::to_string(field.options_size() - kNamedMax) + " more";
  return out;
}

core::Result<std::string> normal_value(const schema::TicketField& field, std::string value) {
  constexpr std::size_t kNumberMax = 40;
  const std::string line = clean_line(value);
  switch (static_cast<FieldKind>(field.kind())) {
    case FieldKind::kTextarea: return value;
    case FieldKind::kText: return line;
    case FieldKind::kCheckbox:
      if (line == "true" || line == "1") return std::string("true");
      if (line == "false" || line == "0") return std::string("false");
      return core::fail(Errc::kInvalid, "true or false is expected");
    case FieldKind::kDate:
      if (is_date(line)) return line;
      return core::fail(Errc::kInvalid, "a date as 2026-11-23 is expected");
    case FieldKind::kInteger:
      if (line.size() <= kNumberMax && are_digits(without_sign(line))) return line;
      return core::fail(Errc::kInvalid, "an integer is expected");
    case FieldKind::kDecimal:
      if (line.size() <= kNumberMax && is_decimal(line)) return line;
      return core::fail(Errc::kInvalid, "a decimal number is expected");
    case FieldKind::kRegexp:
      if (fits_pattern(line, field.pattern())) return line;
      return core::fail(Errc::kInvalid, "is not of the form that the field asks for");
    case FieldKind::kTagger:
    case FieldKind::kMultiselect:
      if (has_option(field, line)) return line;
      return core::fail(Errc::kInvalid, "is none of the field's options: " + options_of(field));
  }
  return core::fail(Errc::kInvalid, "the field's type is unknown");
}

}  // namespace

std::string_view to_string(FieldKind kind) {
  const auto* row = std::ranges::find(kKindRows, kind, &KindRow::kind);
  return row == kKindRows.end() ? "unknown" : row->word;
}

std::optional<FieldKind> parse_field_kind(std::string_view word) {
  if (word == "dropdown") word = "tagger";
  const auto* row = std::ranges::find(kKindRows, word, &KindRow::word);
  return row == kKindRows.end() ? std::nullopt : std::optional(row->kind);
}

std::string_view why_not_offered(std::string_view word) {
  if (word == "partialcreditcard") return "no part of a card number is stored here";
  if (word == "lookup") return "relations to other records are not offered";
  return {};
}

core::Result<std::vector<std::string>> normal_values(const schema::TicketField& field, std::vector<std::string> values) {
  std::vector<std::string> out;
  for (std::string& each : values) {
    if (core::trim_ascii(each).empty()) continue;
    if (each.size() > kTicketLimits.field_value_bytes_max) return core::fail(Errc::kInvalid, "is too long");
    POSTERN_TRY(std::string value, normal_value(field, std::move(each)));
    if (std::ranges::find(out, value) == out.end()) out.push_back(std::move(value));
  }
  const bool takes_several = field.kind() == static_cast<std::uint32_t>(FieldKind::kMultiselect);
  if (out.size() > 1 && !takes_several) return core::fail(Errc::kInvalid, "takes one value");
  if (out.size() > kTicketLimits.field_values_max) return core::fail(Errc::kInvalid, "has too many values");
  return out;
}

std::vector<std::string> tags_of(const schema::TicketField& field, const std::vector<std::string>& values) {
  switch (static_cast<FieldKind>(field.kind())) {
    case FieldKind::kTagger:
    case FieldKind::kMultiselect: return values;
    case FieldKind::kCheckbox:
      if (!field.tag().empty() && !values.empty() && values.front() == "true") return {field.tag()};
      return {};
    default: return {};
  }
}

}  // namespace postern::ticketing
