#include <algorithm>

#include "pipeline/mime/html.h"
#include "pipeline/redaction/views/views.h"

namespace postern::pipeline {
namespace {

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }

View read_as(std::string_view text, HtmlReading reading, Mapping mapping) {
  HtmlText read = html_to_text(text, reading, mapping);
  return {std::move(read.text), std::move(read.map)};
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
  if (!marks.markup) return false;
  for (std::string_view word : {"none", "hidden", "HIDDEN", "font-size", "opacity", "mso-hide", "<bdo", "<BDO", "bidi-override",
                                "<template", "NONE"}) {
    if (text.find(word) != std::string_view::npos) return true;
  }
  return false;
}

bool may_hold_sections(std::string_view text, const Telltales& marks) {
  if (!marks.markup) return false;
  for (std::string_view word : {"<![", "<!--[", "<iframe", "<nofr", "<noem", "<nosc", "<template", "<xmp", "<title", "<textarea"}) {
    if (text.find(word) != std::string_view::npos) return true;
  }
  return false;
}

View rendered_view(std::string_view text, Mapping mapping) { return read_as(text, HtmlReading::kRendered, mapping); }
View visible_view(std::string_view text, Mapping mapping) { return read_as(text, HtmlReading::kVisible, mapping); }
View sections_view(std::string_view text, Mapping mapping) { return read_as(text, HtmlReading::kEverything, mapping); }

}  // namespace postern::pipeline
