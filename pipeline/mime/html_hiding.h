#pragma once
// pipeline/mime/html_hiding.h: what the style of an element does to the text it holds: not shown, shown from right to left,
// run together with its neighbours, preceded or followed by text of the style sheet. Own style, the hidden attribute and
// the rules of <style> sheets, in the order of the cascade. An estimate: no layout, no colours, one width of window.
// Thread-safety: one thread. Ownership: copies what it keeps. Errors: none. Limits: kCssRulesMax, kMatchesMax.
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "pipeline/mime/css.h"
#include "pipeline/mime/html_tokens.h"

namespace postern::pipeline {

enum class HtmlFlow {
  kDefault,  // as its name says
  kInline,   // beside what stands before it, without a blank
  kCell,     // beside it, with a gap
};

struct HtmlStyleEffect {
  bool hides = false;                // with all that it holds
  std::optional<bool> is_invisible;  // children inherit it, and may say otherwise: visibility
  std::optional<bool> is_tiny;       // the same: font-size
  std::optional<bool> is_rtl;        // the same: direction
  bool overrides_direction = false;  // digits follow the direction too
  bool is_row = false;               // children stand side by side …
  bool is_row_reversed = false;      // … the last one first
  bool floats_right = false;
  HtmlFlow flow = HtmlFlow::kDefault;
  ByteRange before;  // values of `content` in the page; empty: none
  ByteRange after;
};

// What selectors ask of an open element.
struct HtmlElement {
  std::string name;
  std::vector<std::string> keys;  // ".x", "#y", lower case; only when the page has rules
  std::size_t attributes = 0;     // where they begin
  int child = 0;                  // the how manieth of its parent, from 1
  HtmlElement* parent = nullptr;
};

class HtmlHiding {
 public:
  static constexpr std::size_t kMatchesMax = 500'000;  // compounds compared for one page

  // Remembers the rules of all <style> elements of the page.
  void read_sheets(std::string_view html);
  // `tag` is a start tag of `html`.
  HtmlElement element_of(std::string_view html, const HtmlTag& tag) const;
  HtmlStyleEffect effect_of(std::string_view html, const HtmlElement& element);
  // False when a limit was passed: the estimate knows too little.
  bool is_whole() const { return compared_ <= kMatchesMax && sheet_.rules.size() < kCssRulesMax; }

 private:
  bool matches(std::string_view html, const CssRule& rule, const HtmlElement& element);
  bool is_like(std::string_view html, const CssCompound& compound, const HtmlElement& element);
  CssSheet sheet_;
  std::unordered_map<std::string, std::vector<std::size_t>> rules_of_;  // by the name, key or attribute asked for
  std::size_t compared_ = 0;
};

// The attribute's value with its references decoded, lower case; nullopt when the element has none.
std::optional<std::string> html_attribute(std::string_view html, std::size_t attributes, std::string_view name);
// References decoded, nothing else.
std::string decode_references(std::string_view html);

}  // namespace postern::pipeline
