#include "pipeline/mime/html_hiding.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>

#include "core/encoding.h"
#include "pipeline/mime/html.h"

namespace postern::pipeline {
namespace {

constexpr std::size_t kAncestorsMax = 200;  // asked by a selector
constexpr double kFarAway = 100;            // pixels: out of the window, or far from the text's line
constexpr double kTiny = 3;                 // pixels: letters that nobody reads


// A length in pixels, roughly: "0", "-9999px", "0.1em", "-100%"; nullopt for words.
std::optional<double> pixels(std::string_view value, double of_hundred_percent = 500) {
  double number = 0;
  if (value.starts_with('+')) value.remove_prefix(1);
  const auto got = std::from_chars(value.data(), value.data() + value.size(), number);
  if (got.ec != std::errc()) return std::nullopt;
  const std::string_view unit(got.ptr, static_cast<std::size_t>(value.data() + value.size() - got.ptr));
  if (unit.starts_with("%") || unit.starts_with("v")) return number * of_hundred_percent / 100;
  if (unit.starts_with("em") || unit.starts_with("rem")) return number * 16;
  if (unit.starts_with("cm") || unit.starts_with("in")) return number * 40;
  return number;
}

bool is_nothing(std::string_view value) {
  const auto size = pixels(value);
  return size && std::abs(*size) < kTiny;
}
bool is_far_off(std::string_view value) {
  const auto distance = pixels(value);
  return distance && *distance <= -kFarAway;
}

// The values that count for one element or one of its pseudo-elements. Most elements have none.
class Style {
 public:
  void apply(const CssDeclaration& one, std::uint64_t priority) {
    if (one.is_important) priority += std::uint64_t{1} << 62U;
    const auto known = std::find_if(slots_.begin(), slots_.end(), [&one](const Slot& slot) { return slot.property == one.property; });
    if (known == slots_.end()) slots_.push_back({one.property, priority, one.value, one.raw});
    else if (priority >= known->priority) *known = {one.property, priority, one.value, one.raw};
  }
  void apply(CssProperty property, std::string value) { apply({property, false, std::move(value), {}}, 0); }

  bool empty() const { return slots_.empty(); }
  bool has(CssProperty property) const { return find(property) != nullptr; }
  std::string_view of(CssProperty property) const { return has(property) ? std::string_view(find(property)->value) : std::string_view(); }
  ByteRange raw(CssProperty property) const { return has(property) ? find(property)->raw : ByteRange(); }
  bool is(CssProperty property, std::string_view value) const { return of(property) == value; }
  bool holds(CssProperty property, std::string_view part) const { return of(property).find(part) != std::string_view::npos; }

 private:
  struct Slot {
    CssProperty property = CssProperty::kDisplay;
    std::uint64_t priority = 0;
    std::string value;
    ByteRange raw;
  };
  const Slot* find(CssProperty property) const {
    const auto known = std::find_if(slots_.begin(), slots_.end(), [property](const Slot& slot) { return slot.property == property; });
    return known == slots_.end() ? nullptr : &*known;
  }
  std::vector<Slot> slots_;
};

bool is_cut_away(const Style& style) {
  using enum CssProperty;
  const bool is_placed = style.is(kPosition, "absolute") || style.is(kPosition, "fixed");
  if (is_placed && style.of(kClip).starts_with("rect(") && style.of(kClip).find_first_of("23456789") == std::string_view::npos) return true;
  for (std::string_view shape : {"inset(50", "inset(100", "circle(0", "polygon(0 0"}) {
    if (style.of(kClipPath).starts_with(shape)) return true;
  }
  if (!style.holds(kOverflow, "hidden") && !style.holds(kOverflow, "clip")) return false;
  const CssProperty sizes[] = {kWidth, kHeight, kMaxWidth, kMaxHeight};
  return std::any_of(std::begin(sizes), std::end(sizes), [&style](CssProperty one) { return is_nothing(style.of(one)); });
}

bool is_moved_away(const Style& style) {
  using enum CssProperty;
  for (const CssProperty margin : {kMarginLeft, kMarginTop, kTextIndent}) {
    if (is_far_off(style.of(margin))) return true;
  }
  const std::string_view transform = style.of(kTransform);
  if (transform.starts_with("scale(0)") || transform.starts_with("scale(0,")) return true;
  if (const std::size_t open = transform.find('('); transform.starts_with("translate") && is_far_off(transform.substr(open + 1, transform.find_first_of(",)") - open - 1)))
    return true;
  if (!style.has(kPosition) || style.is(kPosition, "static")) return false;
  const CssProperty sides[] = {kLeft, kRight, kTop, kBottom};
  return std::any_of(std::begin(sides), std::end(sides), [&style](CssProperty one) { return is_far_off(style.of(one)); });
}

// "font: italic 0/0 a": the size is the first length.
std::string_view size_of_font(std::string_view font) {
  for (std::size_t at = 0; at < font.size();) {
    const std::size_t end = std::min(font.find(' ', at), font.size());
    const std::string_view word = font.substr(at, end - at);
    const bool is_weight = word.size() == 3 && word.ends_with("00");
    if (pixels(word) && !is_weight) return word.substr(0, word.find('/'));
    at = end + 1;
  }
  return {};
}

HtmlStyleEffect judge(const Style& style) {
  using enum CssProperty;
  HtmlStyleEffect effect;
  if (style.empty()) return effect;
  const std::string_view opacity = style.of(kOpacity);
  const auto opaque = pixels(opacity, 1);
  effect.hides = style.is(kDisplay, "none") || style.is(kMsoHide, "all") || (opaque && *opaque <= 0.02) || is_cut_away(style) || is_moved_away(style);
  if (style.has(kVisibility)) effect.is_invisible = style.is(kVisibility, "hidden") || style.is(kVisibility, "collapse");
  const std::string_view size = style.has(kFontSize) ? style.of(kFontSize) : size_of_font(style.of(kFont));
  if (const auto high = pixels(size, 16)) effect.is_tiny = *high < kTiny;
  else if (!size.empty()) effect.is_tiny = false;
  if (style.has(kDirection)) effect.is_rtl = style.is(kDirection, "rtl");
  effect.overrides_direction = style.holds(kUnicodeBidi, "override");
  const bool is_flex = style.holds(kDisplay, "flex");
  const std::string_view flex = style.has(kFlexDirection) ? style.of(kFlexDirection) : style.of(kFlexFlow);
  const bool is_column = flex.find("column") != std::string_view::npos;
  effect.is_row = (is_flex && !is_column) || (style.holds(kDisplay, "grid") && style.holds(kGridAutoFlow, "column"));
  effect.is_row_reversed = is_flex && flex.find("row-reverse") != std::string_view::npos;
  effect.floats_right = style.is(kFloat, "right");
  if (style.of(kDisplay).starts_with("inline") || style.is(kDisplay, "contents") || style.is(kFloat, "left") || effect.floats_right)
    effect.flow = HtmlFlow::kInline;
  else if (style.is(kDisplay, "table-cell"))
    effect.flow = HtmlFlow::kCell;
  return effect;
}

bool has_word(std::string_view text, std::string_view word) {
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t end = std::min(text.find_first_of(" \t\r\n\f", at), text.size());
    if (text.substr(at, end - at) == word) return true;
    at = end + 1;
  }
  return false;
}

bool has_value(std::string_view value, const CssAttributeTest& test) {
  switch (test.kind) {
    case '=': return value == test.value;
    case '~': return has_word(value, test.value);
    case '|': return value == test.value || value.starts_with(test.value + "-");
    case '^': return !test.value.empty() && value.starts_with(test.value);
    case '$': return !test.value.empty() && value.ends_with(test.value);
    case '*': return !test.value.empty() && value.find(test.value) != std::string_view::npos;
    default: return true;
  }
}

// What an element must have for the rule to be looked at.
std::string key_of(const CssCompound& compound) {
  if (!compound.keys.empty()) return compound.keys.front();
  if (!compound.element.empty()) return compound.element;
  return compound.attributes.empty() ? "*" : "[" + compound.attributes.front().name;
}

}  // namespace

std::string decode_references(std::string_view html) {
  std::string out;
  for (std::size_t at = 0; at < html.size();) {
    const std::size_t length = html[at] == '&' ? decode_entity(html, at, out) : 0;
    if (length == 0) out += html[at];
    at += std::max<std::size_t>(length, 1);
  }
  return out;
}

std::optional<std::string> html_attribute(std::string_view html, std::size_t attributes, std::string_view name) {
  std::size_t pos = attributes;
  while (const auto attribute = next_attribute(html, pos)) {
    if (attribute->name.size() != name.size() || !core::equals_ignoring_case(html.substr(attribute->name.begin, name.size()), name)) continue;
    return core::to_lower_ascii(decode_references(html.substr(attribute->value.begin, attribute->value.size())));
  }
  return std::nullopt;
}

void HtmlHiding::read_sheets(std::string_view html) {
  for (std::size_t at = html.find('<'); at != std::string_view::npos; at = html.find('<', at + 1)) {
    if (html.size() - at < 7 || !core::equals_ignoring_case(html.substr(at, 6), "<style")) continue;
    HtmlTag tag;
    std::size_t begin = at;
    if (take_markup(html, begin, tag) != HtmlToken::kTag || tag.name != "style") continue;
    const std::size_t behind = skip_raw_text(html, begin, tag.name);
    const std::size_t close = html.substr(begin, behind - begin).rfind("</");
    sheet_.add(html.substr(begin, std::min(close, behind - begin)), begin);
    at = behind - 1;
  }
  for (std::size_t i = 0; i < sheet_.rules.size(); ++i) rules_of_[key_of(sheet_.rules[i].compounds.back())].push_back(i);
}

HtmlElement HtmlHiding::element_of(std::string_view html, const HtmlTag& tag) const {
  HtmlElement element{tag.name, {}, tag.attributes, 0, nullptr};
  if (rules_of_.empty()) return element;
  if (auto id = html_attribute(html, tag.attributes, "id")) element.keys.push_back("#" + *id);
  const std::string classes = html_attribute(html, tag.attributes, "class").value_or("");
  for (std::size_t at = 0; at < classes.size();) {
    const std::size_t end = std::min(classes.find_first_of(" \t\r\n\f", at), classes.size());
    if (end > at) element.keys.push_back("." + classes.substr(at, end - at));
    at = end + 1;
  }
  return element;
}

bool HtmlHiding::is_like(std::string_view html, const CssCompound& compound, const HtmlElement& element) {
  ++compared_;
  if (!compound.element.empty() && compound.element != element.name) return false;
  for (const std::string& key : compound.keys) {
    if (std::find(element.keys.begin(), element.keys.end(), key) == element.keys.end()) return false;
  }
  for (const CssAttributeTest& test : compound.attributes) {
    const auto value = html_attribute(html, element.attributes, test.name);
    if (!value || !has_value(*value, test)) return false;
  }
  if (!compound.has_nth) return true;
  const int behind = element.child - compound.nth_offset;
  return compound.nth_step == 0 ? behind == 0 : behind % compound.nth_step == 0 && behind / compound.nth_step >= 0;
}

bool HtmlHiding::matches(std::string_view html, const CssRule& rule, const HtmlElement& element) {
  if (!is_like(html, rule.compounds.back(), element)) return false;
  // Ancestors in order; ">" is taken for any ancestor.
  std::size_t wanted = rule.compounds.size() - 1;
  std::size_t asked = 0;
  for (const HtmlElement* one = element.parent; wanted > 0; one = one->parent) {
    if (++asked > kAncestorsMax) return true;
    if (one == nullptr) return false;
    if (is_like(html, rule.compounds[wanted - 1], *one)) --wanted;
  }
  return true;
}

HtmlStyleEffect HtmlHiding::effect_of(std::string_view html, const HtmlElement& element) {
  Style own;
  Style before;
  Style after;
  bool has_pseudo = false;
  const auto apply_rules = [&](const std::string& key) {
    const auto known = rules_of_.find(key);
    if (known == rules_of_.end() || !is_whole()) return;
    for (const std::size_t index : known->second) {
      const CssRule& rule = sheet_.rules[index];
      if (!matches(html, rule, element)) continue;
      Style& style = rule.part == CssPart::kElement ? own : rule.part == CssPart::kBefore ? before : after;
      has_pseudo = has_pseudo || rule.part != CssPart::kElement;
      const std::uint64_t priority = (std::uint64_t{rule.specificity} << 24U) + index + 1;
      for (const CssDeclaration& one : sheet_.declarations[rule.declarations]) style.apply(one, priority);
    }
  };
  if (element.name == "bdo") own.apply(CssProperty::kUnicodeBidi, "isolate-override");
  if (!rules_of_.empty()) {
    apply_rules("*");
    apply_rules(element.name);
    for (const std::string& key : element.keys) apply_rules(key);
  }
  std::size_t pos = element.attributes;
  while (const auto attribute = next_attribute(html, pos)) {
    const std::string name = core::to_lower_ascii(html.substr(attribute->name.begin, std::min<std::size_t>(attribute->name.size(), 64)));
    const std::string_view value = html.substr(attribute->value.begin, attribute->value.size());
    if (name == "hidden") {
      own.apply(CssProperty::kDisplay, "none");
    } else if (name == "dir") {
      own.apply(CssProperty::kDirection, core::to_lower_ascii(core::trim_ascii(decode_references(value))));
    } else if (name == "style") {
      for (const CssDeclaration& one : css_declarations(decode_references(value))) own.apply(one, std::uint64_t{1} << 60U);
    }
    if (!rules_of_.empty()) apply_rules("[" + name);
  }
  HtmlStyleEffect effect = judge(own);
  if (element.name == "template") effect.hides = true;
  if (has_pseudo) {
    if (!judge(before).hides) effect.before = before.raw(CssProperty::kContent);
    if (!judge(after).hides) effect.after = after.raw(CssProperty::kContent);
  }
  return effect;
}

}  // namespace postern::pipeline
