#include "pipeline/mime/html_shown.h"

#include <algorithm>

#include "core/encoding.h"
#include "pipeline/mime/html.h"
#include "pipeline/mime/html_names.h"
#include "pipeline/mime/unicode.h"

namespace postern::pipeline {
namespace {

constexpr std::size_t kNearby = 64;  // open elements that are searched for one whose end is implied
constexpr std::string_view kTurn = "\u202E";
constexpr std::string_view kTurnBack = "\u202C";
constexpr std::string_view kItem = "\u2068";
constexpr std::string_view kItemEnd = "\u2069";

bool is_in(std::string_view list, std::string_view name) {
  for (std::size_t at = list.find(name); at != std::string_view::npos; at = list.find(name, at + 1)) {
    if (at > 0 && list[at - 1] == ' ' && list.substr(at + name.size()).starts_with(' ')) return true;
  }
  return false;
}

}  // namespace

HtmlShown::HtmlShown(std::string_view html, HtmlOutput& output) : size_(html.size()), data_(html.data()), output_(output) {
  styles_.read_sheets(html);
}

void HtmlShown::close_nearest(std::string_view name, std::string_view stops, std::size_t at) {
  const auto count = open_of_.find(std::string(name));
  if (count == open_of_.end() || count->second == 0) return;
  for (std::size_t depth = open_.size(); depth > 0 && open_.size() - depth < kNearby; --depth) {
    const std::string& one = open_[depth - 1].element.name;
    if (one == name) {
      while (open_.size() >= depth) close_last(at);
      return;
    }
    if (is_in(stops, one)) return;
  }
}

void HtmlShown::imply_ends(const std::string& name, std::uint16_t meanings, std::size_t at) {
  if (open_.empty() || (meanings & (kHtmlEndsParagraph | kHtmlImpliesEnds)) == 0) return;
  if ((meanings & kHtmlEndsParagraph) != 0) close_nearest("p", " table td th button ", at);
  if ((meanings & kHtmlImpliesEnds) == 0) return;
  if (name == "li") close_nearest("li", " ul ol dir table ", at);
  if (name == "dd" || name == "dt") {
    close_nearest("dd", " dl table ", at);
    close_nearest("dt", " dl table ", at);
  }
  if (name == "option") close_nearest("option", " select ", at);
  if (name == "rt" || name == "rp") {
    close_nearest("rt", " ruby ", at);
    close_nearest("rp", " ruby ", at);
  }
  if (name == "td" || name == "th" || name == "tr") {
    close_nearest("td", " table ", at);
    close_nearest("th", " table ", at);
  }
  if (name == "tr") close_nearest("tr", " table ", at);
}

void HtmlShown::end_floats(std::size_t at) {
  if (open_.empty() || !open_.back().has_floats) return;
  open_.back().has_floats = false;
  output_.append_mark(at, kTurnBack);
}

void HtmlShown::open(const HtmlTag& tag, std::uint16_t meanings, std::size_t at) {
  if (++elements_ > kElementsMax) {
    was_too_much_ = true;
    return;
  }
  imply_ends(tag.name, meanings, at);
  Open* const parent = open_.empty() ? nullptr : &open_.back();
  Open next;
  next.element = styles_.element_of(html(), tag);
  next.element.parent = parent == nullptr ? nullptr : &parent->element;
  next.element.child = parent == nullptr ? ++children_ : ++parent->children;
  next.effect = styles_.effect_of(html(), next.element);
  const HtmlStyleEffect& effect = next.effect;
  next.is_gone = effect.hides || (meanings & kHtmlAside) != 0 || (parent != nullptr && parent->is_gone);
  next.is_invisible = effect.is_invisible.value_or(parent != nullptr && parent->is_invisible);
  next.is_tiny = effect.is_tiny.value_or(parent != nullptr && parent->is_tiny);
  next.is_rtl = effect.is_rtl.value_or(parent != nullptr && parent->is_rtl);
  if (parent != nullptr && parent->effect.is_row && effect.flow == HtmlFlow::kDefault) next.effect.flow = HtmlFlow::kInline;
  const bool is_shown = !next.is_hidden();
  const bool floats = is_shown && effect.floats_right && parent != nullptr;
  if (is_shown && !floats) end_floats(at);
  if ((meanings & kHtmlVoid) != 0) {
    if (is_shown) show_void(tag, meanings, next.effect, at);
    return;
  }
  if (tag.closes_itself && foreign_ > 0) return;
  if (open_.size() >= kOpenMax) {
    was_too_much_ = true;
    return;
  }
  if (is_shown) {
    if (next.effect.flow == HtmlFlow::kDefault) output_.break_for(tag.name, meanings, false, at);
    if (floats && !parent->has_floats) {
      parent->has_floats = true;
      output_.append_mark(at, kTurn);
    }
    next.is_item = floats || (parent != nullptr && parent->is_in_order);
    if (next.is_item) output_.append_mark(at, kItem);
    const bool is_row = effect.is_row || (tag.name == "tr" && next.is_rtl);
    next.is_in_order = is_row && effect.is_row_reversed != next.is_rtl;
    next.is_turned = (effect.overrides_direction && next.is_rtl) || next.is_in_order;
    if (next.is_turned) output_.append_mark(at, kTurn);
  }
  next.meanings = meanings;
  if ((meanings & kHtmlForeign) != 0) ++foreign_;
  ++open_of_[tag.name];
  open_.push_back(std::move(next));
  if (is_shown && !open_.back().effect.before.empty()) show_content(open_.back().element, open_.back().effect.before);
}

void HtmlShown::close_last(std::size_t at) {
  end_floats(at);
  Open& last = open_.back();
  const bool is_shown = !last.is_hidden();
  if (is_shown && !last.effect.after.empty()) show_content(last.element, last.effect.after);
  if (last.is_turned) output_.append_mark(at, kTurnBack);
  if (last.is_item) output_.append_mark(at, kItemEnd);
  if (is_shown && last.effect.flow == HtmlFlow::kDefault) output_.break_for(last.element.name, last.meanings, true, at);
  if (is_shown && last.effect.flow == HtmlFlow::kCell) output_.note_space({at, at});
  if ((last.meanings & kHtmlForeign) != 0) --foreign_;
  --open_of_[last.element.name];
  open_.pop_back();
}

void HtmlShown::close(const HtmlTag& tag, std::uint16_t meanings, std::size_t at) {
  const auto count = open_of_.find(tag.name);
  if (count == open_of_.end() || count->second == 0) {
    if (!is_hidden() && (tag.name == "br" || tag.name == "p")) output_.break_for(tag.name, meanings, true, at);
    return;
  }
  bool was_last = false;
  while (!was_last) {
    was_last = open_.back().element.name == tag.name;
    close_last(at);
  }
}

void HtmlShown::close_all(std::size_t at) {
  while (!open_.empty()) close_last(at);
}

// What a reader sees who does not load pictures, and what a field is filled with.
void HtmlShown::show_void(const HtmlTag& tag, std::uint16_t meanings, const HtmlStyleEffect& effect, std::size_t at) {
  if (effect.flow == HtmlFlow::kDefault) output_.break_for(tag.name, meanings, false, at);
  if (tag.name == "img") show_attribute(tag, "alt");
  if (tag.name != "input") return;
  const std::string type = html_attribute(html(), tag.attributes, "type").value_or("text");
  if (type != "hidden" && type != "checkbox" && type != "radio") show_attribute(tag, "value");
}

void HtmlShown::show_attribute(const HtmlTag& tag, std::string_view name) {
  std::size_t pos = tag.attributes;
  while (const auto attribute = next_attribute(html(), pos)) {
    if (!core::equals_ignoring_case(html().substr(attribute->name.begin, attribute->name.size()), name)) continue;
    std::string character;
    for (std::size_t at = attribute->value.begin; at < attribute->value.end;) {
      character.clear();
      const std::size_t length = html()[at] == '&' ? decode_entity(html().substr(0, attribute->value.end), at, character) : 0;
      if (length == 0) output_.append_from(at, html().substr(at, 1));
      else output_.append_decoded(at, length, character);
      at += std::max<std::size_t>(length, 1);
    }
    return;
  }
}

// The value of `content`: strings and attr(x), one behind the other.
void HtmlShown::show_content(const HtmlElement& element, ByteRange value) {
  std::size_t at = value.begin;
  while (at < value.end) {
    const char c = html()[at];
    if (c == '"' || c == '\'') {
      const std::size_t end = std::min(css_string_end(html(), at), value.end);
      for (++at; at < end && html()[at] != c;) {
        char32_t character = 0;
        const std::size_t length = html()[at] == '\\' ? css_escape(html().substr(0, end), at, character) : 0;
        std::string decoded;
        if (length > 0) append_utf8(decoded, character);
        if (length == 0) output_.append_from(at, html().substr(at, 1));
        else output_.append_decoded(at, length, decoded);
        at += std::max<std::size_t>(length, 1);
      }
      at = std::max(at, end);
    } else if (core::equals_ignoring_case(html().substr(at, 5), "attr(")) {
      const std::size_t end = std::min(html().find(')', at), value.end);
      const std::string name = css_plain(html().substr(at + 5, std::max(end, at + 5) - at - 5));
      show_attribute({element.name, false, false, element.attributes}, name.substr(0, name.find(' ')));
      at = end;
    } else {
      ++at;
    }
  }
}

}  // namespace postern::pipeline
