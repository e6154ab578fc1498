// The allow-lists. What is on none of them is not shown.
#include "pipeline/mime/html_rules.h"

#include <algorithm>
#include <array>
#include <utility>

#include "core/encoding.h"

namespace postern::pipeline {
namespace {

constexpr std::array<std::string_view, 76> kKept{
    "a", "abbr", "acronym", "address", "article", "aside", "b", "bdi", "bdo", "big", "blockquote", "br", "caption", "center",
    "cite", "code", "col", "colgroup", "dd", "del", "details", "dfn", "dir", "div", "dl", "dt", "em", "figcaption", "figure",
    "font", "footer", "h1", "h2", "h3", "h4", "h5", "h6", "header", "hr", "i", "img", "ins", "kbd", "li", "main", "mark",
    "ol", "p", "pre", "q", "rp", "rt", "ruby", "s", "samp", "section", "small", "span", "strike", "strong", "sub", "summary",
    "sup", "table", "tbody", "td", "tfoot", "th", "thead", "time", "tr", "tt", "u", "ul", "var", "wbr"};
constexpr std::array<std::string_view, 36> kDropped{
    "applet", "audio", "base", "bgsound", "button", "canvas", "datalist", "embed", "frame", "frameset", "head", "iframe",
    "input", "keygen", "link", "map", "math", "meta", "noembed", "noframes", "noscript", "object", "optgroup", "option",
    "param", "script", "select", "source", "style", "svg", "template", "textarea", "title", "track", "video", "plaintext"};
constexpr std::array<std::string_view, 5> kVoid{"br", "col", "hr", "img", "wbr"};
constexpr std::array<std::string_view, 25> kAttributes{
    "align", "alt", "bgcolor", "border", "bordercolor", "cellpadding", "cellspacing", "color", "colspan", "datetime", "dir",
    "face", "height", "hspace", "lang", "nowrap", "reversed", "rowspan", "scope", "size", "span", "start", "title", "valign",
    "width"};
// Of what people type; names on the right of kSameAs are on the left here.
constexpr std::array<std::string_view, 29> kTyped{"a",  "b",  "blockquote", "br", "caption", "code", "div", "em", "h1",    "h2",
                                                  "h3", "h4", "hr",         "i",  "li",      "ol",   "p",   "pre", "s",    "strong",
                                                  "table", "tbody", "td",   "tfoot", "th",   "thead", "tr", "u",  "ul"};
constexpr std::array<std::pair<std::string_view, std::string_view>, 32> kSameAs{{
    {"strike", "s"},     {"del", "s"},        {"ins", "u"},        {"kbd", "code"},      {"samp", "code"},   {"tt", "code"},
    {"h5", "h4"},        {"h6", "h4"},        {"dir", "ul"},       {"address", "div"},   {"article", "div"}, {"aside", "div"},
    {"center", "div"},   {"dd", "div"},       {"details", "div"},  {"dl", "div"},        {"dt", "div"},      {"fieldset", "div"},
    {"figcaption", "div"}, {"figure", "div"}, {"footer", "div"},   {"form", "div"},      {"header", "div"},  {"hgroup", "div"},
    {"legend", "div"},   {"main", "div"},     {"nav", "div"},      {"section", "div"},   {"summary", "div"}, {"listing", "pre"},
    {"menu", "ul"},      {"cite", "i"}}};

template <std::size_t N>
bool is_one_of(std::string_view name, const std::array<std::string_view, N>& list) {
  return std::find(list.begin(), list.end(), name) != list.end();
}

// URL Standard section 4.4: controls and blanks around the address go, tab and line ends inside it too.
std::string normal_address(std::string_view value) {
  std::string out;
  for (char c : value) {
    if (c != '\t' && c != '\n' && c != '\r' && c != '\0') out += c;
  }
  const auto is_edge = [](char c) { return static_cast<unsigned char>(c) <= 0x20; };
  while (!out.empty() && is_edge(out.front())) out.erase(0, 1);
  while (!out.empty() && is_edge(out.back())) out.pop_back();
  return out;
}

std::string when_begins(std::string_view value, std::initializer_list<std::string_view> prefixes) {
  constexpr std::size_t kAddressBytesMax = 8'192;
  if (value.size() > kAddressBytesMax) return {};
  auto address = normal_address(value);
  for (auto prefix : prefixes) {
    if (core::equals_ignoring_case(std::string_view(address).substr(0, prefix.size()), prefix)) return address;
  }
  return {};
}

}  // namespace

ElementRule element_rule(std::string_view name_lower) {
  if (is_one_of(name_lower, kKept)) return ElementRule::kKeep;
  return is_one_of(name_lower, kDropped) ? ElementRule::kDrop : ElementRule::kUnwrap;
}

ElementRule typed_element_rule(std::string_view name_lower) {
  if (is_one_of(name_lower, kTyped)) return ElementRule::kKeep;
  return name_lower == "img" || is_one_of(name_lower, kDropped) ? ElementRule::kDrop : ElementRule::kUnwrap;
}

std::string_view typed_name(std::string_view name_lower) {
  const auto* same = std::find_if(kSameAs.begin(), kSameAs.end(), [name_lower](const auto& each) { return each.first == name_lower; });
  return same == kSameAs.end() ? name_lower : same->second;
}

// Spans of cells and where a list begins: short numbers, which are no value that a rule looks for.
bool is_typed_attribute(std::string_view element, std::string_view name_lower, std::string_view value) {
  constexpr std::size_t kDigitsMax = 4;
  const bool is_cell = element == "td" || element == "th";
  const bool is_known = (is_cell && (name_lower == "colspan" || name_lower == "rowspan")) || (element == "ol" && name_lower == "start");
  return is_known && !value.empty() && value.size() <= kDigitsMax && std::all_of(value.begin(), value.end(), [](char c) { return c >= '0' && c <= '9'; });
}

bool is_void_element(std::string_view name_lower) { return is_one_of(name_lower, kVoid); }
bool is_plain_attribute(std::string_view name_lower) { return is_one_of(name_lower, kAttributes); }

std::string safe_link(std::string_view value) { return when_begins(value, {"http://", "https://", "mailto:", "tel:"}); }
std::string safe_typed_link(std::string_view value) { return when_begins(value, {"http://", "https://", "mailto:"}); }
std::string safe_cid(std::string_view value) { return when_begins(value, {"cid:"}); }
std::string remote_image(std::string_view value) {
  auto address = when_begins(value, {"http://", "https://", "//"});
  return address.starts_with("//") ? "https:" + address : address;
}

}  // namespace postern::pipeline
