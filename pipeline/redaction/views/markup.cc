#include <algorithm>

#include "core/encoding.h"
#include "pipeline/mime/html.h"
#include "pipeline/redaction/rules/scan_database.h"
#include "pipeline/redaction/views/views.h"

namespace postern::pipeline {
namespace {

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }

constexpr std::size_t kDigitsMin = 12;  // of the shortest number

// An ASCII digit, or the first byte of a character that may be a digit of another script.
bool may_begin_digit(std::string_view text, std::size_t at) {
  const auto byte = static_cast<unsigned char>(text[at]);
  if (byte < 0x80) return is_digit(text[at]);
  if (byte == 0xE2) return text.substr(at + 1, 1) != "\x80";
  return byte >= 0xD9 || byte == 0xC2;
}

// Enough for a number outside tags. Style sheets count only where they may add text, and then for all the elements they
// may add it to.
bool has_digits_between_tags(std::string_view text) {
  std::size_t digits = 0;
  std::size_t sheet_end = 0;
  for (std::size_t at = 0; at < text.size(); ++at) {
    if (text[at] == '<' && at + 1 < text.size() && (is_letter(text[at + 1]) || std::string_view("/!?").find(text[at + 1]) != std::string_view::npos)) {
      const bool begins_sheet = core::equals_ignoring_case(text.substr(at, 6), "<style");
      const std::size_t end = text.find('>', at);
      if (end == std::string_view::npos) return false;
      at = end;
      if (!begins_sheet) continue;
      const std::size_t close = text.find("</", at);
      const std::string sheet = core::to_lower_ascii(text.substr(at, close == std::string_view::npos ? close : close - at));
      sheet_end = at + sheet.size();
      const bool adds_text = sheet.find("content") != std::string::npos || sheet.find('\\') != std::string::npos;
      if (adds_text && sheet.find("attr") != std::string::npos) return true;
      if (!adds_text) at = sheet_end - 1;
    } else if (may_begin_digit(text, at)) {
      digits += at < sheet_end ? 4 : 1;
      if (digits >= kDigitsMin) return true;
    }
  }
  return false;
}

// Of pictures and fields.
bool has_digits_to_show(std::string_view text) {
  for (std::size_t at = text.find('='); at != std::string_view::npos; at = text.find('=', at + 1)) {
    if (at < 3 || ((text[at - 1] | 0x20) != 't' && (text[at - 1] | 0x20) != 'e')) continue;
    if (!core::equals_ignoring_case(text.substr(at - 3, 3), "alt") && !core::equals_ignoring_case(text.substr(at - 3, 3), "lue")) continue;
    const std::size_t value = text.find_first_not_of(" \t\r\n\"'", at + 1);
    if (value != std::string_view::npos && (text[value] == '&' || may_begin_digit(text, value))) return true;
  }
  return false;
}

View read_as(std::string_view text, HtmlReading reading, Mapping mapping) {
  HtmlText read = html_to_text(text, reading, mapping);
  return {std::move(read.text), std::move(read.map), read.is_whole};
}

bool holds_any(const ScanDatabase& words, std::string_view text) {
  bool holds = false;
  words.scan(text, [&holds](std::size_t, std::size_t) { holds = true; });
  return holds;
}

}  // namespace

bool may_be_markup(std::string_view text, const Telltales& marks, std::string_view media_subtype) {
  if (!marks.markup) return false;
  for (std::string_view word : {"html", "xml", "svg", "enriched", "richtext"}) {
    if (media_subtype.find(word) != std::string_view::npos) return true;
  }
  for (std::size_t at = text.find('<'); at != std::string_view::npos; at = text.find('<', at + 1)) {
    const char next = at + 1 < text.size() ? text[at + 1] : '\0';
    if (next == '/' || next == '!' || next == '?') return true;
    if (text.substr(at + 1, 2) == "br") return true;
    if (is_letter(next) && at > 0 && is_digit(text[at - 1])) return true;  // "41<b>11"; "<ann@x.test>" is no tag
  }
  return false;
}

bool may_hide_by_style(std::string_view text, const Telltales& marks) {
  return marks.markup && (has_digits_between_tags(text) || has_digits_to_show(text));
}

bool may_hold_sections(std::string_view text, const Telltales& marks) {
  static const ScanDatabase words =
      ScanDatabase::of_words({"<![", "<!--[", "<iframe", "<nofr", "<noem", "<nosc", "<template", "<xmp", "<title", "<textarea"});
  return marks.markup && holds_any(words, text);
}

View rendered_view(std::string_view text, Mapping mapping) { return read_as(text, HtmlReading::kRendered, mapping); }
View visible_view(std::string_view text, Mapping mapping) { return read_as(text, HtmlReading::kVisible, mapping); }
View sections_view(std::string_view text, Mapping mapping) { return read_as(text, HtmlReading::kEverything, mapping); }

}  // namespace postern::pipeline
