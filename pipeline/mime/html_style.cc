// Inline style by allow-list: property names, and values of plain words, numbers, colours and quoted font names.
#include "pipeline/mime/html_style.h"

#include <algorithm>
#include <array>

#include "core/encoding.h"

namespace postern::pipeline {
namespace {

constexpr std::array<std::string_view, 60> kProperties{
    "background", "background-color", "border", "border-bottom", "border-bottom-color", "border-bottom-style",
    "border-bottom-width", "border-collapse", "border-color", "border-left", "border-left-color", "border-left-style",
    "border-left-width", "border-radius", "border-right", "border-right-color", "border-right-style", "border-right-width",
    "border-spacing", "border-style", "border-top", "border-top-color", "border-top-style", "border-top-width",
    "border-width", "clear", "color", "direction", "display", "float", "font", "font-family", "font-size", "font-style",
    "font-variant", "font-weight", "height", "letter-spacing", "line-height", "list-style-type", "margin", "margin-bottom",
    "margin-left", "margin-right", "margin-top", "max-height", "max-width", "min-width", "padding", "padding-bottom",
    "padding-left", "padding-right", "padding-top", "table-layout", "text-align", "text-decoration", "text-indent",
    "vertical-align", "white-space", "width"};
constexpr std::size_t kValueBytesMax = 256;
constexpr std::size_t kDeclarationsMax = 64;

bool is_value_char(char c) {
  const bool is_alnum = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
  return is_alnum || std::string_view(" #%.,()'\"-+!").find(c) != std::string_view::npos;
}

bool has_unsafe_function(std::string_view lower) {
  for (auto open = lower.find('('); open != std::string_view::npos; open = lower.find('(', open + 1)) {
    const auto before = lower.substr(0, open);
    const bool is_colour = before.ends_with("rgb") || before.ends_with("rgba") || before.ends_with("hsl") || before.ends_with("hsla");
    if (!is_colour) return true;
  }
  return false;
}

bool is_safe_value(std::string_view value) {
  if (value.empty() || value.size() > kValueBytesMax || !std::all_of(value.begin(), value.end(), is_value_char)) return false;
  const auto lower = core::to_lower_ascii(value);
  if (has_unsafe_function(lower)) return false;
  for (std::string_view word : {"url", "expression", "script", "behavior", "import", "binding", "element("}) {
    if (lower.find(word) != std::string::npos) return false;
  }
  const auto quotes = std::count(value.begin(), value.end(), '"');
  const auto apostrophes = std::count(value.begin(), value.end(), '\'');
  return quotes % 2 == 0 && apostrophes % 2 == 0;
}

// The end of the declaration at `pos`: a ';' outside quotes and parentheses.
std::size_t declaration_end(std::string_view style, std::size_t pos) {
  char quote = 0;
  for (; pos < style.size(); ++pos) {
    const char c = style[pos];
    if (quote != 0) {
      if (c == quote) quote = 0;
    } else if (c == '"' || c == '\'') {
      quote = c;
    } else if (c == ';') {
      return pos;
    }
  }
  return style.size();
}

std::string one_line(std::string_view text) {
  std::string out(core::trim_ascii(text));
  for (char& c : out) {
    if (c == '\n' || c == '\r' || c == '\t' || c == '\f') c = ' ';
  }
  return std::string(core::trim_ascii(out));
}

}  // namespace

std::string filter_style(std::string_view style) {
  std::string out;
  std::size_t count = 0;
  for (std::size_t pos = 0; pos < style.size() && count < kDeclarationsMax; ++count) {
    const std::size_t end = declaration_end(style, pos);
    const auto declaration = style.substr(pos, end - pos);
    pos = end + 1;
    const auto colon = declaration.find(':');
    if (colon == std::string_view::npos) continue;
    const auto property = core::to_lower_ascii(core::trim_ascii(declaration.substr(0, colon)));
    if (std::find(kProperties.begin(), kProperties.end(), property) == kProperties.end()) continue;
    const auto value = one_line(declaration.substr(colon + 1));
    if (!is_safe_value(value)) continue;
    if (!out.empty()) out += "; ";
    out += property + ": " + value;
  }
  return out;
}

}  // namespace postern::pipeline
