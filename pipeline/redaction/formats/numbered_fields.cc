#include "pipeline/redaction/formats/numbered_fields.h"

#include <algorithm>
#include <charconv>
#include <optional>

#include "core/encoding.h"
#include "pipeline/redaction/dense_digits.h"
#include "pipeline/redaction/formats/card_cells.h"

namespace postern::pipeline {
namespace {

constexpr std::size_t kNameBytesMax = 48;
constexpr std::size_t kFieldsMin = 3;       // 4-6-5
constexpr std::size_t kFieldsMax = 5;
constexpr std::size_t kValueBytesMax = 10;  // of digits
// In a field's name: these numbers are parts of a card's.
constexpr std::string_view kNames[] = {"card", "kart", "cart", "tarj", "cc", "pan", "credit", "kredit", "number", "nummer", "num"};

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_name_byte(char c) {
  return is_digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || std::string_view("_-[]. ").find(c) != std::string_view::npos;
}

// "cc_number[2]": "cc_number[" and 2. The value stands behind ':' or '='.
struct Field {
  std::string_view name;
  unsigned number = 0;
  ByteRange value;
  std::size_t end = 0;  // of the field, behind its mark
};

// The field whose name begins at `at`.
std::optional<Field> field_at(std::string_view text, std::size_t at) {
  const std::size_t limit = std::min(text.size(), at + kNameBytesMax);
  std::size_t mark = at;
  while (mark < limit && is_name_byte(text[mark])) ++mark;
  if (mark == limit || (text[mark] != ':' && text[mark] != '=')) return std::nullopt;
  std::size_t end = mark;
  while (end > at && !is_digit(text[end - 1])) --end;
  std::size_t begin = end;
  while (begin > at && is_digit(text[begin - 1])) --begin;
  if (begin == end || mark - end > 1) return std::nullopt;
  Field field;
  field.name = text.substr(at, begin - at);
  const auto [stop, wrong] = std::from_chars(text.data() + begin, text.data() + end, field.number);
  if (wrong != std::errc() || stop != text.data() + end) return std::nullopt;
  std::size_t value = mark + 1;
  while (value < text.size() && (text[value] == ' ' || text[value] == '\t' || text[value] == '"')) ++value;
  field.value = {value, value};
  while (field.value.end < text.size() && is_digit(text[field.value.end])) ++field.value.end;
  if (field.value.empty() || field.value.size() > kValueBytesMax) return std::nullopt;
  field.end = field.value.end;
  constexpr std::string_view kMarks = "\"&;, \t\r\n";
  while (field.end < text.size() && kMarks.find(text[field.end]) != std::string_view::npos) ++field.end;
  if (field.end == field.value.end && field.end < text.size()) return std::nullopt;
  return field;
}

bool says_card(std::string_view name) {
  const std::string lower = core::to_lower_ascii(name);
  return std::any_of(std::begin(kNames), std::end(kNames), [&lower](std::string_view one) { return lower.find(one) != std::string::npos; });
}

// Fields from `at` on whose names are the same and count up.
std::vector<Field> fields_from(std::string_view text, std::size_t at) {
  std::vector<Field> fields;
  for (auto field = field_at(text, at); field && fields.size() <= kFieldsMax; field = field_at(text, field->end)) {
    const bool goes_on = fields.empty() || (field->name == fields.back().name && field->number == fields.back().number + 1);
    if (!goes_on) break;
    fields.push_back(*field);
  }
  return fields;
}

bool begins_field(std::string_view text, std::size_t at) {
  return at == 0 || std::string_view("&\n\"'?;>").find(text[at - 1]) != std::string_view::npos;
}

}  // namespace

BodyScan scan_numbered_fields(const Detector& detector, std::string_view text, TextKind kind) {
  CardCells cells(detector, kind);
  std::uint32_t row = 0;
  std::size_t done = 0;
  for (const DensePlace& place : dense_digits(text)) {
    const std::string_view look = text.substr(place.range.begin, place.range.size());
    if (look.find_first_of(":=") == std::string_view::npos) continue;
    for (std::size_t at = std::max(done, place.range.begin); at < place.range.end; ++at) {
      if (!begins_field(text, at) || !is_name_byte(text[at]) || is_digit(text[at])) continue;
      const std::vector<Field> fields = fields_from(text, at);
      if (fields.size() < kFieldsMin || fields.size() > kFieldsMax || !says_card(fields.front().name)) continue;
      cells.add_words(row, 0, "card");
      std::uint32_t column = 0;
      for (const Field& field : fields) {
        DigitCell cell;
        cell.digits = text.substr(field.value.begin, field.value.size());
        cell.places.push_back(field.value);
        cells.add_digits(row, ++column, std::move(cell));
      }
      cells.add_text_outside("end of a form");
      ++row;
      at = done = fields.back().value.end;
    }
  }
  return cells.finish();
}

}  // namespace postern::pipeline
