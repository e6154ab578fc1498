#include "pipeline/mime/html_hiding.h"

#include <algorithm>

#include "core/encoding.h"

namespace postern::pipeline {
namespace {

bool is_space(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f'; }

// Lower case, without blanks and comments.
std::string compact(std::string_view css) {
  std::string out;
  for (std::size_t at = 0; at < css.size(); ++at) {
    if (css.substr(at).starts_with("/*")) {
      const std::size_t end = css.find("*/", at + 2);
      if (end == std::string_view::npos) break;
      at = end + 1;
    } else if (!is_space(css[at])) {
      out.push_back(css[at]);
    }
  }
  return core::to_lower_ascii(out);
}

// "font-size:0", "0px", "0.0em", but not "0.8em".
bool is_nothing(std::string_view style, std::string_view property) {
  const std::size_t at = style.find(property);
  if (at == std::string_view::npos) return false;
  const std::string_view value = style.substr(at + property.size());
  const std::size_t end = std::min(value.find_first_not_of("0."), value.size());
  return end > 0 && value[0] == '0' && (end == value.size() || value[end] < '0' || value[end] > '9');
}

bool hides(const std::string& style) {
  for (std::string_view word : {"display:none", "visibility:hidden", "visibility:collapse", "mso-hide:all"}) {
    if (style.find(word) != std::string::npos) return true;
  }
  return is_nothing(style, "font-size:") || is_nothing(style, "opacity:");
}

bool turns(const std::string& style) {
  return style.find("bidi-override") != std::string::npos || style.find("isolate-override") != std::string::npos;
}

}  // namespace

void HtmlHiding::read_sheets(std::string_view html) {
  for (std::size_t at = html.find('<'); at != std::string_view::npos; at = html.find('<', at + 1)) {
    if (html.size() - at < 7 || !core::equals_ignoring_case(html.substr(at, 6), "<style")) continue;
    const std::size_t begin = html.find('>', at);
    if (begin == std::string_view::npos) return;
    const std::size_t end = std::min(html.find("</", begin), html.size());
    read_sheet(html.substr(begin + 1, end - begin - 1));
    at = begin;
  }
}

void HtmlHiding::read_sheet(std::string_view sheet) {
  for (std::size_t open = sheet.find('{'); open != std::string_view::npos && hiding_.size() < kRulesMax;
       open = sheet.find('{', open + 1)) {
    const std::size_t close = std::min(sheet.find_first_of("{}", open + 1), sheet.size());
    if (!hides(compact(sheet.substr(open + 1, close - open - 1)))) continue;
    const std::size_t before = sheet.substr(0, open).find_last_of("{};");
    const std::size_t begin = before == std::string_view::npos ? 0 : before + 1;
    read_selectors(sheet.substr(begin, open - begin));
  }
}

// Of each selector the last class, id or element name, and nothing of its conditions.
void HtmlHiding::read_selectors(std::string_view selectors) {
  std::size_t at = 0;
  while (at <= selectors.size() && hiding_.size() < kRulesMax) {
    const std::size_t end = std::min(selectors.find(',', at), selectors.size());
    std::string_view one = core::trim_ascii(selectors.substr(at, end - at));
    at = end + 1;
    one = one.substr(one.find_last_of(" >+~\n\t") == std::string_view::npos ? 0 : one.find_last_of(" >+~\n\t") + 1);
    one = one.substr(0, one.find_first_of(":["));
    const std::size_t mark = one.find_last_of(".#");
    if (mark != std::string_view::npos) one = one.substr(mark);
    if (!one.empty() && one.size() <= 64) hiding_.insert(core::to_lower_ascii(one));
  }
}

HtmlStyleEffect HtmlHiding::effect_of(std::string_view html, const HtmlTag& tag) const {
  HtmlStyleEffect effect;
  effect.hides = tag.name == "template" || (!hiding_.empty() && hiding_.contains(tag.name));
  std::size_t pos = tag.attributes;
  while (const auto attribute = next_attribute(html, pos)) {
    const std::string name = core::to_lower_ascii(html.substr(attribute->name.begin, std::min<std::size_t>(attribute->name.size(), 16)));
    const std::string_view value = html.substr(attribute->value.begin, attribute->value.size());
    if (name == "hidden") {
      effect.hides = true;
    } else if (name == "style") {
      const std::string style = compact(value);
      effect.hides = effect.hides || hides(style);
      effect.turns = effect.turns || turns(style);
    } else if (name == "dir") {
      effect.turns = effect.turns || (tag.name == "bdo" && core::equals_ignoring_case(core::trim_ascii(value), "rtl"));
    } else if (!hiding_.empty() && (name == "class" || name == "id")) {
      std::size_t word = 0;
      while (word < value.size()) {
        const std::size_t end = std::min(value.find_first_of(" \t\r\n\f", word), value.size());
        const std::string key = (name == "id" ? "#" : ".") + core::to_lower_ascii(value.substr(word, end - word));
        effect.hides = effect.hides || hiding_.contains(key);
        word = end + 1;
      }
    }
  }
  return effect;
}

}  // namespace postern::pipeline
