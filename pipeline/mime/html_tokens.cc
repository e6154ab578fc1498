#include "pipeline/mime/html_tokens.h"

#include <algorithm>
#include <array>

#include "core/encoding.h"

namespace postern::pipeline {
namespace {

constexpr std::size_t kNameBytesMax = 32;
constexpr std::array<std::string_view, 9> kRawText{"script", "style", "title", "textarea", "iframe", "noembed", "noframes", "noscript", "xmp"};

bool is_space(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f'; }
bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }

std::size_t behind(std::string_view html, char c, std::size_t from) {
  const auto at = html.find(c, from);
  return at == std::string_view::npos ? html.size() : at + 1;
}

// html[pos..] begins "<!--". "<!-->" and "<!--->" are whole comments.
std::size_t comment_end(std::string_view html, std::size_t pos) {
  const auto body = html.substr(pos + 4);
  if (body.starts_with(">")) return pos + 5;
  if (body.starts_with("->")) return pos + 6;
  for (std::size_t at = pos + 4;; ++at) {
    at = html.find("--", at);
    if (at == std::string_view::npos) return html.size();
    if (at + 2 < html.size() && html[at + 2] == '>') return at + 3;
    if (html.substr(at + 2).starts_with("!>")) return at + 4;
  }
}

// Leaves `pos` at the '>' when there is no further attribute, or at the end of the text.
std::optional<HtmlAttribute> attribute_at(std::string_view html, std::size_t& pos) {
  while (pos < html.size() && (is_space(html[pos]) || html[pos] == '/')) ++pos;
  if (pos >= html.size() || html[pos] == '>') return std::nullopt;
  HtmlAttribute out;
  out.name.begin = pos++;  // may be '='
  while (pos < html.size() && !is_space(html[pos]) && html[pos] != '/' && html[pos] != '>' && html[pos] != '=') ++pos;
  out.name.end = pos;
  out.value = {pos, pos};
  std::size_t next = pos;
  while (next < html.size() && is_space(html[next])) ++next;
  if (next >= html.size() || html[next] != '=') return out;
  ++next;
  while (next < html.size() && is_space(html[next])) ++next;
  pos = next;
  if (pos >= html.size() || html[pos] == '>') return out;
  if (const char quote = html[pos]; quote == '"' || quote == '\'') {
    const std::size_t begin = pos + 1;
    pos = behind(html, quote, begin);
    const bool is_closed = pos > begin && html[pos - 1] == quote;
    out.value = {begin, is_closed ? pos - 1 : pos};
    return out;
  }
  out.value.begin = pos;
  while (pos < html.size() && !is_space(html[pos]) && html[pos] != '>') ++pos;
  out.value.end = pos;
  return out;
}

}  // namespace

HtmlToken take_markup(std::string_view html, std::size_t& pos, HtmlTag& tag) {
  if (pos + 1 >= html.size()) return HtmlToken::kText;
  const char second = html[pos + 1];
  if (second == '!' && html.substr(pos).starts_with("<!--")) {
    pos = comment_end(html, pos);
    return HtmlToken::kIgnored;
  }
  tag.closes = second == '/';
  const std::size_t name = pos + (tag.closes ? 2 : 1);
  if (second == '!' || second == '?' || (tag.closes && name < html.size() && !is_letter(html[name]))) {
    pos = behind(html, '>', pos + 1);
    return HtmlToken::kIgnored;
  }
  if (name >= html.size() || !is_letter(html[name])) return HtmlToken::kText;
  std::size_t end = name;
  while (end < html.size() && !is_space(html[end]) && html[end] != '/' && html[end] != '>') ++end;
  tag.name = core::to_lower_ascii(html.substr(name, std::min(end - name, kNameBytesMax)));
  tag.attributes = end;
  std::size_t value_end = 0;
  while (const auto attribute = attribute_at(html, end)) value_end = attribute->value.end;
  tag.closes_itself = end < html.size() && html[end - 1] == '/' && value_end != end;
  pos = std::min(html.size(), end + 1);
  return end < html.size() ? HtmlToken::kTag : HtmlToken::kIgnored;
}

std::optional<HtmlAttribute> next_attribute(std::string_view html, std::size_t& pos) { return attribute_at(html, pos); }

bool is_raw_text_element(std::string_view name) { return std::find(kRawText.begin(), kRawText.end(), name) != kRawText.end(); }

std::size_t skip_raw_text(std::string_view html, std::size_t pos, std::string_view name) {
  for (std::size_t at = pos;; ++at) {
    at = html.find("</", at);
    if (at == std::string_view::npos) return html.size();
    if (!core::equals_ignoring_case(html.substr(at + 2, name.size()), name)) continue;
    const std::size_t end = at + 2 + name.size();
    if (end < html.size() && !is_space(html[end]) && html[end] != '>' && html[end] != '/') continue;
    HtmlTag closing;
    std::size_t behind_tag = at;
    take_markup(html, behind_tag, closing);
    return behind_tag;
  }
}

}  // namespace postern::pipeline
