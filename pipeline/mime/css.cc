#include "pipeline/mime/css.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <optional>

#include "core/encoding.h"
#include "pipeline/mime/unicode.h"

namespace postern::pipeline {
namespace {

constexpr int kWindowWidth = 1024;  // pixels: a reader at a desk

struct PropertyName {
  std::string_view name;
  CssProperty property;
};
constexpr std::array kPropertyNames{
    PropertyName{"display", CssProperty::kDisplay}, PropertyName{"visibility", CssProperty::kVisibility},
    PropertyName{"opacity", CssProperty::kOpacity}, PropertyName{"font-size", CssProperty::kFontSize},
    PropertyName{"font", CssProperty::kFont}, PropertyName{"position", CssProperty::kPosition},
    PropertyName{"left", CssProperty::kLeft}, PropertyName{"right", CssProperty::kRight},
    PropertyName{"top", CssProperty::kTop}, PropertyName{"bottom", CssProperty::kBottom},
    PropertyName{"margin-left", CssProperty::kMarginLeft}, PropertyName{"margin-top", CssProperty::kMarginTop},
    PropertyName{"text-indent", CssProperty::kTextIndent}, PropertyName{"clip", CssProperty::kClip},
    PropertyName{"clip-path", CssProperty::kClipPath}, PropertyName{"transform", CssProperty::kTransform},
    PropertyName{"overflow", CssProperty::kOverflow}, PropertyName{"overflow-x", CssProperty::kOverflow},
    PropertyName{"overflow-y", CssProperty::kOverflow}, PropertyName{"width", CssProperty::kWidth},
    PropertyName{"height", CssProperty::kHeight}, PropertyName{"max-width", CssProperty::kMaxWidth},
    PropertyName{"max-height", CssProperty::kMaxHeight}, PropertyName{"float", CssProperty::kFloat},
    PropertyName{"direction", CssProperty::kDirection}, PropertyName{"unicode-bidi", CssProperty::kUnicodeBidi},
    PropertyName{"flex-direction", CssProperty::kFlexDirection}, PropertyName{"flex-flow", CssProperty::kFlexFlow},
    PropertyName{"grid-auto-flow", CssProperty::kGridAutoFlow}, PropertyName{"mso-hide", CssProperty::kMsoHide},
    PropertyName{"content", CssProperty::kContent}};

bool is_space(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f'; }
bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_name(char c) {
  return is_digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '-' || c == '_' || static_cast<unsigned char>(c) >= 0x80;
}
int hex_of(char c) {
  if (is_digit(c)) return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

std::size_t comment_end(std::string_view css, std::size_t at) {
  const std::size_t end = css.find("*/", at + 2);
  return end == std::string_view::npos ? css.size() : end + 2;
}

// Behind a comment, string, escape or single character.
std::size_t next_item(std::string_view css, std::size_t at) {
  if (css[at] == '/' && at + 1 < css.size() && css[at + 1] == '*') return comment_end(css, at);
  if (css[at] == '"' || css[at] == '\'') return css_string_end(css, at);
  return std::min(css.size(), at + (css[at] == '\\' ? 2 : 1));
}

// The first of `stops` outside comments, strings and brackets; the end of the text when there is none.
std::size_t find_outside(std::string_view css, std::size_t at, std::string_view stops) {
  std::size_t depth = 0;
  while (at < css.size()) {
    const char c = css[at];
    if (depth == 0 && stops.find(c) != std::string_view::npos) return at;
    if (c == '(' || c == '[') ++depth;
    if ((c == ')' || c == ']') && depth > 0) --depth;
    at = next_item(css, at);
  }
  return css.size();
}

// css[at] == '{': behind its '}'.
std::size_t block_end(std::string_view css, std::size_t at) {
  std::size_t depth = 0;
  while (at < css.size()) {
    const char c = css[at];
    at = next_item(css, at);
    if (c == '{') ++depth;
    if (c == '}' && --depth == 0) return at;
  }
  return css.size();
}

// "an+b", "odd", "even", "3".
void read_nth(std::string text, CssCompound& compound) {
  std::erase(text, ' ');
  compound.has_nth = true;
  if (text == "odd") text = "2n+1";
  if (text == "even") text = "2n";
  const std::size_t n = text.find('n');
  const auto number = [](std::string_view part, int missing) {
    if (part.starts_with('+')) part.remove_prefix(1);
    if (part.empty()) return missing;
    if (part == "-") return -1;
    int value = 0;
    std::from_chars(part.data(), part.data() + part.size(), value);
    return value;
  };
  const std::string_view all = text;
  compound.nth_step = n == std::string::npos ? 0 : number(all.substr(0, n), 1);
  compound.nth_offset = n == std::string::npos ? number(all, 0) : number(all.substr(n + 1), 0);
}

CssAttributeTest read_attribute(std::string_view inside) {
  CssAttributeTest test;
  const std::size_t equals = find_outside(inside, 0, "=");
  if (equals == inside.size()) {
    test.name = css_plain(inside);
    return test;
  }
  test.kind = equals > 0 && std::string_view("~|^$*").find(inside[equals - 1]) != std::string_view::npos ? inside[equals - 1] : '=';
  test.name = css_plain(inside.substr(0, equals - (test.kind == '=' ? 0 : 1)));
  test.value = css_plain(inside.substr(equals + 1));
  if (test.value.ends_with(" i") || test.value.ends_with(" s")) test.value.resize(test.value.size() - 2);
  if (test.value.size() >= 2 && (test.value[0] == '"' || test.value[0] == '\'')) test.value = test.value.substr(1, test.value.size() - 2);
  return test;
}

// One compound ("a.b#c[d]:e::before") into the rule; false when it speaks of what no page of mail shows (":hover").
bool read_compound(std::string_view text, CssRule& rule) {
  CssCompound compound;
  std::size_t at = 0;
  const auto name = [&] {
    const std::size_t begin = at;
    while (at < text.size() && (is_name(text[at]) || text[at] == '\\')) at = next_item(text, at);
    return css_plain(text.substr(begin, at - begin));
  };
  while (at < text.size()) {
    const char c = text[at];
    if (c == '.' || c == '#') {
      ++at;
      compound.keys.push_back(c + name());
      rule.specificity += c == '#' ? 0x10000 : 0x100;
    } else if (c == '[') {
      const std::size_t end = find_outside(text, at + 1, "]");
      compound.attributes.push_back(read_attribute(text.substr(at + 1, end - at - 1)));
      rule.specificity += 0x100;
      at = std::min(text.size(), end + 1);
    } else if (c == ':') {
      while (at < text.size() && text[at] == ':') ++at;
      const std::string pseudo = name();
      std::string inside;
      if (at < text.size() && text[at] == '(') {
        const std::size_t end = find_outside(text, at + 1, ")");
        inside = css_plain(text.substr(at + 1, end - at - 1));
        at = std::min(text.size(), end + 1);
      }
      if (pseudo == "before") rule.part = CssPart::kBefore;
      else if (pseudo == "after") rule.part = CssPart::kAfter;
      else if (pseudo == "first-child") read_nth("1", compound);
      else if (pseudo == "nth-child") read_nth(inside, compound);
      else if (pseudo != "root" && pseudo != "link" && pseudo != "not" && pseudo != "is" && pseudo != "where") return false;
      rule.specificity += 0x100;
    } else if (is_name(c) || c == '\\') {
      compound.element = name();
      rule.specificity += 1;
    } else {
      at = next_item(text, at);  // "*", "&", "|"
    }
  }
  rule.compounds.push_back(std::move(compound));
  return true;
}

std::optional<CssRule> read_selector(std::string_view text) {
  CssRule rule;
  std::size_t at = 0;
  while (at < text.size()) {
    const std::size_t end = find_outside(text, at, " \t\r\n\f>+~");
    const char combinator = end < text.size() ? text[end] : ' ';
    if (end > at) {
      if (rule.compounds.size() >= kCssCompoundsMax || !read_compound(text.substr(at, end - at), rule)) return std::nullopt;
    }
    // What stands beside the element is not known: of "a + b" only b counts.
    if ((combinator == '+' || combinator == '~') && !rule.compounds.empty()) rule.compounds.pop_back();
    at = end + 1;
  }
  if (rule.compounds.empty()) return std::nullopt;
  return rule;
}

std::string without_css_comments(std::string_view css) {
  std::string out;
  for (std::size_t at = 0; at < css.size();) {
    const std::size_t end = next_item(css, at);
    if (css[at] == '/' && end > at + 1) out += ' ';
    else out += css.substr(at, end - at);
    at = end;
  }
  return out;
}

int pixels_after(std::string_view query, std::string_view word) {
  const std::size_t at = query.find(word);
  if (at == std::string_view::npos) return -1;
  const std::size_t digits = query.find_first_of("0123456789", at);
  int value = -1;
  if (digits != std::string_view::npos) std::from_chars(query.data() + digits, query.data() + query.size(), value);
  return value;
}

// False where a desk's window does not show the rules of "@media query".
bool applies(const std::string& query) {
  const auto has = [&query](std::string_view word) { return query.find(word) != std::string::npos; };
  if (has("not all") || has("speech")) return false;
  if (has("print") && !has("screen") && !has("all") && !has("not print")) return false;
  const int most = std::max(pixels_after(query, "max-width"), pixels_after(query, "max-device-width"));
  return most < 0 || most >= kWindowWidth;
}

}  // namespace

std::size_t css_escape(std::string_view css, std::size_t at, char32_t& character) {
  if (at + 1 >= css.size() || css[at + 1] == '\n' || css[at + 1] == '\r' || css[at + 1] == '\f') return 0;
  std::size_t end = at + 1;
  character = 0;
  while (end < css.size() && end - at <= 6 && hex_of(css[end]) >= 0) character = character * 16 + static_cast<char32_t>(hex_of(css[end++]));
  if (end == at + 1) {
    character = next_code_point(css, end);
    return end - at;
  }
  if (css.substr(end).starts_with("\r\n")) return end + 2 - at;
  return end + (end < css.size() && is_space(css[end]) ? 1 : 0) - at;
}

std::size_t css_string_end(std::string_view css, std::size_t at) {
  const char quote = css[at];
  for (++at; at < css.size(); ++at) {
    if (css[at] == '\\') ++at;
    else if (css[at] == quote) return at + 1;
    else if (css[at] == '\n' || css[at] == '\r' || css[at] == '\f') return at;  // a bad string ends with its line
  }
  return css.size();
}

std::string css_plain(std::string_view css) {
  std::string out;
  bool has_blank = false;
  for (std::size_t at = 0; at < css.size();) {
    const bool is_comment = css[at] == '/' && at + 1 < css.size() && css[at + 1] == '*';
    if (is_comment || is_space(css[at])) {
      at = is_comment ? comment_end(css, at) : at + 1;
      has_blank = true;
      continue;
    }
    if (has_blank && !out.empty()) out += ' ';
    has_blank = false;
    char32_t character = 0;
    if (const std::size_t length = css[at] == '\\' ? css_escape(css, at, character) : 0; length > 0) {
      append_utf8(out, character);
      at += length;
    } else {
      out += css[at++];
    }
  }
  return core::to_lower_ascii(out);
}

std::vector<CssDeclaration> css_declarations(std::string_view css, std::size_t origin) {
  std::vector<CssDeclaration> out;
  for (std::size_t at = 0; at < css.size();) {
    std::size_t end = find_outside(css, at, ";{}");
    const std::string_view one = css.substr(at, end - at);
    const std::size_t begin = at;
    if (end < css.size() && css[end] == '{') {  // a rule inside a rule
      at = block_end(css, end);
      continue;
    }
    at = end + 1;
    const std::size_t colon = find_outside(one, 0, ":");
    if (colon == one.size()) continue;
    const std::string name = css_plain(one.substr(0, colon));
    const auto known = std::find_if(kPropertyNames.begin(), kPropertyNames.end(), [&name](const PropertyName& row) { return row.name == name; });
    if (known == kPropertyNames.end()) continue;
    CssDeclaration declaration{known->property, false, css_plain(one.substr(colon + 1)), {origin + begin + colon + 1, origin + end}};
    if (const std::size_t mark = declaration.value.rfind('!'); mark != std::string::npos && declaration.value.ends_with("important")) {
      declaration.is_important = true;
      declaration.value = core::trim_ascii(declaration.value.substr(0, mark));
    }
    out.push_back(std::move(declaration));
  }
  return out;
}

void CssSheet::add(std::string_view css, std::size_t origin) {
  for (std::size_t at = 0; at < css.size() && rules.size() < kCssRulesMax;) {
    const std::size_t open = find_outside(css, at, "{};");
    std::string prelude = without_css_comments(css.substr(at, open - at));
    for (std::string_view mark : {"<!--", "-->"}) {
      if (const std::size_t found = prelude.find(mark); found != std::string::npos) prelude.replace(found, mark.size(), " ");
    }
    const std::string_view selectors = core::trim_ascii(prelude);
    if (open == css.size() || css[open] != '{') {
      at = open + 1;
      continue;
    }
    if (selectors.starts_with('@')) {
      const std::string query = css_plain(selectors);
      const bool holds_rules = query.starts_with("@media") || query.starts_with("@supports") || query.starts_with("@layer") || query.starts_with("@container");
      at = holds_rules && applies(query) ? open + 1 : block_end(css, open);
      continue;
    }
    const std::size_t end = block_end(css, open);
    const std::size_t body_end = css[end - 1] == '}' ? end - 1 : end;
    std::vector<CssDeclaration> body = css_declarations(css.substr(open + 1, std::max(body_end, open + 1) - open - 1), origin + open + 1);
    at = end;
    if (body.empty()) continue;
    declarations.push_back(std::move(body));
    for (std::size_t from = 0; from <= selectors.size() && rules.size() < kCssRulesMax;) {
      const std::size_t comma = find_outside(selectors, from, ",");
      if (auto rule = read_selector(core::trim_ascii(selectors.substr(from, comma - from)))) {
        rule->declarations = declarations.size() - 1;
        rules.push_back(std::move(*rule));
      }
      from = comma + 1;
    }
  }
}

}  // namespace postern::pipeline
